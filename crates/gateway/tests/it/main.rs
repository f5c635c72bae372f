//! The gateway from outside, over its real socket: one binary, a module for each subject.

#![expect(clippy::unwrap_used, reason = "a test that fails to get what it asks for has failed")]

mod admin;
mod admin_app;
mod admin_changes;
mod admin_generations;
mod admin_page;
mod api;
mod cli;
mod client;
mod compression;
mod corrections;
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
mod object_server;
mod object_store;
mod on_postgres;
mod openapi;
mod operating;
mod options;
mod providers;
mod proxies;
mod quiet;
mod races;
mod sessions;
mod sharing;
mod stopping;
mod streams;
mod support;
mod truths;
mod try_out;
mod try_out_elsewhere;
mod uploads;
mod usage;
mod webhooks;
