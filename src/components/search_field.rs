//! A search field for a list.

use leptos::prelude::*;

use super::erased::{Erase, handler};
use crate::platform::browser;

/// A search field for a list.
#[component]
pub(crate) fn SearchField(
    /// Its accessible name.
    label: String,
    /// The search text, in lower case; written here.
    search: RwSignal<String>,
) -> impl IntoView {
    view! {
        <input
            class="find"
            type="search"
            placeholder=label.clone()
            aria-label=label
            on:input=handler(move |event| {
                search.set(browser::lower(event_target_value(&event).trim()));
            })
        />
    }
    .erased()
}
