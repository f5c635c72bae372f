//! Whether the configured providers can be used, found out without spending anything.

use std::path::Path;

use super::ai_now::AiNow;
use super::polled::Polled;
use super::{Kind, ProviderSettings, command};
use crate::metrics::Metrics;

/// What was found out about a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether it can be used, as far as can be told.
    pub good: bool,
    /// What was found, as a few words.
    pub says: String,
}

/// Looks whether a provider can be used: its settings, its key, and whether it answers. A program
/// is not started.
pub async fn check(name: &str, settings: &ProviderSettings) -> Finding {
    let bad = |says: String| Finding { good: false, says };
    if settings.kind == Kind::Command {
        let program = settings.program.as_deref().unwrap_or(Path::new(""));
        return match command::usable(program) {
            Ok(()) => Finding { good: true, says: "the program is there and can be run".into() },
            Err(why) => bad(why),
        };
    }
    let found = match settings.kind {
        Kind::AiNow => match AiNow::open(name, settings, Metrics::default()) {
            Ok(provider) => provider.probe().await,
            Err(why) => return bad(why),
        },
        _ => match Polled::open(name, settings, Metrics::default()) {
            Ok(provider) => provider.probe().await,
            Err(why) => return bad(why),
        },
    };
    let key = format!("key found in {}", settings.key_place());
    match found {
        Ok(Some(true)) => Finding { good: true, says: format!("{key}, answers, key accepted") },
        Ok(Some(false)) => bad(format!("{key}, answers, but does not accept the key")),
        Ok(None) => {
            let says = format!("{key}, answers; nothing free tells whether the key is good");
            Finding { good: true, says }
        }
        Err(why) => bad(format!("{key}, but {why}")),
    }
}
