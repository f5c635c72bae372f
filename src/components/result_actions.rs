//! The actions for a result: download, share, and make variations.

use ai_now_protocol::{GenerateRequest, Scalars};
use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::button::TextButton;
use super::erased::{ElementRef, Erase, Erased, handler, live};
use super::icon::{AGAIN, DOWNLOAD, EDIT, Icon, LINK, SHARE};
use super::landmarks::use_landmarks;
use crate::generation::Generation;
use crate::i18n::Word;
use crate::platform::browser;
use crate::state::connection::Connection;
use crate::state::draft::Draft;
use crate::state::generations::{GenerationSignal, Generations};
use crate::state::page::Page;
use crate::texts::use_texts;

/// The actions of a result.
#[component]
pub(crate) fn ResultActions(
    /// The generation.
    generation: GenerationSignal,
    /// Where its file is, absolute.
    address: String,
    /// Its file name.
    file_name: String,
    /// Whether this page made the file: then its address works only here.
    own: bool,
) -> impl IntoView {
    let draft = expect_context::<Draft>();
    let generations = expect_context::<Generations>();
    let (texts, landmarks) = (use_texts(), use_landmarks());
    let Generation { request, gateway, .. } = generation.get_untracked();
    let download = download_address(&address, &gateway);
    let vary = {
        let request = request.clone();
        handler(move |_| {
            // Another seed: the same prompt, with a different result.
            generations.submit(request.clone().with_seed(None));
        })
    };
    let reuse = handler(move |_| {
        draft.compose(generation.with_untracked(|now| now.request.clone()));
        landmarks.prompt.focus();
    });
    view! {
        <div class="ways">
            <a class="plain" part="download" href=download download=file_name>
                <Icon path=DOWNLOAD />
                {texts.text(Word::Download)}
            </a>
            <TextButton text=texts.text(Word::Vary) icon=AGAIN on_click=vary />
            <TextButton text=texts.text(Word::Reuse) icon=EDIT on_click=reuse />
            <ElsewhereMenu request />
            {if own { Vec::new() } else { link_actions(address) }}
        </div>
    }
    .erased()
}

/// The gateway sends a file as a download if asked to; browsers honour the `download` attribute
/// only on their own origin.
fn download_address(address: &str, gateway: &str) -> String {
    let own = browser::origin(address).is_some_and(|o| Some(o) == browser::origin(gateway));
    if own && !address.contains(['?', '#']) {
        [address, "?download=1"].concat()
    } else {
        address.to_owned()
    }
}

/// The same prompt with another style or model: filled into the form, to be submitted there.
#[component]
fn ElsewhereMenu(
    /// The request.
    request: GenerateRequest,
) -> impl IntoView {
    let connection = expect_context::<Connection>();
    let draft = expect_context::<Draft>();
    let (texts, landmarks) = (use_texts(), use_landmarks());
    let menu = ElementRef::new();
    let name = texts.text(Word::Elsewhere);
    let catalog = connection.catalog.get_untracked();
    let groups = catalog.models.iter().map(|model| {
        let plain = if model.styles().is_empty() {
            model.name.to_string()
        } else {
            texts.text(Word::NoStyle)
        };
        let styles = model
            .styles()
            .iter()
            .map(|style| option([&*model.id, "\n", &style.value].concat(), style.name.to_string()));
        view! {
            <optgroup label=model.name.to_string()>
                {option(model.id.to_string(), plain)} {styles.collect::<Vec<Erased>>()}
            </optgroup>
        }
        .erased()
    });
    let choose = handler(move |event| {
        let chosen = event_target_value(&event);
        if chosen.is_empty() {
            return;
        }
        let (model, style) = chosen.split_once('\n').unwrap_or((&chosen, ""));
        draft.compose(GenerateRequest {
            model: model.to_owned(),
            prompt: request.prompt.clone(),
            style: Some(style.to_owned()),
            options: Scalars::new(),
        });
        if let Some(menu) = menu.get() {
            browser::set(&menu, "value", &"".into());
        }
        landmarks.generate.focus();
    });
    view! {
        <select node_ref=menu class="plain elsewhere" aria-label=name.clone() on:change=choose>
            {option(String::new(), [&name, " ▾"].concat())}
            {groups.collect::<Vec<Erased>>()}
        </select>
    }
    .erased()
}

fn option(value: String, name: String) -> Erased {
    view! { <option value=value>{name}</option> }.erased()
}

/// The actions for a result's address that the browser supports.
fn link_actions(address: String) -> Vec<Erased> {
    let page = expect_context::<Page>();
    let (texts, landmarks) = (use_texts(), use_landmarks());
    let navigator = landmarks.navigator();
    let can_copy = browser::get(&navigator, "clipboard").is_object();
    let can_share = browser::get(&navigator, "share").is_function();
    let copied = RwSignal::new(false);
    let name = move || texts.text(if copied.get() { Word::Copied } else { Word::CopyLink });
    let copy = can_copy.then(|| {
        let address = address.clone();
        let copy = handler(move |_| {
            let writing = landmarks.navigator().clipboard().write_text(&address);
            page.spawn(async move {
                if JsFuture::from(writing).await.is_ok() {
                    copied.set(true);
                }
            });
        });
        view! {
            <button type="button" class="plain" on:click=copy>
                <Icon path=LINK />
                <span>{live(name)}</span>
            </button>
        }
        .erased()
    });
    let share = can_share.then(|| {
        let share = handler(move |_| {
            let data = browser::object(&[("url", address.as_str().into())]);
            // Denied or cancelled: the user's choice in both cases.
            browser::let_go(browser::call(&landmarks.navigator(), "share", &[data.into()]));
        });
        view! { <TextButton text=texts.text(Word::Share) icon=SHARE on_click=share /> }.erased()
    });
    copy.into_iter().chain(share).collect()
}
