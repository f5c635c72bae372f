//! The media element itself: requests go in, its state comes out. It plays alone among all of this
//! browser's studios, and tells the system what plays, for the lock screen and the keys of
//! headphones. It must not know how it is shown.

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

/// What the system may show of what plays.
pub(super) struct About {
    pub(super) title: String,
    pub(super) album: String,
    /// The address of a picture.
    pub(super) artwork: String,
}

/// How the element is, by what it said last.
#[derive(Clone, Default, PartialEq)]
pub(super) struct MediaState {
    pub(super) playing: bool,
    pub(super) muted: bool,
    /// From 0 to 1.
    pub(super) volume: f64,
    pub(super) time_secs: f64,
    /// The length, or 0 while it is unknown.
    pub(super) duration_secs: f64,
    /// 1 is as it was recorded.
    pub(super) rate: f64,
    pub(super) looping: bool,
    /// Why it can't be played, if so.
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
    /// What is the matter with the file, once that is known.
    why: StoredValue<Option<Word>>,
    /// Whether the person asked last that it play. An element that can't doesn't keep that.
    wanted: StoredValue<bool>,
}

/// All that changes something of what is shown.
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

/// What the system may ask for.
const ACTIONS: [&str; 6] = ["play", "pause", "stop", "seekbackward", "seekforward", "seekto"];

/// How far the system's keys jump where they don't say.
const JUMP_SECS: f64 = 10.0;

type Callback = Closure<dyn FnMut(JsValue)>;

thread_local! {
    /// The one that plays in this page. Two at once are noise.
    static PLAYING: RefCell<Option<HtmlMediaElement>> = const { RefCell::new(None) };
    /// Where pages tell each other that one has started.
    static STARTED: Option<(BroadcastChannel, Callback)> = listen_to_others();
}

fn listen_to_others() -> Option<(BroadcastChannel, Callback)> {
    let channel = BroadcastChannel::new("ai-now-playing").ok()?;
    let stop = Callback::new(|_| {
        if let Some(playing) = PLAYING.take() {
            // One that is gone already plays no more.
            let _ = playing.pause();
        }
    });
    channel.set_onmessage(Some(stop.as_ref().unchecked_ref()));
    Some((channel, stop))
}

impl MediaController {
    /// Of the element that `element` will refer to, in the current owner.
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
    /// silent.
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

    /// What the element said.
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
            self.tell_position();
        }
        self.read();
    }

    /// Takes over how the element is.
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

    /// Asks something of the element, if it is there.
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

    /// Loads it again, and plays it where that was asked for.
    pub(super) fn retry(self) {
        self.ask(|media| {
            reload(media, || ());
            if self.wanted.get_value() {
                play(media);
            }
        });
    }

    /// Has the browser load how long it is, if it hasn't.
    pub(super) fn prepare(self) {
        self.ask(|media| media.set_preload("metadata"));
    }

    /// Has the browser load the first frame, and show it; not once somebody wants to play it.
    pub(super) fn load_first_frame(self) {
        self.ask(|media| {
            if is_playing(media) {
                return;
            }
            let address = media.src();
            let file = address.split('#').next().unwrap_or(&address);
            // Asked for its metadata alone, a phone of one maker shows nothing before the first play;
            // asked for a place in it, the frame at that place. All say when they are there: `seeked`.
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
            // What is loaded anew begins with the default.
            media.set_default_playback_rate(rate);
            media.set_playback_rate(rate);
        });
    }

    pub(super) fn toggle_loop(self) {
        self.ask(|media| media.set_loop(!media.loop_()));
        // The one switch that the element has no event for.
        self.read();
    }

    /// Shows it in a small window of its own. Where the browser says no, nothing changes, and that is
    /// seen.
    pub(super) fn float(self) {
        self.ask(|media| browser::let_go(browser::call(media, "requestPictureInPicture", &[])));
    }

    /// Fills the screen with the film itself, where phones have that alone.
    pub(super) fn fill_screen(self) {
        self.ask(|media| _ = browser::call(media, "webkitEnterFullscreen", &[]));
    }

    /// It can't be played: tries what may help, else finds out why.
    fn failed(self) {
        let Some(media) = self.element() else { return };
        if media.has_attribute("crossorigin") {
            // Not every server lets a page look into its files. Played, they can be all the same.
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
                // Nobody listens: nobody plays.
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

    fn tell_position(self) {
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

    /// Tells the system what plays, and who obeys it.
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
            // A browser that doesn't know an action says so by throwing: then it goes without.
            browser::call(&system, "setActionHandler", &[action.into(), obey.clone()]);
        }
    }
}

fn is_playing(media: &HtmlMediaElement) -> bool {
    !media.paused() && !media.ended()
}

fn play(media: &HtmlMediaElement) {
    // A browser that refuses wants another gesture; the button still says "Play".
    browser::let_go(media.play().ok());
}

/// Has it load anew after a change. What the person asked for goes on: that it plays, and where; how
/// fast, how loud and whether again and again, the element keeps itself.
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

/// The system's view of what plays, or `undefined`.
fn system() -> JsValue {
    browser::get(&browser::window().navigator(), "mediaSession")
}

/// A drop guard: ends what plays when the view goes.
struct Silence {
    element: HtmlMediaElement,
    _listeners: [EventListener; EVENTS.len()],
    // Called by the system as long as this is what plays.
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
