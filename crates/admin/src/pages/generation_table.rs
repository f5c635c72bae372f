//! A table of generations, as the list and a key's page have it.

use leptos::prelude::*;

use crate::answers::AdminGeneration;
use crate::components::table::{Table, cell, foreign, link};
use crate::route::{Page, Route};
use crate::texts::{Texts, use_texts};
use crate::words::{self as w, Word};

/// How much of a prompt a row has.
const PROMPT_CHARS: usize = 120;

/// The table.
#[component]
pub(crate) fn GenerationTable(
    /// The generations.
    generations: Vec<AdminGeneration>,
    /// What is said where there are none.
    empty: Word,
    /// Whether they are all of one key, which needs no column then.
    #[prop(optional)]
    of_one_key: bool,
) -> impl IntoView {
    let texts = use_texts();
    let mut columns = vec![
        (w::TIME, false),
        (w::PROMPT, false),
        (w::STATE, false),
        (w::MODEL, false),
        (w::PROVIDER, false),
        (w::PRICE, true),
        (w::KEY, false),
    ];
    if of_one_key {
        // The cells are those of the columns that there are.
        columns.pop();
    }
    let rows = generations.into_iter().map(|generation| row(generation, texts)).collect();
    view! { <Table caption=w::GENERATIONS columns=columns rows=rows empty=empty /> }
}

fn row(found: AdminGeneration, texts: Texts) -> Vec<AnyView> {
    let AdminGeneration { key, provider, generation, .. } = found;
    let href = Route::to(Page::Generation(generation.id)).href();
    let prompt = shortened(&generation.prompt);
    let prompt = view! {
        <a href=href>
            <bdi>{prompt}</bdi>
        </a>
    };
    vec![
        cell(texts.moment(generation.created_at_ms)),
        prompt.into_any(),
        state(generation.state, texts),
        cell(generation.model),
        foreign(provider),
        cell(texts.number(generation.price)),
        link(Route::to(Page::Key(key.clone())).href(), key),
    ]
}

/// The state of a generation, as a badge.
pub(super) fn state(state: ai_now_protocol::api::State, texts: Texts) -> AnyView {
    use ai_now_protocol::api::State;
    let (name, class) = match state {
        State::Queued => ("queued", "mark"),
        State::Running => ("running", "mark"),
        State::Completed => ("completed", "mark good"),
        State::Failed => ("failed", "mark bad"),
        State::Cancelled => ("cancelled", "mark"),
    };
    view! { <span class=class>{texts.state(name)}</span> }.into_any()
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(PROMPT_CHARS) {
        None => text.to_owned(),
        Some((end, _)) => [&text[..end], "…"].concat(),
    }
}
