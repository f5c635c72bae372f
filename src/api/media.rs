//! The bytes of a result, for waveforms and thumbnails, and whether the file is available. For
//! playing, the browser loads it itself.

use gloo_net::http::{Method, Request, RequestBuilder};
use js_sys::ArrayBuffer;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, RequestMode};

/// A waveform is not worth loading more than this.
const MAX_BYTES: u64 = 32 * 1024 * 1024;

/// Loads a file; `None` if its server or the page's policy doesn't let this page read it, or if it
/// is too long.
pub(crate) async fn bytes(url: &str) -> Option<ArrayBuffer> {
    let response = Request::get(url).send().await.ok()?;
    let length = response.headers().get("Content-Length");
    let length_bytes: u64 = length.and_then(|length| length.parse().ok()).unwrap_or(0);
    if !response.ok() || length_bytes > MAX_BYTES {
        return None;
    }
    // Not with gloo's `binary`: that would copy the file into this instance, whose memory never
    // shrinks.
    let response = web_sys::Response::from(response);
    JsFuture::from(response.array_buffer().ok()?).await.ok()?.dyn_into().ok()
}

/// Whether a file is available, as far as this page can find out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// It is available.
    There,
    /// Its server has it no longer, or not for this page.
    Gone,
    /// Its server doesn't answer, or not now.
    Unreachable,
}

/// How long the server may take for [`reach`].
const REACH_TIMEOUT_MILLIS: u32 = 10_000;

/// Requests a file without its bytes: a media element doesn't say whether the file or the
/// connection failed.
pub(crate) async fn reach(url: &str) -> Reach {
    let ask = |mode| {
        let patience = AbortSignal::timeout_with_u32(REACH_TIMEOUT_MILLIS);
        RequestBuilder::new(url)
            .method(Method::HEAD)
            .mode(mode)
            .abort_signal(Some(&patience))
            .send()
    };
    match ask(RequestMode::Cors).await {
        Ok(response) => match response.status() {
            401 | 403 | 404 | 410 => Reach::Gone,
            429 | 500.. => Reach::Unreachable,
            _ => Reach::There,
        },
        // A server without CORS for this page still serves the file: an opaque answer is enough.
        Err(_) if ask(RequestMode::NoCors).await.is_ok() => Reach::There,
        Err(_) => Reach::Unreachable,
    }
}
