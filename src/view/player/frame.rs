//! A frame of a video, kept for the gallery once the video has been looked at.

use std::cell::Cell;

use wasm_bindgen::prelude::*;
use web_sys::{Blob, HtmlCanvasElement, HtmlVideoElement};

use crate::browser;
use crate::pictures::{self, Picture};
use crate::view::Ui;
use crate::view::dom::{El, el};
use crate::view::thumbnail::{HEIGHT_PX, WIDTH_PX, pen};

/// The first frame may be black; by then there is something to see.
const SETTLED_SECS: f64 = 1.0;

/// Keeps the first frame as soon as it is there, and a later one as soon as it was played.
pub(super) fn keep(ui: Ui, key: String, video: &El) {
    let element: HtmlVideoElement = video.0.clone().unchecked_into();
    let keep = {
        let element = element.clone();
        move || take(ui, key.clone(), &element)
    };
    let settled = Cell::new(false);
    let later = keep.clone();
    let drawn: JsValue = element.clone().into();
    let first = move |_| {
        // What is decoded is not yet drawn: before that, a copy of it would be black.
        let keep = keep.clone();
        let drawn_once = browser::once(move |_| _ = keep());
        browser::call(&drawn, "requestVideoFrameCallback", &[drawn_once.into()]);
    };
    let _ = video.clone().on("loadedmetadata", first).on("timeupdate", move |_| {
        if !settled.get() && element.current_time() >= SETTLED_SECS {
            settled.set(true);
            later();
        }
    });
}

/// `None` where the browser doesn't let this page look into the file.
fn take(ui: Ui, key: String, video: &HtmlVideoElement) -> Option<()> {
    let canvas: HtmlCanvasElement = el("canvas", "").0.unchecked_into();
    canvas.set_width(WIDTH_PX);
    canvas.set_height(HEIGHT_PX);
    let (wide, tall) = (f64::from(video.video_width()), f64::from(video.video_height()));
    if wide < 1.0 || tall < 1.0 {
        return None;
    }
    // Filled to the edges, whatever the shape of the video.
    let scale = (f64::from(WIDTH_PX) / wide).max(f64::from(HEIGHT_PX) / tall);
    let (wide, tall) = (wide * scale, tall * scale);
    let (left, top) = ((f64::from(WIDTH_PX) - wide) / 2.0, (f64::from(HEIGHT_PX) - tall) / 2.0);
    pen(&canvas)?
        .draw_image_with_html_video_element_and_dw_and_dh(video, left, top, wide, tall)
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
