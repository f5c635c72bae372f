//! The result: our own face on the browser's media element. Only this module touches that element,
//! and the element owns the truth: what is shown is what its events say, never what was asked of it.

use std::cell::RefCell;

use ai_now_protocol::{GenerateRequest, MediaKind};
use leptos::prelude::*;
use leptos::{ev, html};
use wasm_bindgen::prelude::*;
use web_sys::HtmlMediaElement;

use super::icon::{
    DOWNLOAD, EDIT, FULL_SCREEN, LINK, LOOP, MUTED, PAUSE, PICTURE_IN_PICTURE, PLAY, SHARE, SOUND,
    VARY, icon,
};
use super::prompt::icon_button;
use super::{Ui, models};
use crate::browser;
use crate::generation::Phase;
use crate::locale::Word;
use crate::session::Job;

/// What the media element says of itself.
#[derive(Clone, Copy, Default, PartialEq)]
struct Playback {
    playing: bool,
    position_secs: f64,
    /// 0 while it is unknown.
    duration_secs: f64,
    muted: bool,
    volume: f64,
    rate: f64,
    looping: bool,
    failed: bool,
}

impl Playback {
    fn of(element: &HtmlMediaElement) -> Self {
        let duration = element.duration();
        Self {
            playing: !element.paused() && !element.ended(),
            position_secs: element.current_time(),
            duration_secs: if duration.is_finite() { duration } else { 0.0 },
            muted: element.muted() || element.volume() == 0.0,
            volume: element.volume(),
            rate: element.playback_rate(),
            looping: element.loop_(),
            failed: element.error().is_some(),
        }
    }
}

/// A media element and what it said last.
#[derive(Clone, Copy)]
struct Deck {
    element: StoredValue<Option<HtmlMediaElement>, LocalStorage>,
    playback: RwSignal<Playback>,
}

/// All that changes something of what is shown.
const EVENTS: [&str; 12] = [
    "loadedmetadata",
    "durationchange",
    "timeupdate",
    "play",
    "playing",
    "pause",
    "ended",
    "seeked",
    "volumechange",
    "ratechange",
    "emptied",
    "error",
];

const SPEEDS: [(f64, &str); 4] = [(1.0, "1×"), (1.25, "1.25×"), (1.5, "1.5×"), (0.75, "0.75×")];

thread_local! {
    /// The one that plays. Two at once are noise.
    static PLAYING: RefCell<Option<HtmlMediaElement>> = const { RefCell::new(None) };
}

impl Deck {
    fn new() -> Self {
        Self { element: StoredValue::new_local(None), playback: RwSignal::default() }
    }

    /// Listens to an element until the view goes.
    fn attend(self, element: HtmlMediaElement) {
        let listener = {
            let element = element.clone();
            Closure::<dyn FnMut(ev::Event)>::new(move |event: ev::Event| {
                if event.type_() == "play" {
                    let other = PLAYING.replace(Some(element.clone()));
                    if let Some(other) = other.filter(|other| *other != element) {
                        // One that is gone already plays no more.
                        let _ = other.pause();
                    }
                }
                self.playback.try_set(Playback::of(&element));
            })
        };
        for name in EVENTS {
            // The listener is a function and the names are ours: there is nothing to refuse.
            let _ =
                element.add_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
        }
        self.playback.set(Playback::of(&element));
        self.element.set_value(Some(element.clone()));
        let held = StoredValue::new_local(Some((element, listener)));
        on_cleanup(move || {
            let Some((element, listener)) = held.try_update_value(Option::take).flatten() else {
                return;
            };
            for name in EVENTS {
                let _ = element
                    .remove_event_listener_with_callback(name, listener.as_ref().unchecked_ref());
            }
            let _ = element.pause();
            PLAYING.with_borrow_mut(|playing| {
                if playing.as_ref() == Some(&element) {
                    playing.take();
                }
            });
        });
    }

    /// Asks something of the element. What comes of it, its events say.
    fn ask(self, what: impl FnOnce(&HtmlMediaElement)) {
        self.element.with_value(|element| {
            if let Some(element) = element {
                what(element);
            }
        });
    }

    fn toggle(self) {
        self.ask(|element| {
            if element.paused() || element.ended() {
                browser::let_go(element.play().ok());
            } else {
                let _ = element.pause();
            }
        });
    }
}

pub(super) fn player(ui: Ui, job: Job) -> AnyView {
    let generation = job.0.get_untracked();
    let Phase::Completed { url, note } = &generation.phase else { return ().into_any() };
    let catalog = ui.session.catalog.get_untracked();
    let model = catalog.model(&generation.request.model);
    // The file says what it is; where it doesn't, the model does.
    let kind = url.format().map(ai_now_protocol::Format::kind).or(model.map(|model| model.kind));
    let kind = kind.unwrap_or(MediaKind::Video);
    let address = browser::resolve(url.as_str(), &generation.gateway).unwrap_or_default();
    let prompt = generation.request.prompt.clone();
    let style = model.and_then(|model| {
        let style = model.style(generation.request.style.as_deref()?)?;
        Some(style.name.to_string())
    });
    let name = model.map_or_else(|| generation.request.model.clone(), |m| m.name.to_string());
    let caption = [Some(name), style].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let sketch =
        generation.procedural.then(|| note.clone().unwrap_or_else(|| ui.say(Word::Sketch)));
    let note = note.clone().filter(|_| !generation.procedural);
    let download = download_address(&address, &generation.gateway);
    let file_name = url.file_name().to_owned();
    let (own, unkept) = (url.is_own_blob(), generation.unkept);
    view! {
        <div class="result">
            <div class="screen" class:audio=kind == MediaKind::Audio part="screen">
                {screen(ui, kind, address.clone(), prompt.clone())}
            </div>
            <div class="caption">
                <p class="prompt-said" dir="auto">{prompt}</p>
                <p class="fine">{caption}</p>
                {sketch.map(|text| view! {
                    <p class="sketch" title=ui.say(Word::SketchMeans)>{text}</p>
                })}
                {note.map(|text| view! { <p class="fine">{text}</p> })}
                {unkept.then(|| view! { <p role="status">{ui.say(Word::NotKept)}</p> })}
            </div>
            <div class="ways">
                <a class="plain" href=download download=file_name part="download">
                    {icon(DOWNLOAD)}
                    {ui.say(Word::Download)}
                </a>
                {again(ui, job, generation.request.clone())}
                {(!own).then(|| links(ui, address))}
            </div>
        </div>
    }
    .into_any()
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

fn again(ui: Ui, job: Job, request: GenerateRequest) -> AnyView {
    let session = ui.session;
    view! {
        <button type="button" class="plain" on:click=move |_| {
            session.submit(request.clone());
        }>
            {icon(VARY)}
            {ui.say(Word::Vary)}
        </button>
        <button type="button" class="plain" on:click=move |_| session.reuse(job)>
            {icon(EDIT)}
            {ui.say(Word::Reuse)}
        </button>
    }
    .into_any()
}

fn links(ui: Ui, address: String) -> AnyView {
    let copied = RwSignal::new(false);
    let navigator = JsValue::from(browser::window().navigator());
    let can_copy = browser::get(&navigator, "clipboard").is_object();
    let share: Option<js_sys::Function> = browser::get(&navigator, "share").dyn_into().ok();
    let address = StoredValue::new(address);
    let copy = move || {
        let clipboard = browser::window().navigator().clipboard();
        let writing = clipboard.write_text(&address.get_value());
        ui.session.spawn(async move {
            if wasm_bindgen_futures::JsFuture::from(writing).await.is_ok() {
                copied.try_set(true);
            }
        });
    };
    let share = StoredValue::new_local(share);
    let can_share = share.with_value(Option::is_some);
    let hand_on =
        move || {
            let data = browser::object(&[("url", address.get_value().into())]);
            // Refused or called off: either is the person's choice.
            browser::let_go(share.with_value(|share| {
                share.as_ref()?.call1(&browser::window().navigator(), &data).ok()
            }));
        };
    view! {
        {can_copy.then(|| view! {
            <button type="button" class="plain" on:click=move |_| copy()>
                {icon(LINK)}
                {move || ui.say(if copied.get() { Word::Copied } else { Word::CopyLink })}
            </button>
        })}
        {can_share.then(|| view! {
            <button type="button" class="plain" on:click=move |_| hand_on()>
                {icon(SHARE)}
                {ui.say(Word::Share)}
            </button>
        })}
    }
    .into_any()
}

/// The thing itself, and what steers it.
fn screen(ui: Ui, kind: MediaKind, address: String, prompt: String) -> AnyView {
    let deck = Deck::new();
    let element = match kind {
        MediaKind::Audio => {
            let node = NodeRef::<html::Audio>::new();
            Effect::new(move |_| {
                if let Some(element) = node.get() {
                    deck.attend(element.unchecked_into());
                }
            });
            let emblem = icon(models::kind_icon(kind));
            view! {
                <div class="sleeve" class:playing=move || deck.playback.get().playing>{emblem}</div>
                <audio node_ref=node src=address preload="metadata" aria-label=prompt></audio>
            }
            .into_any()
        }
        MediaKind::Video => {
            let node = NodeRef::<html::Video>::new();
            Effect::new(move |_| {
                if let Some(element) = node.get() {
                    deck.attend(element.unchecked_into());
                }
            });
            view! {
                <video
                    node_ref=node
                    src=address
                    preload="metadata"
                    playsinline
                    aria-label=prompt
                    on:click=move |_| deck.toggle()
                ></video>
            }
            .into_any()
        }
        MediaKind::Picture => {
            let failed = move |_| deck.playback.update(|playback| playback.failed = true);
            return view! {
                <img src=address alt=prompt on:error=failed />
                {trouble(ui, deck)}
            }
            .into_any();
        }
    };
    view! {
        {element}
        {trouble(ui, deck)}
        {controls(ui, deck, kind == MediaKind::Video)}
    }
    .into_any()
}

fn trouble(ui: Ui, deck: Deck) -> AnyView {
    let failed = Memo::new(move |_| deck.playback.get().failed);
    let line = move || {
        failed.get().then(|| view! {
            <div class="unplayable">
                <p>{ui.say(Word::CannotPlay)}</p>
                <button type="button" class="plain" on:click=move |_| deck.ask(HtmlMediaElement::load)>
                    {ui.say(Word::TryAgain)}
                </button>
            </div>
        })
    };
    view! { <div role="alert">{line}</div> }.into_any()
}

fn controls(ui: Ui, deck: Deck, video: bool) -> AnyView {
    let now = deck.playback;
    let playing = Memo::new(move |_| now.get().playing);
    let muted = Memo::new(move |_| now.get().muted);
    let rate = Memo::new(move |_| now.get().rate);
    let speed = move || SPEEDS.iter().position(|(speed, _)| *speed == rate.get()).unwrap_or(0);
    view! {
        <div class="controls" part="controls">
            <button
                type="button"
                class="round play"
                aria-label=move || ui.say(if playing.get() { Word::Pause } else { Word::Play })
                on:click=move |_| deck.toggle()
            >
                {move || icon(if playing.get() { PAUSE } else { PLAY })}
            </button>
            {seek(ui, deck)}
            <button
                type="button"
                class="round"
                aria-label=ui.say(Word::Mute)
                aria-pressed=move || muted.get().to_string()
                on:click=move |_| deck.ask(|element| element.set_muted(!element.muted()))
            >
                {move || icon(if muted.get() { MUTED } else { SOUND })}
            </button>
            {volume(ui, deck)}
            <button
                type="button"
                class="round speed"
                aria-label=move || [&ui.say(Word::Speed), " ", SPEEDS[speed()].1].concat()
                on:click=move |_| {
                    let next = SPEEDS[(untrack(speed) + 1) % SPEEDS.len()].0;
                    deck.ask(|element| element.set_playback_rate(next));
                }
            >
                {move || SPEEDS[speed()].1}
            </button>
            <button
                type="button"
                class="round"
                aria-label=ui.say(Word::Loop)
                aria-pressed=move || now.get().looping.to_string()
                on:click=move |_| deck.ask(|element| {
                    element.set_loop(!element.loop_());
                    // The one switch that the element has no event for.
                    deck.playback.set(Playback::of(element));
                })
            >
                {icon(LOOP)}
            </button>
            {video.then(|| screens(ui, deck))}
        </div>
    }
    .into_any()
}

fn seek(ui: Ui, deck: Deck) -> AnyView {
    let now = deck.playback;
    let times = move || {
        let now = now.get();
        (browser::clock(now.position_secs), browser::clock(now.duration_secs))
    };
    let said = move || {
        let (time, total) = times();
        ui.fill(Word::PositionOf, &[("time", &time), ("total", &total)])
    };
    let shown = move || {
        let (time, total) = times();
        [&time, " / ", &total].concat()
    };
    let sought = move |event: ev::Event| {
        if let Some(secs) = number_of(&event) {
            deck.ask(|element| element.set_current_time(secs));
        }
    };
    view! {
        <input
            type="range"
            class="seek"
            min="0"
            step="0.1"
            dir="ltr"
            max=move || browser::decimal(now.get().duration_secs)
            prop:value=move || browser::decimal(now.get().position_secs)
            aria-label=ui.say(Word::Position)
            aria-valuetext=said
            on:input=sought
        />
        <span class="clock" aria-hidden="true">{shown}</span>
    }
    .into_any()
}

fn volume(ui: Ui, deck: Deck) -> AnyView {
    let now = deck.playback;
    let turned = move |event: ev::Event| {
        if let Some(volume) = number_of(&event) {
            deck.ask(|element| {
                element.set_volume(volume.clamp(0.0, 1.0));
                element.set_muted(false);
            });
        }
    };
    view! {
        <input
            type="range"
            class="volume"
            min="0"
            max="1"
            step="0.05"
            dir="ltr"
            prop:value=move || browser::decimal(now.get().volume)
            aria-label=ui.say(Word::Volume)
            on:input=turned
        />
    }
    .into_any()
}

/// Full screen and picture in picture, where the browser has them.
fn screens(ui: Ui, deck: Deck) -> AnyView {
    let document = JsValue::from(leptos::prelude::document());
    let can_fill = browser::get(&document, "fullscreenEnabled").is_truthy();
    let can_float = browser::get(&document, "pictureInPictureEnabled").is_truthy();
    let call = move |name: &'static str| {
        deck.ask(|element| {
            let method: Option<js_sys::Function> = browser::get(element, name).dyn_into().ok();
            // Where the browser says no, nothing changes, and that is seen.
            browser::let_go(method.and_then(|method| method.call0(element).ok()));
        });
    };
    let button =
        move |word, path, method| icon_button(move || ui.say(word), path, move || call(method));
    view! {
        {can_float.then(|| button(
            Word::PictureInPicture, PICTURE_IN_PICTURE, "requestPictureInPicture",
        ))}
        {can_fill.then(|| button(Word::FullScreen, FULL_SCREEN, "requestFullscreen"))}
    }
    .into_any()
}

fn number_of(event: &ev::Event) -> Option<f64> {
    let number = js_sys::Number::from(JsValue::from(event_target_value(event))).value_of();
    number.is_finite().then_some(number)
}
