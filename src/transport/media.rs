//! The bytes of a result, for those who look into it. To play it, the browser loads it itself.

use js_sys::ArrayBuffer;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::http::{fetch, header};

/// No picture of a sound is worth more.
const MAX_BYTES: f64 = 32.0 * 1024.0 * 1024.0;

/// Loads a file; `None` where its server or the page's policy doesn't let this page, or where it is
/// long.
pub(crate) async fn bytes(url: &str) -> Option<ArrayBuffer> {
    let response = fetch(url, &JsValue::UNDEFINED).await?;
    let length = js_sys::Number::from(JsValue::from(header(&response, "Content-Length")));
    if !response.ok() || length.value_of() > MAX_BYTES {
        return None;
    }
    JsFuture::from(response.array_buffer().ok()?).await.ok()?.dyn_into().ok()
}
