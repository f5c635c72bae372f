//! Small pictures: those of the catalog, which lie beside the script, and those of what was made,
//! which this device keeps.

use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageBitmap};

use super::erased::{ElementRef, Erase, effect, handler, live};
use super::icon::Icon;
use super::listeners::when_seen;
use crate::platform::browser;
use crate::platform::pictures::{self, Picture};
use crate::state::generations::Generations;
use crate::state::page::Page;

/// The size of what the gallery shows, in pixels.
const WIDTH_PX: f64 = 320.0;
const HEIGHT_PX: f64 = 180.0;

/// Tells the gallery of pictures that were kept since it was drawn. Copies are the same one.
#[derive(Clone, Copy)]
pub(crate) struct KeptPictures(RwSignal<u32>);

impl KeptPictures {
    /// In the current owner.
    pub(crate) fn new() -> Self {
        Self(RwSignal::new(0))
    }

    /// Keeps a picture, and tells of it.
    pub(crate) async fn keep(self, key: &str, picture: &Picture) {
        pictures::keep(key, picture).await;
        self.0.update(|count| *count += 1);
    }
}

/// A picture from beside the script. It is only decoration: where there is none, nothing is there.
#[component]
pub(crate) fn CatalogPicture(
    /// Its name without `.jpg`, as part of an address.
    name: String,
) -> impl IntoView {
    let page = expect_context::<Page>();
    let image = ElementRef::new();
    let gone = handler(move |_| {
        if let Some(image) = image.get() {
            image.remove();
        }
    });
    view! {
        <img
            node_ref=image
            class="picture"
            alt=""
            loading="lazy"
            decoding="async"
            width="192"
            height="108"
            on:error=gone
            src=catalog_picture(page, &name)
        />
    }
    .erased()
}

/// The address of a picture from beside the script.
pub(crate) fn catalog_picture(page: Page, name: &str) -> String {
    page.file_url(&[name, ".jpg"].concat())
}

/// A name out of a catalog, as part of an address.
pub(crate) fn escaped(name: &str) -> String {
    js_sys::encode_uri_component(name).into()
}

/// The picture that this device keeps of a generation. Empty until it is seen, and until there is
/// one.
#[component]
pub(crate) fn ResultThumbnail(
    /// The generation's key.
    key: String,
    /// What is there instead: a path of [`super::icon`].
    icon: Option<&'static str>,
) -> impl IntoView {
    let generations = expect_context::<Generations>();
    let page = expect_context::<Page>();
    let kept = expect_context::<KeptPictures>();
    let (frame, canvas) = (ElementRef::new(), ElementRef::new());
    let (seen, drawn) = (RwSignal::new(false), RwSignal::new(false));
    when_seen(frame, move || seen.set(true));
    effect(move || {
        // Again with each new picture, as long as there is none of this one, or while it is the one
        // that pictures are taken of.
        kept.0.track();
        let shown = generations.shown.get_untracked().is_some_and(|job| job.key() == key);
        if !seen.get() || (drawn.get_untracked() && !shown) {
            return;
        }
        let key = key.clone();
        page.spawn(async move {
            if let (Some(picture), Some(canvas)) = (pictures::find(&key).await, canvas.get())
                && draw(canvas.unchecked_ref(), picture, WIDTH_PX).await.is_some()
            {
                drawn.set(true);
            }
        });
    });
    view! {
        <span node_ref=frame class="frame">
            <canvas
                node_ref=canvas
                class="picture"
                aria-hidden="true"
                hidden=live(move || !drawn.get())
            />
            {icon.map(|path| view! { <Icon path /> }.erased())}
        </span>
    }
    .erased()
}

/// Draws a picture; an image as it is, but no wider than `width_px`.
pub(crate) async fn draw(
    canvas: &HtmlCanvasElement,
    picture: Picture,
    width_px: f64,
) -> Option<()> {
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
pub(crate) fn pen(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}

/// Draws the loudness of a sound as bars around the middle, `part` of the height at the loudest.
pub(crate) fn bars(
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
