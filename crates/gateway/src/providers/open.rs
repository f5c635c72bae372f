//! Opens a provider as its settings say.

use std::path::Path;
use std::sync::Arc;

use super::ai_now::AiNow;
use super::command::Program;
use super::error::{OpenError, UnusableProvider};
use super::polled::Polled;
use super::provider::Provider;
use super::services::Reached;
use super::settings::ProviderSettings;
use crate::metrics::Metrics;

/// The provider with these settings. `name` is its name in the settings.
///
/// # Errors
/// [`UnusableProvider`]: its key or its program is missing.
pub(super) fn open(
    name: &str,
    settings: &ProviderSettings,
    data: &Path,
    metrics: &Metrics,
) -> Result<Arc<dyn Provider>, UnusableProvider> {
    opened(name, settings, data, metrics)
        .map_err(|source| UnusableProvider { name: name.to_owned(), source })
}

fn opened(
    name: &str,
    settings: &ProviderSettings,
    data: &Path,
    metrics: &Metrics,
) -> Result<Arc<dyn Provider>, OpenError> {
    Ok(match settings.service.reached() {
        Reached::AiNow(own) => {
            Arc::new(AiNow::open(settings.connect(name, metrics)?, own.clone())?)
        }
        Reached::Command(own) => Arc::new(Program::open(name, &settings.limits, own, data)?),
        Reached::Polled(adapter) => {
            Arc::new(Polled::new(settings.connect(name, metrics)?, adapter))
        }
    })
}
