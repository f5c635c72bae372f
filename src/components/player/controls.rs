//! The controls of the media element: buttons, sliders and keys. They show the element's own state,
//! and send requests to it.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Element, KeyboardEvent};

use super::media_controller::MediaController;
use crate::components::button::IconButton;
use crate::components::erased::{ElementRef, Erase, Erased, Handler, Live, handler, live, memo};
use crate::components::icon::{
    FULL_SCREEN, LOOP, MUTED, PAUSE, PICTURE_IN_PICTURE, PLAY, SOUND, SwitchIcon,
};
use crate::components::landmarks::use_landmarks;
use crate::i18n::Word;
use crate::platform::browser;
use crate::texts::use_texts;

const SPEEDS: [(f64, &str); 5] =
    [(1.0, "1×"), (1.25, "1.25×"), (1.5, "1.5×"), (2.0, "2×"), (0.75, "0.75×")];

/// The index of a speed in [`SPEEDS`].
fn speed_index(rate: f64) -> usize {
    SPEEDS.iter().position(|(speed, _)| *speed == rate).unwrap_or(0)
}

/// The bar of controls.
#[component]
pub(super) fn Controls(
    /// The media controller.
    media: MediaController,
    /// The element that goes full screen.
    screen: ElementRef,
    /// The play button; set here.
    play: ElementRef,
    /// Whether it is a video.
    video: bool,
    /// What is drawn behind the slider.
    waveform: Option<Erased>,
) -> impl IntoView {
    let texts = use_texts();
    let looping = memo(move || media.state.with(|state| state.looping));
    view! {
        <div class="controls" part="controls">
            <div class="track">{waveform} <SeekSlider media /></div>
            <PlayButton media play />
            <Clock media />
            <MuteButton media />
            <VolumeSlider media />
            <SpeedButton media />
            <IconButton
                label=texts.text(Word::Loop)
                icon=LOOP
                pressed=looping
                on_click=handler(move |_| media.toggle_loop())
            />
            {if video { screen_buttons(media, screen) } else { Vec::new() }}
        </div>
    }
    .erased()
}

/// Plays, or pauses.
#[component]
fn PlayButton(
    /// What plays.
    media: MediaController,
    /// Refers to the button; filled here.
    play: ElementRef,
) -> impl IntoView {
    let texts = use_texts();
    let playing = memo(move || media.state.with(|state| state.playing));
    let name = move || texts.text(if playing.get() { Word::Pause } else { Word::Play });
    view! {
        <button
            node_ref=play
            type="button"
            class="round play"
            aria-label=live(name)
            title=live(name)
            aria-keyshortcuts="k"
            on:click=handler(move |_| media.toggle())
        >
            <SwitchIcon on=playing on_path=PAUSE off_path=PLAY />
        </button>
    }
    .erased()
}

/// Turns the sound off, and on again.
#[component]
fn MuteButton(
    /// What plays.
    media: MediaController,
) -> impl IntoView {
    let muted = memo(move || media.state.with(|state| state.muted || state.volume == 0.0));
    view! {
        <IconButton
            label=use_texts().text(Word::Mute)
            icon=SOUND
            pressed=muted
            pressed_icon=MUTED
            key="m"
            on_click=handler(move |_| media.toggle_mute())
        />
    }
    .erased()
}

/// How loud it is.
#[component]
fn VolumeSlider(
    /// What plays.
    media: MediaController,
) -> impl IntoView {
    view! {
        <Slider
            class="volume"
            label=use_texts().text(Word::Volume)
            step="0.05"
            max=live(|| "1".to_owned())
            value=live(move || media.state.with(|state| state.volume))
            said=None
            on_slide=handler(move |volume| media.set_volume(volume))
        />
    }
    .erased()
}

/// How long it has played, and is, in seconds.
fn times(media: MediaController) -> (u32, u32) {
    media.state.with(|state| (state.time_secs as u32, state.duration_secs as u32))
}

/// The slider of the position.
#[component]
fn SeekSlider(
    /// The media controller.
    media: MediaController,
) -> impl IntoView {
    let texts = use_texts();
    let said = move || {
        let (time, total) = times(media);
        let (time, length) = (browser::clock(time), browser::clock(total));
        // The duration is known once its metadata are loaded.
        if total == 0 {
            return time;
        }
        texts.fill(Word::PositionOf, &[("time", &time), ("total", &length)])
    };
    view! {
        <Slider
            class="seek"
            label=texts.text(Word::Position)
            step="0.1"
            max=live(move || browser::decimal(media.state.with(|state| state.duration_secs)))
            value=live(move || media.state.with(|state| state.time_secs))
            said=Some(live(said))
            on_slide=handler(move |secs| media.seek_to(secs))
        />
    }
    .erased()
}

/// The position as text.
#[component]
fn Clock(
    /// The media controller.
    media: MediaController,
) -> impl IntoView {
    let shown = move || {
        let (time, total) = times(media);
        let time = browser::clock(time);
        if total == 0 { time } else { [&time, " / ", &browser::clock(total)].concat() }
    };
    view! {
        <span class="clock" aria-hidden="true" dir="ltr">
            {live(shown)}
        </span>
    }
    .erased()
}

/// A slider. Time and volume increase to the right in every script, as on every player.
#[component]
fn Slider(
    /// Its class.
    class: &'static str,
    /// Its accessible name.
    label: String,
    /// The smallest step.
    step: &'static str,
    /// Its maximum.
    max: Live<String>,
    /// Its value.
    value: Live<f64>,
    /// Its value for screen readers, if the number alone is not clear.
    said: Option<Live<String>>,
    /// Called when it is moved.
    on_slide: Handler<f64>,
) -> impl IntoView {
    let mut on_slide = on_slide;
    let slide = handler(move |event| {
        let value = event_target_value(&event);
        let number = js_sys::Number::from(JsValue::from(value)).value_of();
        if number.is_finite() {
            on_slide(number);
        }
    });
    view! {
        <input
            class=class
            type="range"
            min="0"
            max=max
            step=step
            dir="ltr"
            aria-label=label
            aria-valuetext=said
            prop:value=value
            on:input=slide
        />
    }
    .erased()
}

/// Sets the playback speed.
#[component]
fn SpeedButton(
    /// The media controller.
    media: MediaController,
) -> impl IntoView {
    let texts = use_texts();
    let index = move || media.state.with(|state| speed_index(state.rate));
    let press = handler(move |_| {
        media.set_rate(SPEEDS[(untrack(index) + 1) % SPEEDS.len()].0);
    });
    view! {
        <button
            type="button"
            class="round speed"
            dir="ltr"
            aria-label=live(move || {
                [&texts.text(Word::Speed), " ", SPEEDS[index()].1].concat()
            })
            on:click=press
        >
            {live(move || SPEEDS[index()].1)}
        </button>
    }
    .erased()
}

/// Full screen and picture in picture, where the browser has them.
fn screen_buttons(media: MediaController, screen: ElementRef) -> Vec<Erased> {
    let texts = use_texts();
    let document = JsValue::from(use_landmarks().document());
    let float = browser::get(&document, "pictureInPictureEnabled").is_truthy().then(|| {
        view! {
            <IconButton
                label=texts.text(Word::PictureInPicture)
                icon=PICTURE_IN_PICTURE
                on_click=handler(move |_| media.float())
            />
        }
        .erased()
    });
    let has_own_way = js_sys::Reflect::has(&video_prototype(), &"webkitEnterFullscreen".into());
    let can_fill =
        browser::get(&document, "fullscreenEnabled").is_truthy() || has_own_way.unwrap_or(false);
    let fill = can_fill.then(|| {
        view! {
            <IconButton
                label=texts.text(Word::FullScreen)
                icon=FULL_SCREEN
                key="f"
                on_click=handler(move |_| fill_screen(media, screen))
            />
        }
        .erased()
    });
    float.into_iter().chain(fill).collect()
}

/// What all videos have.
fn video_prototype() -> JsValue {
    browser::get(&browser::get(&browser::window(), "HTMLVideoElement"), "prototype")
}

/// Enters or leaves full screen.
fn fill_screen(media: MediaController, screen: ElementRef) {
    let Some(document) = screen.get().and_then(|screen| screen.owner_document()) else { return };
    if !browser::get(&document, "fullscreenElement").is_null_or_undefined() {
        browser::let_go(browser::call(&document, "exitFullscreen", &[]));
    } else if browser::get(&document, "fullscreenEnabled").is_truthy() {
        if let Some(screen) = screen.get() {
            browser::let_go(browser::call(&screen, "requestFullscreen", &[]));
        }
    } else {
        // Some phones only show the video itself in full screen.
        media.fill_screen();
    }
}

/// The usual keyboard shortcuts of players, while the focus is in the player.
#[derive(Clone, Copy)]
pub(super) struct PlayerKeys {
    /// The media controller.
    pub(super) media: MediaController,
    /// The element that goes full screen.
    pub(super) screen: ElementRef,
    /// Whether it is a video.
    pub(super) video: bool,
}

impl PlayerKeys {
    /// Handles a key.
    pub(super) fn press(self, event: &KeyboardEvent) {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let media = self.media;
        let tag = event.target().map(|target| target.unchecked_into::<Element>().tag_name());
        // A slider handles the arrow keys itself, a button the space key.
        let (slider, on_button) =
            (tag.as_deref() == Some("INPUT"), tag.as_deref() == Some("BUTTON"));
        match browser::lower(&event.key()).as_str() {
            " " if !on_button => media.toggle(),
            "k" => media.toggle(),
            "arrowleft" if !slider => media.seek_by(-5.0),
            "arrowright" if !slider => media.seek_by(5.0),
            "arrowup" if !slider => media.change_volume(0.1),
            "arrowdown" if !slider => media.change_volume(-0.1),
            "j" => media.seek_by(-10.0),
            "l" => media.seek_by(10.0),
            "m" => media.toggle_mute(),
            "f" if self.video => fill_screen(media, self.screen),
            _ => return,
        }
        event.prevent_default();
    }
}
