//! Choosing a model: a card each, with what it makes, what it costs and how long it usually takes.

use ai_now_protocol::{MediaKind, Model};
use leptos::prelude::*;

use super::Ui;
use super::icon::{AUDIO, PICTURE, VIDEO, icon};
use crate::locale::Word;

pub(super) fn models(ui: Ui) -> AnyView {
    let cards = move || {
        let catalog = ui.session.catalog.get();
        let cards = catalog.models.iter().enumerate();
        cards.map(|(index, model)| card(ui, index, model)).collect_view()
    };
    view! {
        <fieldset class="models" role="radiogroup">
            <legend>{ui.say(Word::Model)}</legend>
            <div class="cards">{cards}</div>
        </fieldset>
    }
    .into_any()
}

fn card(ui: Ui, index: usize, model: &Model) -> AnyView {
    let session = ui.session;
    let id = model.id.to_string();
    let chosen = {
        let id = id.clone();
        move || session.draft.model.with(|model| *model == id)
    };
    let (name_id, about_id) = (format!("model-{index}"), format!("about-{index}"));
    let time = match model.expected_secs {
        Some(expected) => ui.secs(expected.min, expected.max),
        None => ui.say(Word::TimeVaries),
    };
    // What a sketch is, its label says; the note is about the model that it stands in for.
    let note = model.note.as_ref().filter(|_| !model.procedural).map(ToString::to_string);
    view! {
        <label class="card" part="model">
            <input
                type="radio"
                name="model"
                value=id.clone()
                aria-labelledby=name_id.clone()
                aria-describedby=about_id.clone()
                prop:checked=chosen
                on:change=move |_| session.choose_model(&id)
            />
            <span class="mark">{icon(kind_icon(model.kind))}</span>
            <span class="name" id=name_id>{model.name.to_string()}</span>
            <span class="about" id=about_id>
                <span>{ui.say(kind_word(model.kind))}</span>
                {(!session.is_demo()).then(|| view! {
                    <span>{ui.tokens(model.price_tokens.into())}</span>
                })}
                <span>{time}</span>
                {note.map(|note| view! { <span class="note">{note}</span> })}
                {model.procedural.then(|| view! {
                    <span class="sketch">{ui.say(Word::Sketch)}</span>
                })}
            </span>
        </label>
    }
    .into_any()
}

/// What a kind of media is called.
pub(super) fn kind_word(kind: MediaKind) -> Word {
    match kind {
        MediaKind::Audio => Word::Music,
        MediaKind::Video => Word::Video,
        MediaKind::Picture => Word::Picture,
    }
}

/// Its picture.
pub(super) fn kind_icon(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Audio => AUDIO,
        MediaKind::Video => VIDEO,
        MediaKind::Picture => PICTURE,
    }
}
