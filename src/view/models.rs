//! Choosing a model: a card each, with what it makes, what it costs and how long it usually takes.

use ai_now_protocol::{MediaKind, Model};
use leptos::prelude::*;

use super::Ui;
use super::dom::{El, el};
use super::icon::{AUDIO, PICTURE, VIDEO, icon};
use super::thumbnail;
use crate::i18n::Word;

pub(super) fn models(ui: Ui) -> El {
    let cards = move || {
        let catalog = ui.session.catalog.get();
        let cards = catalog.models.iter().enumerate();
        Some(cards.fold(el("div", "cards"), |all, (index, model)| all.add(card(ui, index, model))))
    };
    el("fieldset", "models")
        .attr("role", "radiogroup")
        .add(el("legend", "").text(&ui.say(Word::Model)))
        .add(el("div", "").live(cards))
}

fn card(ui: Ui, index: usize, model: &Model) -> El {
    let session = ui.session;
    let (id, asked) = (model.id.to_string(), model.id.to_string());
    let index = index.to_string();
    let (name_id, about_id) = (["model-", &index].concat(), ["about-", &index].concat());
    let chosen = move || session.draft.model.with(|model| *model == id).into();
    let radio = el("input", "")
        .attr("type", "radio")
        .attr("name", "model")
        .attr("value", &model.id)
        .attr("aria-labelledby", &name_id)
        .attr("aria-describedby", &about_id)
        .live_prop("checked", chosen)
        .on("change", move |_| session.choose_model(&asked));
    let picture = thumbnail::of_catalog(ui, &["models/", &thumbnail::escaped(&model.id)].concat());
    let usual = {
        let id = model.id.to_string();
        move || ui.usual(&id).unwrap_or_else(|| ui.say(Word::TimeVaries))
    };
    let price =
        (!session.is_demo()).then(|| el("span", "").text(&ui.tokens(model.price_tokens.into())));
    // What a sketch is, its label says; the note is about the model that it stands in for.
    let status = if model.procedural {
        Some(el("span", "sketch").text(&ui.say(Word::Sketch)))
    } else {
        model.note.as_ref().map(|note| el("span", "note").attr("dir", "auto").text(&note.text))
    };
    // How its provider is doing right now: "luma is busy, about 4 minutes".
    let busy =
        model.status.as_ref().map(|busy| el("span", "busy").attr("dir", "auto").text(&busy.text));
    let about = el("span", "about")
        .attr("id", &about_id)
        .add(el("span", "").text(&ui.say(kind_word(model.kind))))
        .add_some(price)
        .add(el("span", "time").live_text(usual))
        .add_some(status)
        .add_some(busy);
    el("label", "card")
        .part("model")
        .add(radio)
        .add(el("span", "mark").add(icon(kind_icon(model.kind))).add(picture))
        .add(el("span", "name").attr("id", &name_id).text(&model.name))
        .add(about)
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
