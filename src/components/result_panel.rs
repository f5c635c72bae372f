//! Where a generation is watched, and then its result played. One at a time.

use leptos::prelude::*;

use super::erased::{Erase, live};
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

/// What the panel shows; it is built anew only when this changes.
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
    let shown = Memo::new(move |_| {
        let Some(job) = generations.shown.get() else { return Shown::Nothing };
        job.0.with(|generation| match generation.phase {
            Phase::Sending | Phase::Running => Shown::Running(job),
            Phase::Completed { .. } => Shown::Completed(job),
            Phase::Failed { .. } => Shown::Failed(job),
        })
    });
    let content = move || match shown.get() {
        Shown::Nothing => view! { <Welcome /> }.erased(),
        Shown::Running(job) => view! { <Progress job /> }.erased(),
        Shown::Completed(job) => view! { <Player job /> }.erased(),
        Shown::Failed(job) => view! { <ErrorMessage job /> }.erased(),
    };
    view! {
        <section
            node_ref=landmarks.result_panel
            class="stage"
            part="stage"
            aria-label=texts.text(Word::Result)
        >
            <div class="scene">{live(content)}</div>
            <Announcer />
        </section>
    }
    .erased()
}

/// What stands there before anything was asked for.
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

/// Between two quarters of progress that are told there are at least so many milliseconds: what
/// is done in seconds needs no report on the way.
const QUIET_MILLIS: u64 = 8_000;

/// Tells screen readers the turns, and on long ways the quarters; not every per cent.
#[component]
fn Announcer() -> impl IntoView {
    let generations = expect_context::<Generations>();
    let texts = use_texts();
    let mut said = String::new();
    let mut said_at_ms = page_millis();
    let line = move || {
        let shown = generations.shown.get();
        let (is_turn, text) =
            shown.map_or_else(Default::default, |job| job.0.with(|job| announcement(texts, job)));
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

/// What there is to tell, and whether it is a turn, which is told at once.
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
        // The failure is an alert of its own.
        Phase::Failed { .. } => (true, String::new()),
    }
}
