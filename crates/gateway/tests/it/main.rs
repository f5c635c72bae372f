//! The gateway from outside, over its real socket: one binary, a module for each subject.

#![expect(clippy::unwrap_used, reason = "a test that fails to get what it asks for has failed")]

mod admin;
mod admin_generations;
mod api;
mod cli;
mod compression;
mod crash;
mod durable;
mod errors;
mod feed;
mod fuzzed;
mod hostile;
mod http2;
mod idempotency;
mod lists;
mod logs;
mod matrix;
mod media;
mod money;
mod openapi;
mod operating;
mod options;
mod providers;
mod proxies;
mod quiet;
mod races;
mod sessions;
mod streams;
mod support;
mod truths;
mod try_out;
mod uploads;
mod usage;
