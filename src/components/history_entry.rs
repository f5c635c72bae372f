//! One of what was made on this device: its picture, what it is, and the ways to it and away.

use leptos::prelude::*;
use web_sys::Element;

use super::erased::{ElementRef, Erase, focus, handler, live, truth};
use super::icon::{DELETE, Icon, kind_icon};
use super::landmarks::use_landmarks;
use super::texts::use_texts;
use super::thumbnail::ResultThumbnail;
use crate::browser;
use crate::generation::{Generation, Phase};
use crate::i18n::Word;
use crate::session::{Job, Session};

/// An entry of the gallery.
#[component]
pub(crate) fn HistoryEntry(
    /// The generation.
    job: Job,
    /// What is searched for: an entry without it is hidden.
    search: RwSignal<String>,
) -> impl IntoView {
    let (session, texts, landmarks) = (expect_context::<Session>(), use_texts(), use_landmarks());
    let row = ElementRef::new();
    let generation = job.0.get_untracked();
    let made_by = made_by(session, &generation);
    let Generation { key, request, created_at_ms, .. } = generation;
    let kind =
        session.catalog.with_untracked(|all| all.model(&request.model).map(|model| model.kind));
    let (short, long) = texts.when(created_at_ms);
    let running = Memo::new(move |_| job.0.with(|generation| !generation.is_final()));
    let failed = Memo::new(move |_| job.0.with(|job| matches!(job.phase, Phase::Failed { .. })));
    let searched = searched_text(session, job);
    let delete = texts.fill(Word::Delete, &[("prompt", &request.prompt)]);
    view! {
        <li
            node_ref=row
            class="entry"
            class:running=live(move || running.get())
            class:lost=live(move || failed.get())
            hidden=live(move || search.with(|search| !browser::holds(&searched, search)))
        >
            <button
                type="button"
                class="show"
                aria-current=live(move || truth(session.shown.get() == Some(job)))
                on:click=handler(move |_| {
                    session.shown.set(Some(job));
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
                    session.delete(job);
                })
            >
                <Icon path=DELETE />
            </button>
        </li>
    }
    .erased()
}

/// All that the search looks at, in small letters.
pub(crate) fn searched_text(session: Session, job: Job) -> String {
    job.0.with_untracked(|generation| {
        let made_by = made_by(session, generation);
        browser::lower(&[&generation.request.prompt, " ", &made_by].concat())
    })
}

/// The model's name, and the style's.
pub(crate) fn made_by(session: Session, generation: &Generation) -> String {
    let request = &generation.request;
    session.catalog.with_untracked(|catalog| {
        let Some(model) = catalog.model(&request.model) else { return request.model.clone() };
        match request.style.as_deref().and_then(|style| model.style(style)) {
            Some(style) => [&*model.name, " · ", &style.name].concat(),
            None => model.name.to_string(),
        }
    })
}

/// Whoever deletes by keyboard stays in the list.
fn focus_neighbour(row: Option<Element>) {
    let Some(row) = row else { return };
    let next = row.next_element_sibling().or_else(|| row.previous_element_sibling());
    if let Some(show) = next.and_then(|next| next.first_element_child()) {
        focus(&show);
    }
}
