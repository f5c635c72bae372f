//! The progress of a generation: the current step, the progress bar, the elapsed and the usual
//! time.

use std::time::Duration;

use ai_now_protocol::catalog::percent_of;
use leptos::prelude::*;

use super::duration_estimate::duration_estimate;
use super::erased::{Erase, handler, live, memo, truth};
use super::icon::{Icon, kind_icon};
use crate::generation::{Generation, Link, Phase};
use crate::i18n::Word;
use crate::platform::browser;
use crate::platform::clock::{now_millis, page_millis};
use crate::platform::notifications;
use crate::state::connection::Connection;
use crate::state::generations::{GenerationSignal, Generations};
use crate::texts::{Texts, use_texts};

/// A generation that is queued or running.
#[component]
pub(crate) fn Progress(
    /// The generation.
    generation: GenerationSignal,
) -> impl IntoView {
    let connection = expect_context::<Connection>();
    let texts = use_texts();
    let snapshot = generation.get_untracked();
    let elapsed_secs = elapsed_secs(&snapshot);
    let model = snapshot.request.model;
    let kind = connection.catalog.with_untracked(|all| all.model(&model).map(|model| model.kind));
    let emblem = kind.map(|kind| {
        view! {
            <span class="emblem at-work">
                <Icon path=kind_icon(kind) />
            </span>
        }
        .erased()
    });
    let sketch = snapshot
        .procedural
        .then(|| view! { <p class="sketch">{texts.text(Word::Sketch)}</p> }.erased());
    let restoring = memo(move || generation.with(|now| now.link == Link::Restoring));
    let calm = move || if restoring.get() { texts.text(Word::Restoring) } else { String::new() };
    view! {
        <div class="watching">
            {emblem}
            <p class="prompt-said" dir="auto">
                {snapshot.request.prompt}
            </p>
            <StepLine generation />
            <ProgressBar generation />
            <p class="times">{live(move || times(generation, &model, elapsed_secs.get()))}</p>
            {sketch}
            <p class="calm" role="status">
                {live(calm)}
            </p>
            <CancelCosts generation />
            <div class="ways">
                <CancelButton generation />
                {notifications::can_ask().then(|| view! { <NotifyButton elapsed_secs /> }.erased())}
            </div>
        </div>
    }
    .erased()
}

/// The part that is done, from 0 to 1, if it is known.
fn part_done(generation: GenerationSignal) -> Option<f64> {
    generation.with(|now| now.progress.progress)
}

/// The current step, and the progress in percent.
#[component]
fn StepLine(
    /// The generation.
    generation: GenerationSignal,
) -> impl IntoView {
    let texts = use_texts();
    let percent =
        move || part_done(generation).map_or_else(String::new, |part| texts.percent(part));
    view! {
        <p class="step">
            <span dir="auto">{live(move || generation.with(|now| step(texts, now)))}</span>
            <span class="percent">{live(percent)}</span>
        </p>
    }
    .erased()
}

/// The progress bar; indeterminate while the progress is unknown.
#[component]
fn ProgressBar(
    /// The generation.
    generation: GenerationSignal,
) -> impl IntoView {
    let texts = use_texts();
    view! {
        <progress
            aria-label=texts.text(Word::Progress)
            max="1"
            value=live(move || part_done(generation).map(browser::decimal))
        />
    }
    .erased()
}

/// What cancelling costs, shown as soon as it costs anything.
#[component]
fn CancelCosts(
    /// The generation.
    generation: GenerationSignal,
) -> impl IntoView {
    let connection = expect_context::<Connection>();
    let texts = use_texts();
    let tokens = generation.with_untracked(|now| {
        let percent = connection.catalog.with_untracked(|catalog| {
            catalog.model(&now.request.model).map_or(0, |model| model.cancel_percent)
        });
        percent_of(now.price, percent)
    });
    let line = move || {
        let taken = generation.with(|now| now.phase == Phase::Running && !waits(now));
        if tokens == 0 || !taken {
            return String::new();
        }
        let cost = texts.count(Word::Tokens, tokens);
        texts.fill(Word::CancelCosts, &[("cost", &cost)])
    };
    view! { <p class="calm">{live(line)}</p> }.erased()
}

/// Stops it, once.
#[component]
fn CancelButton(
    /// The generation.
    generation: GenerationSignal,
) -> impl IntoView {
    let generations = expect_context::<Generations>();
    let texts = use_texts();
    let stopping = memo(move || generation.with(|now| now.stopping));
    let name = move || texts.text(if stopping.get() { Word::Stopping } else { Word::Cancel });
    let cancel = handler(move |_| {
        if !stopping.get_untracked() {
            generations.cancel(generation);
        }
    });
    view! {
        <button
            type="button"
            class="plain"
            aria-disabled=live(move || truth(stopping.get()))
            on:click=cancel
        >
            {live(name)}
        </button>
    }
    .erased()
}

/// How long a generation must have run before the user is offered a notification.
const NOTIFY_AFTER_SECS: u32 = 8;

/// Asks for the permission to notify; once, as browsers require.
#[component]
fn NotifyButton(
    /// How long the generation has been running.
    elapsed_secs: RwSignal<u32>,
) -> impl IntoView {
    let texts = use_texts();
    let asked = RwSignal::new(false);
    // A generation of seconds needs no notification.
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

/// Whether it waits in the gateway's own queue. Cancelling is free then.
fn waits(generation: &Generation) -> bool {
    let progress = &generation.progress;
    progress.queue_position.is_some() || progress.step.is_none()
}

/// The current step.
fn step(texts: Texts, generation: &Generation) -> String {
    let progress = &generation.progress;
    match (&generation.phase, progress.queue_position, progress.step.as_ref()) {
        (Phase::Sending, ..) => texts.text(Word::Sending),
        (_, Some(0), _) => texts.text(Word::NextUp),
        (_, Some(before), _) => texts.count(Word::Queued, before),
        (_, None, Some(step)) => match step_word(&step.text) {
            Some(word) if step.code.is_empty() || texts.is_english() => texts.text(word),
            // A step of an external provider: its own words are better than none.
            _ => texts.message(step),
        },
        (_, None, None) => texts.text(Word::Making),
    }
}

/// The name of a step of our own providers.
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

/// A duration of more than a day means that a clock was set.
const LONGEST_MILLIS: u64 = 24 * 60 * 60 * 1000;

/// The seconds that a generation has run; updated every second until the current owner ends,
/// independent of changes of the wall clock.
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
fn times(generation: GenerationSignal, model: &str, elapsed_secs: u32) -> String {
    let texts = use_texts();
    let so_far = texts.fill(Word::Passed, &[("time", &browser::clock(elapsed_secs))]);
    let rest = match generation.with(|now| now.progress.eta_secs) {
        Some(secs) => Some(texts.fill(Word::Left, &[("time", &texts.secs(secs, secs))])),
        None => duration_estimate(model).map(|time| texts.fill(Word::Usually, &[("time", &time)])),
    };
    match rest {
        Some(rest) => [&so_far, " · ", &rest].concat(),
        None => so_far,
    }
}
