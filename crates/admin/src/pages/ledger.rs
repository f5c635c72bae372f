//! A key's ledger: every movement of tokens, and what was available over time.

use leptos::prelude::*;

use crate::answers::{Key, LedgerPage, Movement};
use crate::components::bar_chart::{Chart, Shape};
use crate::components::pager::Pager;
use crate::components::shown::shown;
use crate::components::table::{Table, cell, foreign, link};
use crate::ledger_walk::available_after;
use crate::load::{Load, load};
use crate::navigation::use_route;
use crate::route::{BEFORE, Page, Route, escaped};
use crate::texts::{Texts, use_texts};
use crate::words as w;

/// The section.
#[component]
pub(crate) fn Ledger(
    /// The key's address.
    path: String,
    /// The key: the ledger is read anew when that changes.
    key: Load<Key>,
) -> impl IntoView {
    let texts = use_texts();
    let route = use_route();
    let ledger: Load<LedgerPage> = load(move || {
        // After the key, so that both show the same moment.
        if key.answer.with(Option::is_none) {
            return String::new();
        }
        let before = route.with(|route| escaped(route.get(BEFORE)));
        let before = if before.is_empty() { before } else { ["&before=", &before].concat() };
        [&path, "/ledger?limit=50", &before].concat()
    });
    let balance = move || {
        let is_first = route.with(|route| route.get(BEFORE).is_empty());
        let (Some(Ok(key)), Some(Ok(page))) = (key.answer.get(), ledger.answer.get()) else {
            return None;
        };
        // For later pages the balance after each movement is unknown.
        (is_first && page.entries.len() > 1)
            .then(|| balance_chart(key.balance.available, page.entries, texts))
    };
    let list = shown(ledger, move |page: LedgerPage| {
        let rows = page.entries.into_iter().map(|entry| row(entry, texts)).collect();
        let columns = vec![
            (w::TIME, false),
            (w::MOVEMENT, false),
            (w::TOKENS, true),
            (w::GENERATION, false),
            (w::WHY, false),
        ];
        view! {
            <Table caption=w::LEDGER columns=columns rows=rows empty=w::NO_MOVEMENTS />
            <Pager route=route.get_untracked() next=page.next />
        }
        .into_any()
    });
    view! {
        <section>
            <h2>{texts.text(w::LEDGER)}</h2>
            {balance}
            {list}
        </section>
    }
    .into_any()
}

fn row(entry: Movement, texts: Texts) -> Vec<AnyView> {
    let kind = texts.known(
        &entry.kind,
        &[
            ("grant", w::MOVEMENT_GRANT),
            ("hold", w::MOVEMENT_HOLD),
            ("capture", w::MOVEMENT_CAPTURE),
            ("release", w::MOVEMENT_RELEASE),
            ("refund", w::MOVEMENT_REFUND),
            ("adjustment", w::MOVEMENT_ADJUSTMENT),
        ],
    );
    let generation = entry
        .generation
        .map_or_else(|| cell("–"), |id| link(Route::to(Page::Generation(id.clone())).href(), id));
    vec![
        cell(texts.moment(entry.at_ms)),
        cell(kind),
        cell(texts.number(entry.tokens)),
        generation,
        foreign(entry.reason.unwrap_or_default()),
    ]
}

/// What was available after each movement: from what is available now, backwards.
fn balance_chart(available: u64, newest_first: Vec<Movement>, texts: Texts) -> AnyView {
    let values = available_after(available, &newest_first);
    let shape = Shape::Steps { at_ms: values.iter().map(|(at_ms, _)| *at_ms).collect() };
    let values = values.into_iter().map(|(at_ms, tokens)| (texts.moment(at_ms), tokens));
    view! {
        <Chart
            title=w::BALANCE_OVER_TIME
            names=w::TIME
            values_are=w::AVAILABLE
            values=values.collect()
            shape=shape
        />
    }
    .into_any()
}
