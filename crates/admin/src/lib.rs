//! The administrators' page of a gateway, at `/admin/`: a Leptos app of its own.
//!
//! The first modules are plain Rust: they know no browser, and their tests run on the host. The rest
//! is the browser half and exists only as wasm. It talks to `/api/admin/` of the gateway that serves
//! it and to nothing else.

pub mod answers;
pub mod chart;
pub mod ledger_walk;
pub mod route;
pub mod settings_rows;
pub mod summary;
pub mod words;

#[cfg(target_arch = "wasm32")]
mod api;
#[cfg(target_arch = "wasm32")]
mod app;
#[cfg(target_arch = "wasm32")]
mod components;
#[cfg(target_arch = "wasm32")]
mod intl;
#[cfg(target_arch = "wasm32")]
mod load;
#[cfg(target_arch = "wasm32")]
mod navigation;
#[cfg(target_arch = "wasm32")]
mod pages;
#[cfg(target_arch = "wasm32")]
mod texts;

#[cfg(target_arch = "wasm32")]
pub use app::start;
