//! The settings: their meaning, their defaults, and their sources.
//!
//! Later sources take precedence: built-in defaults, the configuration file (TOML), the environment
//! (`AI_NOW_…`), the command line. An unknown setting is an error in any source.

mod environment;
mod error;
mod limits;
mod model_options;
mod narrow;
mod network;
mod origin;
mod price;
mod routing;
mod routing_error;
mod shown;
mod text;

use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::{CatalogConfig, DatabaseServer, DatabaseUrl, GatewayRole};
use crate::media::{BucketLocation, MediaSettings, MediaUrls, ObjectStoreSettings};
use crate::providers::Providers;
pub use error::ConfigError;
pub use limits::Limits;
pub use model_options::{
    ChoiceSettings, KindSettings, OptionFault, OptionSettings, RangeSettings, TextSettings,
};
pub use network::{Network, NotANetwork};
pub use origin::{NotABaseUrl, NotAnOrigin, is_host, normalize_base_url, normalize_origin};
pub use price::{NotAPrice, TokenPrice};
pub use routing::{ModelSettings, StyleSettings};
pub use routing_error::{ModelFault, RoutingError};

/// All settings of a running gateway.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where to listen. Port 0: any free port.
    pub listen: SocketAddr,
    /// The directory of all data: records, media, keys.
    pub data: PathBuf,
    /// The PostgreSQL server that has the records, such as `postgres://user@host/database`. None: a
    /// file in the data directory.
    pub store: Option<DatabaseUrl>,
    /// The file that holds that server's password. None: it is in `store`, in `PGPASSWORD`, or not needed.
    pub store_password_file: Option<PathBuf>,
    /// The bucket of results and uploads, such as `s3://bucket/prefix`. None: in `data`.
    pub media: Option<BucketLocation>,
    /// How readers get a result that is in a bucket.
    pub media_urls: MediaUrls,
    /// How to reach the bucket's store.
    pub object_store: ObjectStoreSettings,
    /// The role of this gateway, where several share a PostgreSQL server: `all`, `door` or
    /// `worker`.
    pub role: GatewayRole,
    /// The directory of a built widget, to be served at `/`. None: no page.
    pub web: Option<PathBuf>,
    /// The public address of the gateway, such as `https://music.example` or
    /// `https://example.com/music`. None: from the request's `Host` and trusted proxies.
    pub public_url: Option<String>,
    /// The origins, besides those of publishable keys, whose pages may use the API.
    pub origins: Vec<String>,
    /// The proxies that are trusted about a client's address, scheme and path (`X-Forwarded-For`,
    /// `X-Forwarded-Proto`, `X-Forwarded-Prefix`, `Forwarded`), as addresses or networks.
    pub trusted_proxies: Vec<Network>,
    /// Whether pages of the gateway's own origin get sessions without a key, using the demo key.
    pub demo: bool,
    /// Where to serve metrics (Prometheus, `/metrics`). None: nowhere.
    pub metrics_listen: Option<SocketAddr>,
    /// Where to serve administrators. None: on the common listener.
    pub admin_listen: Option<SocketAddr>,
    /// After how many seconds without use a session of the administrators' page ends.
    pub admin_session_secs: u32,
    /// What a token is worth, for administrators. None: they see only tokens. Charges are in tokens
    /// only.
    pub token_price: Option<TokenPrice>,
    /// The currency of that price, as three capital letters (ISO 4217).
    pub currency: String,
    /// Hosts that the operator's webhooks may be sent to although they are at private addresses or speak no TLS.
    pub webhook_private_hosts: Vec<String>,
    /// The form of the logs, on standard error.
    pub log_format: LogFormat,
    /// For how many days results are kept after their generation has ended. At least 7, so that a
    /// submission can be repeated for that long.
    pub retention_days: u32,
    /// For how many seconds a generation is kept that was cancelled before a provider had taken it.
    pub cancelled_retention_secs: u32,
    /// For how many seconds a visitor's session is valid, unless its opener decides.
    pub session_secs: u32,
    /// For how many seconds after the first one was opened a session can be renewed.
    pub session_max_secs: u32,
    /// For how many seconds an event ticket is valid.
    pub ticket_secs: u32,
    /// After how many seconds without an event a stream sends a comment. It must be less than the
    /// timeout of any proxy on the way.
    pub keep_alive_secs: u64,
    /// How many sketches are made at once. 0: one for each core.
    pub sketch_workers: usize,
    /// For how many seconds running work may go on after the gateway was told to stop.
    pub shutdown_secs: u64,
    /// The limits for clients.
    pub limits: Limits,
    /// The providers that models can be routed to, by name.
    pub providers: Providers,
    /// Changes to the built-in catalog: models that are routed, changed, added or hidden.
    pub models: Vec<ModelSettings>,
}

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Readable text.
    Text,
    /// One JSON object per line.
    Json,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8787),
            data: PathBuf::from("data"),
            store: None,
            store_password_file: None,
            media: None,
            media_urls: MediaUrls::default(),
            object_store: ObjectStoreSettings::default(),
            role: GatewayRole::All,
            web: None,
            public_url: None,
            origins: Vec::new(),
            trusted_proxies: Vec::new(),
            demo: false,
            metrics_listen: None,
            admin_listen: None,
            admin_session_secs: 3600,
            token_price: None,
            currency: "USD".into(),
            webhook_private_hosts: Vec::new(),
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

/// The settings from the command line; `None` if not given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// `--listen`
    pub listen: Option<SocketAddr>,
    /// `--data`
    pub data: Option<PathBuf>,
    /// `--store`
    pub store: Option<DatabaseUrl>,
    /// `--web`
    pub web: Option<PathBuf>,
    /// `--demo`
    pub demo: bool,
}

impl Config {
    /// Reads the settings from a file, the environment and the command line.
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
                // Parsed alone first, so that an error names the file and line.
                parse::<Self>(&text, || path.display().to_string())?;
                table
            }
        };
        for (name, value) in environment::settings(environment)? {
            let Some(setting) = name.strip_prefix(environment::PREFIX) else { continue };
            let path = setting.to_ascii_lowercase();
            // As TOML where it is TOML (numbers, lists, true), as a plain text where that says nothing
            // here: a directory may be called 2026.
            let as_text = with(&table, &name, &path, toml::Value::String(value.clone()));
            table = match with(&table, &name, &path, environment::value_of(&value)) {
                Err(error) => as_text.map_err(|_| error)?,
                table => table?,
            };
        }
        let mut config: Self = table
            .try_into()
            .map_err(|e: toml::de::Error| setting_error("settings", e.message()))?;
        config.listen = flags.listen.unwrap_or(config.listen);
        config.data = flags.data.unwrap_or(config.data);
        config.store = flags.store.or(config.store);
        config.web = flags.web.or(config.web);
        config.demo |= flags.demo;
        config.check()?;
        Ok(config)
    }

    /// Where records are kept and nothing else, out of the environment and the command line: for
    /// commands that need no other setting, and shall not fail for one.
    ///
    /// # Errors
    /// [`ConfigError`]
    pub fn places(
        environment: impl IntoIterator<Item = (OsString, OsString)>,
        flags: Flags,
    ) -> Result<Self, ConfigError> {
        let places = ["DATA", "STORE", "STORE_PASSWORD_FILE"];
        let names = places.map(|name| OsString::from(format!("{}{name}", environment::PREFIX)));
        let said = environment.into_iter().filter(|(name, _)| names.contains(name));
        Self::load(None, said, flags)
    }

    fn check(&mut self) -> Result<(), ConfigError> {
        if let Some(url) = &mut self.public_url {
            *url = normalize_base_url(url).map_err(|why| setting_error("public_url", why))?;
        }
        if let Some(url) = &self.store {
            url.check().map_err(|why| setting_error("store", why))?;
        }
        for given in &mut self.origins {
            *given = normalize_origin(given).map_err(|why| setting_error("origins", why))?;
        }
        if let Err((name, why)) = self.object_store.check() {
            return Err(setting_error(&format!("object_store.{name}"), why));
        }
        if self.media_urls == MediaUrls::Signed && self.media.is_none() {
            return Err(setting_error(
                "media_urls",
                "only a bucket has signed ones; set media, too",
            ));
        }
        if self.currency.len() != 3 || !self.currency.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(setting_error("currency", "it must be three capital letters, like “USD”"));
        }
        if self.retention_days < 7 {
            return Err(setting_error("retention_days", "it must be at least 7"));
        }
        let least = [
            ("session_secs", u64::from(self.session_secs)),
            ("session_max_secs", u64::from(self.session_max_secs)),
            ("ticket_secs", u64::from(self.ticket_secs)),
            ("admin_session_secs", u64::from(self.admin_session_secs)),
            ("keep_alive_secs", self.keep_alive_secs),
        ];
        let limits = self.limits.all().map(|(name, value)| (format!("limits.{name}"), value));
        let least = least.map(|(name, value)| (name.to_owned(), value));
        match least.into_iter().chain(limits).find(|(_, value)| *value == 0) {
            Some((name, _)) => Err(setting_error(&name, "it must be at least 1")),
            None => self.catalog().map(drop),
        }
    }

    /// Where media are kept, and how readers get them.
    pub fn media_settings(&self) -> MediaSettings {
        MediaSettings {
            location: self.media.clone(),
            urls: self.media_urls,
            object_store: self.object_store.clone(),
        }
    }

    /// The server that has the records, if there is one.
    pub fn database_server(&self) -> Option<DatabaseServer> {
        let password_file = self.store_password_file.clone();
        self.store.clone().map(|url| DatabaseServer { url, password_file })
    }

    /// The longest that one request to a provider may take. Nothing, where none is on the network.
    pub fn longest_request(&self) -> Duration {
        let requests = self.providers.values().filter(|provider| provider.is_on_network());
        let longest = requests.map(|provider| provider.connection.request_secs).max();
        Duration::from_secs(longest.unwrap_or_default())
    }

    /// The models that the gateway offers, and their providers.
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

/// A table with one more setting, where that is one.
fn with(
    table: &toml::Table,
    name: &str,
    path: &str,
    value: toml::Value,
) -> Result<toml::Table, ConfigError> {
    let mut table = table.clone();
    environment::set(&mut table, name, path, value)?;
    let settings = table.clone().try_into::<Config>();
    settings.map(|_| table).map_err(|error| setting_error(name, error.message()))
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
    fn a_directory_may_be_called_like_a_number() {
        for name in ["2026", "true", "1.5", "[x]", "2026-01-31", "a b", "'quoted'"] {
            let config = load("", &[("AI_NOW_DATA", name)], Flags::default()).unwrap();
            assert_eq!(config.data, Path::new(name.trim_matches('\'')), "{name}");
        }
    }

    #[test]
    fn places_are_read_as_all_settings_are_and_nothing_else_is() {
        let places = |environment: &[(&str, &str)], flags| {
            let said = environment.iter().map(|(k, v)| (OsString::from(k), OsString::from(v)));
            Config::places(said, flags).map_err(|error| error.to_string())
        };
        for blank in ["", " "] {
            let blank = [("AI_NOW_DATA", blank), ("AI_NOW_STORE", blank), ("AI_NOW_LISEN", "x")];
            assert_eq!(places(&blank, Flags::default()).unwrap(), Config::default());
        }
        let said = [("AI_NOW_DATA", "there"), ("AI_NOW_STORE_PASSWORD_FILE", "secret")];
        let config = places(&said, Flags::default()).unwrap();
        assert_eq!(config.data, Path::new("there"));
        assert_eq!(config.store_password_file.as_deref(), Some(Path::new("secret")));
        let flags = Flags { data: Some("here".into()), ..Flags::default() };
        assert_eq!(places(&said, flags).unwrap().data, Path::new("here"));
        let wrong = places(&[("AI_NOW_STORE", "mysql://x")], Flags::default()).unwrap_err();
        assert!(wrong.contains("postgres://"), "{wrong}");
    }

    #[test]
    fn errors_name_the_place_of_a_wrong_setting() {
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
            ("store = 'mysql://a:b@c/d'", &[], "store", "postgres://user@host/database"),
            ("", &[("AI_NOW_STORE", "a:b@c")], "store", "postgres://user@host/database"),
            ("", &[("AI_NOW_LISEN", "1")], "AI_NOW_LISEN", "unknown field"),
            ("", &[("AI_NOW_LIMITS__QEUE", "1")], "AI_NOW_LIMITS__QEUE", "unknown field"),
            ("", &[("AI_NOW_DEMO__X", "1")], "AI_NOW_DEMO__X", "invalid type"),
            ("demo = true", &[("AI_NOW_DEMO__X", "1")], "AI_NOW_DEMO__X", "not a section"),
        ];
        for (file, environment, place, message) in table {
            let error = load(file, environment, Flags::default()).unwrap_err();
            assert!(error.contains(place) && error.contains(message), "{file} {error}");
            assert!(!error.contains("a:b@c"), "{error}");
        }
        let missing = Config::load(Some(Path::new("/nowhere/x.toml")), [], Flags::default());
        assert!(missing.unwrap_err().to_string().contains("/nowhere/x.toml"));
    }
}
