//! A frame of a video, stored on this device once the video was viewed: for the gallery, and in
//! place of the video until it plays, so that nothing is loaded before.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, HtmlCanvasElement, HtmlVideoElement};

use super::media_controller::MediaController;
use crate::components::erased::{ElementRef, Erase, live};
use crate::components::listeners::{listen, when_seen};
use crate::components::thumbnail::{KeptPictures, draw, pen};
use crate::platform::pictures::{self, Picture};
use crate::state::page::Page;

/// The longer side of the stored frame, in pixels.
const SIDE_PX: f64 = 640.0;

/// The first frame may be black; at this time there is something to see.
const SETTLED_SECS: f64 = 1.0;

/// The image over a video until it plays: the stored frame. If there is none, the video loads its
/// first frame when it becomes visible, which is then stored.
///
/// It is no `poster`: the page's policy for images would apply to that.
#[component]
pub(super) fn Cover(
    /// The generation's key.
    key: String,
    /// The video.
    media: MediaController,
) -> impl IntoView {
    let page = expect_context::<Page>();
    let canvas = ElementRef::new();
    let lifted = RwSignal::new(true);
    let kept = Rc::new(Cell::new(false));
    keep_frames(page, key.clone(), media, kept.clone());
    for sign in ["playing", "seeked"] {
        listen(media.element, sign, move |_| lifted.set(true));
    }
    when_seen(media.element, move || {
        page.spawn(async move {
            let drawn = match (pictures::find(&key).await, canvas.get()) {
                (Some(picture), Some(canvas)) => {
                    draw(canvas.unchecked_ref(), picture, SIDE_PX).await
                }
                _ => None,
            };
            kept.set(drawn.is_some());
            if drawn.is_none() {
                media.load_first_frame();
            } else if !media.is_playing() {
                lifted.set(false);
            }
        });
    });
    view! {
        <canvas
            node_ref=canvas
            class="cover"
            aria-hidden="true"
            hidden=live(move || lifted.get())
        />
    }
    .erased()
}

/// Stores the first frame as soon as it is available, unless one is stored; and a later one after
/// it was played.
fn keep_frames(page: Page, key: String, media: MediaController, kept: Rc<Cell<bool>>) {
    let pictures = expect_context::<KeptPictures>();
    let key = StoredValue::new(key);
    let keep = move || {
        let video = media.element().map(JsCast::unchecked_into);
        if let (Some(video), Some(key)) = (video, key.try_get_value()) {
            keep_frame(page, pictures, key, &video);
        }
    };
    listen(media.element, "seeked", move |_| {
        if !kept.replace(true) {
            // A decoded frame is not yet drawn: a copy would be black. And the browser's frame
            // callback never comes for a frame that was drawn already.
            request_animation_frame(move || request_animation_frame(keep));
        }
    });
    let mut settled = false;
    listen(media.element, "timeupdate", move |_| {
        if !settled && media.element().is_some_and(|video| video.current_time() >= SETTLED_SECS) {
            settled = true;
            keep();
        }
    });
}

/// `None` if the browser doesn't let this page read the file's pixels.
fn keep_frame(
    page: Page,
    pictures: KeptPictures,
    key: String,
    video: &HtmlVideoElement,
) -> Option<()> {
    let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.unchecked_into();
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
    let kept = Closure::once_into_js(move |blob: JsValue| {
        let Ok(blob) = blob.dyn_into::<Blob>() else { return };
        page.spawn(async move { pictures.keep(&key, &Picture::Image(blob)).await });
    });
    let quality = JsValue::from_f64(0.72);
    canvas.to_blob_with_type_and_encoder_options(kept.unchecked_ref(), "image/jpeg", &quality).ok()
}
