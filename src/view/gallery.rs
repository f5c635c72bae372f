//! What was made on this device: a list to look at, search, play again and tidy up.

use leptos::prelude::*;

use super::icon::icon;
use super::prompt::delete_button;
use super::{Ui, models};
use crate::browser;
use crate::generation::{Generation, Phase};
use crate::locale::Word;
use crate::session::Job;

pub(super) fn gallery(ui: Ui) -> AnyView {
    let session = ui.session;
    let any = Memo::new(move |_| session.generations.with(|all| !all.is_empty()));
    let search = RwSignal::new(String::new());
    let matching = move || {
        let wanted = search.with(|search| search.trim().to_lowercase());
        let mut all = session.generations.get();
        all.retain(|job| {
            job.0.with_untracked(|generation| {
                generation.request.prompt.to_lowercase().contains(&wanted)
            })
        });
        all
    };
    let list =
        move || {
            any.get().then(|| view! {
            <section class="gallery" part="gallery" aria-label=ui.say(Word::History)>
                <div class="gallery-head">
                    <p class="label">{ui.say(Word::History)}</p>
                    <input
                        type="search"
                        class="find"
                        aria-label=ui.say(Word::FindInHistory)
                        placeholder=ui.say(Word::FindInHistory)
                        prop:value=move || search.get()
                        on:input=move |event| search.set(event_target_value(&event))
                    />
                    <button type="button" class="plain" on:click=move |_| export(ui)>
                        {ui.say(Word::Export)}
                    </button>
                    {delete_all(ui)}
                </div>
                <ul class="made">
                    <For each=matching key=|job| job.key() children=move |job| entry(ui, job) />
                </ul>
                <p class="fine" hidden=move || !matching().is_empty()>
                    {ui.say(Word::NothingFound)}
                </p>
            </section>
        })
        };
    view! { <div class="gallery-place">{list}</div> }.into_any()
}

fn entry(ui: Ui, job: Job) -> AnyView {
    let session = ui.session;
    let generation = job.0.get_untracked();
    let prompt = generation.request.prompt;
    let catalog = session.catalog.get_untracked();
    let model = catalog.model(&generation.request.model);
    let mark = model.map(|model| icon(models::kind_icon(model.kind)));
    let name = model.map_or(generation.request.model, |model| model.name.to_string());
    let when = ui.numbers.with_value(|numbers| numbers.date(generation.created_at_ms));
    let about = [&name, " · ", &when].concat();
    let running = Memo::new(move |_| job.0.with(|generation| !generation.is_final()));
    let failed = Memo::new(move |_| job.0.with(|g| matches!(g.phase, Phase::Failed { .. })));
    let shown = move || session.shown.get() == Some(job);
    view! {
        <li class="entry" class:running=running class:lost=failed>
            <button
                type="button"
                class="show"
                aria-current=move || shown().to_string()
                on:click=move |_| session.shown.set(Some(job))
            >
                <span class="mark">{mark}</span>
                <span class="said" dir="auto">{prompt.clone()}</span>
                <span class="fine">{about}</span>
            </button>
            {move || (!running.get()).then(|| {
                let name = ui.fill(Word::Delete, &[("prompt", &prompt)]);
                delete_button(name, move || session.delete(job))
            })}
        </li>
    }
    .into_any()
}

fn delete_all(ui: Ui) -> AnyView {
    let asked = RwSignal::new(false);
    let click = move |_| {
        if asked.get_untracked() {
            ui.session.delete_all();
        }
        asked.update(|asked| *asked = !*asked);
    };
    view! {
        <button type="button" class="plain" on:click=click on:blur=move |_| asked.set(false)>
            {move || ui.say(if asked.get() { Word::DeleteAllSure } else { Word::DeleteAll })}
        </button>
    }
    .into_any()
}

/// Saves the records as a JSON file.
fn export(ui: Ui) {
    let jobs = ui.session.generations.get_untracked();
    let all: Vec<Generation> = jobs.iter().map(|job| job.0.get_untracked()).collect();
    browser::save_file("ai-now-history.json", &browser::to_json(&browser::to_js(&all)));
}
