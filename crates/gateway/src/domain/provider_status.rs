//! How a provider is doing, for whoever operates the gateway.

use std::time::Duration;

/// How a provider is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderStatus {
    /// Its name in the settings.
    pub name: String,
    /// The models that are routed to it.
    pub models: Vec<String>,
    /// How many generations it may make at once.
    pub concurrent: usize,
    /// How many it makes now.
    pub running: usize,
    /// How many wait for it.
    pub waiting: usize,
    /// For how long its circuit breaker stays open. `None`: it is closed, or may be tried.
    pub open_for: Option<Duration>,
    /// How long a generation took lately, in seconds.
    pub typical_secs: Option<u32>,
}
