//! The person's own key, in direct mode.

use leptos::prelude::*;

use super::erased::{Erase, handler, live};
use super::texts::use_texts;
use crate::i18n::Word;
use crate::session::Session;

/// A field for the person's own key, and whether this device remembers it.
#[component]
pub(crate) fn ApiKeyField() -> impl IntoView {
    let (session, texts) = (expect_context::<Session>(), use_texts());
    let (key, remember) = (session.draft.api_key, session.draft.remember_key);
    view! {
        <div class="api-key">
            <label for="api-key">{texts.text(Word::ApiKey)}</label>
            <input
                id="api-key"
                type="password"
                autocomplete="off"
                aria-describedby="api-key-kept"
                prop:value=live(move || key.get())
                on:input=handler(move |event| {
                    key.set(event_target_value(&event).trim().to_owned());
                    session.keep_key();
                })
            />
            <label class="remember">
                <input
                    type="checkbox"
                    prop:checked=live(move || remember.get())
                    on:change=handler(move |event| {
                        remember.set(event_target_checked(&event));
                        session.keep_key();
                    })
                />
                {texts.text(Word::RememberKey)}
            </label>
            <p class="fine" id="api-key-kept">
                {texts.text(Word::ApiKeyKept)}
            </p>
        </div>
    }
    .erased()
}
