//! The bytes of a result, for those who look into it. To play it, the browser loads it itself.

use gloo_net::http::Request;
use js_sys::ArrayBuffer;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// No picture of a sound is worth more.
const MAX_BYTES: u64 = 32 * 1024 * 1024;

/// Loads a file; `None` where its server or the page's policy doesn't let this page, or where it is
/// long.
pub(crate) async fn bytes(url: &str) -> Option<ArrayBuffer> {
    let response = Request::get(url).send().await.ok()?;
    let length = response.headers().get("Content-Length");
    let length_bytes: u64 = length.and_then(|length| length.parse().ok()).unwrap_or(0);
    if !response.ok() || length_bytes > MAX_BYTES {
        return None;
    }
    // Not through gloo's `binary`: that copies the file into this instance, which never shrinks.
    let response = web_sys::Response::from(response);
    JsFuture::from(response.array_buffer().ok()?).await.ok()?.dyn_into().ok()
}
