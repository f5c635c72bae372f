//! The gateway from outside, over its real socket: one binary, a module for each subject.

#![allow(clippy::unwrap_used, reason = "a test that fails to get what it asks for has failed")]

mod api;
mod cli;
mod crash;
mod errors;
mod fuzzed;
mod idempotency;
mod matrix;
mod media;
mod money;
mod operating;
mod providers;
mod sessions;
mod streams;
mod support;
