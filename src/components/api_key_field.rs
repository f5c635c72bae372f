//! The user's own API key, in direct mode.

use leptos::prelude::*;

use super::erased::{Erase, handler, live};
use crate::i18n::Word;
use crate::state::draft::Draft;
use crate::texts::use_texts;

/// A field for the user's own API key, and whether this device remembers it.
#[component]
pub(crate) fn ApiKeyField() -> impl IntoView {
    let draft = expect_context::<Draft>();
    let texts = use_texts();
    let (key, remember) = (draft.api_key, draft.remember_key);
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
                    draft.keep_key();
                })
            />
            <label class="remember">
                <input
                    type="checkbox"
                    prop:checked=live(move || remember.get())
                    on:change=handler(move |event| {
                        remember.set(event_target_checked(&event));
                        draft.keep_key();
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
