//! The connection to a service on the network: its address, its key, its timeouts and retries.
//!
//! It must not know any service: the defaults of one are passed in.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use super::checks::{SettingError, at_least_one};
use crate::providers::address;
use crate::service_key::{Key, KeyError};

/// The connection to a service on the network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ConnectionSettings {
    /// Its address. Default: the public service's.
    pub base_url: Option<String>,
    /// The environment variable with its key. Default: the one that its own tools read.
    pub key_env: Option<String>,
    /// The file with its key, instead of the environment.
    pub key_file: Option<PathBuf>,
    /// Hosts that results may be loaded from, besides its own; `.example.com` means all under it.
    /// Empty: any public host.
    pub result_hosts: Vec<String>,
    /// Whether it, and the hosts of `result_hosts`, may be at private addresses and be used without
    /// TLS.
    pub allow_private: bool,
    /// For how many seconds one request may take, and a result may stall while it loads.
    pub request_secs: u64,
    /// How often a submission that was not taken is retried.
    pub retries: u32,
    /// The pause before the first retry, in milliseconds; it doubles each time.
    pub retry_ms: u64,
}

impl Default for ConnectionSettings {
    fn default() -> Self {
        Self {
            base_url: None,
            key_env: None,
            key_file: None,
            result_hosts: Vec::new(),
            allow_private: false,
            request_secs: 30,
            retries: 3,
            retry_ms: 1000,
        }
    }
}

impl ConnectionSettings {
    pub(super) fn check(&self) -> Result<(), SettingError> {
        at_least_one("request_secs", self.request_secs)?;
        at_least_one("retry_ms", self.retry_ms)?;
        if self.key_env.is_some() && self.key_file.is_some() {
            let why = "name either a file or an environment variable, not both";
            return Err(SettingError::new("key_file", why));
        }
        if self.key_env.as_deref().is_some_and(|name| name.starts_with("AI_NOW_")) {
            let why = "what begins with AI_NOW_ is a setting; choose another name";
            return Err(SettingError::new("key_env", why));
        }
        Ok(())
    }

    /// The address of all requests, without a trailing slash. `default`: the address of the public
    /// service.
    pub(super) fn base(&self, default: &str) -> Result<Url, SettingError> {
        let wrong = |why: &str| SettingError::new("base_url", why);
        let text = self.base_url.as_deref().unwrap_or(default);
        let url =
            Url::parse(text.trim_end_matches('/')).map_err(|_| wrong("it is not an address"))?;
        address::check(&url, self.allow_private)
            .map_err(|why| wrong(&format!("{why} (allow_private allows them where that helps)")))?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("it must end with a path"));
        }
        Ok(url)
    }

    /// The key. `default`: the environment variable that the service's own tools read.
    pub(super) fn key(&self, default: &str) -> Result<Key, KeyError> {
        let place = || self.key_place(default);
        match &self.key_file {
            Some(path) => Key::in_file(path, place),
            None => Key::in_environment(self.key_variable(default), place),
        }
    }

    /// Where the key is, for people.
    pub(super) fn key_place(&self, default: &str) -> String {
        match &self.key_file {
            Some(path) => format!("the file {}", path.display()),
            None => format!("the environment variable {}", self.key_variable(default)),
        }
    }

    fn key_variable<'a>(&'a self, default: &'a str) -> &'a str {
        self.key_env.as_deref().unwrap_or(default)
    }

    /// The pause before the first retry.
    pub(in crate::providers) fn retry(&self) -> Duration {
        Duration::from_millis(self.retry_ms)
    }

    /// How long one request may take.
    pub(in crate::providers) fn request_limit(&self) -> Duration {
        Duration::from_secs(self.request_secs)
    }
}
