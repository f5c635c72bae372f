//! The connection to a service on the network: its address, its key, its timeouts and retries.
//!
//! It must not know any service's API.

use std::time::Duration;

use url::Url;

use super::error::{OpenError, ProviderError};
use super::http::{Http, OwnHosts};
use super::provider::{Output, Task};
use super::result::{self, Taking};
use super::settings::connection::ConnectionSettings;
use super::settings::limits::LimitSettings;
use crate::metrics::Metrics;
use crate::service_key::Key;

/// A service on the network.
pub(super) struct Connection {
    /// The provider's name in the settings.
    pub(super) name: String,
    pub(super) base: Url,
    pub(super) key: Key,
    pub(super) http: Http,
    pub(super) limits: LimitSettings,
    pub(super) settings: ConnectionSettings,
    pub(super) metrics: Metrics,
}

impl Connection {
    /// # Errors
    /// If the system has no trusted certificates.
    pub(super) fn open(
        name: &str,
        base: Url,
        key: Key,
        limits: LimitSettings,
        settings: ConnectionSettings,
        metrics: Metrics,
    ) -> Result<Self, OpenError> {
        let own = if settings.allow_private {
            let base = base.host_str().unwrap_or_default().to_owned();
            OwnHosts::new(settings.result_hosts.iter().cloned().chain([base]))
        } else {
            OwnHosts::default()
        };
        let http = Http::new(own)?;
        Ok(Self { name: name.to_owned(), base, key, http, limits, settings, metrics })
    }

    /// How long one request may take.
    pub(super) fn request_limit(&self) -> Duration {
        self.settings.request_limit()
    }

    /// Loads a job's result into our media directory, with all checks.
    pub(super) async fn take_over(&self, url: &str, task: &Task) -> Result<Output, ProviderError> {
        let mut hosts = self.settings.result_hosts.clone();
        if !hosts.is_empty() {
            // If result hosts are listed, the provider's own host is added.
            hosts.extend(self.base.host_str().map(ToOwned::to_owned));
        }
        let idle = self.request_limit();
        let taking = Taking { hosts, idle, ..Taking::new(task.job.model.kind, &self.limits) };
        result::take_over(&self.name, &self.http, url, &taking, task, &self.metrics).await
    }
}
