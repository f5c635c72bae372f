//! The waveform of a sound, behind its slider. It is loaded and computed once, when it becomes
//! visible, and stored on the device. Without it, there is only the slider.

use ai_now_protocol::MediaKind;
use js_sys::ArrayBuffer;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AudioBuffer, HtmlCanvasElement, OfflineAudioContext};

use super::media_controller::MediaController;
use crate::api::media;
use crate::components::erased::{ElementRef, Erase, effect, live};
use crate::components::listeners::when_seen;
use crate::components::thumbnail::{KeptPictures, bars, pen};
use crate::platform::browser;
use crate::platform::files;
use crate::platform::pictures::{self, Picture};
use crate::state::page::Page;

/// The number of bars.
const PARTS: usize = 240;

/// Enough for a waveform, with a sixth of the memory.
const SAMPLES_PER_SEC: f32 = 8000.0;

/// The waveform of a sound, and how far it has played.
#[component]
pub(super) fn Waveform(
    /// The generation's key.
    key: String,
    /// Whether this page made the file itself.
    own: bool,
    /// The file's address.
    address: String,
    /// The media controller.
    media: MediaController,
) -> impl IntoView {
    let page = expect_context::<Page>();
    let kept = expect_context::<KeptPictures>();
    let canvas = ElementRef::new();
    let peaks = RwSignal::new(Vec::new());
    when_seen(canvas, move || {
        page.spawn(async move {
            let measured = match pictures::find(&key).await {
                Some(Picture::Wave(peaks)) => peaks,
                _ => {
                    let Some(peaks) = listen(&key, own, &address).await else { return };
                    kept.keep(&key, &Picture::Wave(peaks.clone())).await;
                    peaks
                }
            };
            peaks.set(measured);
        });
    });
    effect(move || {
        let heard = media.state.with(|state| {
            if state.duration_secs > 0.0 { state.time_secs / state.duration_secs } else { 0.0 }
        });
        if let Some(canvas) = canvas.get() {
            peaks.with(|peaks| draw(canvas.unchecked_ref(), peaks, heard));
        }
    });
    view! {
        <canvas
            node_ref=canvas
            class="wave"
            class:drawn=live(move || peaks.with(|peaks| !peaks.is_empty()))
            aria-hidden="true"
        />
    }
    .erased()
}

/// Draws it in the direction of time: the played part strong, the rest faint.
fn draw(canvas: &HtmlCanvasElement, peaks: &[u8], heard: f64) {
    if peaks.is_empty() {
        return;
    }
    let ratio = browser::window().device_pixel_ratio();
    let (wide, tall) = (canvas.client_width(), canvas.client_height());
    let (wide, tall) = (f64::from(wide) * ratio, f64::from(tall) * ratio);
    canvas.set_width(wide as u32);
    canvas.set_height(tall as u32);
    let Some(pen) = pen(canvas) else { return };
    pen.set_fill_style_str(&browser::color(canvas));
    pen.set_global_alpha(0.38);
    bars(&pen, peaks, wide, tall, 1.0);
    pen.begin_path();
    pen.rect(0.0, 0.0, wide * heard, tall);
    pen.clip();
    pen.set_global_alpha(1.0);
    bars(&pen, peaks, wide, tall, 1.0);
}

/// Computes a waveform by loading the sound once more, usually from the browser's cache.
async fn listen(key: &str, own: bool, address: &str) -> Option<Vec<u8>> {
    let bytes = if own {
        let file = files::find(key).await?;
        if file.format.kind() != MediaKind::Audio {
            return None;
        }
        JsFuture::from(file.blob.array_buffer()).await.ok()?.unchecked_into()
    } else {
        media::bytes(address).await?
    };
    measure(&bytes).await
}

async fn measure(bytes: &ArrayBuffer) -> Option<Vec<u8>> {
    let decoder = OfflineAudioContext::new_with_number_of_channels_and_length_and_sample_rate(
        1,
        1,
        SAMPLES_PER_SEC,
    );
    let decoding = decoder.ok()?.decode_audio_data(bytes).ok()?;
    let sound: AudioBuffer = JsFuture::from(decoding).await.ok()?.dyn_into().ok()?;
    // In parts: a long sound as a whole would permanently enlarge this instance's memory.
    let mut part = vec![0.0_f32; (sound.length() as usize).div_ceil(PARTS).max(1)];
    let mut loudest = Vec::with_capacity(PARTS);
    for index in 0..PARTS {
        let start = u32::try_from(index * part.len()).unwrap_or(u32::MAX);
        if start >= sound.length() {
            break;
        }
        part.fill(0.0);
        sound.copy_from_channel_with_start_in_channel(&mut part, 0, start).ok()?;
        loudest.push(part.iter().fold(0.0_f32, |loudest, sample| loudest.max(sample.abs())));
    }
    let top = loudest.iter().fold(0.001_f32, |top, loud| top.max(*loud));
    Some(loudest.into_iter().map(|loud| (loud / top * 255.0) as u8).collect())
}
