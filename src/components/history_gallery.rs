//! What was made on this device: pictures to look at, search, play again and tidy up.

use leptos::prelude::*;

use super::button::TextButton;
use super::erased::{ElementRef, Erase, effect, handler, live};
use super::history_entry::{HistoryEntry, searched_text};
use super::search_field::SearchField;
use super::texts::use_texts;
use crate::api::json;
use crate::browser;
use crate::generation::Generation;
use crate::i18n::Word;
use crate::session::{Job, Session};

/// The gallery; nothing where nothing was made.
#[component]
pub(crate) fn HistoryGallery() -> impl IntoView {
    let session = expect_context::<Session>();
    let place = ElementRef::new();
    let any = move || {
        session.generations.with(|all| !all.is_empty())
            || session.deleted.with(|deleted| !deleted.is_empty())
    };
    effect(move || {
        session.generations.track();
        session.spawn(async move {
            // Until all that follows from the change stands.
            browser::pause(500).await;
            keep_height(place);
        });
    });
    view! {
        <div node_ref=place class="gallery-place">
            <Show when=any>
                <Gallery />
            </Show>
        </div>
    }
    .erased()
}

/// Leaves its height for the shell, which keeps that much free below the rest, next time.
fn keep_height(place: ElementRef) {
    if let (Some(place), Some(storage)) = (place.get(), browser::storage()) {
        let height = place.get_bounding_client_rect().height();
        // Where nothing can be kept, there is nothing to show next time.
        let _ = storage.set_item("ai-now:made", &[&browser::decimal(height), "px"].concat());
    }
}

/// All that was made, and what can be done with it as a whole.
#[component]
fn Gallery() -> impl IntoView {
    let (session, texts) = (expect_context::<Session>(), use_texts());
    let search = RwSignal::new(String::new());
    let found = move || {
        search.with(|search| {
            let matches = |job: &Job| browser::holds(&searched_text(session, *job), search);
            session.generations.with(|all| all.is_empty() || all.iter().any(matches))
        })
    };
    let unkept = move || {
        if session.kept.get() { String::new() } else { texts.text(Word::NoHistory) }
    };
    view! {
        <section class="gallery" part="gallery" aria-label=texts.text(Word::History)>
            <div class="gallery-head">
                <p class="label">{texts.text(Word::History)}</p>
                <SearchField label=texts.text(Word::FindInHistory) search />
                <TextButton
                    text=texts.text(Word::Export)
                    on_click=handler(move |_| export(session))
                />
                <DeleteAllButton />
            </div>
            <p class="fine" role="status">
                {live(unkept)}
            </p>
            <UndoLine />
            <ul class="made">
                // An entry stays as long as its generation does, so that neither focus nor scrolling
                // is lost when another one comes.
                <For each=move || session.generations.get() key=|job| job.0 let(job)>
                    <HistoryEntry job search />
                </For>
            </ul>
            <p class="fine" hidden=live(found)>
                {texts.text(Word::NothingFound)}
            </p>
        </section>
    }
    .erased()
}

/// What was deleted last, and the way back.
#[component]
fn UndoLine() -> impl IntoView {
    let (session, texts) = (expect_context::<Session>(), use_texts());
    let count = Memo::new(move |_| session.deleted.with(Vec::len));
    let line = move || {
        let count = u32::try_from(count.get()).unwrap_or(u32::MAX);
        (count > 0).then(|| {
            view! {
                <p class="undo">
                    <span>{texts.count(Word::Deleted, count)}</span>
                    <TextButton
                        text=texts.text(Word::Undo)
                        on_click=handler(move |_| session.restore())
                    />
                </p>
            }
            .erased()
        })
    };
    view! { <div role="status">{live(line)}</div> }.erased()
}

/// Deletes all, when it is pressed twice.
#[component]
fn DeleteAllButton() -> impl IntoView {
    let (session, texts) = (expect_context::<Session>(), use_texts());
    let asked = RwSignal::new(false);
    let press = handler(move |_| {
        if asked.get_untracked() {
            session.delete_all();
        }
        asked.update(|asked| *asked = !*asked);
    });
    view! {
        <button
            type="button"
            class="plain"
            on:blur=handler(move |_| asked.set(false))
            on:click=press
        >
            {live(move || {
                texts.text(if asked.get() { Word::DeleteAllSure } else { Word::DeleteAll })
            })}
        </button>
    }
    .erased()
}

/// Saves the records as a JSON file.
fn export(session: Session) {
    let jobs = session.generations.get_untracked();
    let all: Vec<Generation> = jobs.iter().map(|job| job.0.get_untracked().record()).collect();
    browser::save_file("ai-now-history.json", &json::stringify(&all));
}
