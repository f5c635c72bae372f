//! The settings for display: values that may contain a secret are masked.
//!
//! Keys of providers are in files and in the environment, and never in the settings. But what
//! operators write freely (arguments of programs, fields of requests, addresses) may contain one.

use serde_json::{Map, Value};
use url::Url;

use super::Config;

/// The mask.
const HIDDEN: &str = "…";

/// Settings with free text of the operator's that is not needed to understand the rest.
const HIDDEN_SETTINGS: [&str; 2] = ["args", "access_key"];

/// Parts of a name that mark its value as secret.
const SECRET_WORDS: [&str; 5] = ["secret", "password", "passwd", "credential", "authorization"];

/// Suffixes of a name that mark its value as secret.
const SECRET_ENDS: [&str; 3] = ["key", "token", "auth"];

/// Suffixes of a name that mark its value as the location of a secret.
const PLACE_ENDS: [&str; 2] = ["_env", "_file"];

impl Config {
    /// All effective settings, including defaults, without secrets.
    pub fn shown(&self) -> Value {
        // A setting that can't be written as JSON should not hide the others; there is none today.
        let mut settings = serde_json::to_value(self).unwrap_or_default();
        hide(&mut settings);
        settings
    }
}

fn hide(value: &mut Value) {
    match value {
        Value::Object(members) => hide_members(members),
        Value::Array(items) => items.iter_mut().for_each(hide),
        Value::String(text) => {
            if let Some(shown) = without_password(text) {
                *text = shown;
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn hide_members(members: &mut Map<String, Value>) {
    for (name, value) in members {
        if is_secret(name) && !value.is_null() {
            *value = HIDDEN.into();
        } else {
            hide(value);
        }
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    if PLACE_ENDS.iter().any(|end| name.ends_with(end)) {
        return false;
    }
    HIDDEN_SETTINGS.contains(&name.as_str())
        || SECRET_WORDS.iter().any(|word| name.contains(word))
        || SECRET_ENDS.iter().any(|end| name.ends_with(end))
}

/// An address without its user and password. `None`: it has none.
fn without_password(text: &str) -> Option<String> {
    let mut url = Url::parse(text).ok()?;
    let query = url.query_pairs().any(|(name, _)| is_secret(&name));
    if url.password().is_none() && url.username().is_empty() && !query {
        return None;
    }
    if query {
        url.set_query(Some(HIDDEN));
    }
    // Such addresses can't have a user.
    let _ = url.set_password(None);
    let _ = url.set_username("");
    Some(url.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_shown_but_secrets() {
        let toml = "currency = 'EUR'\ntoken_price = '0.01'\nmedia = 's3://music/all'\n\
            store = 'postgres://u:hunter2@db/music'\nstore_password_file = '/run/password'\n\
            object_store = { access_key_id = 'AKIA', secret_key_env = 'S3' }\n\
            [providers.own]\nkind = 'command'\nprogram = '/bin/make'\nargs = ['--key', 'hunter2']\n\
            [providers.kling]\nkind = 'kling'\naccess_key = 'hunter2'\nkey_env = 'KLING'\n\
            input = { api_key = 'hunter2', auth = { x = 'hunter2' }, duration = 5, \
            url = 'https://u:hunter2@a.example/x', hook = 'https://a.example/?token=hunter2' }\n\
            [[models]]\nid = 'run'\nroutes = ['own']";
        let config: Config = toml::from_str(toml).unwrap();
        let shown = config.shown();
        let text = shown.to_string();
        assert!(!text.contains("hunter2"), "{text}");
        for (path, value) in [
            ("/currency", "EUR"),
            ("/store", "postgres://db/music"),
            ("/store_password_file", "/run/password"),
            ("/media", "s3://music/all"),
            ("/object_store/secret_key_env", "S3"),
            ("/token_price", "0.01"),
            ("/listen", "127.0.0.1:8787"),
            ("/providers/own/program", "/bin/make"),
            ("/providers/own/args", HIDDEN),
            ("/providers/kling/key_env", "KLING"),
            ("/providers/kling/input/url", "https://a.example/x"),
            ("/models/0/id", "run"),
        ] {
            assert_eq!(shown.pointer(path), Some(&value.into()), "{path}");
        }
        assert_eq!(shown["providers"]["kling"]["input"]["duration"], 5);
        assert_eq!(shown["limits"]["queue"], 10_000);
        assert_eq!(shown["admin_listen"], Value::Null);
    }
}
