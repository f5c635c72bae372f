//! Small pictures: those of the catalog, which lie beside the script, and those of what was made,
//! which this device keeps.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageBitmap};

use super::Ui;
use super::dom::{El, effect, el, when_seen};
use crate::browser;
use crate::pictures::{self, Picture};

/// The size of what the gallery shows, in pixels.
const WIDTH_PX: f64 = 320.0;
const HEIGHT_PX: f64 = 180.0;

/// A picture from beside the script, by its name without `.jpg`. It is only decoration: where there
/// is none, nothing is there.
pub(super) fn of_catalog(ui: Ui, name: &str) -> El {
    let base = ui.session.config.with_value(|config| config.script_base.clone());
    let image = el("img", "picture")
        .attr("alt", "")
        .attr("loading", "lazy")
        .attr("decoding", "async")
        .attr("width", "192")
        .attr("height", "108")
        .attr("src", &[&base, name, ".jpg"].concat());
    let gone = image.0.clone();
    image.on("error", move |_| gone.remove())
}

/// A name out of a catalog, as part of an address.
pub(super) fn escaped(name: &str) -> String {
    js_sys::encode_uri_component(name).into()
}

/// The picture that this device keeps of a generation. Empty until it is seen, and until there is
/// one.
pub(super) fn of_result(ui: Ui, key: String) -> El {
    let canvas = el("canvas", "picture").attr("aria-hidden", "true").attr("hidden", "");
    let frame = el("span", "frame").add(canvas.clone());
    let same_key = key.clone();
    let draw = move || {
        let (key, canvas) = (key.clone(), canvas.clone());
        ui.session.spawn(async move {
            if let Some(picture) = pictures::find(&key).await
                && draw(&canvas, picture, WIDTH_PX).await.is_some()
            {
                let _ = canvas.0.remove_attribute("hidden");
            }
        });
    };
    let seen = RwSignal::new(false);
    when_seen(&frame, move || {
        seen.set(true);
    });
    let missing = canvas_is_hidden(&frame);
    effect(Box::new(move || {
        // Again with each new picture, as long as there is none of this one, or while it is the one
        // that pictures are taken of.
        ui.pictures.track();
        let shown = untrack(|| ui.session.shown.get()).is_some_and(|job| job.key() == same_key);
        if seen.get() && (shown || missing()) {
            draw();
        }
    }));
    frame
}

fn canvas_is_hidden(frame: &El) -> impl Fn() -> bool + use<> {
    let frame = frame.0.clone();
    move || frame.first_element_child().is_some_and(|canvas| canvas.has_attribute("hidden"))
}

/// Draws a picture; an image as it is, but no wider than `width_px`.
pub(super) async fn draw(canvas: &El, picture: Picture, width_px: f64) -> Option<()> {
    let canvas: &HtmlCanvasElement = canvas.0.unchecked_ref();
    let pen = pen(canvas)?;
    let resize = |wide: f64, tall: f64| {
        canvas.set_width(wide as u32);
        canvas.set_height(tall as u32);
    };
    match picture {
        Picture::Wave(peaks) => {
            resize(WIDTH_PX, HEIGHT_PX);
            pen.set_fill_style_str(&browser::color(canvas));
            bars(&pen, &peaks, WIDTH_PX, HEIGHT_PX, 0.7);
        }
        Picture::Image(blob) => {
            // Decoded apart from the document: no page's policy on images has a say in it.
            let decoding = browser::window().create_image_bitmap_with_blob(&blob).ok()?;
            let image: ImageBitmap = JsFuture::from(decoding).await.ok()?.dyn_into().ok()?;
            let (wide, tall) = (f64::from(image.width()), f64::from(image.height()));
            let scale = (width_px / wide).min(1.0);
            let (wide, tall) = (wide * scale, tall * scale);
            resize(wide, tall);
            pen.draw_image_with_image_bitmap_and_dw_and_dh(&image, 0.0, 0.0, wide, tall).ok()?;
            image.close();
        }
    }
    Some(())
}

/// What draws on a canvas.
pub(super) fn pen(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}

/// Draws the loudness of a sound as bars around the middle, `part` of the height at the loudest.
pub(super) fn bars(
    pen: &CanvasRenderingContext2d,
    peaks: &[u8],
    width: f64,
    height: f64,
    part: f64,
) {
    // As many as fit: neighbours share a bar, which is as tall as the loudest of them.
    let count = ((width / 6.0) as usize).clamp(1, peaks.len().max(1));
    let each = peaks.len().div_ceil(count).max(1);
    let step = width / peaks.len().div_ceil(each) as f64;
    for (index, some) in peaks.chunks(each).enumerate() {
        let peak = some.iter().copied().max().unwrap_or(0);
        let tall = (f64::from(peak) / 255.0 * part * height).max(2.0);
        pen.fill_rect((index as f64 + 0.19) * step, (height - tall) / 2.0, step * 0.62, tall);
    }
}
