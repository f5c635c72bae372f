//! JSON, parsed and serialised by the browser; our types are converted through
//! `serde-wasm-bindgen`. It must not know what is converted.

use js_sys::JSON;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

/// Parses a value from JSON; `None` if the text is not JSON or has another type.
pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> Option<T> {
    from_js(JSON::parse(text).ok()?)
}

/// Serialises to JSON.
pub(crate) fn stringify(value: &impl Serialize) -> String {
    JSON::stringify(&to_js(value)).map(String::from).unwrap_or_default()
}

/// Converts a JavaScript value; `None` if it has another type.
pub(crate) fn from_js<T: DeserializeOwned>(value: JsValue) -> Option<T> {
    serde_wasm_bindgen::from_value(value).ok()
}

/// Converts to a plain JavaScript value, as JSON has them. Absent fields are `null`.
pub(crate) fn to_js(value: &impl Serialize) -> JsValue {
    // The fields of our types can be converted: texts, booleans, numbers that a double represents
    // exactly.
    value.serialize(&Serializer::json_compatible()).unwrap_or(JsValue::NULL)
}
