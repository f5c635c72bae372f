//! A button that saves an answer as a file. It must not know the content.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::shown::{Busy, ErrorText};
use crate::api::{ApiError, use_api};
use crate::texts::use_texts;
use crate::words::Word;

/// The button, and its error message.
#[component]
pub(crate) fn Download(
    /// What it is called.
    label: Word,
    /// The file's name.
    name: &'static str,
    /// The path of the request, below `/api/admin/`.
    path: Callback<(), String>,
) -> impl IntoView {
    let texts = use_texts();
    let api = use_api();
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<ApiError>);
    let save = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        failed.set(None);
        let path = path.run(());
        spawn_local(async move {
            let done = api.download(&path, name).await;
            let _ = (busy.try_set(false), failed.try_set(done.err()));
        });
    };
    view! {
        <button type="button" aria-disabled=move || busy.get().to_string() on:click=save>
            {texts.text(label)}
        </button>
        <Busy busy=busy />
        {move || failed.get().map(|error| view! { <ErrorText error=error /> })}
    }
    .into_any()
}
