//! A frame of a video, kept on this device once the video has been looked at: for the gallery, and
//! from then on in place of the video until it plays, so that nothing is loaded before.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, HtmlCanvasElement, HtmlVideoElement};

use super::deck::Deck;
use crate::browser;
use crate::pictures::{self, Picture};
use crate::view::Ui;
use crate::view::dom::{El, el, when_seen};
use crate::view::thumbnail::{draw, pen};

/// The longer side of what is kept, in pixels.
const SIDE_PX: f64 = 640.0;

/// The first frame may be black; by then there is something to see.
const SETTLED_SECS: f64 = 1.0;

/// What lies over a video until it plays: the frame that is kept. Where there is none, the video
/// loads its first, as soon as it is seen, and that is kept.
///
/// It is no `poster`: that is an image, and a page's policy has a say in what images it loads.
pub(super) fn cover(ui: Ui, key: String, deck: &Deck, video: &El) -> El {
    let cover = el("canvas", "cover").attr("aria-hidden", "true").attr("hidden", "");
    let kept = Rc::new(Cell::new(false));
    keep(ui, key.clone(), video, kept.clone());
    let lift = {
        let cover = cover.clone();
        move |_| _ = cover.clone().attr("hidden", "")
    };
    let _ = video.clone().on("playing", lift.clone()).on("seeked", lift);
    let (deck, place) = (deck.clone(), cover.clone());
    when_seen(video, move || {
        ui.session.spawn(async move {
            let drawn = match pictures::find(&key).await {
                Some(picture) => draw(&place, picture, SIDE_PX).await,
                None => None,
            };
            kept.set(drawn.is_some());
            if drawn.is_none() {
                deck.load_first_frame();
            } else if !deck.is_playing() {
                let _ = place.0.remove_attribute("hidden");
            }
        });
    });
    cover
}

/// Keeps the first frame as soon as it is there, unless one is kept; and a later one as soon as it
/// was played.
fn keep(ui: Ui, key: String, video: &El, kept: Rc<Cell<bool>>) {
    let element: HtmlVideoElement = video.0.clone().unchecked_into();
    let keep = {
        let element = element.clone();
        move || take(ui, key.clone(), &element)
    };
    let settled = Cell::new(false);
    let later = keep.clone();
    let first = move |_| {
        if !kept.replace(true) {
            let keep = keep.clone();
            // What is decoded is not yet drawn: before that, a copy of it would be black. The
            // browser's own call after a frame never comes where that frame was drawn already.
            next_frame(move || next_frame(move || _ = keep()));
        }
    };
    let _ = video.clone().on("seeked", first).on("timeupdate", move |_| {
        if !settled.get() && element.current_time() >= SETTLED_SECS {
            settled.set(true);
            later();
        }
    });
}

/// Does something when the page is drawn next.
fn next_frame(act: impl FnOnce() + 'static) {
    let act = browser::once(move |_| act());
    browser::call(&browser::window(), "requestAnimationFrame", &[act.into()]);
}

/// `None` where the browser doesn't let this page look into the file.
fn take(ui: Ui, key: String, video: &HtmlVideoElement) -> Option<()> {
    let canvas: HtmlCanvasElement = el("canvas", "").0.unchecked_into();
    let (wide, tall) = (f64::from(video.video_width()), f64::from(video.video_height()));
    if wide < 1.0 || tall < 1.0 {
        return None;
    }
    let scale = (SIDE_PX / wide.max(tall)).min(1.0);
    let (wide, tall) = (wide * scale, tall * scale);
    canvas.set_width(wide as u32);
    canvas.set_height(tall as u32);
    pen(&canvas)?
        .draw_image_with_html_video_element_and_dw_and_dh(video, 0.0, 0.0, wide, tall)
        .ok()?;
    let kept = browser::once(move |blob| {
        let Ok(blob) = blob.dyn_into::<Blob>() else { return };
        ui.session.spawn(async move {
            pictures::keep(&key, &Picture::Image(blob)).await;
            ui.pictures.try_update(|count| *count += 1);
        });
    });
    let quality = JsValue::from_f64(0.72);
    canvas.to_blob_with_type_and_encoder_options(&kept, "image/jpeg", &quality).ok()
}
