//! The stage: where a generation is watched, and then its result played. One at a time.

use std::cell::Cell;

use leptos::prelude::*;

use super::dom::{El, button, effect, el, near};
use super::icon::{AUDIO, icon};
use super::{Ui, player, progress};
use crate::browser;
use crate::generation::Phase;
use crate::i18n::Word;
use crate::session::Job;

/// What the stage shows; it is built anew only when this changes.
#[derive(Clone, Copy, PartialEq)]
enum Scene {
    Empty,
    Running(Job),
    Completed(Job),
    Failed(Job),
}

pub(super) fn stage(ui: Ui) -> El {
    let session = ui.session;
    let scene = Memo::new(move |_| {
        let Some(job) = session.shown.get() else { return Scene::Empty };
        job.0.with(|generation| match generation.phase {
            Phase::Sending | Phase::Running => Scene::Running(job),
            Phase::Completed { .. } => Scene::Completed(job),
            Phase::Failed { .. } => Scene::Failed(job),
        })
    });
    let shown = move || match scene.get() {
        Scene::Empty => Some(empty(ui)),
        Scene::Running(job) => Some(progress::progress(ui, job)),
        Scene::Completed(job) => player::player(ui, job),
        Scene::Failed(job) => failed(ui, job),
    };
    el("section", "stage")
        .part("stage")
        .label(&ui.say(Word::Result))
        .add(el("div", "scene").live(shown))
        .add(announcer(ui))
}

/// Brings the stage of the same studio into view, as the page scrolls: for those who asked for
/// something, or chose something to look at. On a phone both lie a screen away from it.
pub(super) fn look_at(here: &El) {
    if let Some(stage) = near(here, "[part=stage]") {
        let nearest = browser::object(&[("block", "nearest".into())]);
        browser::call(&stage.0, "scrollIntoView", &[nearest.into()]);
    }
}

/// Between two quarters of progress that are told there are at least so many milliseconds: what
/// is done in seconds needs no report on the way.
const QUIET_MILLIS: u64 = 8_000;

/// Says the turns to screen readers, and on long ways the quarters; not every per cent.
fn announcer(ui: Ui) -> El {
    let news = Memo::new(move |_| {
        let Some(job) = ui.session.shown.get() else { return (false, String::new()) };
        job.0.with(|generation| match &generation.phase {
            Phase::Sending => (true, ui.say(Word::Sending)),
            Phase::Running => {
                let progress = &generation.progress;
                match (progress.queue_position, progress.progress) {
                    (Some(0), _) => (true, ui.say(Word::NextUp)),
                    (Some(before), _) => (true, ui.count(Word::Queued, before)),
                    (None, Some(part)) if part >= 0.25 => {
                        let quarter = (part * 4.0).floor() / 4.0;
                        (false, ui.fill(Word::PartDone, &[("part", &ui.percent(quarter))]))
                    }
                    _ => (true, ui.say(Word::Making)),
                }
            }
            Phase::Completed { .. } => {
                (true, ui.fill(Word::Ready, &[("prompt", &generation.request.prompt)]))
            }
            // The failure is an alert of its own.
            Phase::Failed { .. } => (true, String::new()),
        })
    });
    let line = el("p", "unseen").attr("role", "status");
    let said = line.clone();
    let last_ms = Cell::new(browser::now_millis());
    effect(Box::new(move || {
        let (is_turn, text) = news.get();
        let now = browser::now_millis();
        if is_turn || now.saturating_sub(last_ms.get()) >= QUIET_MILLIS {
            last_ms.set(now);
            said.set_text(&text);
        }
    }));
    line
}

fn empty(ui: Ui) -> El {
    el("div", "empty")
        .add(el("span", "emblem").add(icon(AUDIO)))
        .add(el("p", "title").text(&ui.say(Word::EmptyTitle)))
        .add(el("p", "").text(&ui.say(Word::EmptyText)))
}

fn failed(ui: Ui, job: Job) -> Option<El> {
    let session = ui.session;
    let generation = job.0.get_untracked();
    let Phase::Failed { message, cancelled, tokens_returned } = generation.phase else {
        return None;
    };
    let title = if cancelled { Word::CancelledTitle } else { Word::FailedTitle };
    let request = generation.request;
    let alert = el("div", "")
        .attr("role", "alert")
        .add(el("p", "title").text(&ui.say(title)))
        .add(el("p", "").attr("dir", "auto").text(&message))
        .add_some(tokens_returned.map(|n| el("p", "").text(&ui.count(Word::Returned, n))));
    let said = el("span", "").attr("dir", "auto").text(&request.prompt);
    // The line beside it stands on the page's side, whatever way the words run.
    let said = el("p", "prompt-said").add(said);
    let again = button("primary").text(&ui.say(Word::TryAgain)).click(move || {
        session.submit(request.clone());
    });
    let reuse = button("plain").text(&ui.say(Word::Reuse)).click(move || session.reuse(job));
    let failed = el("div", "failed");
    failed.set_class("cancelled", cancelled);
    Some(failed.add(alert).add(said).add(el("div", "ways").add(again).add(reuse)))
}
