//! The media element itself: plays alone among all of this browser's studios, and tells the system
//! what plays, for the lock screen and the keys of headphones. It must not know how it is shown.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Array, Function, Reflect};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{BroadcastChannel, HtmlMediaElement};

use super::media;
use crate::browser::{self, Callback};
use crate::view::dom::El;

/// What the system may show of what plays.
pub(super) struct About {
    pub(super) title: String,
    pub(super) album: String,
    /// The address of a picture.
    pub(super) artwork: String,
}

/// A media element. Clones are the same one.
#[derive(Clone)]
pub(super) struct Deck {
    element: HtmlMediaElement,
    about: Rc<About>,
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

thread_local! {
    /// The one that plays in this page. Two at once are noise.
    static PLAYING: RefCell<Option<HtmlMediaElement>> = const { RefCell::new(None) };
    /// Where pages tell each other that one has started.
    static STARTED: Option<(BroadcastChannel, Callback)> = listen_to_others();
}

fn listen_to_others() -> Option<(BroadcastChannel, Callback)> {
    let channel = BroadcastChannel::new("ai-now-playing").ok()?;
    let stop = browser::callback(|_| {
        if let Some(playing) = PLAYING.take() {
            // One that is gone already plays no more.
            let _ = playing.pause();
        }
    });
    channel.set_onmessage(Some(browser::function(&stop)));
    Some((channel, stop))
}

impl Deck {
    pub(super) fn new(element: &El, about: About) -> Self {
        Self { element: media(element), about: Rc::new(about) }
    }

    /// The element, to be asked how things are.
    pub(super) fn element(&self) -> &HtmlMediaElement {
        &self.element
    }

    /// Calls `changed` after everything that the element says, until the view goes; then it is
    /// silent.
    pub(super) fn attend(&self, element: &El, changed: impl Fn() + 'static) {
        let changed = Rc::new(changed);
        let system = {
            let deck = self.clone();
            browser::callback(move |details| deck.obey(&details))
        };
        for name in EVENTS {
            let (deck, changed) = (self.clone(), changed.clone());
            let obey = system.as_ref().clone();
            let _ = element.clone().on(name, move |_| {
                match name {
                    "play" => {
                        deck.started();
                        deck.introduce(&obey);
                    }
                    "error" => deck.load_plainly(),
                    _ => {}
                }
                if matches!(name, "play" | "seeked" | "ratechange" | "durationchange") {
                    deck.tell_position();
                }
                changed();
            });
        }
        StoredValue::new_local(Silence { deck: self.clone(), _system: system });
        changed();
    }

    pub(super) fn is_playing(&self) -> bool {
        !self.element.paused() && !self.element.ended()
    }

    pub(super) fn toggle(&self) {
        if self.is_playing() {
            let _ = self.element.pause();
        } else {
            // A browser that refuses wants another gesture; the button still says "Play".
            browser::let_go(self.element.play().ok());
        }
    }

    pub(super) fn load(&self) {
        self.element.load();
    }

    /// Has the browser load how long it is, if it hasn't.
    pub(super) fn prepare(&self) {
        self.element.set_preload("metadata");
    }

    /// Has the browser load the first frame, and show it.
    pub(super) fn load_first_frame(&self) {
        let address = self.element.src();
        let file = address.split('#').next().unwrap_or(&address);
        // Asked for its metadata alone, a phone of one maker shows nothing before the first play;
        // asked for a place in it, the frame at that place. All say when they are there: `seeked`.
        self.element.set_src(&[file, "#t=0.001"].concat());
        self.prepare();
    }

    /// The length, or 0 while it is unknown.
    pub(super) fn duration_secs(&self) -> f64 {
        let duration = self.element.duration();
        if duration.is_finite() { duration } else { 0.0 }
    }

    pub(super) fn seek_to(&self, secs: f64) {
        self.element.set_current_time(secs.max(0.0).min(self.duration_secs()));
    }

    pub(super) fn seek_by(&self, secs: f64) {
        self.seek_to(self.element.current_time() + secs);
    }

    pub(super) fn set_volume(&self, volume: f64) {
        self.element.set_volume(volume.clamp(0.0, 1.0));
        self.element.set_muted(false);
    }

    pub(super) fn toggle_mute(&self) {
        self.element.set_muted(!self.element.muted());
    }

    /// Not every server lets a page look into its files. Played, they can be all the same.
    fn load_plainly(&self) {
        if self.element.has_attribute("crossorigin") {
            let wanted = self.is_playing();
            let _ = self.element.remove_attribute("crossorigin");
            self.element.load();
            if wanted {
                self.toggle();
            }
        }
    }

    fn started(&self) {
        let other = PLAYING.replace(Some(self.element.clone()));
        if let Some(other) = other.filter(|other| *other != self.element) {
            let _ = other.pause();
        }
        STARTED.with(|started| {
            if let Some((channel, _)) = started {
                // Nobody listens: nobody plays.
                let _ = channel.post_message(&JsValue::TRUE);
            }
        });
    }

    fn obey(&self, details: &JsValue) {
        let secs = |name| browser::get(details, name).as_f64();
        let offset = secs("seekOffset").unwrap_or(JUMP_SECS);
        match browser::get(details, "action").as_string().as_deref() {
            Some("play") => browser::let_go(self.element.play().ok()),
            Some("pause" | "stop") => _ = self.element.pause(),
            Some("seekbackward") => self.seek_by(-offset),
            Some("seekforward") => self.seek_by(offset),
            Some("seekto") => self.seek_to(secs("seekTime").unwrap_or_default()),
            _ => {}
        }
    }

    fn tell_position(&self) {
        let duration = self.duration_secs();
        if duration > 0.0 && self.is_current() {
            let state = browser::object(&[
                ("duration", duration.into()),
                ("playbackRate", self.element.playback_rate().into()),
                ("position", self.element.current_time().min(duration).into()),
            ]);
            browser::call(&system(), "setPositionState", &[state.into()]);
        }
    }

    fn is_current(&self) -> bool {
        PLAYING.with_borrow(|playing| playing.as_ref() == Some(&self.element))
    }

    /// Tells the system what plays, and who obeys it.
    fn introduce(&self, obey: &JsValue) {
        let system = system();
        let class = browser::get(&browser::window(), "MediaMetadata");
        let (Ok(class), true) = (class.dyn_into::<Function>(), system.is_object()) else { return };
        let artwork = browser::object(&[
            ("src", self.about.artwork.as_str().into()),
            ("type", "image/jpeg".into()),
        ]);
        let about = browser::object(&[
            ("title", self.about.title.as_str().into()),
            ("artist", "AI-Now".into()),
            ("album", self.about.album.as_str().into()),
            ("artwork", Array::of1(&artwork).into()),
        ]);
        if let Ok(about) = Reflect::construct(&class, &Array::of1(&about)) {
            browser::set(system.unchecked_ref(), "metadata", &about);
        }
        for action in ACTIONS {
            // A browser that doesn't know an action says so by throwing: then it goes without.
            browser::call(&system, "setActionHandler", &[action.into(), obey.clone()]);
        }
    }
}

/// The system's view of what plays, or `undefined`.
fn system() -> JsValue {
    browser::get(&browser::window().navigator(), "mediaSession")
}

/// Ends what plays when the view goes.
struct Silence {
    deck: Deck,
    // Called by the system as long as this is what plays.
    _system: Callback,
}

impl Drop for Silence {
    fn drop(&mut self) {
        let _ = self.deck.element.pause();
        if self.deck.is_current() {
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
