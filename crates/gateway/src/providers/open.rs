//! Opens the provider that settings describe.

use std::path::Path;
use std::sync::Arc;

use super::error::UnusableProvider;
use super::provider::Provider;
use super::services::ServiceSettings;
use super::settings::ProviderSettings;
use super::{ai_now, command, polled};
use crate::metrics::Metrics;

/// The provider that settings describe. `name` is what the operator calls it.
///
/// # Errors
/// [`UnusableProvider`]: its key is missing, its program is not there.
pub(super) fn open(
    name: &str,
    settings: &ProviderSettings,
    data: &Path,
    metrics: &Metrics,
) -> Result<Arc<dyn Provider>, UnusableProvider> {
    let opened = match &settings.service {
        ServiceSettings::AiNow(own) => {
            let opened = ai_now::AiNow::open(name, settings, own, metrics.clone());
            opened.map(|provider| Arc::new(provider) as Arc<dyn Provider>)
        }
        ServiceSettings::Command(own) => {
            let opened = command::Program::open(name, settings, own, data);
            opened.map(|provider| Arc::new(provider) as Arc<dyn Provider>)
        }
        _ => {
            let opened = polled::Polled::open(name, settings, metrics.clone());
            opened.map(|provider| Arc::new(provider) as Arc<dyn Provider>)
        }
    };
    opened.map_err(|source| UnusableProvider { name: name.to_owned(), source })
}
