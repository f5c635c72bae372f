//! The AI-Now gateway: serves the API, manages keys and tokens, runs generations, loses nothing.
//!
//! The modules are layers. A module uses only modules below it; `cargo verify tidy` checks that.
//! From the top: [`cli`] reads the command line, [`server`] puts the parts together, [`http`]
//! translates requests, [`generations`] decides what happens to a generation, [`store`] keeps it,
//! [`providers`] make it, [`media`] keeps the files, [`domain`] has the types that all of them share.
//! It is a library so that its tests can run the whole gateway.

pub mod cli;
pub mod clock;
pub mod config;
pub mod csv;
pub mod data_dir;
pub mod demo;
pub mod domain;
pub mod generations;
pub mod http;
pub mod limits;
pub mod media;
pub mod metrics;
mod patience;
pub mod providers;
pub mod retention;
pub mod secret;
pub mod server;
pub mod service_key;
pub mod store;
pub mod system_error;
pub mod webhooks;
