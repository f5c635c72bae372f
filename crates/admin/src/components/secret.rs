//! A secret that is shown only once: to be copied, then gone.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen_futures::JsFuture;

use super::field::unique_id;
use crate::texts::use_texts;
use crate::words::{self as w, Word};

/// A dialog with the secret. It opens when there is one, and forgets it when it closes.
#[component]
pub(crate) fn Secret(
    /// The secret.
    secret: RwSignal<Option<String>>,
    /// What it is called.
    title: Word,
    /// What is to be known about it.
    about: Word,
) -> impl IntoView {
    let texts = use_texts();
    let dialog = NodeRef::<html::Dialog>::new();
    let copied = RwSignal::new("");
    Effect::new(move |_| {
        if secret.with(Option::is_some)
            && let Some(dialog) = dialog.get()
            && !dialog.open()
        {
            copied.set("");
            // It only throws where it is open already.
            let _ = dialog.show_modal();
        }
    });
    let copy = move |_| {
        let text = secret.get_untracked().unwrap_or_default();
        spawn_local(async move {
            let said = if copy(&text).await { w::COPIED } else { w::COPY_YOURSELF };
            let _ = copied.try_set(texts.text(said));
        });
    };
    let close = move |_| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let title_id = unique_id();
    let labelled_by = title_id.clone();
    view! {
        <dialog
            node_ref=dialog
            aria-labelledby=labelled_by
            on:close=move |_| secret.set(None)
        >
            <h2 id=title_id>{texts.text(title)}</h2>
            <p>{texts.text(about)}</p>
            <p>
                <code class="secret" dir="ltr" tabindex="0">
                    {move || secret.get().unwrap_or_default()}
                </code>
            </p>
            <div class="buttons">
                <span role="status">{move || copied.get()}</span>
                <button type="button" on:click=copy>
                    {texts.text(w::COPY)}
                </button>
                <button type="button" class="primary" on:click=close>
                    {texts.text(w::CLOSE)}
                </button>
            </div>
        </dialog>
    }
    .into_any()
}

/// Puts a text on the clipboard. Answers whether it is there: a page that came without TLS has none.
async fn copy(text: &str) -> bool {
    let clipboard = window().navigator().clipboard();
    !clipboard.is_undefined() && JsFuture::from(clipboard.write_text(text)).await.is_ok()
}
