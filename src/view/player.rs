//! The result: our own face on the browser's media element. Only this module and those below it
//! touch that element, and the element owns the truth: what is shown is what its events say, never
//! what was asked of it.

mod controls;
mod deck;
mod frame;
mod wave;
mod ways;

use ai_now_protocol::{Format, MediaKind};
use leptos::prelude::*;
use web_sys::HtmlMediaElement;

use super::Ui;
use super::dom::{El, button, el, when_seen};
use super::icon::icon;
use super::models::kind_icon;
use crate::browser;
use crate::generation::{Generation, Phase};
use crate::i18n::Word;
use crate::session::Job;
use deck::{About, Deck};

/// A result that is shown.
struct Piece {
    generation: Generation,
    kind: MediaKind,
    /// Where its file is, absolute.
    address: String,
    /// What its file is called.
    file_name: String,
    /// Whether this page made the file itself.
    own: bool,
    /// The model's name, and the style's.
    made_by: String,
}

impl Piece {
    fn of(ui: Ui, generation: Generation) -> Option<Self> {
        let url = generation.url()?;
        let catalog = ui.session.catalog.get_untracked();
        let request = &generation.request;
        let model = catalog.model(&request.model);
        // The file says what it is; where it doesn't, the model does.
        let kind = url.format().map(Format::kind).or(model.map(|model| model.kind));
        let name = model.map_or(request.model.as_str(), |model| &model.name);
        let style = model.and_then(|model| model.style(request.style.as_deref()?));
        let made_by = match style {
            Some(style) => [name, " · ", &style.name].concat(),
            None => name.to_owned(),
        };
        Some(Self {
            kind: kind.unwrap_or(MediaKind::Video),
            address: browser::resolve(url.as_str(), &generation.gateway)
                .unwrap_or_else(|| url.as_str().to_owned()),
            file_name: url.file_name().to_owned(),
            own: url.is_own_blob(),
            made_by,
            generation,
        })
    }
}

pub(super) fn player(ui: Ui, job: Job) -> Option<El> {
    let piece = Piece::of(ui, job.0.get_untracked())?;
    let generation = &piece.generation;
    let note = match &generation.phase {
        Phase::Completed { note, .. } => note.clone(),
        _ => None,
    };
    let note = match (generation.procedural, note) {
        (true, note) => {
            let text = note.unwrap_or_else(|| ui.say(Word::Sketch));
            Some(el("p", "sketch").attr("title", &ui.say(Word::SketchMeans)).text(&text))
        }
        (false, note) => note.map(|text| el("p", "fine").attr("dir", "auto").text(&text)),
    };
    let unkept = || el("p", "").attr("role", "status").text(&ui.say(Word::NotKept));
    let caption = el("div", "caption")
        .add(el("p", "prompt-said").attr("dir", "auto").text(&generation.request.prompt))
        .add(el("p", "fine").text(&piece.made_by))
        .add_some(note.map(|note| note.attr("dir", "auto")))
        .add_some(generation.unkept.then(unkept));
    let result = el("div", "result").add(screen(ui, &piece)).add(caption);
    Some(result.add(ways::ways(ui, job, piece)))
}

/// The thing itself, and what steers it.
fn screen(ui: Ui, piece: &Piece) -> El {
    let prompt = &piece.generation.request.prompt;
    let screen = el("div", "screen").part("screen");
    if piece.kind == MediaKind::Picture {
        let image = el("img", "").attr("alt", prompt).attr("loading", "lazy");
        let image = image.attr("src", &piece.address);
        let retry = {
            let (image, address) = (image.0.clone(), piece.address.clone());
            move || _ = image.set_attribute("src", &address)
        };
        let (trouble, show) = trouble(ui, retry);
        let failed = image.on("error", move |_| show(Some(Word::CannotPlay)));
        return screen.add(failed).add(trouble);
    }
    let video = piece.kind == MediaKind::Video;
    let element = el(if video { "video" } else { "audio" }, "").label(prompt);
    if !piece.own && is_gateway_elsewhere(piece) {
        // The gateway lets pages that it knows look into its files; else no picture could be kept.
        let _ = element.0.set_attribute("crossorigin", "anonymous");
    }
    // Nothing is loaded of what nobody sees.
    let element =
        element.attr("preload", "none").attr("playsinline", "").attr("src", &piece.address);
    let deck = Deck::new(
        &element,
        About {
            title: prompt.clone(),
            album: piece.made_by.clone(),
            artwork: ui.session.config.with_value(|config| {
                let model = super::thumbnail::escaped(&piece.generation.request.model);
                [&config.script_base, "models/", &model, ".jpg"].concat()
            }),
        },
    );
    let (trouble, show) = {
        let deck = deck.clone();
        trouble(ui, move || deck.load())
    };
    let wave = (!video).then(|| wave::Wave::new(ui, piece, &deck));
    let (controls, refresh) = controls::controls(ui, &deck, &screen, video, wave.clone());
    let (playing, ready) = (screen.clone(), deck.clone());
    deck.attend(&element, move || {
        refresh();
        playing.set_class("playing", ready.is_playing());
        show(failure(&ready));
    });
    // Whoever turns to it learns how long it is, and can go to any place in it.
    for sign in ["pointerenter", "focusin"] {
        let deck = deck.clone();
        let _ = screen.clone().on(sign, move |_| deck.prepare());
    }
    if video {
        let cover = frame::cover(ui, piece.generation.key.clone(), &deck, &element);
        let (deck, play) = (deck.clone(), controls.clone());
        let element = element.click(move || {
            deck.toggle();
            // From here on the keys of the player work.
            play.focus_first();
        });
        let film = el("div", "film").add(element).add(cover);
        return screen.add(film).add(trouble).add(controls.bar);
    }
    when_seen(&screen, move || deck.prepare());
    screen.set_class("audio", true);
    let sleeve = el("div", "sleeve").add(icon(kind_icon(piece.kind)));
    screen.add(sleeve).add(element).add(trouble).add(controls.bar)
}

/// Whether the file lies at the gateway, and the gateway on another origin than the page.
fn is_gateway_elsewhere(piece: &Piece) -> bool {
    let origin = browser::origin(&piece.address);
    let page = browser::window().location().origin().ok();
    origin.is_some() && origin == browser::origin(&piece.generation.gateway) && origin != page
}

/// Why nothing can be played, if so.
fn failure(deck: &Deck) -> Option<Word> {
    let error = deck.element().error()?;
    Some(match error.code() {
        web_sys::MediaError::MEDIA_ERR_DECODE => Word::CannotDecode,
        _ => Word::CannotPlay,
    })
}

/// A sentence and a way on, where the file can't be loaded. Answers what shows it, or hides it.
fn trouble(ui: Ui, retry: impl Fn() + Clone + 'static) -> (El, impl Fn(Option<Word>) + 'static) {
    let trouble = RwSignal::new(None::<usize>);
    let line = move || {
        let word = if trouble.get()? == 0 { Word::CannotPlay } else { Word::CannotDecode };
        let again = button("plain").text(&ui.say(Word::TryAgain)).click(retry.clone());
        Some(el("div", "unplayable").add(el("p", "").text(&ui.say(word))).add(again))
    };
    let place = el("div", "").attr("role", "alert").live(line);
    let show = move |word: Option<Word>| {
        let now = word.map(|word| usize::from(word == Word::CannotDecode));
        if trouble.get_untracked() != now {
            trouble.set(now);
        }
    };
    (place, show)
}

fn media(element: &El) -> HtmlMediaElement {
    wasm_bindgen::JsCast::unchecked_into(element.0.clone())
}
