//! A field to search in a list.

use leptos::prelude::*;

use super::erased::{Erase, handler};
use crate::platform::browser;

/// A field to search in a list.
#[component]
pub(crate) fn SearchField(
    /// What it is called.
    label: String,
    /// What is searched for, in small letters; written here.
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
