//! Downloads of files that this page has made.

use gloo_file::{Blob, ObjectUrl};
use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::HtmlAnchorElement;

/// Saves JSON text under a name, as the browser saves downloads.
pub(crate) fn save(name: &str, json: &str) {
    let url = ObjectUrl::from(Blob::new_with_options(json, Some("application/json")));
    if let Ok(link) = document().create_element("a") {
        let link: HtmlAnchorElement = link.unchecked_into();
        link.set_href(&url);
        link.set_download(name);
        link.click();
    }
    // The download has started: the address is revoked, which frees the memory.
}
