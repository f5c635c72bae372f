//! The limits of a provider: concurrency, timeouts, circuit breaker, result size.
//!
//! It must not know any service.

use serde::{Deserialize, Serialize};

use super::checks::{SettingError, at_least_one};

/// The limits of a provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LimitSettings {
    /// How many generations it makes at once.
    pub concurrent: usize,
    /// For how many seconds one generation may take.
    pub timeout_secs: u64,
    /// After how many failures in a row its circuit breaker opens.
    pub failure_threshold: u32,
    /// For how many seconds the circuit breaker stays open.
    pub cooldown_secs: u64,
    /// The largest result that is accepted, in MiB.
    pub result_max_mib: u64,
    /// What cancelling costs once it has taken a job. Default: the price for a service, which may
    /// bill the job; nothing for a program of the operator's.
    pub cancel: Option<CancelRule>,
}

/// What cancelling costs once a provider has taken a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CancelRule {
    /// Nothing.
    Refund,
    /// The price.
    Capture,
    /// Half of the price.
    Partial,
}

impl CancelRule {
    /// In percent of the price.
    pub fn percent(self) -> u8 {
        match self {
            Self::Refund => 0,
            Self::Capture => 100,
            Self::Partial => 50,
        }
    }
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self {
            concurrent: 4,
            timeout_secs: 900,
            failure_threshold: 5,
            cooldown_secs: 60,
            result_max_mib: 512,
            cancel: None,
        }
    }
}

impl LimitSettings {
    pub(super) fn check(&self) -> Result<(), SettingError> {
        at_least_one("concurrent", self.concurrent as u64)?;
        at_least_one("timeout_secs", self.timeout_secs)?;
        at_least_one("failure_threshold", self.failure_threshold.into())?;
        at_least_one("cooldown_secs", self.cooldown_secs)?;
        at_least_one("result_max_mib", self.result_max_mib)?;
        if self.concurrent > 1000 {
            return Err(SettingError::new("concurrent", "it must be at most 1000"));
        }
        Ok(())
    }
}
