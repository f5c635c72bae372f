//! The result: our own controls for the browser's media element. Only this module and those below
//! it use that element, and the element is the source of truth: the controls show what its events
//! report, never what was requested.

mod controls;
mod cover;
mod media_controller;
mod playback_error;
mod waveform;

use ai_now_protocol::{Format, MediaKind};
use leptos::prelude::*;

use super::erased::{ElementRef, Erase, Erased, handler, live, memo};
use super::icon::{Icon, kind_icon};
use super::listeners::{listen, when_seen};
use super::result_actions::ResultActions;
use super::thumbnail::{catalog_picture, escaped};
use crate::generation::{Generation, Phase};
use crate::i18n::Word;
use crate::platform::browser;
use crate::state::connection::Connection;
use crate::state::generations::{GenerationSignal, made_by, media_address};
use crate::state::page::Page;
use crate::texts::{Texts, use_texts};
use controls::{Controls, PlayerKeys};
use cover::Cover;
use media_controller::{About, MediaController};
use playback_error::{NOT_SUPPORTED, PlaybackError, diagnose};
use waveform::Waveform;

/// A file that is shown.
#[derive(Clone)]
struct ResultFile {
    /// The generation's key.
    key: String,
    kind: MediaKind,
    /// Its absolute address.
    address: String,
    /// Its file name.
    name: String,
    /// Whether this page made it.
    own: bool,
    /// Whether it is at the gateway, and the gateway is on another origin than the page.
    is_elsewhere: bool,
    /// The request.
    prompt: String,
    /// The model's name, and the style's.
    made_by: String,
    /// The address of the model's picture.
    artwork: String,
}

impl ResultFile {
    fn of(page: Page, connection: Connection, generation: &Generation) -> Option<Self> {
        let url = generation.url()?;
        let request = &generation.request;
        let kind = connection.catalog.with_untracked(|catalog| {
            // The file's type decides; without one, the model's kind does.
            let model = catalog.model(&request.model);
            url.format().map(Format::kind).or(model.map(|model| model.kind))
        });
        let address = media_address(generation, url);
        let origin = browser::origin(&address);
        let own = browser::window().location().origin().ok();
        Some(Self {
            key: generation.key.clone(),
            kind: kind.unwrap_or(MediaKind::Video),
            name: url.file_name().to_owned(),
            own: url.is_own_blob(),
            is_elsewhere: origin.is_some()
                && origin == browser::origin(&generation.gateway)
                && origin != own,
            address,
            prompt: request.prompt.clone(),
            made_by: made_by(&connection.catalog.get_untracked(), generation),
            artwork: catalog_picture(page, &["models/", &escaped(&request.model)].concat()),
        })
    }
}

/// A result, with its controls, description and actions. Empty if there is no result.
#[component]
pub(crate) fn Player(
    /// The generation.
    generation: GenerationSignal,
) -> impl IntoView {
    let texts = use_texts();
    let snapshot = generation.get_untracked();
    let Some(file) = ResultFile::of(expect_context(), expect_context(), &snapshot) else {
        return ().erased();
    };
    let unkept = snapshot
        .unkept
        .then(|| view! { <p role="status">{texts.text(Word::NotKept)}</p> }.erased());
    let (prompt, made_by) = (file.prompt.clone(), file.made_by.clone());
    let ResultFile { address, name, own, kind, .. } = file.clone();
    let screen = match kind {
        MediaKind::Picture => view! { <Image file /> }.erased(),
        MediaKind::Video => view! { <Film file /> }.erased(),
        MediaKind::Audio => view! { <Sound file /> }.erased(),
    };
    view! {
        <div class="result">
            {screen}
            <div class="caption">
                <p class="prompt-said" dir="auto">
                    {prompt}
                </p>
                <p class="fine">{made_by}</p>
                {note(texts, snapshot)}
                {unkept}
            </div>
            <ResultActions generation address file_name=name own />
        </div>
    }
    .erased()
}

/// The provider's note about it. A sketch says that it is one.
fn note(texts: Texts, generation: Generation) -> Option<Erased> {
    let note = match generation.phase {
        Phase::Completed { note, .. } => note,
        _ => None,
    };
    if generation.procedural {
        let note = note.map_or_else(|| texts.text(Word::Sketch), |note| texts.message(&note));
        let means = texts.text(Word::SketchMeans);
        let line = view! {
            <p class="sketch" title=means dir="auto">
                {note}
            </p>
        };
        return Some(line.erased());
    }
    note.map(|note| {
        let note = texts.message(&note);
        view! {
            <p class="fine" dir="auto">
                {note}
            </p>
        }
        .erased()
    })
}

/// A picture.
#[component]
fn Image(
    /// The file.
    file: ResultFile,
) -> impl IntoView {
    let image = ElementRef::new();
    let page = expect_context::<Page>();
    let error = RwSignal::new(None);
    let address = file.address.clone();
    let retry = Callback::new(move |()| {
        error.set(None);
        if let Some(image) = image.get() {
            // The attribute's name is ours, so this can't fail.
            let _ = image.set_attribute("src", &address);
        }
    });
    let address = file.address.clone();
    let failed = handler(move |_| {
        let address = address.clone();
        page.spawn(async move {
            let why = diagnose(NOT_SUPPORTED, &address).await;
            error.try_set(Some(why));
        });
    });
    let why = memo(move || error.get());
    view! {
        <div class="screen" part="screen">
            <img
                node_ref=image
                alt=file.prompt
                loading="lazy"
                on:error=failed
                src=file.address
            />
            <PlaybackError why retry />
        </div>
    }
    .erased()
}

/// A video.
#[component]
fn Film(
    /// The file.
    file: ResultFile,
) -> impl IntoView {
    let (screen, element, play) = (ElementRef::new(), ElementRef::new(), ElementRef::new());
    let media = controller(element, &file);
    let cross_origin = cross_origin(&file);
    prepare_on_turning_to(screen, media);
    let press = handler(move |_| {
        media.toggle();
        // From here on the player's keyboard shortcuts work.
        play.focus();
    });
    let view = view! {
        <div
            node_ref=screen
            class="screen"
            class:playing=live(move || media.state.with(|state| state.playing))
            part="screen"
            on:keydown=handler(move |event| PlayerKeys { media, screen, video: true }.press(&event))
        >
            <div class="film">
                <video
                    node_ref=element
                    aria-label=file.prompt
                    // The gateway allows its pages to read its files (CORS); without it, no
                    // thumbnail could be made.
                    crossorigin=cross_origin
                    // Nothing is loaded before it is visible.
                    preload="none"
                    playsinline
                    on:click=press
                    src=file.address
                />
                <Cover key=file.key media />
            </div>
            <MediaError media />
            <Controls media screen play video=true waveform=None />
        </div>
    }
    .erased();
    media.attach();
    view
}

/// A sound.
#[component]
fn Sound(
    /// The file.
    file: ResultFile,
) -> impl IntoView {
    let (screen, element, play) = (ElementRef::new(), ElementRef::new(), ElementRef::new());
    let media = controller(element, &file);
    let cross_origin = cross_origin(&file);
    prepare_on_turning_to(screen, media);
    when_seen(screen, move || media.prepare());
    let waveform = view! {
        <Waveform key=file.key.clone() own=file.own address=file.address.clone() media />
    }
    .erased();
    let view = view! {
        <div
            node_ref=screen
            class="screen audio"
            class:playing=live(move || media.state.with(|state| state.playing))
            part="screen"
            on:keydown=handler(move |event| PlayerKeys { media, screen, video: false }.press(&event))
        >
            <div class="sleeve">
                <Icon path=kind_icon(MediaKind::Audio) />
            </div>
            <audio
                node_ref=element
                aria-label=file.prompt
                crossorigin=cross_origin
                preload="none"
                src=file.address
            />
            <MediaError media />
            <Controls media screen play video=false waveform=Some(waveform) />
        </div>
    }
    .erased();
    media.attach();
    view
}

fn controller(element: ElementRef, file: &ResultFile) -> MediaController {
    MediaController::new(
        element,
        About {
            title: file.prompt.clone(),
            album: file.made_by.clone(),
            artwork: file.artwork.clone(),
        },
    )
}

fn cross_origin(file: &ResultFile) -> Option<&'static str> {
    (!file.own && file.is_elsewhere).then_some("anonymous")
}

/// Loads the metadata once the user points at or focuses the player: it shows the duration, and can seek.
fn prepare_on_turning_to(screen: ElementRef, media: MediaController) {
    for sign in ["pointerenter", "focusin"] {
        listen(screen, sign, move |_| media.prepare());
    }
}

/// Why a media element can't play, if it can't.
#[component]
fn MediaError(
    /// The media controller.
    media: MediaController,
) -> impl IntoView {
    let why = memo(move || media.state.with(|state| state.error));
    view! { <PlaybackError why retry=Callback::new(move |()| media.retry()) /> }.erased()
}
