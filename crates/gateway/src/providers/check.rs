//! Whether the configured providers can be used, found out without spending anything.

use super::ai_now::AiNow;
use super::error::{OpenError, ProviderError};
use super::http::TransportError;
use super::polled::Polled;
use super::services::ServiceSettings;
use super::{ProviderSettings, command};
use crate::metrics::Metrics;

/// What was found out about a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether it can be used, as far as can be told.
    pub good: bool,
    /// What was found, as a few words.
    pub says: String,
}

impl Finding {
    fn good(says: impl Into<String>) -> Self {
        Self { good: true, says: says.into() }
    }

    fn bad(says: impl Into<String>) -> Self {
        Self { good: false, says: says.into() }
    }
}

/// Why it can't be told from an answer that a provider can be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum ProbeError {
    /// There was none.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// It could not even be asked.
    #[error(transparent)]
    NotAsked(#[from] ProviderError),
    /// It has a fault.
    #[error("it answers with status {0}")]
    Status(u16),
    /// It is another service, or another version of it.
    #[error("it answers with status {0}, which is not as documented")]
    NotAsDocumented(u16),
    /// A server of the documented API answers a ping with pong.
    #[error("it answers a ping with status {0}, and not with pong")]
    NoPong(u16),
}

/// Looks whether a provider can be used: its settings, its key, and whether it answers. A program
/// is not started.
pub async fn check(name: &str, settings: &ProviderSettings) -> Finding {
    let found = match &settings.service {
        ServiceSettings::Command(own) => {
            return match command::usable(&own.program) {
                Ok(()) => Finding::good("the program is there and can be run"),
                Err(error) => Finding::bad(error.to_string()),
            };
        }
        ServiceSettings::AiNow(own) => match AiNow::open(name, settings, own, Metrics::default()) {
            Ok(provider) => provider.probe().await,
            Err(error) => return unusable(&error),
        },
        _ => match Polled::open(name, settings, Metrics::default()) {
            Ok(provider) => provider.probe().await,
            Err(error) => return unusable(&error),
        },
    };
    let key = format!("key found in {}", settings.key_place());
    match found {
        Ok(Some(true)) => Finding::good(format!("{key}, answers, key accepted")),
        Ok(Some(false)) => Finding::bad(format!("{key}, answers, but does not accept the key")),
        Ok(None) => {
            Finding::good(format!("{key}, answers; nothing free tells whether the key is good"))
        }
        Err(error) => Finding::bad(format!("{key}, but {error}")),
    }
}

fn unusable(error: &OpenError) -> Finding {
    Finding::bad(error.to_string())
}
