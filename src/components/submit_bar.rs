//! What a generation costs, what there is, why it can't be asked for, and the button.

use leptos::prelude::*;

use super::erased::{Erase, live, truth};
use super::landmarks::use_landmarks;
use super::texts::{Texts, use_texts};
use crate::i18n::Word;
use crate::session::{Door, Session};

/// Why the button would do nothing, if so. To be called where signals are read.
pub(crate) fn disabled_reason(session: Session, texts: Texts) -> Option<String> {
    match session.door.get() {
        Door::Opening => return Some(texts.text(Word::Connecting)),
        Door::Shut(error) => return Some(texts.error(&error)),
        Door::Open => {}
    }
    if session.is_direct() && session.draft.api_key.with(|key| key.trim().is_empty()) {
        return Some(texts.text(Word::NeedKey));
    }
    let model = session.model()?;
    let chars = session.draft.prompt.with(|prompt| prompt.trim().chars().count());
    let over = chars.saturating_sub(model.prompt_max_chars as usize);
    if over > 0 {
        return Some(texts.count(Word::TooLong, u32::try_from(over).unwrap_or(u32::MAX)));
    }
    let available = session.balance.get()?.available;
    (available < u64::from(model.price_tokens)).then(|| {
        let price = texts.tokens(model.price_tokens.into());
        let balance = texts.tokens(available);
        texts.fill(Word::TooFew, &[("price", &price), ("balance", &balance)])
    })
}

/// The price, the balance, and the button that generates.
#[component]
pub(crate) fn SubmitBar(
    /// Why the button does nothing; empty where it works.
    disabled_reason: Memo<String>,
) -> impl IntoView {
    let (session, texts, landmarks) = (expect_context::<Session>(), use_texts(), use_landmarks());
    let costs = move || {
        if session.is_demo() {
            return texts.text(Word::Demo);
        }
        let price = session.model().map(|model| texts.tokens(model.price_tokens.into()));
        price.map_or_else(String::new, |tokens| texts.fill(Word::Costs, &[("tokens", &tokens)]))
    };
    let balance = move || {
        let tokens = session.balance.get().map(|balance| texts.tokens(balance.available));
        tokens.map_or_else(String::new, |tokens| texts.fill(Word::Balance, &[("tokens", &tokens)]))
    };
    let refusal = move || {
        let sentence = session.refusal.get().map(|error| texts.error(&error));
        sentence.map(|sentence| view! { <p>{sentence}</p> }.erased())
    };
    view! {
        <div class="bar">
            <p class="price">
                <strong>{live(costs)}</strong>
                <span class="balance">{live(balance)}</span>
            </p>
            <button
                node_ref=landmarks.generate
                class="primary"
                part="generate"
                type="submit"
                aria-describedby="why"
                aria-keyshortcuts="Control+Enter Meta+Enter"
                aria-disabled=live(move || truth(disabled_reason.with(|why| !why.is_empty())))
            >
                {texts.text(Word::Generate)}
            </button>
            <p class="why" id="why" role="status">
                {live(move || disabled_reason.get())}
            </p>
            <div class="refusal" role="alert">
                {live(refusal)}
            </div>
        </div>
    }
    .erased()
}
