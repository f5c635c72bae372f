//! The panel that shows one generation: its progress, then its result.

use leptos::prelude::*;

use super::erased::{Erase, live, memo};
use super::error_message::ErrorMessage;
use super::icon::{AUDIO, Icon};
use super::landmarks::use_landmarks;
use super::player::Player;
use super::progress::Progress;
use crate::generation::{Generation, Phase};
use crate::i18n::Word;
use crate::platform::clock::page_millis;
use crate::state::generations::{GenerationSignal, Generations};
use crate::texts::{Texts, use_texts};

/// What the panel shows; it is rebuilt only when this changes.
#[derive(Clone, Copy, PartialEq)]
enum Shown {
    Nothing,
    Running(GenerationSignal),
    Completed(GenerationSignal),
    Failed(GenerationSignal),
}

/// The panel that shows one generation.
#[component]
pub(crate) fn ResultPanel() -> impl IntoView {
    let generations = expect_context::<Generations>();
    let (texts, landmarks) = (use_texts(), use_landmarks());
    let shown = memo(move || {
        let Some(generation) = generations.shown.get() else { return Shown::Nothing };
        generation.with(|now| match now.phase {
            Phase::Sending | Phase::Running => Shown::Running(generation),
            Phase::Completed { .. } => Shown::Completed(generation),
            Phase::Failed { .. } => Shown::Failed(generation),
        })
    });
    let content = move || match shown.get() {
        Shown::Nothing => view! { <Welcome /> }.erased(),
        Shown::Running(generation) => view! { <Progress generation /> }.erased(),
        Shown::Completed(generation) => view! { <Player generation /> }.erased(),
        Shown::Failed(generation) => view! { <ErrorMessage generation /> }.erased(),
    };
    view! {
        <section
            node_ref=landmarks.result_panel
            class="result-panel"
            part="result-panel"
            tabindex="-1"
            aria-label=texts.text(Word::Result)
        >
            <div class="scene">{live(content)}</div>
            <Announcer />
        </section>
    }
    .erased()
}

/// The content before the first generation.
#[component]
fn Welcome() -> impl IntoView {
    let texts = use_texts();
    view! {
        <div class="empty">
            <span class="emblem">
                <Icon path=AUDIO />
            </span>
            <p class="title">{texts.text(Word::EmptyTitle)}</p>
            <p>{texts.text(Word::EmptyText)}</p>
        </div>
    }
    .erased()
}

/// The shortest time between two announced quarters of progress, in milliseconds: quick generations
/// need none.
const QUIET_MILLIS: u64 = 8_000;

/// Announces changes of state to screen readers, and quarters of long generations, but not every
/// percent.
#[component]
fn Announcer() -> impl IntoView {
    let generations = expect_context::<Generations>();
    let texts = use_texts();
    let mut said = String::new();
    let mut said_at_ms = page_millis();
    let line = move || {
        let shown = generations.shown.get();
        let (is_turn, text) = shown.map_or_else(Default::default, |generation| {
            generation.with(|now| announcement(texts, now))
        });
        let now = page_millis();
        if text != said && (is_turn || now.saturating_sub(said_at_ms) >= QUIET_MILLIS) {
            said_at_ms = now;
            said = text;
        }
        said.clone()
    };
    view! {
        <p class="unseen" role="status">
            {live(line)}
        </p>
    }
    .erased()
}

/// The text to announce, and whether it is a change of state, which is announced at once.
fn announcement(texts: Texts, generation: &Generation) -> (bool, String) {
    match &generation.phase {
        Phase::Sending => (true, texts.text(Word::Sending)),
        Phase::Running => {
            let progress = &generation.progress;
            match (progress.queue_position, progress.progress) {
                (Some(0), _) => (true, texts.text(Word::NextUp)),
                (Some(before), _) => (true, texts.count(Word::Queued, before)),
                (None, Some(part)) if part >= 0.25 => {
                    let quarter = (part * 4.0).floor() / 4.0;
                    (false, texts.fill(Word::PartDone, &[("part", &texts.percent(quarter))]))
                }
                _ => (true, texts.text(Word::Making)),
            }
        }
        Phase::Completed { .. } => {
            (true, texts.fill(Word::Ready, &[("prompt", &generation.request.prompt)]))
        }
        // A failure is an alert of its own.
        Phase::Failed { .. } => (true, String::new()),
    }
}
