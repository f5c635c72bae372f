//! What a webhook is, in a row and in words. It must not know where it came from.

use leptos::prelude::*;

use crate::answers::Webhook;
use crate::components::table::{cell, foreign, link};
use crate::route::{Page, Route};
use crate::texts::Texts;
use crate::words as w;

/// Whose events it gets.
pub(crate) fn whose(webhook: &Webhook, texts: Texts) -> AnyView {
    cell(texts.text(if webhook.operator { w::OF_THE_OPERATOR } else { w::OF_AN_ACCOUNT }))
}

/// The kinds of events that it gets.
pub(crate) fn events(webhook: &Webhook, texts: Texts) -> AnyView {
    match &webhook.events {
        None => cell(texts.text(w::ALL_EVENTS)),
        Some(events) => {
            let line = |event: &String| view! { <span class="line">{event.clone()}</span> };
            events.iter().map(line).collect_view().into_any()
        }
    }
}

/// Whether it takes what is sent, as a mark.
pub(crate) fn mark(webhook: &Webhook, texts: Texts) -> AnyView {
    let (class, said) = match (webhook.disabled_at_ms, webhook.failing_since_ms) {
        (Some(_), _) => ("mark", texts.text(w::WEBHOOK_DISABLED).to_owned()),
        (None, Some(at_ms)) => {
            ("mark bad", texts.fill(w::WEBHOOK_FAILING, &[("time", &texts.moment(at_ms))]))
        }
        (None, None) => ("mark good", texts.text(w::WEBHOOK_ENABLED).to_owned()),
    };
    view! { <span class=class>{said}</span> }.into_any()
}

/// A row of the list.
pub(crate) fn row(webhook: Webhook, texts: Texts) -> Vec<AnyView> {
    let href = Route::to(Page::Webhook(webhook.name.clone())).href();
    vec![
        link(href, webhook.name.clone()),
        foreign(webhook.url.clone()),
        whose(&webhook, texts),
        events(&webhook, texts),
        mark(&webhook, texts),
        cell(texts.number(webhook.pending)),
    ]
}
