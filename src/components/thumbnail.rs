//! Thumbnails: those of the catalog, which are beside the script, and those of results, which this
//! device stores.

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

/// The size in the gallery, in pixels.
const WIDTH_PX: f64 = 320.0;
const HEIGHT_PX: f64 = 180.0;

/// Notifies the gallery of new thumbnails. Copies are the same one.
#[derive(Clone, Copy)]
pub(crate) struct KeptPictures(RwSignal<u32>);

impl KeptPictures {
    /// In the current owner.
    pub(crate) fn new() -> Self {
        Self(RwSignal::new(0))
    }

    /// Stores a thumbnail, and notifies the gallery.
    pub(crate) async fn keep(self, key: &str, picture: &Picture) {
        pictures::keep(key, picture).await;
        self.0.update(|count| *count += 1);
    }
}

/// A picture from beside the script. It is only decoration: if it is missing, nothing is shown.
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

/// A name from a catalog, as part of an address.
pub(crate) fn escaped(name: &str) -> String {
    js_sys::encode_uri_component(name).into()
}

/// The stored thumbnail of a generation. Empty until it is visible, and until there is one.
#[component]
pub(crate) fn ResultThumbnail(
    /// The generation's key.
    key: String,
    /// The icon in its place: a path of [`super::icon`].
    icon: Option<&'static str>,
) -> impl IntoView {
    let generations = expect_context::<Generations>();
    let page = expect_context::<Page>();
    let kept = expect_context::<KeptPictures>();
    let (frame, canvas) = (ElementRef::new(), ElementRef::new());
    let (seen, drawn) = (RwSignal::new(false), RwSignal::new(false));
    when_seen(frame, move || seen.set(true));
    effect(move || {
        // Runs again for each new thumbnail, while this one has none, or while thumbnails are being
        // made of it.
        kept.0.track();
        let shown =
            generations.shown.get_untracked().is_some_and(|generation| generation.key() == key);
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

/// Draws a thumbnail; an image at most `width_px` wide.
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
            // Decoded outside of the document: the page's policy for images does not apply.
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

/// The context of a canvas.
pub(crate) fn pen(canvas: &HtmlCanvasElement) -> Option<CanvasRenderingContext2d> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}

/// Draws the waveform of a sound as bars around the middle, `part` of the height at the loudest.
pub(crate) fn bars(
    pen: &CanvasRenderingContext2d,
    peaks: &[u8],
    width: f64,
    height: f64,
    part: f64,
) {
    // As many as fit: neighbours share a bar of the louder one's height.
    let count = ((width / 6.0) as usize).clamp(1, peaks.len().max(1));
    let each = peaks.len().div_ceil(count).max(1);
    let step = width / peaks.len().div_ceil(each) as f64;
    for (index, some) in peaks.chunks(each).enumerate() {
        let peak = some.iter().copied().max().unwrap_or(0);
        let tall = (f64::from(peak) / 255.0 * part * height).max(2.0);
        pen.fill_rect((index as f64 + 0.19) * step, (height - tall) / 2.0, step * 0.62, tall);
    }
}
