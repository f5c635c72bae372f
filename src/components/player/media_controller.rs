//! The media element: requests go in, its state comes out. Only one plays among all studios of this
//! browser, and the system's media session shows what plays, on the lock screen and for the keys of
//! headphones. It must not know the views.

use std::cell::RefCell;

use gloo_events::EventListener;
use js_sys::{Array, Function, Reflect};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{BroadcastChannel, HtmlMediaElement};

use super::playback_error::diagnose;
use crate::components::erased::ElementRef;
use crate::i18n::Word;
use crate::platform::browser;
use crate::state::page::Page;

/// What the system shows about the media.
pub(super) struct About {
    pub(super) title: String,
    pub(super) album: String,
    /// The address of a picture.
    pub(super) artwork: String,
}

/// The element's state, as it last reported it.
#[derive(Clone, Default, PartialEq)]
pub(super) struct MediaState {
    pub(super) playing: bool,
    pub(super) muted: bool,
    /// From 0 to 1.
    pub(super) volume: f64,
    pub(super) time_secs: f64,
    /// The length, or 0 while it is unknown.
    pub(super) duration_secs: f64,
    /// 1 is the original speed.
    pub(super) rate: f64,
    pub(super) looping: bool,
    /// Why it can't be played, if it can't.
    pub(super) error: Option<Word>,
}

/// A media element. Copies are the same one.
#[derive(Clone, Copy)]
pub(super) struct MediaController {
    /// The element.
    pub(super) element: ElementRef,
    about: StoredValue<About>,
    /// How the element is.
    pub(super) state: RwSignal<MediaState>,
    page: Page,
    /// The error of the file, if there is one.
    why: StoredValue<Option<Word>>,
    /// Whether the user's last request was to play. An element that can't play doesn't remember
    /// that.
    wanted: StoredValue<bool>,
}

/// All events that change the state.
const EVENTS: [&str; 13] = [
    "loadedmetadata",
    "durationchange",
    "timeupdate",
    "play",
    "playing",
    "pause",
    "ended",
    "seeking",
    "seeked",
    "volumechange",
    "ratechange",
    "emptied",
    "error",
];

/// The system's actions.
const ACTIONS: [&str; 6] = ["play", "pause", "stop", "seekbackward", "seekforward", "seekto"];

/// How far the system's keys jump if they don't say.
const JUMP_SECS: f64 = 10.0;

type Callback = Closure<dyn FnMut(JsValue)>;

thread_local! {
    /// The one that plays in this page, or played last: two must not play at once.
    static PLAYING: RefCell<Option<HtmlMediaElement>> = const { RefCell::new(None) };
    /// The channel on which pages announce that one has started.
    static STARTED: Option<(BroadcastChannel, Callback)> = listen_to_others();
}

fn listen_to_others() -> Option<(BroadcastChannel, Callback)> {
    let channel = BroadcastChannel::new("ai-now-playing").ok()?;
    let stop = Callback::new(|_| {
        // It stays the one that the system's keys steer, until its view is removed.
        if let Some(playing) = PLAYING.with_borrow(Clone::clone) {
            // One that is gone does not play.
            let _ = playing.pause();
        }
    });
    channel.set_onmessage(Some(stop.as_ref().unchecked_ref()));
    Some((channel, stop))
}

impl MediaController {
    /// For the element that `element` will refer to, in the current owner.
    pub(super) fn new(element: ElementRef, about: About) -> Self {
        let state = MediaState { volume: 1.0, rate: 1.0, ..MediaState::default() };
        Self {
            element,
            about: StoredValue::new(about),
            state: RwSignal::new(state),
            page: expect_context(),
            why: StoredValue::new(None),
            wanted: StoredValue::new(false),
        }
    }

    /// The element; `None` before its view is built, and once that is gone.
    pub(super) fn element(self) -> Option<HtmlMediaElement> {
        self.element.get().map(JsCast::unchecked_into)
    }

    /// Listens to the element, which is built by now, until the current owner ends; then it is
    /// paused.
    pub(super) fn attach(self) {
        let Some(element) = self.element() else { return };
        let system = Callback::new(move |details: JsValue| self.obey(&details));
        let obey: &JsValue = system.as_ref();
        let listeners = EVENTS.map(|name| {
            let obey = obey.clone();
            EventListener::new(&element, name, move |_| self.heard(name, &obey))
        });
        StoredValue::new_local(Silence { element, _listeners: listeners, _system: system });
        self.read();
    }

    /// Handles an event of the element.
    fn heard(self, event: &str, obey: &JsValue) {
        match event {
            "play" => {
                self.started();
                self.introduce(obey);
            }
            "emptied" => self.why.set_value(None),
            "error" => self.failed(),
            _ => {}
        }
        if matches!(event, "play" | "seeked" | "ratechange" | "durationchange") {
            self.publish_position();
        }
        self.read();
    }

    /// Reads the element's state.
    fn read(self) {
        let Some(media) = self.element() else { return };
        self.state.set(MediaState {
            playing: is_playing(&media),
            muted: media.muted(),
            volume: media.volume(),
            time_secs: media.current_time(),
            duration_secs: duration_secs(&media),
            rate: media.playback_rate(),
            looping: media.loop_(),
            error: media.error().and(self.why.get_value()),
        });
    }

    /// Sends a request to the element, if it exists.
    fn ask(self, act: impl FnOnce(&HtmlMediaElement)) {
        if let Some(media) = self.element() {
            act(&media);
        }
    }

    pub(super) fn is_playing(self) -> bool {
        self.element().is_some_and(|media| is_playing(&media))
    }

    pub(super) fn toggle(self) {
        self.ask(|media| {
            self.wanted.set_value(!is_playing(media));
            if is_playing(media) {
                let _ = media.pause();
            } else if media.error().is_some() {
                self.retry();
            } else {
                play(media);
            }
        });
    }

    /// Loads it again, and plays it if that was requested.
    pub(super) fn retry(self) {
        self.ask(|media| {
            reload(media, || ());
            if self.wanted.get_value() {
                play(media);
            }
        });
    }

    /// Makes the browser load the duration, unless it has.
    pub(super) fn prepare(self) {
        self.ask(|media| media.set_preload("metadata"));
    }

    /// Makes the browser load and show the first frame, unless the user wants to play it.
    pub(super) fn load_first_frame(self) {
        self.ask(|media| {
            if is_playing(media) {
                return;
            }
            let address = media.src();
            let file = address.split('#').next().unwrap_or(&address);
            // With only the metadata loaded, some phones show nothing before the first play; a seek
            // makes them show that frame. All browsers report it with `seeked`.
            media.set_preload("metadata");
            reload(media, || media.set_src(&[file, "#t=0.001"].concat()));
        });
    }

    pub(super) fn seek_to(self, secs: f64) {
        self.ask(|media| media.set_current_time(secs.max(0.0).min(duration_secs(media))));
    }

    pub(super) fn seek_by(self, secs: f64) {
        self.ask(|media| self.seek_to(media.current_time() + secs));
    }

    pub(super) fn set_volume(self, volume: f64) {
        self.ask(|media| {
            media.set_volume(volume.clamp(0.0, 1.0));
            media.set_muted(false);
        });
    }

    pub(super) fn change_volume(self, by: f64) {
        self.ask(|media| self.set_volume(media.volume() + by));
    }

    pub(super) fn toggle_mute(self) {
        self.ask(|media| media.set_muted(!media.muted()));
    }

    pub(super) fn set_rate(self, rate: f64) {
        self.ask(|media| {
            // Loading resets it to the default.
            media.set_default_playback_rate(rate);
            media.set_playback_rate(rate);
        });
    }

    pub(super) fn toggle_loop(self) {
        self.ask(|media| media.set_loop(!media.loop_()));
        // The one setting that the element has no event for.
        self.read();
    }

    /// Opens picture-in-picture. If the browser refuses, nothing changes, visibly.
    pub(super) fn float(self) {
        self.ask(|media| browser::let_go(browser::call(media, "requestPictureInPicture", &[])));
    }

    /// Shows only the video in full screen, on phones that support nothing else.
    pub(super) fn fill_screen(self) {
        self.ask(|media| _ = browser::call(media, "webkitEnterFullscreen", &[]));
    }

    /// It can't be played: tries what may help, else finds out why.
    fn failed(self) {
        let Some(media) = self.element() else { return };
        if media.has_attribute("crossorigin") {
            // Not every server has CORS for this page. The file can be played without.
            return reload(&media, || _ = media.remove_attribute("crossorigin"));
        }
        let Some(code) = media.error().map(|error| error.code()) else { return };
        self.page.spawn(async move {
            let why = diagnose(code, &media.current_src()).await;
            if self.why.try_update_value(|known| *known = Some(why)).is_some() {
                self.read();
            }
        });
    }

    fn started(self) {
        let Some(media) = self.element() else { return };
        let other = PLAYING.replace(Some(media.clone()));
        if let Some(other) = other.filter(|other| *other != media) {
            let _ = other.pause();
        }
        STARTED.with(|started| {
            if let Some((channel, _)) = started {
                // No listener: no other page plays.
                let _ = channel.post_message(&JsValue::TRUE);
            }
        });
    }

    fn obey(self, details: &JsValue) {
        let secs = |name| browser::get(details, name).as_f64();
        let offset = secs("seekOffset").unwrap_or(JUMP_SECS);
        match browser::get(details, "action").as_string().as_deref() {
            Some("play") => self.ask(play),
            Some("pause" | "stop") => self.ask(|media| _ = media.pause()),
            Some("seekbackward") => self.seek_by(-offset),
            Some("seekforward") => self.seek_by(offset),
            Some("seekto") => self.seek_to(secs("seekTime").unwrap_or_default()),
            _ => {}
        }
    }

    fn publish_position(self) {
        let Some(media) = self.element() else { return };
        let duration = duration_secs(&media);
        if duration > 0.0 && is_current(&media) {
            let state = browser::object(&[
                ("duration", duration.into()),
                ("playbackRate", media.playback_rate().into()),
                ("position", media.current_time().min(duration).into()),
            ]);
            browser::call(&system(), "setPositionState", &[state.into()]);
        }
    }

    /// Sets the system's media session, with its handlers.
    fn introduce(self, obey: &JsValue) {
        let system = system();
        let class = browser::get(&browser::window(), "MediaMetadata");
        let (Ok(class), true) = (class.dyn_into::<Function>(), system.is_object()) else { return };
        let about = self.about.with_value(|about| {
            let artwork = browser::object(&[
                ("src", about.artwork.as_str().into()),
                ("type", "image/jpeg".into()),
            ]);
            browser::object(&[
                ("title", about.title.as_str().into()),
                ("artist", "AI-Now".into()),
                ("album", about.album.as_str().into()),
                ("artwork", Array::of1(&artwork).into()),
            ])
        });
        if let Ok(about) = Reflect::construct(&class, &Array::of1(&about)) {
            browser::set(system.unchecked_ref(), "metadata", &about);
        }
        for action in ACTIONS {
            // A browser that doesn't support an action throws: then it is left out.
            browser::call(&system, "setActionHandler", &[action.into(), obey.clone()]);
        }
    }
}

fn is_playing(media: &HtmlMediaElement) -> bool {
    !media.paused() && !media.ended()
}

fn play(media: &HtmlMediaElement) {
    // If the browser refuses, it requires another gesture; the button still says "Play".
    browser::let_go(media.play().ok());
}

/// Loads it again after a change and restores the position and whether it plays; speed, volume and
/// looping the element keeps itself.
fn reload(media: &HtmlMediaElement, change: impl FnOnce()) {
    let (wanted, at_secs) = (is_playing(media), media.current_time());
    change();
    media.load();
    if at_secs > 0.0 {
        media.set_current_time(at_secs);
    }
    if wanted {
        play(media);
    }
}

fn duration_secs(media: &HtmlMediaElement) -> f64 {
    let duration = media.duration();
    if duration.is_finite() { duration } else { 0.0 }
}

fn is_current(media: &HtmlMediaElement) -> bool {
    PLAYING.with_borrow(|playing| playing.as_ref() == Some(media))
}

/// The system's media session, or `undefined`.
fn system() -> JsValue {
    browser::get(&browser::window().navigator(), "mediaSession")
}

/// A drop guard: stops playback when the view is removed.
struct Silence {
    element: HtmlMediaElement,
    _listeners: [EventListener; EVENTS.len()],
    // Called by the system while this is what plays.
    _system: Callback,
}

impl Drop for Silence {
    fn drop(&mut self) {
        let _ = self.element.pause();
        if is_current(&self.element) {
            PLAYING.take();
            let system = system();
            for action in ACTIONS {
                browser::call(&system, "setActionHandler", &[action.into(), JsValue::NULL]);
            }
            if system.is_object() {
                browser::set(system.unchecked_ref(), "metadata", &JsValue::NULL);
            }
        }
    }
}
