//! Choosing a model: a card for each, with its kind of media, price and usual duration.

use ai_now_protocol::{MediaKind, Model};
use leptos::prelude::*;

use super::duration_estimate::duration_estimate;
use super::erased::{Erase, Erased, handler, live};
use super::icon::{Icon, kind_icon};
use super::thumbnail::{CatalogPicture, escaped};
use crate::config::Mode;
use crate::i18n::Word;
use crate::state::connection::Connection;
use crate::state::draft::Draft;
use crate::state::page::Page;
use crate::texts::use_texts;

/// The models that are offered.
#[component]
pub(crate) fn ModelPicker() -> impl IntoView {
    let connection = expect_context::<Connection>();
    let texts = use_texts();
    let cards = move || -> Vec<Erased> {
        let models = connection.catalog.get().models.to_vec().into_iter().enumerate();
        models.map(|(index, model)| view! { <ModelCard model index /> }.erased()).collect()
    };
    view! {
        <fieldset class="models" role="radiogroup">
            <legend>{texts.text(Word::Model)}</legend>
            <div class="cards">{live(cards)}</div>
        </fieldset>
    }
    .erased()
}

/// A model that can be chosen.
#[component]
fn ModelCard(
    /// The model.
    model: Model,
    /// Its place in the catalog.
    index: usize,
) -> impl IntoView {
    let draft = expect_context::<Draft>();
    let page = expect_context::<Page>();
    let texts = use_texts();
    let id = StoredValue::new(model.id.to_string());
    let index = index.to_string();
    let (name_id, about_id) = (["model-", &index].concat(), ["about-", &index].concat());
    let chosen = move || draft.model.with(|model| id.with_value(|id| model == id));
    let usual = move || {
        id.with_value(|id| duration_estimate(id)).unwrap_or_else(|| texts.text(Word::TimeVaries))
    };
    let price = (page.mode() != Mode::Demo).then(|| {
        let tokens = texts.tokens(model.price_tokens.into());
        view! { <span>{tokens}</span> }.erased()
    });
    // The label says that it is a sketch; the note is about the model that it stands in for.
    let status = if model.procedural {
        Some(view! { <span class="sketch">{texts.text(Word::Sketch)}</span> }.erased())
    } else {
        line("note", model.note.map(|note| texts.message(&note)))
    };
    // The current status of its provider: "luma is busy, about 4 minutes".
    let busy = line("busy", model.status.map(|status| texts.message(&status)));
    view! {
        <label class="card" part="model">
            <input
                type="radio"
                name="model"
                value=model.id.to_string()
                aria-labelledby=name_id.clone()
                aria-describedby=about_id.clone()
                prop:checked=live(chosen)
                on:change=handler(move |_| id.with_value(|id| draft.choose_model(id)))
            />
            <span class="mark">
                <Icon path=kind_icon(model.kind) />
                <CatalogPicture name=["models/", &escaped(&model.id)].concat() />
            </span>
            <span class="name" id=name_id>
                {model.name.to_string()}
            </span>
            <span class="about" id=about_id>
                <span>{texts.text(kind_word(model.kind))}</span>
                {price}
                <span class="time">{live(usual)}</span>
                {status}
                {busy}
            </span>
        </label>
    }
    .erased()
}

/// A line from the catalog, whose language is unknown.
fn line(class: &'static str, text: Option<String>) -> Option<Erased> {
    let text = text?;
    Some(
        view! {
            <span class=class dir="auto">
                {text}
            </span>
        }
        .erased(),
    )
}

/// The name of a kind of media.
fn kind_word(kind: MediaKind) -> Word {
    match kind {
        MediaKind::Audio => Word::Music,
        MediaKind::Video => Word::Video,
        MediaKind::Picture => Word::Picture,
    }
}
