//! The settings of a provider: what they mean, what they are where nobody says, which of them
//! each kind takes. It must not know which model a provider is for.

mod key;
mod kind;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use url::Url;

pub use self::key::Key;
pub use self::kind::Kind;
use super::http::OwnHosts;

/// The name of the provider that is always there: the sketch engine.
pub const SKETCH: &str = "sketch";

/// The providers of the settings, by name.
pub type Providers = BTreeMap<String, ProviderSettings>;

/// One provider, as the operator describes it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderSettings {
    /// Which API it speaks.
    pub kind: Kind,
    /// Where it is. Default: the public service's address.
    pub base_url: Option<String>,
    /// The environment variable that holds its key. Default: the one that its own tools read.
    pub key_env: Option<String>,
    /// The file that holds its key, instead of the environment.
    pub key_file: Option<PathBuf>,
    /// What is asked for there: its name of the model. Default: by kind; for `ai-now` the id of
    /// the model that was asked for here.
    pub model: Option<String>,
    /// More fields of the request, as the provider names them. They beat the built-in ones.
    #[serde(default)]
    pub input: toml::Table,
    /// The field that takes the prompt.
    pub prompt_field: Option<String>,
    /// The field that takes the seed. Empty: none does.
    pub seed_field: Option<String>,
    /// Where the result's address is in the answer, as JSON pointers (RFC 6901); the first that
    /// points at something counts.
    pub result: Option<Vec<String>>,
    /// The longest prompt that it takes, a style's words among it, in UTF-16 units. 0: no limit.
    pub prompt_max_units: Option<usize>,
    /// The version of the API, where it is told with each request (`runway`).
    pub api_version: Option<String>,
    /// Whether it takes `Idempotency-Key` (`ai-now`): a submission is then repeated without fear.
    #[serde(default)]
    pub idempotent: bool,
    /// Hosts that results may be fetched from, besides its own; `.example.com` means all under it.
    /// Empty: any public host.
    #[serde(default)]
    pub result_hosts: Vec<String>,
    /// Whether it, and the hosts of `result_hosts`, may be at private addresses and be spoken to
    /// without TLS.
    #[serde(default)]
    pub allow_private: bool,
    /// The program (`command`): an absolute path. It is started without a shell.
    pub program: Option<PathBuf>,
    /// Its arguments (`command`).
    #[serde(default)]
    pub args: Vec<String>,
    /// The environment variables that it gets (`command`), besides PATH, HOME and LANG.
    #[serde(default)]
    pub env: Vec<String>,
    /// How many generations it makes for us at once.
    #[serde(default = "four")]
    pub concurrent: usize,
    /// For how many seconds one generation may take.
    #[serde(default = "quarter_hour")]
    pub timeout_secs: u64,
    /// For how many seconds one request may take, and a result may stand still while it loads.
    #[serde(default = "half_minute")]
    pub request_secs: u64,
    /// How long to wait between two questions about a job, in milliseconds.
    pub poll_ms: Option<u64>,
    /// How often a submission that was not taken is tried again.
    #[serde(default = "three")]
    pub retries: u32,
    /// How often a job that failed there for a reason that may pass is submitted anew, before another is
    /// asked. Default: 2 for `luma`, which may fail at peak hours, 0 for others.
    pub repeat: Option<u32>,
    /// The pause before the first of these tries, in milliseconds; it doubles each time.
    #[serde(default = "second_ms")]
    pub retry_ms: u64,
    /// After how many failures in a row its circuit breaker opens.
    #[serde(default = "five")]
    pub failure_threshold: u32,
    /// For how many seconds the circuit breaker stays open.
    #[serde(default = "minute")]
    pub cooldown_secs: u64,
    /// The largest result that is taken, in MiB.
    #[serde(default = "half_gib")]
    pub result_max_mib: u64,
}

fn three() -> u32 {
    3
}
fn four() -> usize {
    4
}
fn five() -> u32 {
    5
}
fn half_minute() -> u64 {
    30
}
fn minute() -> u64 {
    60
}
fn quarter_hour() -> u64 {
    900
}
fn half_gib() -> u64 {
    512
}
fn second_ms() -> u64 {
    1000
}

impl ProviderSettings {
    /// The settings of a kind where nothing else is said.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            base_url: None,
            key_env: None,
            key_file: None,
            model: None,
            input: toml::Table::new(),
            prompt_field: None,
            seed_field: None,
            result: None,
            prompt_max_units: None,
            api_version: None,
            idempotent: false,
            result_hosts: Vec::new(),
            allow_private: false,
            program: None,
            args: Vec::new(),
            env: Vec::new(),
            concurrent: four(),
            timeout_secs: quarter_hour(),
            request_secs: half_minute(),
            poll_ms: None,
            retries: three(),
            repeat: None,
            retry_ms: second_ms(),
            failure_threshold: five(),
            cooldown_secs: minute(),
            result_max_mib: half_gib(),
        }
    }

    /// Checks that the settings fit their kind and each other. It reads no key and asks nobody.
    ///
    /// # Errors
    /// The setting's name, and what is wrong with it.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        let wrong = |setting, why: &str| Err((setting, why.to_owned()));
        let (command, ai_now) = (self.kind == Kind::Command, self.kind == Kind::AiNow);
        let polled = !command && !ai_now;
        let foreign = [
            ("base_url", self.base_url.is_some() && command),
            ("key_env", self.key_env.is_some() && command),
            ("key_file", self.key_file.is_some() && command),
            ("model", self.model.is_some() && command),
            ("input", !self.input.is_empty() && !polled),
            ("prompt_field", self.prompt_field.is_some() && !polled),
            ("seed_field", self.seed_field.is_some() && !polled),
            ("result", self.result.is_some() && !polled),
            ("prompt_max_units", self.prompt_max_units.is_some() && !polled),
            ("poll_ms", self.poll_ms.is_some() && !polled),
            ("repeat", self.repeat.is_some() && !polled),
            ("api_version", self.api_version.is_some() && self.kind != Kind::Runway),
            ("idempotent", self.idempotent && !ai_now),
            ("result_hosts", !self.result_hosts.is_empty() && command),
            ("allow_private", self.allow_private && command),
            ("program", self.program.is_some() && !command),
            ("args", !self.args.is_empty() && !command),
            ("env", !self.env.is_empty() && !command),
        ];
        if let Some((name, _)) = foreign.into_iter().find(|(_, foreign)| *foreign) {
            return Err((name, format!("a provider of kind “{}” has no such setting", self.kind)));
        }
        let least = [
            ("concurrent", self.concurrent as u64),
            ("timeout_secs", self.timeout_secs),
            ("request_secs", self.request_secs),
            ("poll_ms", self.poll_ms.unwrap_or(1)),
            ("retry_ms", self.retry_ms),
            ("failure_threshold", self.failure_threshold.into()),
            ("cooldown_secs", self.cooldown_secs),
            ("result_max_mib", self.result_max_mib),
        ];
        if let Some((name, _)) = least.into_iter().find(|(_, value)| *value == 0) {
            return wrong(name, "it must be at least 1");
        }
        if self.concurrent > 1000 {
            return wrong("concurrent", "it must be at most 1000");
        }
        if self.key_env.is_some() && self.key_file.is_some() {
            return wrong("key_file", "name either a file or an environment variable, not both");
        }
        if self.key_env.as_deref().is_some_and(|name| name.starts_with("AI_NOW_")) {
            return wrong("key_env", "what begins with AI_NOW_ is a setting; choose another name");
        }
        if command {
            match &self.program {
                None => return wrong("program", "name the program to run"),
                Some(program) if !program.is_absolute() => {
                    return wrong("program", "it must be an absolute path");
                }
                Some(_) => return Ok(()),
            }
        }
        self.base().map_err(|why| ("base_url", why.to_owned()))?;
        if polled && self.model().is_none() {
            return wrong("model", "name the provider's model");
        }
        if self.kind == Kind::Fal || self.kind == Kind::Replicate {
            let model = self.model().unwrap_or_default();
            let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./:".contains(&b);
            if !model.bytes().all(plain) || model.contains("..") || !model.contains('/') {
                return wrong("model", "it must be like “owner/name”");
            }
        }
        if self.result.as_ref().is_some_and(|list| list.iter().any(|p| !p.starts_with('/'))) {
            return wrong("result", "a JSON pointer begins with “/”");
        }
        Ok(())
    }

    /// The address that all requests go to, without a slash at its end.
    pub(super) fn base(&self) -> Result<Url, &'static str> {
        let text = self.base_url.as_deref().unwrap_or(self.kind.defaults().base_url);
        let url = Url::parse(text.trim_end_matches('/')).map_err(|_| "it is not an address")?;
        super::address::check(&url, self.allow_private)?;
        if url.query().is_some() || url.fragment().is_some() {
            return Err("it must end with a path");
        }
        Ok(url)
    }

    /// The hosts that may be private: with `allow_private` its own, and the named ones that
    /// results come from.
    pub(super) fn own_hosts(&self) -> Result<OwnHosts, &'static str> {
        if !self.allow_private {
            return Ok(OwnHosts::default());
        }
        let base = self.base()?.host_str().unwrap_or_default().to_owned();
        Ok(OwnHosts::new(self.result_hosts.iter().cloned().chain([base])))
    }

    pub(super) fn model(&self) -> Option<&str> {
        self.model.as_deref().or(self.kind.defaults().model)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn check(toml: &str) -> Result<(), String> {
        let settings: ProviderSettings =
            toml::from_str(toml).map_err(|e| e.message().to_owned())?;
        settings.check().map_err(|(name, why)| format!("{name}: {why}"))
    }

    #[test]
    fn what_fits_is_taken_and_what_does_not_is_told() {
        for good in [
            "kind = 'luma'",
            "kind = 'runway'\napi_version = '2024-11-06'\ninput = { duration = 10 }",
            "kind = 'fal'\nmodel = 'fal-ai/pika/v2.2/text-to-video'",
            "kind = 'replicate'\nmodel = 'owner/name'\nresult = ['/output/0']",
            "kind = 'ai-now'\nbase_url = 'http://127.0.0.1:8787/'\nallow_private = true",
            "kind = 'command'\nprogram = '/usr/bin/true'",
        ] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for (bad, why) in [
            ("kind = 'lumi'", "unknown variant `lumi`"),
            ("kind = 'luma'\nkey = 'secret'", "unknown field `key`"),
            ("kind = 'luma'\nprogram = '/bin/true'", "program: a provider of kind “luma” has no"),
            ("kind = 'luma'\nkey_env = 'AI_NOW_LUMA'", "key_env"),
            ("kind = 'luma'\nkey_env = 'A'\nkey_file = 'b'", "not both"),
            ("kind = 'luma'\nconcurrent = 0", "concurrent: it must be at least 1"),
            ("kind = 'luma'\nbase_url = 'http://api.example'", "base_url"),
            ("kind = 'luma'\nbase_url = 'https://127.0.0.1'", "base_url"),
            ("kind = 'luma'\nbase_url = 'https://u:p@api.example'", "base_url"),
            ("kind = 'luma'\nbase_url = 'https://api.example?x=1'", "base_url"),
            ("kind = 'fal'", "model: name"),
            ("kind = 'fal'\nmodel = 'a/../b'", "model: it must be like"),
            ("kind = 'replicate'\nmodel = 'owner/na me'", "model: it must be like"),
            ("kind = 'replicate'\nmodel = 'a/b'\nresult = ['output']", "JSON pointer"),
            ("kind = 'command'", "program: name"),
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
            ProviderSettings { key_file: Some(path.clone()), ..ProviderSettings::new(Kind::Luma) };
        assert!(settings.key().unwrap_err().contains("key is not in the file"));
        std::fs::write(&path, "luma-secret\n").unwrap();
        let key = settings.key().unwrap();
        assert_eq!(key.reveal(), "luma-secret");
        assert_eq!(format!("{key:?}"), "Key(…)");
        std::fs::write(&path, "two words").unwrap();
        assert!(!settings.key().unwrap_err().contains("two words"));
    }
}
