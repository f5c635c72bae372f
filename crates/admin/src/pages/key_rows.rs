//! What a key is, in a row and in words. It must not know where it came from.

use leptos::prelude::*;

use crate::answers::Key;
use crate::components::table::{cell, foreign, link};
use crate::intl::now_ms;
use crate::route::{Page, Route};
use crate::texts::Texts;
use crate::words as w;

/// What kind of key it is.
pub(crate) fn kind(key: &Key, texts: Texts) -> String {
    texts.known(&key.kind, &[("secret", w::KIND_SECRET), ("publishable", w::KIND_PUBLISHABLE)])
}

/// Whether it is valid.
pub(crate) fn standing(key: &Key, texts: Texts) -> &'static str {
    texts.text(if key.revoked_at_ms.is_some() {
        w::KEY_REVOKED
    } else if key.has_expired(now_ms()) {
        w::KEY_EXPIRED
    } else {
        w::KEY_GOOD
    })
}

/// Whether it is valid, as a badge.
pub(crate) fn mark(key: &Key, texts: Texts) -> AnyView {
    let class = if key.is_good(now_ms()) { "mark good" } else { "mark bad" };
    view! { <span class=class>{standing(key, texts)}</span> }.into_any()
}

/// A row of the list.
pub(crate) fn row(key: Key, texts: Texts) -> Vec<AnyView> {
    let href = Route::to(Page::Key(key.name.clone())).href();
    vec![
        link(href, key.name.clone()),
        foreign(key.label.clone()),
        cell(kind(&key, texts)),
        mark(&key, texts),
        cell(texts.number(key.balance.available)),
        cell(texts.number(key.day_tokens)),
        cell(texts.moment(key.created_at_ms)),
    ]
}
