//! The widget in a real browser, with scripted answers: one binary, a module per feature. On the
//! host this is empty.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test that finds nothing to unwrap fails, as it should")]

mod demo;
mod draft;
mod errors;
mod fixture;
mod gallery;
mod happy;
mod history;
mod mounting;
mod reconnect;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
