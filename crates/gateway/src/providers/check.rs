//! Checks of the configured providers that spend nothing.

use super::ai_now::AiNow;
use super::command;
use super::polled::Polled;
use super::services::Reached;
use super::settings::ProviderSettings;
use crate::metrics::Metrics;
use crate::system_error::in_words;

/// The result of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether the provider can be used, as far as can be determined.
    pub good: bool,
    /// What was found, in a few words.
    pub says: String,
}

impl Finding {
    fn good(says: impl Into<String>) -> Self {
        Self { good: true, says: in_words(&says.into()) }
    }

    fn bad(says: impl Into<String>) -> Self {
        Self { good: false, says: in_words(&says.into()) }
    }
}

/// Checks a provider: its settings, its key, and whether it answers. A program is not started.
pub async fn check(name: &str, settings: &ProviderSettings) -> Finding {
    let connection = || settings.connect(name, &Metrics::default());
    let found = match settings.service.reached() {
        Reached::Command(own) => {
            return match command::usable(&own.program) {
                Ok(()) => Finding::good("the program is there and can be run"),
                Err(error) => Finding::bad(error.to_string()),
            };
        }
        Reached::AiNow(own) => match connection().and_then(|c| AiNow::open(c, own.clone())) {
            Ok(provider) => provider.probe().await,
            Err(error) => return Finding::bad(error.to_string()),
        },
        Reached::Polled(adapter) => match connection() {
            Ok(connection) => Polled::new(connection, adapter).probe().await,
            Err(error) => return Finding::bad(error.to_string()),
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
