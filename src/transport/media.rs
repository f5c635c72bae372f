//! The bytes of a result, for those who look into it. To play it, the browser loads it itself.

use js_sys::ArrayBuffer;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use crate::browser;

/// No picture of a sound is worth more.
const MAX_BYTES: f64 = 32.0 * 1024.0 * 1024.0;

/// Loads a file; `None` where its server or the page's policy doesn't let this page, or where it is
/// long.
pub(crate) async fn bytes(url: &str) -> Option<ArrayBuffer> {
    let response = JsFuture::from(browser::window().fetch_with_str(url)).await.ok()?;
    let response: Response = response.dyn_into().ok()?;
    let length = response.headers().get("Content-Length").ok().flatten();
    let long = length
        .is_some_and(|bytes| js_sys::Number::from(JsValue::from(bytes)).value_of() > MAX_BYTES);
    if !response.ok() || long {
        return None;
    }
    JsFuture::from(response.array_buffer().ok()?).await.ok()?.dyn_into().ok()
}
