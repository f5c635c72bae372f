//! The live events of a generation: its facts, and its progress.

use ai_now_protocol::Event;
use leptos::prelude::*;
use web_sys::EventSource;

use super::live::listen;
use crate::answers::GenerationDetails;
use crate::load::Load;
use crate::texts::{Texts, use_texts};
use crate::words as w;

/// The events.
#[component]
pub(crate) fn Events(
    /// Where they are.
    url: String,
    /// The generation: it is reloaded once it has ended.
    generation: Load<GenerationDetails>,
) -> impl IntoView {
    let texts = use_texts();
    let facts = RwSignal::new(Vec::<String>::new());
    let now = RwSignal::new(String::new());
    let was_open = generation.answer.with_untracked(
        |found| matches!(found, Some(Ok(found)) if !found.generation.state.is_final()),
    );
    let hear = move |text: &str, source: &EventSource| {
        let Ok(event) = serde_json::from_str::<Event>(text) else { return };
        if let Event::Processing(progress) = &event {
            let part = progress.progress.map(|part| texts.share((part * 100.0) as u64, 100));
            let step = progress.step.as_ref().map(|step| texts.message(step));
            let said = [step, part].into_iter().flatten().collect::<Vec<_>>().join(" · ");
            let _ = now.try_set(said);
        } else {
            let _ = facts.try_update(|facts| facts.push(said(&event, texts)));
        }
        if event.is_last() {
            source.close();
            let _ = now.try_set(String::new());
            if was_open {
                generation.again();
            }
        }
    };
    // Refused, as its ticket has ended: what became of the generation can be asked for.
    listen(&url, hear, move || generation.again());
    view! {
        <ol class="events">
            {move || {
                facts.get().into_iter().map(|fact| view! { <li dir="auto">{fact}</li> }).collect_view()
            }}
        </ol>
        <p role="status" dir="auto">
            {move || now.get()}
        </p>
    }
    .into_any()
}

fn said(event: &Event, texts: Texts) -> String {
    match event {
        Event::Started => texts.text(w::EVENT_ACCEPTED).to_owned(),
        Event::Processing(_) => String::new(),
        Event::CookieGenerated => texts.text(w::EVENT_TAKEN).to_owned(),
        Event::Completed(completed) => {
            let note = completed.note.as_ref().map(|note| texts.message(note));
            let said = texts.state("completed");
            note.map_or_else(|| said.clone(), |note| [&said, ": ", &note].concat())
        }
        Event::Failed(failure) => {
            let said = texts.state(if failure.cancelled { "cancelled" } else { "failed" });
            [&said, ": ", &texts.message(&failure.message)].concat()
        }
        Event::Other(text) => text.clone(),
    }
}
