//! The history of this device: viewed, searched, played again, deleted.

use leptos::prelude::*;

use super::button::TextButton;
use super::erased::{ElementRef, Erase, effect, handler, live, memo};
use super::history_entry::HistoryEntry;
use super::search_field::SearchField;
use crate::i18n::Word;
use crate::platform::browser;
use crate::state::generations::Generations;
use crate::state::history::History;
use crate::state::loading::{Loading, Part};
use crate::state::page::Page;
use crate::texts::use_texts;

/// The gallery; empty if the history is.
#[component]
pub(crate) fn HistoryGallery() -> impl IntoView {
    let generations = expect_context::<Generations>();
    let history = expect_context::<History>();
    let page = expect_context::<Page>();
    let loading = expect_context::<Loading>();
    let place = ElementRef::new();
    // It keeps its last height until its content is known, so that nothing moves.
    let kept = browser::storage().and_then(|storage| storage.get_item(KEPT_HEIGHT).ok().flatten());
    let kept = kept.unwrap_or_default();
    let min_height = move || if loading.has(Part::History) { String::new() } else { kept.clone() };
    let any = move || {
        generations.all.with(|all| !all.is_empty())
            || history.deleted.with(|deleted| !deleted.is_empty())
    };
    effect(move || {
        generations.all.track();
        page.spawn(async move {
            // After all views that depend on the change are updated.
            page.pause(500).await;
            keep_height(place);
        });
    });
    view! {
        <div node_ref=place class="gallery-place" style:min-height=live(min_height)>
            <Show when=any>
                <Gallery />
            </Show>
        </div>
    }
    .erased()
}

/// The storage key of its height.
const KEPT_HEIGHT: &str = "ai-now:made";

/// Saves its height for the shell, which reserves that space the next time.
fn keep_height(place: ElementRef) {
    if let (Some(place), Some(storage)) = (place.get(), browser::storage()) {
        let height = place.get_bounding_client_rect().height();
        // If nothing can be stored, there is no history either.
        let _ = storage.set_item(KEPT_HEIGHT, &[&browser::decimal(height), "px"].concat());
    }
}

/// The entries, and the actions for all of them.
#[component]
fn Gallery() -> impl IntoView {
    let generations = expect_context::<Generations>();
    let history = expect_context::<History>();
    let texts = use_texts();
    let search = RwSignal::new(String::new());
    effect(move || search.with(|text| generations.search(text)));
    let entries = move || generations.found.get().unwrap_or_else(|| generations.all.get());
    let found =
        move || generations.found.with(|found| found.as_ref().is_none_or(|f| !f.is_empty()));
    let unkept = move || {
        if history.kept.get() { String::new() } else { texts.text(Word::NoHistory) }
    };
    view! {
        <section class="gallery" part="gallery" aria-label=texts.text(Word::History)>
            <div class="gallery-head">
                <p class="label">{texts.text(Word::History)}</p>
                <SearchField label=texts.text(Word::FindInHistory) search />
                <TextButton
                    text=texts.text(Word::Export)
                    on_click=handler(move |_| generations.export())
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
                <For each=entries key=|generation| *generation let(generation)>
                    <HistoryEntry generation />
                </For>
            </ul>
            <OlderEntries />
            <p class="fine" hidden=live(found)>
                {texts.text(Word::NothingFound)}
            </p>
        </section>
    }
    .erased()
}

/// The last deletion, with a button that undoes it.
#[component]
fn UndoLine() -> impl IntoView {
    let generations = expect_context::<Generations>();
    let history = expect_context::<History>();
    let texts = use_texts();
    let count = memo(move || history.deleted.with(Vec::len));
    let line = move || {
        let count = u32::try_from(count.get()).unwrap_or(u32::MAX);
        (count > 0).then(|| {
            view! {
                <p class="undo">
                    <span>{texts.count(Word::Deleted, count)}</span>
                    <TextButton
                        text=texts.text(Word::Undo)
                        on_click=handler(move |_| generations.restore())
                    />
                </p>
            }
            .erased()
        })
    };
    view! { <div role="status">{live(line)}</div> }.erased()
}

/// Deletes all when it is pressed twice.
#[component]
fn DeleteAllButton() -> impl IntoView {
    let generations = expect_context::<Generations>();
    let texts = use_texts();
    let asked = RwSignal::new(false);
    let press = handler(move |_| {
        if asked.get_untracked() {
            generations.delete_all();
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

/// The button that loads older entries.
#[component]
fn OlderEntries() -> impl IntoView {
    let generations = expect_context::<Generations>();
    let (history, page) = (expect_context::<History>(), expect_context::<Page>());
    let texts = use_texts();
    let more = move || history.more.get() && generations.found.with(Option::is_none);
    view! {
        <p class="older" hidden=live(move || !more())>
            <TextButton
                text=texts.text(Word::ShowOlder)
                on_click=handler(move |_| page.spawn(generations.load_more()))
            />
        </p>
    }
    .erased()
}
