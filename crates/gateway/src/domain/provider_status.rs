//! The status of a provider, for operators.

use std::time::Duration;

/// The status of a provider.
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
    /// For how long its circuit breaker stays open. `None`: it is closed, or the provider may be
    /// tried.
    pub open_for: Option<Duration>,
    /// When its circuit breaker opened, if nothing has succeeded there since, in milliseconds since 1970.
    /// All gateways that share the store know the same.
    pub opened_at_ms: Option<u64>,
    /// The recent duration of a generation, in seconds.
    pub typical_secs: Option<u32>,
}
