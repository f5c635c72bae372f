//! The settings of a provider: those that all have in common ([`limits`], [`connection`]), and its
//! service. The settings of one service are in its own file, as a variant of [`ServiceSettings`];
//! these files use the modules below this one, and not this one.
//!
//! It must not know which model a provider is for, nor any service's API.

pub(super) mod checks;
pub(super) mod connection;
pub(super) mod limits;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use self::checks::SettingError;
use self::connection::ConnectionSettings;
use self::limits::{CancelRule, LimitSettings};
use super::connection::Connection;
use super::cost::CostSettings;
use super::error::OpenError;
use super::services::ServiceSettings;
use crate::metrics::Metrics;

/// The name of the provider that is always there: the sketch engine.
pub const SKETCH: &str = "sketch";

/// The providers of the settings, by name.
pub type Providers = BTreeMap<String, ProviderSettings>;

/// The settings of one provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProviderSettings {
    /// How much it may do at once, and how long it may take.
    #[serde(flatten)]
    pub limits: LimitSettings,
    /// How it is reached.
    #[serde(flatten)]
    pub connection: ConnectionSettings,
    /// The prices of its jobs. Absent: unknown.
    pub cost: Option<CostSettings>,
    /// The service (`kind`), with the settings that only this service has. It is the last field, so
    /// that a setting that no other field took must be one of its own.
    #[serde(flatten)]
    pub service: ServiceSettings,
}

impl ProviderSettings {
    /// Whether it is reached over the network.
    pub fn is_on_network(&self) -> bool {
        !self.service.service().base_url().is_empty()
    }

    /// Checks that the settings are valid for their service and consistent. It reads no key and
    /// sends no request.
    ///
    /// # Errors
    /// [`SettingError`]
    pub fn check(&self) -> Result<(), SettingError> {
        self.limits.check()?;
        self.connection.check()?;
        let service = self.service.service();
        if !self.is_on_network() {
            if self.connection != ConnectionSettings::default() {
                let why = "a provider of this kind is not on the network: it has no base_url, \
                           key_env, key_file, result_hosts, allow_private, request_secs, retries or \
                           retry_ms";
                return Err(SettingError::new("kind", why));
            }
        } else {
            self.connection.base(service.base_url())?;
        }
        if let Some(cost) = &self.cost {
            cost.check(service.tells_billed_time())?;
        }
        service.check()
    }

    /// The service, ready to be used.
    ///
    /// # Errors
    /// [`OpenError`]: its key is missing, or a setting is not valid.
    pub(super) fn connect(&self, name: &str, metrics: &Metrics) -> Result<Connection, OpenError> {
        let service = self.service.service();
        let base = self.connection.base(service.base_url())?;
        let key = self.connection.key(service.key_env())?;
        let (limits, settings) = (self.limits.clone(), self.connection.clone());
        Connection::open(name, base, key, limits, settings, metrics.clone())
    }

    /// What cancelling costs once it has taken a job, in percent of the price. A service may bill a
    /// job that it has begun; a program of the operator's bills nothing.
    pub(super) fn cancel_percent(&self) -> u8 {
        let own = self.service.service().base_url().is_empty();
        let rule = if own { CancelRule::Refund } else { CancelRule::Capture };
        self.limits.cancel.unwrap_or(rule).percent()
    }

    /// Where its key is, for people.
    pub(super) fn key_place(&self) -> String {
        self.connection.key_place(self.service.service().key_env())
    }
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
    fn valid_settings_are_accepted_and_others_are_errors() {
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
            ("kind = 'luma'\ncancel = 'never'", "unknown variant `never`"),
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
    fn cancelling_costs_what_a_provider_may_bill() {
        for (toml, percent) in [
            ("kind = 'luma'", 100),
            ("kind = 'luma'\ncancel = 'refund'", 0),
            ("kind = 'luma'\ncancel = 'partial'", 50),
            ("kind = 'ai-now'\nbase_url = 'https://a.example'", 100),
            ("kind = 'command'\nprogram = '/bin/true'", 0),
            ("kind = 'command'\nprogram = '/bin/true'\ncancel = 'capture'", 100),
        ] {
            assert_eq!(settings(toml).unwrap().cancel_percent(), percent, "{toml}");
        }
    }

    #[test]
    fn a_key_is_read_from_its_place_and_never_shown() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        let settings =
            settings(&format!("kind = 'luma'\nkey_file = '{}'", path.display())).unwrap();
        let key = || settings.connection.key("LUMAAI_API_KEY");
        assert!(key().unwrap_err().to_string().contains("key is not in the file"));
        std::fs::write(&path, "luma-secret\n").unwrap();
        let found = key().unwrap();
        assert_eq!(found.reveal(), "luma-secret");
        assert_eq!(format!("{found:?}"), "Key(…)");
        std::fs::write(&path, "two words").unwrap();
        assert!(!key().unwrap_err().to_string().contains("two words"));
    }
}
