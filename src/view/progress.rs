//! Watching: what is happening in words, how far it is, how long it has been and usually takes.

use leptos::prelude::*;

use super::Ui;
use crate::browser;
use crate::generation::{Link, Phase};
use crate::locale::Word;
use crate::session::Job;

pub(super) fn progress(ui: Ui, job: Job) -> AnyView {
    let session = ui.session;
    let prompt = job.0.with_untracked(|generation| generation.request.prompt.clone());
    let part = Memo::new(move |_| job.0.with(|generation| generation.progress.progress));
    let percent =
        move || part.get().map(|part| ui.numbers.with_value(|numbers| numbers.percent(part)));
    // Absent: the bar says honestly that nobody knows.
    let value = move || part.get().map(browser::decimal);
    let stopping = Memo::new(move |_| job.0.with(|generation| generation.stopping));
    let restoring = Memo::new(move |_| job.0.with(|generation| generation.link == Link::Restoring));
    let procedural = job.0.with_untracked(|generation| generation.procedural);
    view! {
        <div class="watching">
            <p class="prompt-said" dir="auto">{prompt}</p>
            <p class="step">
                <span>{step(ui, job)}</span>
                <span class="percent">{percent}</span>
            </p>
            <progress aria-label=ui.say(Word::Progress) max="1" value=value></progress>
            <p class="times">{times(ui, job)}</p>
            {procedural.then(|| view! { <p class="sketch">{ui.say(Word::Sketch)}</p> })}
            <p class="calm" role="status">
                {move || restoring.get().then(|| ui.say(Word::Restoring))}
            </p>
            <button
                type="button"
                class="plain"
                aria-disabled=move || stopping.get().to_string()
                on:click=move |_| if !stopping.get_untracked() { session.cancel(job) }
            >
                {move || ui.say(if stopping.get() { Word::Stopping } else { Word::Cancel })}
            </button>
        </div>
    }
    .into_any()
}

fn step(ui: Ui, job: Job) -> impl Fn() -> String {
    move || {
        job.0.with(|generation| {
            let progress = &generation.progress;
            match (&generation.phase, progress.queue_position, &progress.step) {
                (Phase::Sending, ..) => ui.say(Word::Sending),
                (_, Some(0), _) => ui.say(Word::NextUp),
                (_, Some(before), _) => ui.count(Word::Queued, before),
                (_, None, Some(step)) => step.clone(),
                (_, None, None) => ui.say(Word::Making),
            }
        })
    }
}

/// Time so far, and how long is left or usual. Goes on by the second while it is shown.
fn times(ui: Ui, job: Job) -> impl Fn() -> String {
    let since = job.0.with_untracked(|generation| generation.created_at_ms);
    let passed = RwSignal::new(0_u32);
    let tick = move || {
        let millis = browser::now_millis().saturating_sub(since);
        passed.set(u32::try_from(millis / 1000).unwrap_or(u32::MAX));
    };
    tick();
    let ticking = set_interval_with_handle(tick, std::time::Duration::from_secs(1));
    on_cleanup(move || {
        if let Ok(ticking) = ticking {
            ticking.clear();
        }
    });
    let expected = job.0.with_untracked(|generation| {
        let catalog = ui.session.catalog.get_untracked();
        catalog.model(&generation.request.model).and_then(|model| model.expected_secs)
    });
    move || {
        let so_far = ui.fill(Word::Passed, &[("time", &browser::clock(f64::from(passed.get())))]);
        let left = job.0.with(|generation| generation.progress.eta_secs);
        let rest = match (left, expected) {
            (Some(secs), _) => Some(ui.fill(Word::Left, &[("time", &ui.secs(secs, secs))])),
            (None, Some(usual)) => {
                Some(ui.fill(Word::Usually, &[("time", &ui.secs(usual.min, usual.max))]))
            }
            (None, None) => None,
        };
        match rest {
            Some(rest) => [&so_far, " · ", &rest].concat(),
            None => so_far,
        }
    }
}
