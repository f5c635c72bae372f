//! The AI-Now gateway: speaks the API, keeps keys and tokens, runs generations, loses nothing.
//!
//! In reading order: [`server`] puts the parts together, [`routes`] translate HTTP, [`auth`] says
//! who is asking, [`offer`] says what can be had, [`studio`] decides what happens to a generation,
//! [`store`] keeps it, [`providers`] makes it, [`media`] keeps the files. It is a library so that its tests can run it whole.

pub mod auth;
pub mod cli;
pub mod clock;
pub mod config;
pub mod demo;
pub mod file_request;
pub mod housekeeping;
pub mod limits;
pub mod media;
pub mod metrics;
pub mod offer;
pub mod problem;
pub mod providers;
pub mod routes;
pub mod secret;
pub mod server;
pub mod store;
pub mod studio;
