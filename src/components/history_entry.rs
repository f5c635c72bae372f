//! An entry of the history: its picture, its description, and its actions.

use leptos::prelude::*;
use web_sys::Element;

use super::erased::{ElementRef, Erase, focus, handler, live, memo, truth};
use super::icon::{DELETE, Icon, kind_icon};
use super::landmarks::use_landmarks;
use super::thumbnail::ResultThumbnail;
use crate::generation::{Generation, Phase};
use crate::i18n::Word;
use crate::state::connection::Connection;
use crate::state::generations::{GenerationSignal, Generations, made_by};
use crate::texts::use_texts;

/// An entry of the gallery.
#[component]
pub(crate) fn HistoryEntry(
    /// The generation.
    generation: GenerationSignal,
) -> impl IntoView {
    let connection = expect_context::<Connection>();
    let generations = expect_context::<Generations>();
    let (texts, landmarks) = (use_texts(), use_landmarks());
    let row = ElementRef::new();
    let snapshot = generation.get_untracked();
    let made_by = connection.catalog.with_untracked(|all| made_by(all, &snapshot));
    let Generation { key, request, created_at_ms, .. } = snapshot;
    let kind =
        connection.catalog.with_untracked(|all| all.model(&request.model).map(|model| model.kind));
    let (short, long) = texts.when(created_at_ms);
    let running = memo(move || generation.with(|now| !now.is_final()));
    let failed = memo(move || generation.with(|now| matches!(now.phase, Phase::Failed { .. })));
    let delete = texts.fill(Word::Delete, &[("prompt", &request.prompt)]);
    view! {
        <li
            node_ref=row
            class="entry"
            class:running=live(move || running.get())
            class:lost=live(move || failed.get())
        >
            <button
                type="button"
                class="show"
                aria-current=live(move || truth(generations.shown.get() == Some(generation)))
                on:click=handler(move |_| {
                    generations.shown.set(Some(generation));
                    landmarks.show_result_panel();
                })
            >
                <ResultThumbnail key icon=kind.map(kind_icon) />
                <span class="said" dir="auto">
                    {request.prompt}
                </span>
                <span class="fine">
                    <span dir="auto">{made_by}</span>
                    " · "
                    <time title=long>{short}</time>
                </span>
            </button>
            <button
                type="button"
                class="round"
                aria-label=delete.clone()
                title=delete
                hidden=live(move || running.get())
                on:click=handler(move |_| {
                    focus_neighbour(row.get());
                    generations.delete(generation);
                })
            >
                <Icon path=DELETE />
            </button>
        </li>
    }
    .erased()
}

/// The focus of keyboard users stays in the list after a deletion.
fn focus_neighbour(row: Option<Element>) {
    let Some(row) = row else { return };
    let next = row.next_element_sibling().or_else(|| row.previous_element_sibling());
    if let Some(show) = next.and_then(|next| next.first_element_child()) {
        focus(&show);
    }
}
