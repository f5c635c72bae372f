//! JSON text, read and written by the browser; our types cross to it through `serde-wasm-bindgen`.
//! It must not know what is read or written.

use js_sys::JSON;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

/// Reads a value out of JSON text; `None` where the text is not JSON or says something else.
pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> Option<T> {
    from_js(JSON::parse(text).ok()?)
}

/// Writes JSON text.
pub(crate) fn stringify(value: &impl Serialize) -> String {
    JSON::stringify(&to_js(value)).map(String::from).unwrap_or_default()
}

/// Takes a value out of one of JavaScript's; `None` where it isn't made so.
pub(crate) fn from_js<T: DeserializeOwned>(value: JsValue) -> Option<T> {
    serde_wasm_bindgen::from_value(value).ok()
}

/// Makes a plain value of JavaScript's, as JSON has them. What is absent in it is `null`.
pub(crate) fn to_js(value: &impl Serialize) -> JsValue {
    // What our types hold can be written: texts, truths, numbers that a double holds exactly.
    value.serialize(&Serializer::json_compatible()).unwrap_or(JsValue::NULL)
}
