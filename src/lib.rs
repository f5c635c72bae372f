//! The AI-Now widget: a studio for music, pictures and video on anybody's page.
//!
//! The modules in reading order. The first eight are plain Rust: they know no browser, and their
//! tests run on the host. The rest is the browser half and exists only as wasm.

pub mod api_error;
pub mod config;
pub mod duration_estimate;
pub mod fault;
pub mod gateway_address;
pub mod generation;
pub mod i18n;
pub mod kept_draft;

#[cfg(target_arch = "wasm32")]
mod api;
#[cfg(target_arch = "wasm32")]
mod app;
#[cfg(target_arch = "wasm32")]
mod components;
#[cfg(target_arch = "wasm32")]
pub mod custom_element;
#[cfg(target_arch = "wasm32")]
pub mod frame;
#[cfg(target_arch = "wasm32")]
mod platform;
#[cfg(target_arch = "wasm32")]
mod reactive;
#[cfg(target_arch = "wasm32")]
mod state;
#[cfg(target_arch = "wasm32")]
mod texts;
