//! What was made on this device: pictures to look at, search, play again and tidy up.

use std::cell::RefCell;

use leptos::prelude::*;

use super::dom::{El, button, effect, el, value_of};
use super::icon::{DELETE, icon};
use super::{Ui, models, stage, thumbnail};
use crate::api::json;
use crate::browser;
use crate::generation::{Generation, Phase};
use crate::i18n::Word;
use crate::session::Job;

pub(super) fn gallery(ui: Ui) -> El {
    let session = ui.session;
    let any = Memo::new(move |_| {
        session.generations.with(|all| !all.is_empty())
            || session.deleted.with(|deleted| !deleted.is_empty())
    });
    let place = el("div", "gallery-place").live(move || any.get().then(|| section(ui)));
    let high = place.clone();
    effect(Box::new(move || {
        session.generations.track();
        let high = high.clone();
        session.spawn(async move {
            // Until all that follows from the change stands.
            browser::pause(500).await;
            keep_height(&high);
        });
    }));
    place
}

/// Leaves its height for the shell, which keeps that much free below the rest, next time.
fn keep_height(place: &El) {
    if let Some(storage) = browser::storage() {
        let height = place.0.get_bounding_client_rect().height();
        // Where nothing can be kept, there is nothing to show next time.
        let _ = storage.set_item("ai-now:made", &[&browser::decimal(height), "px"].concat());
    }
}

fn section(ui: Ui) -> El {
    let session = ui.session;
    let search = RwSignal::new(String::new());
    let find = el("input", "find")
        .attr("type", "search")
        .attr("placeholder", &ui.say(Word::FindInHistory))
        .label(&ui.say(Word::FindInHistory))
        .on("input", move |event| search.set(browser::lower(value_of(&event).trim())));
    let head = el("div", "gallery-head")
        .add(el("p", "label").text(&ui.say(Word::History)))
        .add(find)
        .add(button("plain").text(&ui.say(Word::Export)).click(move || export(ui)))
        .add(delete_all(ui));
    let nothing = move || {
        search.with(|search| {
            let matches = |job: &Job| browser::holds(&told(ui, *job), search);
            session.generations.with(|all| !all.is_empty() && !all.iter().any(matches))
        })
    };
    let unkept = el("p", "fine").attr("role", "status").live_text(move || {
        if session.kept.get() { String::new() } else { ui.say(Word::NoHistory) }
    });
    el("section", "gallery")
        .part("gallery")
        .label(&ui.say(Word::History))
        .add(head)
        .add(unkept)
        .add(undo(ui))
        .add(list(ui, search))
        .add(el("p", "fine").live_hidden(move || !nothing()).text(&ui.say(Word::NothingFound)))
}

/// One that stands in the list, and what its element holds on to.
struct Entry {
    job: Job,
    element: El,
    owner: Owner,
}

/// The list. An entry is made once and stays as long as its generation does, so that neither focus
/// nor scrolling is lost when another one comes.
fn list(ui: Ui, search: RwSignal<String>) -> El {
    let list = el("ul", "made");
    let (place, owner) = (list.clone(), Owner::current().unwrap_or_default());
    let entries = RefCell::new(Vec::<Entry>::new());
    effect(Box::new(move || {
        let jobs = ui.session.generations.get();
        let mut entries = entries.borrow_mut();
        entries.retain(|entry| {
            let stays = jobs.contains(&entry.job);
            if !stays {
                entry.element.0.remove();
                entry.owner.cleanup();
            }
            stays
        });
        for (index, job) in jobs.into_iter().enumerate() {
            if entries.get(index).is_some_and(|entry| entry.job == job) {
                continue;
            }
            let owner = owner.with(Owner::new);
            let element = owner.with(|| untrack(|| entry(ui, job, search)));
            let next = entries.get(index).map(|entry| entry.element.0.clone());
            // The next one stands in the list: there is nothing to refuse.
            let _ = place.0.insert_before(&element.0, next.as_deref());
            entries.insert(index, Entry { job, element, owner });
        }
    }));
    list
}

/// All that the search looks at.
fn told(ui: Ui, job: Job) -> String {
    let (prompt, about) = job
        .0
        .with_untracked(|generation| (generation.request.prompt.clone(), made_by(ui, generation)));
    browser::lower(&[&prompt, " ", &about].concat())
}

fn made_by(ui: Ui, generation: &Generation) -> String {
    let request = &generation.request;
    ui.session.catalog.with_untracked(|catalog| {
        let Some(model) = catalog.model(&request.model) else { return request.model.clone() };
        match request.style.as_deref().and_then(|style| model.style(style)) {
            Some(style) => [&*model.name, " · ", &style.name].concat(),
            None => model.name.to_string(),
        }
    })
}

fn entry(ui: Ui, job: Job, search: RwSignal<String>) -> El {
    let session = ui.session;
    let generation = job.0.get_untracked();
    let request = &generation.request;
    let kind = session
        .catalog
        .with_untracked(|catalog| catalog.model(&request.model).map(|model| model.kind));
    let (short, long) = ui.numbers.with_value(|numbers| {
        (numbers.when(generation.created_at_ms), numbers.date(generation.created_at_ms))
    });
    let running = Memo::new(move |_| job.0.with(|generation| !generation.is_final()));
    let failed = Memo::new(move |_| job.0.with(|g| matches!(g.phase, Phase::Failed { .. })));
    let words = told(ui, job);
    let about = el("span", "fine")
        .add(el("span", "").attr("dir", "auto").text(&made_by(ui, &generation)))
        .text(" · ")
        .add(el("time", "").attr("title", &long).text(&short));
    let frame = thumbnail::of_result(ui, generation.key.clone())
        .add_some(kind.map(|kind| icon(models::kind_icon(kind))));
    let show = button("show");
    let here = show.clone();
    let show = show
        .live_state("aria-current", move || session.shown.get() == Some(job))
        .click(move || {
            session.shown.set(Some(job));
            stage::look_at(&here);
        })
        .add(frame)
        .add(el("span", "said").attr("dir", "auto").text(&request.prompt))
        .add(about);
    let row = el("li", "entry")
        .live_class("running", move || running.get())
        .live_class("lost", move || failed.get())
        .live_hidden(move || search.with(|search| !browser::holds(&words, search)));
    let name = ui.fill(Word::Delete, &[("prompt", &request.prompt)]);
    let here = row.clone();
    let delete = button("round").label(&name).attr("title", &name).add(icon(DELETE));
    let delete = delete.live_hidden(move || running.get()).click(move || {
        focus_neighbour(&here);
        session.delete(job);
    });
    row.add(show).add(delete)
}

/// Whoever deletes by keyboard stays in the list.
fn focus_neighbour(row: &El) {
    let next = row.0.next_element_sibling().or_else(|| row.0.previous_element_sibling());
    let show = next.and_then(|next| next.first_element_child());
    if let Some(show) = show {
        El(show).focus();
    }
}

/// What was deleted last, and the way back.
fn undo(ui: Ui) -> El {
    let session = ui.session;
    let count = Memo::new(move |_| session.deleted.with(Vec::len));
    let line = move || {
        let count = u32::try_from(count.get()).unwrap_or(u32::MAX);
        (count > 0).then(|| {
            let back = button("plain").text(&ui.say(Word::Undo)).click(move || session.restore());
            el("p", "undo").add(el("span", "").text(&ui.count(Word::Deleted, count))).add(back)
        })
    };
    el("div", "").attr("role", "status").live(line)
}

fn delete_all(ui: Ui) -> El {
    let asked = RwSignal::new(false);
    button("plain")
        .live_text(move || ui.say(if asked.get() { Word::DeleteAllSure } else { Word::DeleteAll }))
        .on("blur", move |_| asked.set(false))
        .click(move || {
            if asked.get_untracked() {
                ui.session.delete_all();
            }
            asked.update(|asked| *asked = !*asked);
        })
}

/// Saves the records as a JSON file.
fn export(ui: Ui) {
    let jobs = ui.session.generations.get_untracked();
    let all: Vec<Generation> = jobs.iter().map(|job| job.0.get_untracked().record()).collect();
    browser::save_file("ai-now-history.json", &json::stringify(&all));
}
