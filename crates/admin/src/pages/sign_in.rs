//! Signing in, with an administrator's key.

use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{ApiError, use_api};
use crate::components::shown::Busy;
use crate::texts::use_texts;
use crate::words as w;

/// The form. The page that was open stays in the address, and is there again afterwards.
#[component]
pub(crate) fn SignIn() -> impl IntoView {
    let texts = use_texts();
    let api = use_api();
    let key = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let said = RwSignal::new(None::<String>);
    let field = NodeRef::<html::Input>::new();
    document().set_title(texts.text(w::TITLE));
    let begin = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        said.set(None);
        spawn_local(async move {
            let presented = key.with_untracked(|key| key.trim().to_owned());
            let done = api.sign_in(&presented).await;
            let _ = busy.try_set(false);
            let Err(error) = done else { return };
            let why = match error {
                ApiError::SignedOut => texts.text(w::WRONG_KEY).to_owned(),
                error => texts.error(&error),
            };
            let _ = said.try_set(Some(why));
            if let Some(field) = field.try_get_untracked().flatten() {
                // It only throws where it is no element of HTML's.
                let _ = field.focus();
                field.select();
            }
        });
    };
    let over = api.is_over();
    view! {
        <main class="sign-in">
            <h1>{texts.text(w::TITLE)}</h1>
            {over.then(|| view! { <p role="alert">{texts.text(w::SESSION_OVER)}</p> })}
            <form on:submit=begin>
                <KeyField key=key field=field wrong=Signal::derive(move || said.get().is_some()) />
                {move || {
                    said.get()
                        .map(|said| {
                            view! {
                                <p class="error" role="alert" dir="auto">
                                    {said}
                                </p>
                            }
                        })
                }}
                <button type="submit" class="primary" aria-disabled=move || busy.get().to_string()>
                    {texts.text(w::SIGN_IN)}
                </button>
                <Busy busy=busy />
            </form>
        </main>
    }
    .into_any()
}

/// The field for the key, which browsers are asked not to keep.
#[component]
fn KeyField(
    /// What is in it.
    key: RwSignal<String>,
    /// The element.
    field: NodeRef<html::Input>,
    /// Whether what is in it was refused.
    wrong: Signal<bool>,
) -> impl IntoView {
    let texts = use_texts();
    view! {
        <div class="field">
            <label for="key">{texts.text(w::ADMIN_KEY)}</label>
            <input
                id="key"
                node_ref=field
                type="password"
                required
                autocomplete="off"
                autocapitalize="off"
                spellcheck="false"
                dir="ltr"
                aria-describedby="key-hint"
                aria-invalid=move || wrong.get().to_string()
                prop:value=move || key.get()
                on:input=move |event| key.set(event_target_value(&event))
            />
            <p class="hint" id="key-hint">
                {texts.text(w::ADMIN_KEY_HINT)}
            </p>
        </div>
    }
    .into_any()
}
