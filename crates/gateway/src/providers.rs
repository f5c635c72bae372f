//! The providers: the services and programs that make the media. Each one translates its own API
//! into progress, an output, or an error that says why there is none.
//!
//! A provider must not know tokens, HTTP routes or the client. Of the store it knows its submission
//! record alone: what it wrote down about its own submission.

mod address;
mod ai_now;
mod backoff;
mod check;
mod circuit_breaker;
mod command;
mod connection;
mod content_policy;
mod cost;
mod error;
mod happy_eyeballs;
mod http;
mod open;
mod options;
mod polled;
mod pool;
mod probe;
mod progress;
mod provider;
mod result;
mod service;
mod services;
mod settings;
mod sketch;
mod submission;
mod text;

pub use self::check::{Finding, check};
pub use self::cost::CostSettings;
pub use self::error::{ErrorKind, OpenError, ProviderError, UnusableProvider};
pub use self::pool::{PooledProvider, ProviderPool, Queue};
pub use self::progress::ProgressReporter;
pub use self::provider::{Job, MediaContent, Output, Picture, Provider, Task};
pub use self::services::ServiceSettings;
pub use self::settings::checks::SettingError;
pub use self::settings::connection::ConnectionSettings;
pub use self::settings::key::KeyError;
pub use self::settings::limits::LimitSettings;
pub use self::settings::{ProviderSettings, Providers, SKETCH};
pub use self::sketch::Sketch;
