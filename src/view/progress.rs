//! Watching: what is happening in words, how far it is, how long it has been and usually takes.

use leptos::prelude::*;

use super::Ui;
use super::dom::{El, button, el};
use super::icon::icon;
use super::models::kind_icon;
use crate::browser;
use crate::generation::{Link, Phase};
use crate::i18n::Word;
use crate::platform::notifications;
use crate::session::Job;

pub(super) fn progress(ui: Ui, job: Job) -> El {
    let session = ui.session;
    let (prompt, model, procedural) = job.0.with_untracked(|generation| {
        let request = &generation.request;
        (request.prompt.clone(), request.model.clone(), generation.procedural)
    });
    let passed = RwSignal::new(0_u32);
    let part = Memo::new(move |_| job.0.with(|generation| generation.progress.progress));
    let stopping = Memo::new(move |_| job.0.with(|generation| generation.stopping));
    let restoring = Memo::new(move |_| job.0.with(|generation| generation.link == Link::Restoring));
    let kind = session
        .catalog
        .with_untracked(|catalog| catalog.model(&model).map(|model| icon(kind_icon(model.kind))));
    let step =
        el("p", "step").add(el("span", "").attr("dir", "auto").live_text(step(ui, job))).add(
            el("span", "percent")
                .live_text(move || part.get().map_or_else(String::new, |part| ui.percent(part))),
        );
    let bar = el("progress", "")
        .label(&ui.say(Word::Progress))
        .attr("max", "1")
        // Absent: the bar says honestly that nobody knows.
        .live_attr("value", move || part.get().map(browser::decimal));
    let calm = el("p", "calm")
        .attr("role", "status")
        .live_text(move || if restoring.get() { ui.say(Word::Restoring) } else { String::new() });
    let cancel = button("plain")
        .live_state("aria-disabled", move || stopping.get())
        .live_text(move || ui.say(if stopping.get() { Word::Stopping } else { Word::Cancel }))
        .click(move || {
            if !stopping.get_untracked() {
                session.cancel(job);
            }
        });
    el("div", "watching")
        .add_some(kind.map(|kind| el("span", "emblem at-work").add(kind)))
        .add(el("p", "prompt-said").attr("dir", "auto").text(&prompt))
        .add(step)
        .add(bar)
        .add(el("p", "times").live_text(times(ui, job, model, passed)))
        .add_some(procedural.then(|| el("p", "sketch").text(&ui.say(Word::Sketch))))
        .add(calm)
        .add(
            el("div", "ways")
                .add(cancel)
                .add_some(notifications::can_ask().then(|| tell_me(ui, passed))),
        )
}

/// From when on it is offered to tell the end.
const TELL_AFTER_SECS: u32 = 8;

/// Asks for the permission to tell somebody who went elsewhere; once, as browsers want it.
fn tell_me(ui: Ui, passed: RwSignal<u32>) -> El {
    let asked = RwSignal::new(false);
    // What is done in seconds nobody leaves alone.
    let hidden = move || asked.get() || passed.get() < TELL_AFTER_SECS;
    button("plain").text(&ui.say(Word::TellMe)).live_hidden(hidden).click(move || {
        asked.set(true);
        notifications::ask();
    })
}

fn step(ui: Ui, job: Job) -> impl Fn() -> String {
    move || {
        job.0.with(|generation| {
            let progress = &generation.progress;
            match (
                &generation.phase,
                progress.queue_position,
                progress.step.as_ref().map(|step| step.text.as_ref()),
            ) {
                (Phase::Sending, ..) => ui.say(Word::Sending),
                (_, Some(0), _) => ui.say(Word::NextUp),
                (_, Some(before), _) => ui.count(Word::Queued, before),
                (_, None, Some(step)) => match step_word(step) {
                    Some(word) => ui.say(word),
                    // A maker of somebody else's: its own word is better than none.
                    None => step.to_owned(),
                },
                (_, None, None) => ui.say(Word::Making),
            }
        })
    }
}

/// What a step is called that our own makers name.
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

/// Time so far, and how long is left or usual. Goes on by the second while it is shown.
fn times(ui: Ui, job: Job, model: String, passed: RwSignal<u32>) -> impl Fn() -> String {
    let since = job.0.with_untracked(|generation| generation.created_at_ms);
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
    move || {
        let so_far = ui.fill(Word::Passed, &[("time", &browser::clock(passed.get()))]);
        let left = job.0.with(|generation| generation.progress.eta_secs);
        let rest = match left {
            Some(secs) => Some(ui.fill(Word::Left, &[("time", &ui.secs(secs, secs))])),
            None => ui.usual(&model).map(|time| ui.fill(Word::Usually, &[("time", &time)])),
        };
        match rest {
            Some(rest) => [&so_far, " · ", &rest].concat(),
            None => so_far,
        }
    }
}
