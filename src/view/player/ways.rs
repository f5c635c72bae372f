//! What can be done with a result: take it along, hand it on, and make another out of it.

use ai_now_protocol::{GenerateRequest, Scalars};
use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::Piece;
use crate::browser;
use crate::i18n::Word;
use crate::session::Job;
use crate::view::Ui;
use crate::view::dom::{El, button, el, near, value_of};
use crate::view::icon::{AGAIN, DOWNLOAD, EDIT, LINK, SHARE, icon};

pub(super) fn ways(ui: Ui, job: Job, piece: Piece) -> El {
    let session = ui.session;
    let Piece { generation, address, file_name, own, .. } = piece;
    let download = el("a", "plain")
        .part("download")
        .attr("href", &download_address(&address, &generation.gateway))
        .attr("download", &file_name)
        .add(icon(DOWNLOAD))
        .text(&ui.say(Word::Download));
    let request = generation.request;
    let again = {
        let request = request.clone();
        way(AGAIN, &ui.say(Word::Vary)).click(move || {
            // Another seed: the same words, not the same thing.
            session.submit(request.clone().with_seed(None));
        })
    };
    let reuse = way(EDIT, &ui.say(Word::Reuse));
    let reuse = {
        let here = reuse.clone();
        reuse.click(move || {
            session.reuse(job);
            go_to(&here, "#prompt");
        })
    };
    let ways = el("div", "ways").add(download).add(again).add(reuse).add(elsewhere(ui, request));
    if own { ways } else { links(ui, address, ways) }
}

fn way(path: &str, name: &str) -> El {
    button("plain").add(icon(path)).add(el("span", "").text(name))
}

/// The gateway sends a file as a download where it is asked to; browsers heed the `download`
/// attribute only on their own origin.
fn download_address(address: &str, gateway: &str) -> String {
    let own = browser::origin(address).is_some_and(|o| Some(o) == browser::origin(gateway));
    if own && !address.contains(['?', '#']) {
        [address, "?download=1"].concat()
    } else {
        address.to_owned()
    }
}

/// The same words in another style, or by another model: chosen here, looked at and paid for in the
/// form.
fn elsewhere(ui: Ui, request: GenerateRequest) -> El {
    let session = ui.session;
    let name = ui.say(Word::Elsewhere);
    let catalog = session.catalog.get_untracked();
    let option = |value: &str, name: &str| el("option", "").attr("value", value).text(name);
    let mut menu =
        el("select", "plain elsewhere").label(&name).add(option("", &[&name, " ▾"].concat()));
    for model in catalog.models.iter() {
        let mut group = el("optgroup", "").attr("label", &model.name);
        let plain =
            if model.styles().is_empty() { model.name.to_string() } else { ui.say(Word::NoStyle) };
        group = group.add(option(&model.id, &plain));
        for style in model.styles() {
            group = group.add(option(&[&model.id, "\n", &style.value].concat(), &style.name));
        }
        menu = menu.add(group);
    }
    let here = menu.clone();
    menu.on("change", move |event| {
        let chosen = value_of(&event);
        if chosen.is_empty() {
            return;
        }
        let (model, style) = chosen.split_once('\n').unwrap_or((&chosen, ""));
        session.compose(GenerateRequest {
            model: model.to_owned(),
            prompt: request.prompt.clone(),
            style: Some(style.to_owned()),
            options: Scalars::new(),
        });
        browser::set(here.0.as_ref(), "value", &"".into());
        go_to(&here, "[part=generate]");
    })
}

/// Gives the focus to a place elsewhere in the same studio.
fn go_to(here: &El, selector: &str) {
    if let Some(place) = near(here, selector) {
        place.focus();
    }
}

fn links(ui: Ui, address: String, ways: El) -> El {
    let navigator = browser::window().navigator();
    let can_copy = browser::get(&navigator, "clipboard").is_object();
    let can_share = browser::get(&navigator, "share").is_function();
    let copied = RwSignal::new(false);
    let copy = {
        let address = address.clone();
        move || {
            let writing = browser::window().navigator().clipboard().write_text(&address);
            ui.session.spawn(async move {
                if JsFuture::from(writing).await.is_ok() {
                    copied.set(true);
                }
            });
        }
    };
    let share = move || {
        let data = browser::object(&[("url", address.as_str().into())]);
        // Refused or called off: either is the person's choice.
        let navigator = browser::window().navigator();
        browser::let_go(browser::call(&navigator, "share", &[data.into()]));
    };
    let copy = can_copy.then(|| {
        let name = move || ui.say(if copied.get() { Word::Copied } else { Word::CopyLink });
        button("plain").add(icon(LINK)).add(el("span", "").live_text(name)).click(copy)
    });
    let share = can_share.then(|| way(SHARE, &ui.say(Word::Share)).click(share));
    ways.add_some(copy).add_some(share)
}
