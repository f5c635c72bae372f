//! What steers the media element: buttons, sliders and keys. They show what the element says of
//! itself, and ask it for what is wanted.

use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::{Element, KeyboardEvent};

use super::deck::Deck;
use super::wave::Wave;
use crate::browser;
use crate::i18n::Word;
use crate::view::Ui;
use crate::view::dom::{El, button, el, truth, value_of};
use crate::view::icon::{
    FULL_SCREEN, LOOP, MUTED, PAUSE, PICTURE_IN_PICTURE, PLAY, SOUND, change, icon,
};

const SPEEDS: [(f64, &str); 5] =
    [(1.0, "1×"), (1.25, "1.25×"), (1.5, "1.5×"), (2.0, "2×"), (0.75, "0.75×")];

/// The bar with all of them.
#[derive(Clone)]
pub(super) struct Controls {
    pub(super) bar: El,
    play: El,
}

impl Controls {
    pub(super) fn focus_first(&self) {
        self.play.focus();
    }
}

/// Makes them, and answers with them what brings them up to date.
pub(super) fn controls(
    ui: Ui,
    deck: &Deck,
    screen: &El,
    video: bool,
    wave: Option<Wave>,
) -> (Controls, impl Fn() + 'static) {
    let (play_icon, sound_icon) = (icon(PLAY), icon(SOUND));
    let act = |act: fn(&Deck)| {
        let deck = deck.clone();
        move || act(&deck)
    };
    let play = button("round play")
        .attr("aria-keyshortcuts", "k")
        .add(play_icon.clone())
        .click(act(Deck::toggle));
    let mute = button("round")
        .label(&ui.say(Word::Mute))
        .attr("title", &ui.say(Word::Mute))
        .attr("aria-keyshortcuts", "m")
        .add(sound_icon.clone())
        .click(act(Deck::toggle_mute));
    let seek = slider("seek", ui.say(Word::Position), "0.1", deck, Deck::seek_to);
    let volume =
        slider("volume", ui.say(Word::Volume), "0.05", deck, Deck::set_volume).attr("max", "1");
    let clock = el("span", "clock").attr("aria-hidden", "true").attr("dir", "ltr");
    let speed = button("round speed").attr("dir", "ltr").click(act(|deck| {
        deck.element().set_playback_rate(SPEEDS[(speed_of(deck) + 1) % SPEEDS.len()].0);
    }));
    let looping = button("round")
        .label(&ui.say(Word::Loop))
        .attr("title", &ui.say(Word::Loop))
        .attr("aria-pressed", "false")
        .add(icon(LOOP));
    let looping = {
        let (deck, shown) = (deck.clone(), looping.clone());
        looping.click(move || {
            deck.element().set_loop(!deck.element().loop_());
            // The one switch that the element has no event for.
            let _ = shown.clone().attr("aria-pressed", truth(deck.element().loop_()));
        })
    };
    let track = el("div", "track").add_some(wave.as_ref().map(|wave| wave.canvas.clone()));
    let bar = el("div", "controls")
        .part("controls")
        .add(track.add(seek.clone()))
        .add(play.clone())
        .add(clock.clone())
        .add(mute.clone())
        .add(volume.clone())
        .add(speed.clone())
        .add(looping);
    let bar = if video { screens(ui, deck, screen, bar) } else { bar };
    keys(deck, screen, video);

    let (deck, shown_play) = (deck.clone(), play.clone());
    let refresh = move || {
        let media = deck.element();
        let playing = deck.is_playing();
        let muted = media.muted() || media.volume() == 0.0;
        let name = ui.say(if playing { Word::Pause } else { Word::Play });
        let _ = shown_play.clone().label(&name).attr("title", &name);
        change(&play_icon, if playing { PAUSE } else { PLAY });
        let _ = mute.clone().attr("aria-pressed", truth(muted));
        change(&sound_icon, if muted { MUTED } else { SOUND });
        set_value(&volume, media.volume());

        let (now, all) = (media.current_time(), deck.duration_secs());
        let (time, total) = (browser::clock(now as u32), browser::clock(all as u32));
        // How long it is, is known once something of it is loaded.
        let (shown, said) = if all > 0.0 {
            let said = ui.fill(Word::PositionOf, &[("time", &time), ("total", &total)]);
            ([&time, " / ", &total].concat(), said)
        } else {
            (time.clone(), time)
        };
        clock.set_text(&shown);
        let _ = seek.clone().attr("max", &browser::decimal(all)).attr("aria-valuetext", &said);
        set_value(&seek, now);

        let rate = SPEEDS[speed_of(&deck)].1;
        let _ = speed.clone().label(&[&ui.say(Word::Speed), " ", rate].concat());
        speed.set_text(rate);
        if let Some(wave) = &wave {
            wave.draw();
        }
    };
    (Controls { bar, play }, refresh)
}

fn slider(class: &str, name: String, step: &str, deck: &Deck, act: fn(&Deck, f64)) -> El {
    let deck = deck.clone();
    el("input", class)
        .attr("type", "range")
        .attr("min", "0")
        .attr("max", "0")
        .attr("step", step)
        // Time and loudness rise to the right in every script, as on every player.
        .attr("dir", "ltr")
        .label(&name)
        .on("input", move |event| {
            let number = js_sys::Number::from(JsValue::from(value_of(&event))).value_of();
            if number.is_finite() {
                act(&deck, number);
            }
        })
}

fn set_value(slider: &El, value: f64) {
    browser::set(slider.0.unchecked_ref(), "value", &value.into());
}

fn speed_of(deck: &Deck) -> usize {
    let rate = deck.element().playback_rate();
    SPEEDS.iter().position(|(speed, _)| *speed == rate).unwrap_or(0)
}

/// Full screen and picture in picture, where the browser has them.
fn screens(ui: Ui, deck: &Deck, screen: &El, bar: El) -> El {
    let document = JsValue::from(leptos::prelude::document());
    let media: JsValue = deck.element().into();
    let named = |word: Word, path: &str| {
        let name = ui.say(word);
        button("round").label(&name).attr("title", &name).add(icon(path))
    };
    let can_float = browser::get(&document, "pictureInPictureEnabled").is_truthy();
    let float = || {
        let media = media.clone();
        named(Word::PictureInPicture, PICTURE_IN_PICTURE).click(move || {
            // Where the browser says no, nothing changes, and that is seen.
            browser::let_go(browser::call(&media, "requestPictureInPicture", &[]));
        })
    };
    let can_fill = browser::get(&document, "fullscreenEnabled").is_truthy()
        || browser::get(&media, "webkitEnterFullscreen").is_function();
    let fill = || {
        let (screen, media) = (screen.0.clone(), media.clone());
        named(Word::FullScreen, FULL_SCREEN)
            .attr("aria-keyshortcuts", "f")
            .click(move || fill_screen(&screen, &media))
    };
    bar.add_some(can_float.then(float)).add_some(can_fill.then(fill))
}

/// Fills the screen, or leaves it again.
fn fill_screen(screen: &Element, media: &JsValue) {
    let document = JsValue::from(leptos::prelude::document());
    if !browser::get(&document, "fullscreenElement").is_null_or_undefined() {
        browser::let_go(browser::call(&document, "exitFullscreen", &[]));
    } else if browser::get(&document, "fullscreenEnabled").is_truthy() {
        browser::let_go(browser::call(screen, "requestFullscreen", &[]));
    } else {
        // Phones of one maker fill the screen with the film itself, or not at all.
        browser::call(media, "webkitEnterFullscreen", &[]);
    }
}

/// The keys that film players have, while the focus is in the player.
fn keys(deck: &Deck, screen: &El, video: bool) {
    let (deck, element) = (deck.clone(), Rc::new(screen.0.clone()));
    let _ = screen.clone().on("keydown", move |event| {
        let pressed: &KeyboardEvent = event.unchecked_ref();
        if pressed.ctrl_key() || pressed.meta_key() || pressed.alt_key() {
            return;
        }
        let tag = event.target().map(|target| target.unchecked_into::<Element>().tag_name());
        // A slider has the arrows for itself, a button the space.
        let (slider, on_button) =
            (tag.as_deref() == Some("INPUT"), tag.as_deref() == Some("BUTTON"));
        match browser::lower(&pressed.key()).as_str() {
            " " if !on_button => deck.toggle(),
            "k" => deck.toggle(),
            "arrowleft" if !slider => deck.seek_by(-5.0),
            "arrowright" if !slider => deck.seek_by(5.0),
            "arrowup" if !slider => deck.set_volume(deck.element().volume() + 0.1),
            "arrowdown" if !slider => deck.set_volume(deck.element().volume() - 0.1),
            "j" => deck.seek_by(-10.0),
            "l" => deck.seek_by(10.0),
            "m" => deck.toggle_mute(),
            "f" if video => fill_screen(&element, deck.element()),
            _ => return,
        }
        event.prevent_default();
    });
}
