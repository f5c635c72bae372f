//! The stage: where a generation is watched, and then its result played. One at a time.

use leptos::prelude::*;

use super::icon::{AUDIO, icon};
use super::{Ui, player, progress};
use crate::generation::Phase;
use crate::locale::Word;
use crate::session::Job;

/// What the stage shows; it is built anew only when this changes.
#[derive(Clone, Copy, PartialEq)]
enum Scene {
    Empty,
    Running(Job),
    Completed(Job),
    Failed(Job),
}

pub(super) fn stage(ui: Ui) -> AnyView {
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
        Scene::Empty => empty(ui),
        Scene::Running(job) => progress::progress(ui, job),
        Scene::Completed(job) => player::player(ui, job),
        Scene::Failed(job) => failed(ui, job),
    };
    view! {
        <section class="stage" part="stage" aria-label=ui.say(Word::Result)>
            {shown}
            {announcer(ui)}
        </section>
    }
    .into_any()
}

/// Says the turns to screen readers, and nothing between: not every per cent.
fn announcer(ui: Ui) -> AnyView {
    let news = Memo::new(move |_| {
        let Some(job) = ui.session.shown.get() else { return String::new() };
        job.0.with(|generation| match &generation.phase {
            Phase::Sending => ui.say(Word::Sending),
            Phase::Running => match generation.progress.queue_position {
                Some(0) => ui.say(Word::NextUp),
                Some(before) => ui.count(Word::Queued, before),
                None => ui.say(Word::Making),
            },
            Phase::Completed { .. } => {
                ui.fill(Word::Ready, &[("prompt", &generation.request.prompt)])
            }
            // The failure is an alert of its own.
            Phase::Failed { .. } => String::new(),
        })
    });
    view! { <p class="unseen" role="status">{move || news.get()}</p> }.into_any()
}

fn empty(ui: Ui) -> AnyView {
    view! {
        <div class="empty">
            <span class="emblem">{icon(AUDIO)}</span>
            <p class="title">{ui.say(Word::EmptyTitle)}</p>
            <p>{ui.say(Word::EmptyText)}</p>
        </div>
    }
    .into_any()
}

fn failed(ui: Ui, job: Job) -> AnyView {
    let session = ui.session;
    let generation = job.0.get_untracked();
    let Phase::Failed { message, cancelled, tokens_returned } = generation.phase else {
        return ().into_any();
    };
    let title = if cancelled { Word::CancelledTitle } else { Word::FailedTitle };
    let request = generation.request;
    let prompt = request.prompt.clone();
    let returned = tokens_returned.map(|n| ui.count(Word::Returned, n));
    view! {
        <div class="failed" class:cancelled=cancelled>
            <div role="alert">
                <p class="title">{ui.say(title)}</p>
                <p>{message}</p>
                <p>{returned}</p>
            </div>
            <p class="prompt-said" dir="auto">{prompt}</p>
            <div class="ways">
                <button type="button" class="primary" on:click=move |_| {
                    session.submit(request.clone());
                }>{ui.say(Word::TryAgain)}</button>
                <button type="button" class="plain" on:click=move |_| session.reuse(job)>
                    {ui.say(Word::Reuse)}
                </button>
            </div>
        </div>
    }
    .into_any()
}
