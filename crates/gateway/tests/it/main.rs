//! The gateway from outside, over its real socket: one binary, a module for each subject.

mod api;
mod cli;
mod crash;
mod errors;
mod idempotency;
mod matrix;
mod media;
mod money;
mod sessions;
mod streams;
mod support;
