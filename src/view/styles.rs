//! Choosing a style, where the model has styles: a grid of pictures with names, with a search once
//! there are many.

use ai_now_protocol::Choice;
use leptos::prelude::*;

use super::Ui;
use super::dom::{El, el, value_of};
use super::icon::{NONE, icon};
use super::thumbnail;
use crate::browser;
use crate::i18n::Word;

/// With more styles than this, there is a search.
const SEARCH_FROM: usize = 12;

pub(super) fn styles(ui: Ui) -> El {
    let session = ui.session;
    let model = Memo::new(move |_| session.model());
    let group = move || {
        let model = model.get()?;
        (!model.styles().is_empty()).then(|| choices(ui, &model.id, model.styles()))
    };
    el("div", "styles-place").live(group)
}

fn choices(ui: Ui, model: &str, styles: &[Choice]) -> El {
    let search = RwSignal::new(String::new());
    let names: Vec<String> = styles.iter().map(|style| browser::lower(&style.name)).collect();
    let nothing =
        move || search.with(|search| !names.iter().any(|name| browser::holds(name, search)));
    let find = || {
        el("input", "find")
            .attr("type", "search")
            .attr("placeholder", &ui.say(Word::FindStyle))
            .label(&ui.say(Word::FindStyle))
            .on("input", move |event| search.set(browser::lower(value_of(&event).trim())))
    };
    let none = choice(ui, "", &ui.say(Word::NoStyle), el("span", "none").add(icon(NONE)), search);
    let all = styles.iter().fold(el("div", "swatches").add(none), |all, style| {
        let file = ["styles/", &thumbnail::escaped(model), "-", &thumbnail::escaped(&style.value)];
        let picture = thumbnail::of_catalog(ui, &file.concat());
        all.add(choice(ui, &style.value, &style.name, picture, search))
    });
    el("fieldset", "styles")
        .attr("role", "radiogroup")
        .add(el("legend", "").text(&ui.say(Word::Style)))
        .add_some((styles.len() > SEARCH_FROM).then(find))
        .add(all)
        .add(el("p", "fine").live_hidden(move || !nothing()).text(&ui.say(Word::NoSuchStyle)))
}

fn choice(ui: Ui, value: &str, name: &str, picture: El, search: RwSignal<String>) -> El {
    let style = ui.session.draft.style;
    let chosen = {
        let value = value.to_owned();
        move || style.with(|style| *style == value)
    };
    // A chosen style never hides: a radio that nobody sees would be sent.
    let hidden = {
        let (chosen, name) = (chosen.clone(), browser::lower(name));
        move || !chosen() && search.with(|search| !browser::holds(&name, search))
    };
    let picked = value.to_owned();
    let radio = el("input", "")
        .attr("type", "radio")
        .attr("name", "style")
        .attr("value", value)
        .live_prop("checked", move || chosen().into())
        .on("change", move |_| style.set(picked.clone()));
    el("label", "swatch")
        .part("style")
        .live_hidden(hidden)
        .add(radio)
        .add(picture)
        .add(el("span", "name").text(name))
}
