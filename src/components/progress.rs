//! Watching: what is happening in words, how far it is, how long it has been and usually takes.

use std::time::Duration;

use ai_now_protocol::catalog::percent_of;
use leptos::prelude::*;

use super::duration_estimate::duration_estimate;
use super::erased::{Erase, handler, live, truth};
use super::icon::{Icon, kind_icon};
use crate::generation::{Generation, Link, Phase};
use crate::i18n::Word;
use crate::platform::browser;
use crate::platform::clock::{now_millis, page_millis};
use crate::platform::notifications;
use crate::state::connection::Connection;
use crate::state::generations::{GenerationSignal, Generations};
use crate::texts::{Texts, use_texts};

/// A generation that is under way.
#[component]
pub(crate) fn Progress(
    /// The generation.
    job: GenerationSignal,
) -> impl IntoView {
    let connection = expect_context::<Connection>();
    let generations = expect_context::<Generations>();
    let texts = use_texts();
    let generation = job.0.get_untracked();
    let elapsed_secs = elapsed_secs(&generation);
    let model = generation.request.model;
    let kind = connection.catalog.with_untracked(|all| all.model(&model).map(|model| model.kind));
    let part = move || job.0.with(|generation| generation.progress.progress);
    let stopping = Memo::new(move |_| job.0.with(|generation| generation.stopping));
    let restoring = Memo::new(move |_| job.0.with(|job| job.link == Link::Restoring));
    let emblem = kind.map(|kind| {
        view! {
            <span class="emblem at-work">
                <Icon path=kind_icon(kind) />
            </span>
        }
        .erased()
    });
    let sketch = generation
        .procedural
        .then(|| view! { <p class="sketch">{texts.text(Word::Sketch)}</p> }.erased());
    let percent = move || part().map_or_else(String::new, |part| texts.percent(part));
    let calm = move || if restoring.get() { texts.text(Word::Restoring) } else { String::new() };
    let cancel_percent = connection
        .catalog
        .with_untracked(|all| all.model(&model).map(|model| model.cancel_percent));
    let cancel_tokens = percent_of(generation.price, cancel_percent.unwrap_or(0));
    // Told before the click, from when on it is so.
    let cancel_costs = move || {
        let taken = job.0.with(|job| job.phase == Phase::Running && !waits(job));
        if cancel_tokens == 0 || !taken {
            return String::new();
        }
        let cost = texts.count(Word::Tokens, cancel_tokens);
        texts.fill(Word::CancelCosts, &[("cost", &cost)])
    };
    let cancel = handler(move |_| {
        if !stopping.get_untracked() {
            generations.cancel(job);
        }
    });
    view! {
        <div class="watching">
            {emblem}
            <p class="prompt-said" dir="auto">
                {generation.request.prompt}
            </p>
            <p class="step">
                <span dir="auto">{live(move || job.0.with(|job| step(texts, job)))}</span>
                <span class="percent">{live(percent)}</span>
            </p>
            // Without a value, the bar says honestly that nobody knows.
            <progress
                aria-label=texts.text(Word::Progress)
                max="1"
                value=live(move || part().map(browser::decimal))
            />
            <p class="times">{live(move || times(job, &model, elapsed_secs.get()))}</p>
            {sketch}
            <p class="calm" role="status">
                {live(calm)}
            </p>
            <p class="calm">{live(cancel_costs)}</p>
            <div class="ways">
                <button
                    type="button"
                    class="plain"
                    aria-disabled=live(move || truth(stopping.get()))
                    on:click=cancel
                >
                    {live(move || {
                        texts.text(if stopping.get() { Word::Stopping } else { Word::Cancel })
                    })}
                </button>
                {notifications::can_ask().then(|| view! { <NotifyButton elapsed_secs /> }.erased())}
            </div>
        </div>
    }
    .erased()
}

/// From when on it is offered to tell the end.
const NOTIFY_AFTER_SECS: u32 = 8;

/// Asks for the permission to notify somebody who went elsewhere; once, as browsers want it.
#[component]
fn NotifyButton(
    /// For how long the generation has been under way.
    elapsed_secs: RwSignal<u32>,
) -> impl IntoView {
    let texts = use_texts();
    let asked = RwSignal::new(false);
    // What is done in seconds nobody leaves alone.
    let hidden = move || asked.get() || elapsed_secs.get() < NOTIFY_AFTER_SECS;
    view! {
        <button
            type="button"
            class="plain"
            hidden=live(hidden)
            on:click=handler(move |_| {
                asked.set(true);
                notifications::ask();
            })
        >
            {texts.text(Word::TellMe)}
        </button>
    }
    .erased()
}

/// Whether it waits in the gateway's own queue, where it costs nobody anything yet.
fn waits(generation: &Generation) -> bool {
    let progress = &generation.progress;
    progress.queue_position.is_some() || progress.step.is_none()
}

/// What is happening.
fn step(texts: Texts, generation: &Generation) -> String {
    let progress = &generation.progress;
    match (&generation.phase, progress.queue_position, progress.step.as_ref()) {
        (Phase::Sending, ..) => texts.text(Word::Sending),
        (_, Some(0), _) => texts.text(Word::NextUp),
        (_, Some(before), _) => texts.count(Word::Queued, before),
        (_, None, Some(step)) => match step_word(&step.text) {
            Some(word) if step.code.is_empty() || texts.is_english() => texts.text(word),
            // A provider of somebody else's: its own word is better than none.
            _ => texts.message(step),
        },
        (_, None, None) => texts.text(Word::Making),
    }
}

/// What a step is called that our own providers name.
fn step_word(step: &str) -> Option<Word> {
    Some(match step {
        "starting" => Word::Making,
        "reading" => Word::StepReading,
        "playing" | "drumming" | "mixing" | "mastering" => Word::StepPlaying,
        "drawing" => Word::StepDrawing,
        "encoding" | "done" => Word::StepEncoding,
        _ => return None,
    })
}

/// What ran for longer than a day before this page, began by a clock that somebody has set since.
const LONGEST_MILLIS: u64 = 24 * 60 * 60 * 1000;

/// The seconds that a generation has run; goes on by the second until the current owner ends, also where
/// somebody sets the wall clock meanwhile.
fn elapsed_secs(generation: &Generation) -> RwSignal<u32> {
    let elapsed_secs = RwSignal::new(0);
    let (before_ms, began_ms) = match generation.began_at_page_ms {
        Some(began_ms) => (0, began_ms),
        None => (now_millis().saturating_sub(generation.created_at_ms), page_millis()),
    };
    let before_ms = if before_ms > LONGEST_MILLIS { 0 } else { before_ms };
    let tick = move || {
        let millis = before_ms + page_millis().saturating_sub(began_ms);
        elapsed_secs.set(u32::try_from(millis / 1000).unwrap_or(u32::MAX));
    };
    tick();
    if let Ok(ticking) = set_interval_with_handle(tick, Duration::from_secs(1)) {
        on_cleanup(move || ticking.clear());
    }
    elapsed_secs
}

/// Time so far, and how long is left or usual.
fn times(job: GenerationSignal, model: &str, elapsed_secs: u32) -> String {
    let texts = use_texts();
    let so_far = texts.fill(Word::Passed, &[("time", &browser::clock(elapsed_secs))]);
    let rest = match job.0.with(|generation| generation.progress.eta_secs) {
        Some(secs) => Some(texts.fill(Word::Left, &[("time", &texts.secs(secs, secs))])),
        None => duration_estimate(model).map(|time| texts.fill(Word::Usually, &[("time", &time)])),
    };
    match rest {
        Some(rest) => [&so_far, " · ", &rest].concat(),
        None => so_far,
    }
}
