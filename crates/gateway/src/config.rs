//! The settings: what they mean, what they are where nobody says, and who may say it.
//!
//! Later beats earlier: built-in defaults, the configuration file (TOML), the environment
//! (`AI_NOW_…`), the command line. A setting that is not known is an error wherever it is said.

mod environment;
mod error;
mod model_options;
mod network;
mod origin;
mod routing;
mod routing_error;
mod text;

use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::domain::CatalogConfig;
use crate::providers::Providers;
pub use error::ConfigError;
pub use model_options::{
    ChoiceSettings, KindSettings, OptionFault, OptionSettings, RangeSettings, TextSettings,
};
pub use network::{Network, NotANetwork};
pub use origin::{NotABaseUrl, NotAnOrigin, is_host, normalize_base_url, normalize_origin};
pub use routing::{ModelSettings, StyleSettings};
pub use routing_error::{ModelFault, RoutingError};

/// All settings of a running gateway.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where to listen. Port 0: any that is free.
    pub listen: SocketAddr,
    /// The directory of all that is kept: records, media, keys.
    pub data: PathBuf,
    /// The directory of a built widget, to be served at `/`. None: no page.
    pub web: Option<PathBuf>,
    /// How the gateway is reached from outside, such as `https://music.example` or
    /// `https://example.com/music`. None: as the request's `Host` and trusted proxies say.
    pub public_url: Option<String>,
    /// The origins, besides those of publishable keys, whose pages may use the API.
    pub origins: Vec<String>,
    /// The proxies that are believed about a client's address, scheme and path (`X-Forwarded-For`,
    /// `X-Forwarded-Proto`, `X-Forwarded-Prefix`, `Forwarded`), as addresses or networks.
    pub trusted_proxies: Vec<Network>,
    /// Whether pages of the gateway's own origin get sessions without a key, on a key of its own.
    pub demo: bool,
    /// Where to tell metrics (Prometheus, `/metrics`). None: nowhere.
    pub metrics_listen: Option<SocketAddr>,
    /// Where administrators are answered. None: where everybody is.
    pub admin_listen: Option<SocketAddr>,
    /// How logs are written, on standard error.
    pub log_format: LogFormat,
    /// For how many days results stay after their generation has ended. At least 7, so that a
    /// submission can be repeated for that long.
    pub retention_days: u32,
    /// For how many seconds a generation is kept that was cancelled before a provider had taken it.
    pub cancelled_retention_secs: u32,
    /// For how many seconds a visitor's session is good, where its opener doesn't say.
    pub session_secs: u32,
    /// For how many seconds after the first one was opened a session can be renewed.
    pub session_max_secs: u32,
    /// For how many seconds an event ticket is good.
    pub ticket_secs: u32,
    /// For how many seconds a stream may be silent before a comment shows that it lives. Less than
    /// any proxy on the way waits.
    pub keep_alive_secs: u64,
    /// How many sketches are made at once. 0: one for each core.
    pub sketch_workers: usize,
    /// For how many seconds running work may go on once the gateway was told to stop.
    pub shutdown_secs: u64,
    /// What nobody may exceed.
    pub limits: Limits,
    /// The providers that models can be routed to, by name.
    pub providers: Providers,
    /// Models that are routed, changed, added or hidden, against the built-in catalog.
    pub models: Vec<ModelSettings>,
}

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// What nobody may exceed. An owner is an API key, or one visitor of it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// A request's body, in bytes.
    pub body_bytes: usize,
    /// An uploaded picture, in bytes.
    pub upload_max_bytes: u64,
    /// Uploads of one owner that are kept.
    pub uploads: u32,
    /// The uploads of one owner together, in bytes.
    pub owner_upload_bytes: u64,
    /// The uploads of all together, in bytes.
    pub all_upload_bytes: u64,
    /// A request's headers, names and values together, in bytes.
    pub header_bytes: usize,
    /// Requests of one owner in a minute.
    pub requests_per_minute: u32,
    /// Requests of one network address in a minute.
    pub address_requests_per_minute: u32,
    /// Requests of one administrator in a minute.
    pub admin_requests_per_minute: u32,
    /// Generations of one owner that are under way at once.
    pub generations: u32,
    /// Generations that are under way at once, of all together.
    pub queue: usize,
    /// Streams of one generation's owner that are open at once.
    pub streams: u32,
    /// Generations asked for from one network address that are under way at once.
    pub address_generations: u32,
    /// Streams of one network address that are open at once.
    pub address_streams: u32,
    /// Connections that are open at once.
    pub connections: usize,
    /// Connections of one network address that are open at once; those of `trusted_proxies` don't
    /// count.
    pub address_connections: u32,
    /// For how many seconds a client may take to send a request's headers, once it has begun.
    pub header_secs: u64,
    /// For how many seconds a connection may be idle between two requests. More than any proxy or
    /// load balancer before the gateway keeps a connection for its next request.
    pub idle_secs: u64,
    /// For how many seconds a client may take to send a request's body.
    pub body_secs: u64,
    /// For how many seconds a client may take to send a picture.
    pub upload_secs: u64,
    /// For how many seconds a client may leave what was sent to it unread.
    pub write_secs: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8787),
            data: PathBuf::from("data"),
            web: None,
            public_url: None,
            origins: Vec::new(),
            trusted_proxies: Vec::new(),
            demo: false,
            metrics_listen: None,
            admin_listen: None,
            log_format: LogFormat::Text,
            retention_days: 7,
            cancelled_retention_secs: 600,
            session_secs: 3600,
            session_max_secs: 24 * 60 * 60,
            ticket_secs: 900,
            keep_alive_secs: 15,
            sketch_workers: 0,
            shutdown_secs: 10,
            limits: Limits::default(),
            providers: Providers::new(),
            models: Vec::new(),
        }
    }
}

const MIB: u64 = 1024 * 1024;

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 64 * 1024,
            upload_max_bytes: 10 * MIB,
            uploads: 100,
            owner_upload_bytes: 200 * MIB,
            all_upload_bytes: 20 * 1024 * MIB,
            header_bytes: 16 * 1024,
            requests_per_minute: 600,
            address_requests_per_minute: 3000,
            admin_requests_per_minute: 600,
            generations: 20,
            queue: 10_000,
            streams: 40,
            address_streams: 200,
            address_generations: 1000,
            connections: 4096,
            address_connections: 512,
            header_secs: 30,
            idle_secs: 75,
            body_secs: 30,
            upload_secs: 120,
            write_secs: 30,
        }
    }
}

/// What the command line says; `None` where it says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `--listen`
    pub listen: Option<SocketAddr>,
    /// `--data`
    pub data: Option<PathBuf>,
    /// `--web`
    pub web: Option<PathBuf>,
    /// `--demo`
    pub demo: bool,
}

impl Config {
    /// The settings, out of a file, the environment and the command line.
    ///
    /// # Errors
    /// [`ConfigError`]
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
        flags: Flags,
    ) -> Result<Self, ConfigError> {
        let mut table = match file {
            None => toml::Table::new(),
            Some(path) => {
                let source = |source| ConfigError::File { path: path.to_owned(), source };
                let text = std::fs::read_to_string(path).map_err(source)?;
                let table: toml::Table = parse(&text, || path.display().to_string())?;
                // Alone first, so that a fault is told as the file's, with its line.
                parse::<Self>(&text, || path.display().to_string())?;
                table
            }
        };
        for (name, value) in environment::settings(environment)? {
            let Some(setting) = name.strip_prefix(environment::PREFIX) else { continue };
            set(&mut table, &name, &setting.to_ascii_lowercase(), &value)?;
            let partly = table.clone().try_into::<Self>();
            partly.map_err(|error| setting_error(&name, error.message()))?;
        }
        let mut config: Self = table
            .try_into()
            .map_err(|e: toml::de::Error| setting_error("settings", e.message()))?;
        config.listen = flags.listen.unwrap_or(config.listen);
        config.data = flags.data.unwrap_or(config.data);
        config.web = flags.web.or(config.web);
        config.demo |= flags.demo;
        config.check()?;
        Ok(config)
    }

    fn check(&mut self) -> Result<(), ConfigError> {
        if let Some(url) = &mut self.public_url {
            *url = normalize_base_url(url).map_err(|why| setting_error("public_url", why))?;
        }
        for given in &mut self.origins {
            *given = normalize_origin(given).map_err(|why| setting_error("origins", why))?;
        }
        if self.retention_days < 7 {
            return Err(setting_error("retention_days", "it must be at least 7"));
        }
        let least = [
            ("session_secs", u64::from(self.session_secs)),
            ("session_max_secs", u64::from(self.session_max_secs)),
            ("ticket_secs", u64::from(self.ticket_secs)),
            ("keep_alive_secs", self.keep_alive_secs),
            ("limits.body_bytes", self.limits.body_bytes as u64),
            ("limits.upload_max_bytes", self.limits.upload_max_bytes),
            ("limits.uploads", self.limits.uploads.into()),
            ("limits.owner_upload_bytes", self.limits.owner_upload_bytes),
            ("limits.all_upload_bytes", self.limits.all_upload_bytes),
            ("limits.upload_secs", self.limits.upload_secs),
            ("limits.header_bytes", self.limits.header_bytes as u64),
            ("limits.requests_per_minute", self.limits.requests_per_minute.into()),
            ("limits.address_requests_per_minute", self.limits.address_requests_per_minute.into()),
            ("limits.admin_requests_per_minute", self.limits.admin_requests_per_minute.into()),
            ("limits.generations", self.limits.generations.into()),
            ("limits.queue", self.limits.queue as u64),
            ("limits.streams", self.limits.streams.into()),
            ("limits.address_streams", self.limits.address_streams.into()),
            ("limits.address_generations", self.limits.address_generations.into()),
            ("limits.connections", self.limits.connections as u64),
            ("limits.address_connections", self.limits.address_connections.into()),
            ("limits.header_secs", self.limits.header_secs),
            ("limits.idle_secs", self.limits.idle_secs),
            ("limits.body_secs", self.limits.body_secs),
            ("limits.write_secs", self.limits.write_secs),
        ];
        match least.into_iter().find(|(_, value)| *value == 0) {
            Some((name, _)) => Err(setting_error(name, "it must be at least 1")),
            None => self.catalog().map(drop),
        }
    }

    /// The models that the gateway offers, and the providers that make them.
    ///
    /// # Errors
    /// [`ConfigError::Routing`]
    pub fn catalog(&self) -> Result<CatalogConfig, ConfigError> {
        Ok(CatalogConfig::new(&self.models, &self.providers, self.public_url.is_some())?)
    }
}

fn parse<T: serde::de::DeserializeOwned>(
    text: &str,
    origin: impl Fn() -> String,
) -> Result<T, ConfigError> {
    toml::from_str(text)
        .map_err(|error| ConfigError::Setting { origin: origin(), message: error.to_string() })
}

fn set(table: &mut toml::Table, name: &str, path: &str, text: &str) -> Result<(), ConfigError> {
    // As TOML where it is TOML (numbers, lists, true), as a plain text where not.
    let value = toml::from_str::<toml::Table>(&format!("value = {text}"))
        .ok()
        .filter(|parsed| parsed.len() == 1)
        .and_then(|mut parsed| parsed.remove("value"))
        .filter(|value| !value.is_datetime())
        .unwrap_or_else(|| toml::Value::String(text.to_owned()));
    match path.split_once("__") {
        None => {
            table.insert(path.to_owned(), value);
        }
        Some((section, rest)) => {
            let section =
                table.entry(section).or_insert_with(|| toml::Value::Table(toml::Table::new()));
            let toml::Value::Table(section) = section else {
                return Err(setting_error(name, "it is not a section"));
            };
            // A section may have sections: `AI_NOW_PROVIDERS__LUMA__BASE_URL`.
            set(section, name, rest, text)?;
        }
    }
    Ok(())
}

fn setting_error(origin: &str, message: impl std::fmt::Display) -> ConfigError {
    ConfigError::Setting { origin: origin.to_owned(), message: message.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(file: &str, environment: &[(&str, &str)], flags: Flags) -> Result<Config, String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("config.toml");
        std::fs::write(&path, file).unwrap();
        let environment = environment.iter().map(|(k, v)| (OsString::from(k), OsString::from(v)));
        Config::load(Some(&path), environment, flags).map_err(|error| error.to_string())
    }

    #[test]
    fn later_beats_earlier() {
        let file = "listen = '127.0.0.1:1'\nretention_days = 8\n[limits]\nqueue = 5\nstreams = 6";
        let environment = [
            ("AI_NOW_RETENTION_DAYS", "9"),
            ("AI_NOW_LIMITS__QUEUE", "7"),
            ("AI_NOW_ORIGINS", "['https://a.example']"),
            ("AI_NOW_PUBLIC_URL", "https://m.example/"),
            ("HOME", "/nowhere"),
        ];
        let flags = Flags { listen: Some("127.0.0.1:2".parse().unwrap()), ..Flags::default() };
        let config = load(file, &environment, flags).unwrap();
        assert_eq!(config.listen.port(), 2);
        assert_eq!(config.retention_days, 9);
        assert_eq!((config.limits.queue, config.limits.streams), (7, 6));
        assert_eq!(config.origins, ["https://a.example"]);
        assert_eq!(config.public_url.as_deref(), Some("https://m.example"));
        assert_eq!(load("", &[], Flags::default()).unwrap(), Config::default());
    }

    #[test]
    fn what_is_unknown_or_wrong_is_told_with_its_place() {
        let table = [
            ("lisen = 'x'", [].as_slice(), "config.toml", "unknown field `lisen`"),
            ("[limits]\nqeue = 1", &[], "config.toml", "unknown field `qeue`"),
            ("retention_days = 'x'", &[], "config.toml", "invalid type"),
            ("=", &[], "config.toml", "TOML parse error"),
            ("retention_days = 1", &[], "retention_days", "at least 7"),
            ("[limits]\nqueue = 0", &[], "limits.queue", "at least 1"),
            ("public_url = 'example.com'", &[], "public_url", "https://example.com"),
            ("origins = ['https://a.example/']", &[], "origins", "without a path"),
            ("origins = ['*']", &[], "origins", "must be like"),
            ("", &[("AI_NOW_LISEN", "1")], "AI_NOW_LISEN", "unknown field"),
            ("", &[("AI_NOW_LIMITS__QEUE", "1")], "AI_NOW_LIMITS__QEUE", "unknown field"),
            ("", &[("AI_NOW_DEMO__X", "1")], "AI_NOW_DEMO__X", "invalid type"),
            ("demo = true", &[("AI_NOW_DEMO__X", "1")], "AI_NOW_DEMO__X", "not a section"),
        ];
        for (file, environment, place, message) in table {
            let error = load(file, environment, Flags::default()).unwrap_err();
            assert!(error.contains(place) && error.contains(message), "{file} {error}");
        }
        let missing = Config::load(Some(Path::new("/nowhere/x.toml")), [], Flags::default());
        assert!(missing.unwrap_err().to_string().contains("/nowhere/x.toml"));
    }
}
