//! Small browser functions for the views.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

pub(crate) use super::intl::{clock, lower};

/// The page's window. There is always one: the element exists only in documents.
pub(crate) fn window() -> web_sys::Window {
    leptos::prelude::window()
}

/// Runs a promise without waiting. Its rejection is no error.
pub(crate) fn let_go(promise: Option<impl Into<JsValue>>) {
    if let Some(promise) = promise {
        let promise = Promise::resolve(&promise.into());
        wasm_bindgen_futures::spawn_local(async move { drop(JsFuture::from(promise).await) });
    }
}

/// A number as attributes need it, formatted by the browser.
pub(crate) fn decimal(number: f64) -> String {
    JsValue::from(number).unchecked_into::<Object>().to_string().into()
}

/// The property of an object, or `undefined`.
pub(crate) fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// Sets the property of an object.
pub(crate) fn set(object: &JsValue, name: &str, value: &JsValue) {
    // Only frozen objects refuse, and these are none.
    let _ = Reflect::set(object, &name.into(), value);
}

/// Calls a method, if it exists; `None` if it doesn't, or throws.
pub(crate) fn call(object: &JsValue, name: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let method: Function = get(object, name).dyn_into().ok()?;
    method.apply(object, &arguments.iter().collect()).ok()
}

/// Whether a text contains another. For short texts: `str::contains` is fast on long ones, but
/// takes 6 KB, as every `&str` search does.
pub(crate) fn holds(text: &str, part: &str) -> bool {
    part.is_empty() || text.as_bytes().windows(part.len()).any(|some| some == part.as_bytes())
}

/// The colour of an element's text, as a style sheet would write it.
pub(crate) fn color(element: &web_sys::Element) -> String {
    let style = window().get_computed_style(element).ok().flatten();
    style.and_then(|style| style.get_property_value("color").ok()).unwrap_or_default()
}

/// An object with these entries.
pub(crate) fn object(entries: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in entries {
        set(&object, name, value);
    }
    object
}

/// The storage that all tabs of this origin share; `None` if the browser denies it.
pub(crate) fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// The origin of an address.
pub(crate) fn origin(url: &str) -> Option<String> {
    web_sys::Url::new(url).ok().map(|url| url.origin())
}
