//! The providers: the services and programs that make the media. Each one translates its own API
//! into progress, an output, or an error that says why there is none.
//!
//! A provider must not know tokens, HTTP routes or the client. Of the store it knows only its
//! submission record.

mod address;
mod ai_now;
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
mod outbound;
mod picture;
mod polled;
mod pool;
mod pooled;
mod probe;
mod progress;
mod provider;
mod result;
mod retry_after;
mod service;
mod services;
mod settings;
mod sizes;
mod sketch;
mod submission;
mod takes;
mod text;

pub use self::check::{Finding, check};
pub use self::circuit_breaker::Admission;
pub use self::cost::CostSettings;
pub use self::error::{ErrorKind, OpenError, ProviderError, UnusableProvider};
pub use self::http::TransportError;
pub use self::outbound::Outbound;
pub use self::picture::Picture;
pub use self::pool::ProviderPool;
pub use self::pooled::{PooledProvider, Queue, Verdict};
pub use self::progress::ProgressReporter;
pub use self::provider::{Job, MediaContent, Output, Provider, Task};
pub use self::services::ServiceSettings;
pub use self::settings::checks::SettingError;
pub use self::settings::connection::ConnectionSettings;
pub use self::settings::limits::LimitSettings;
pub use self::settings::{ProviderSettings, Providers, SKETCH};
pub use self::sketch::Sketch;
pub use self::takes::{Takes, Unfit, narrowed};
