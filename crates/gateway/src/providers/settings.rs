//! The settings of a provider: what all of them have in common, and how a provider is reached. What
//! one service has besides is in its own file, as a variant of [`ServiceSettings`].
//!
//! It must not know which model a provider is for, nor any service's API.

mod key;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use url::Url;

pub use self::key::{Key, KeyError};
use super::address;
use super::http::OwnHosts;
use super::services::ServiceSettings;

/// The name of the provider that is always there: the sketch engine.
pub const SKETCH: &str = "sketch";

/// The providers of the settings, by name.
pub type Providers = BTreeMap<String, ProviderSettings>;

/// One provider, as the operator describes it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ProviderSettings {
    /// How much it may do at once, and how long it may take.
    #[serde(flatten)]
    pub limits: LimitSettings,
    /// How it is reached.
    #[serde(flatten)]
    pub connection: ConnectionSettings,
    /// Which service it is (`kind`), with the settings that only this service has. It stands last,
    /// so that a setting that the others did not take must be one of its own.
    #[serde(flatten)]
    pub service: ServiceSettings,
}

/// How much a provider may do at once, and how long it may take.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default)]
pub struct LimitSettings {
    /// How many generations it makes for us at once.
    pub concurrent: usize,
    /// For how many seconds one generation may take.
    pub timeout_secs: u64,
    /// After how many failures in a row its circuit breaker opens.
    pub failure_threshold: u32,
    /// For how many seconds the circuit breaker stays open.
    pub cooldown_secs: u64,
    /// The largest result that is taken, in MiB.
    pub result_max_mib: u64,
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self {
            concurrent: 4,
            timeout_secs: 900,
            failure_threshold: 5,
            cooldown_secs: 60,
            result_max_mib: 512,
        }
    }
}

/// How a service on the network is reached.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default)]
pub struct ConnectionSettings {
    /// Where it is. Default: the public service's address.
    pub base_url: Option<String>,
    /// The environment variable that holds its key. Default: the one that its own tools read.
    pub key_env: Option<String>,
    /// The file that holds its key, instead of the environment.
    pub key_file: Option<PathBuf>,
    /// Hosts that results may be fetched from, besides its own; `.example.com` means all under it.
    /// Empty: any public host.
    pub result_hosts: Vec<String>,
    /// Whether it, and the hosts of `result_hosts`, may be at private addresses and be spoken to
    /// without TLS.
    pub allow_private: bool,
    /// For how many seconds one request may take, and a result may stand still while it loads.
    pub request_secs: u64,
    /// How often a submission that was not taken is tried again.
    pub retries: u32,
    /// The pause before the first of these tries, in milliseconds; it doubles each time.
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

/// A setting that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{setting}: {why}")]
pub struct SettingError {
    /// Its name.
    pub setting: &'static str,
    /// What is wrong with it.
    pub why: String,
}

impl SettingError {
    pub(super) fn new(setting: &'static str, why: impl fmt::Display) -> Self {
        Self { setting, why: why.to_string() }
    }
}

impl LimitSettings {
    fn check(&self) -> Result<(), SettingError> {
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

impl ConnectionSettings {
    fn check(&self) -> Result<(), SettingError> {
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

    /// The pause before the first try that is not the first.
    pub(super) fn retry(&self) -> Duration {
        Duration::from_millis(self.retry_ms)
    }

    /// What one request may take.
    pub(super) fn request_limit(&self) -> Duration {
        Duration::from_secs(self.request_secs)
    }
}

impl ProviderSettings {
    /// Checks that the settings fit their service and each other. It reads no key and asks nobody.
    ///
    /// # Errors
    /// [`SettingError`]
    pub fn check(&self) -> Result<(), SettingError> {
        self.limits.check()?;
        self.connection.check()?;
        let service = self.service.service();
        if service.base_url().is_empty() {
            if self.connection != ConnectionSettings::default() {
                let why = "a provider of this kind is not on the network: it has no base_url, \
                           key_env, key_file, result_hosts, allow_private, request_secs, retries or \
                           retry_ms";
                return Err(SettingError::new("kind", why));
            }
        } else {
            self.base()?;
        }
        service.check()
    }

    /// The address that all requests go to, without a slash at its end.
    pub(super) fn base(&self) -> Result<Url, SettingError> {
        let wrong = |why: &str| SettingError::new("base_url", why);
        let default = self.service.service().base_url();
        let text = self.connection.base_url.as_deref().unwrap_or(default);
        let url =
            Url::parse(text.trim_end_matches('/')).map_err(|_| wrong("it is not an address"))?;
        address::check(&url, self.connection.allow_private).map_err(wrong)?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("it must end with a path"));
        }
        Ok(url)
    }

    /// The hosts that may be private: with `allow_private` its own, and the named ones that
    /// results come from.
    pub(super) fn own_hosts(&self) -> Result<OwnHosts, SettingError> {
        if !self.connection.allow_private {
            return Ok(OwnHosts::default());
        }
        let base = self.base()?.host_str().unwrap_or_default().to_owned();
        Ok(OwnHosts::new(self.connection.result_hosts.iter().cloned().chain([base])))
    }
}

/// Checks a setting that 0 makes no sense for.
pub(super) fn at_least_one(setting: &'static str, value: u64) -> Result<(), SettingError> {
    if value == 0 {
        return Err(SettingError::new(setting, "it must be at least 1"));
    }
    Ok(())
}

/// Checks JSON pointers (RFC 6901).
pub(super) fn pointers(setting: &'static str, pointers: &[String]) -> Result<(), SettingError> {
    if pointers.iter().any(|pointer| !pointer.starts_with('/')) {
        return Err(SettingError::new(setting, "a JSON pointer begins with “/”"));
    }
    Ok(())
}

/// Checks a model's name that stands in an address as it is.
pub(super) fn model_path(model: &str) -> Result<(), SettingError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./:".contains(&b);
    let good = !model.is_empty() && model.bytes().all(plain) && !model.contains("..");
    if good && !model.starts_with('/') {
        return Ok(());
    }
    Err(SettingError::new("model", "it must be of letters, digits and “-_./:”"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(toml: &str) -> Result<ProviderSettings, String> {
        toml::from_str(toml).map_err(|e| e.message().to_owned())
    }

    fn check(toml: &str) -> Result<(), String> {
        settings(toml)?.check().map_err(|error| error.to_string())
    }

    #[test]
    fn what_fits_is_taken_and_what_does_not_is_told() {
        for good in [
            "kind = 'luma'",
            "kind = 'luma_agents'\nconcurrent = 2",
            "kind = 'runway'\napi_version = '2024-11-06'\ninput = { duration = 10 }",
            "kind = 'fal'\nmodel = 'fal-ai/pika/v2.2/text-to-video'",
            "kind = 'replicate'\nmodel = 'owner/name'\nresult = ['/output/0']",
            "kind = 'kling'\naccess_key = 'ak'",
            "kind = 'mureka'\nlyrics = 'write'",
            "kind = 'ai-now'\nbase_url = 'http://127.0.0.1:8787/'\nallow_private = true",
            "kind = 'command'\nprogram = '/usr/bin/true'",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for (bad, why) in [
            ("kind = 'lumi'", "unknown variant `lumi`"),
            ("concurrent = 3", "missing field `kind`"),
            ("kind = 'luma'\nkey = 'secret'", "unknown field `key`"),
            ("kind = 'luma'\nprogram = '/bin/true'", "unknown field `program`"),
            ("kind = 'luma'\nconcurrent = 'two'", "invalid type"),
            ("kind = 'command'\nprogram = '/bin/true'\npoll_ms = 5", "unknown field `poll_ms`"),
            ("kind = 'command'\nprogram = '/bin/true'\nretries = 5", "not on the network"),
            ("kind = 'luma'\nkey_env = 'AI_NOW_LUMA'", "key_env"),
            ("kind = 'luma'\nkey_env = 'A'\nkey_file = 'b'", "not both"),
            ("kind = 'luma'\nconcurrent = 0", "concurrent: it must be at least 1"),
            ("kind = 'luma'\npoll_ms = 0", "poll_ms: it must be at least 1"),
            ("kind = 'luma'\nbase_url = 'http://api.example'", "base_url"),
            ("kind = 'luma'\nbase_url = 'https://127.0.0.1'", "base_url"),
            ("kind = 'luma'\nbase_url = 'https://u:p@api.example'", "base_url"),
            ("kind = 'luma'\nbase_url = 'https://api.example?x=1'", "base_url"),
            ("kind = 'fal'", "missing field `model`"),
            ("kind = 'fal'\nmodel = 'a/../b'", "model: it must be"),
            ("kind = 'fal'\nmodel = 'pika'", "model: it must be like “owner/name”"),
            ("kind = 'replicate'\nmodel = 'owner/na me'", "model: it must be"),
            ("kind = 'replicate'\nmodel = 'a/b'\nresult = ['output']", "JSON pointer"),
            ("kind = 'kling'\nmodel = 'a b'", "model: it must be"),
            ("kind = 'command'", "missing field `program`"),
            ("kind = 'command'\nprogram = 'true'", "absolute"),
        ] {
            let said = check(bad).unwrap_err();
            assert!(said.contains(why), "{bad}: {said}");
        }
    }

    #[test]
    fn a_key_is_read_from_its_place_and_never_shown() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        let settings =
            settings(&format!("kind = 'luma'\nkey_file = '{}'", path.display())).unwrap();
        assert!(settings.key().unwrap_err().to_string().contains("key is not in the file"));
        std::fs::write(&path, "luma-secret\n").unwrap();
        let key = settings.key().unwrap();
        assert_eq!(key.reveal(), "luma-secret");
        assert_eq!(format!("{key:?}"), "Key(…)");
        std::fs::write(&path, "two words").unwrap();
        assert!(!settings.key().unwrap_err().to_string().contains("two words"));
    }
}
