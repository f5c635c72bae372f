//! The price, the balance, and why the button is disabled.

use leptos::prelude::*;

use super::erased::{Erase, live, memo};
use crate::config::Mode;
use crate::i18n::Word;
use crate::state::connection::Connection;
use crate::state::connection::ConnectionState;
use crate::state::draft::Draft;
use crate::state::generations::Generations;
use crate::state::page::Page;
use crate::state::visitor::Visitor;
use crate::texts::{Texts, use_texts};

/// The disabled reason, kept up to date; empty if the button is enabled.
pub(crate) fn use_disabled_reason() -> Memo<String> {
    let stores = (expect_context(), expect_context(), expect_context(), expect_context());
    let texts = use_texts();
    memo(move || disabled_reason(stores, texts).unwrap_or_default())
}

/// Why the button is disabled, if it is. Must be called where signals are tracked.
fn disabled_reason(
    (page, connection, visitor, draft): (Page, Connection, Visitor, Draft),
    texts: Texts,
) -> Option<String> {
    match connection.state.get() {
        ConnectionState::Connecting => return Some(texts.text(Word::Connecting)),
        ConnectionState::Failed(error) => return Some(texts.error(&error)),
        ConnectionState::Ready => {}
    }
    if (page.mode() == Mode::Direct) && draft.api_key.with(|key| key.trim().is_empty()) {
        return Some(texts.text(Word::NeedKey));
    }
    if draft.uploads.get() > 0 {
        return Some(texts.text(Word::Uploading));
    }
    let model = draft.model()?;
    let chars = draft.prompt.with(|prompt| prompt.trim().chars().count());
    let over = chars.saturating_sub(model.prompt_max_chars as usize);
    if over > 0 {
        return Some(texts.count(Word::TooLong, u32::try_from(over).unwrap_or(u32::MAX)));
    }
    let available = visitor.balance.get()?.available;
    let price_tokens = draft.price_tokens()?;
    (available < u64::from(price_tokens)).then(|| {
        let price = texts.tokens(price_tokens.into());
        let balance = texts.tokens(available);
        texts.fill(Word::TooFew, &[("price", &price), ("balance", &balance)])
    })
}

/// The content beside the submit button: the price, the balance, and the disabled reason.
#[component]
pub(crate) fn SubmitBar(
    /// The disabled reason; empty if the button is enabled.
    disabled_reason: Memo<String>,
) -> impl IntoView {
    let connection = expect_context::<Connection>();
    let draft = expect_context::<Draft>();
    let visitor = expect_context::<Visitor>();
    let generations = expect_context::<Generations>();
    let page = expect_context::<Page>();
    let texts = use_texts();
    let costs = move || {
        if page.mode() == Mode::Demo {
            return texts.text(Word::Demo);
        }
        let price = draft.price_tokens().map(|price| texts.tokens(price.into()));
        price.map_or_else(String::new, |tokens| texts.fill(Word::Costs, &[("tokens", &tokens)]))
    };
    // Shown where the balance will be, so that nothing moves.
    let connecting = move || connection.state.with(|now| *now == ConnectionState::Connecting);
    let why = move || if connecting() { String::new() } else { disabled_reason.get() };
    let balance = move || {
        if connecting() {
            return texts.text(Word::Connecting);
        }
        let tokens = visitor.balance.get().map(|balance| texts.tokens(balance.available));
        tokens.map_or_else(String::new, |tokens| texts.fill(Word::Balance, &[("tokens", &tokens)]))
    };
    let refusal = move || {
        let sentence = generations.refusal.get().map(|error| texts.error(&error));
        sentence.map(|sentence| view! { <p>{sentence}</p> }.erased())
    };
    view! {
        <div class="place">
            <p class="price">
                <strong>{live(costs)}</strong>
                <span class="balance">{live(balance)}</span>
            </p>
            <p class="why" id="why" role="status">
                {live(why)}
            </p>
            <div class="refusal" role="alert">
                {live(refusal)}
            </div>
        </div>
    }
    .erased()
}
