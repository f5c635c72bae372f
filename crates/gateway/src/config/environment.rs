//! Environment variables: which are settings, and which only look like some.

use std::ffi::OsString;

use super::error::ConfigError;

/// The prefix of our environment variables. `AI_NOW_LIMITS__QUEUE` is `limits.queue`.
pub(super) const PREFIX: &str = "AI_NOW_";

/// What `ai-now-gateway try` reads, which may stand in the same environment as a gateway.
const OF_COMMANDS: [&str; 2] = ["KEY", "SERVER"];

/// The settings in an environment, by the names of their variables.
///
/// Left out: what is not ours, whatever it holds; what is empty or blank, which is how service managers and
/// containers write "not set"; what `try` reads; and what Kubernetes and Docker add for a service that is
/// called like the product (`AI_NOW_SERVICE_HOST`, `AI_NOW_PORT=tcp://…`).
///
/// # Errors
/// [`ConfigError::Setting`] if a variable of ours is not UTF-8.
pub(super) fn settings(
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<Vec<(String, String)>, ConfigError> {
    let mut found = Vec::new();
    for (name, value) in environment {
        let Ok(name) = name.into_string() else { continue };
        let Some(setting) = name.strip_prefix(PREFIX) else { continue };
        if value.to_str().is_some_and(|value| value.trim().is_empty()) {
            continue;
        }
        let value = value.into_string().map_err(|_| ConfigError::Setting {
            origin: name.clone(),
            message: "its value is not UTF-8".into(),
        })?;
        if !OF_COMMANDS.contains(&setting) && !is_of_a_service(setting, &value) {
            found.push((name, value));
        }
    }
    Ok(found)
}

/// Whether a variable was made for a service, of whatever name that begins like ours: by Kubernetes
/// (documentation, "Service", "Environment variables") or by Docker's links of containers.
fn is_of_a_service(setting: &str, value: &str) -> bool {
    // Only sections of settings are parted so.
    if setting.contains("__") {
        return false;
    }
    // The service's own name may stand before these words (`AI_NOW_GATEWAY_SERVICE_HOST`), and hold
    // one of them itself (`AI_NOW_PORTAL_PORT`).
    let is_after = |word: &str, fits: &dyn Fn(&str) -> bool| {
        setting.match_indices(word).any(|(at, _)| {
            let begins = at == 0 || setting[..at].ends_with('_');
            begins && fits(&setting[at + word.len()..])
        })
    };
    let is_address = ["tcp://", "udp://", "sctp://"].iter().any(|scheme| value.starts_with(scheme));
    let of_port = |rest: &str| {
        let mut parts = rest.trim_start_matches('_').split('_');
        let number = parts.next().is_some_and(|part| part.parse::<u16>().is_ok());
        let protocol = matches!(parts.next(), Some("TCP" | "UDP" | "SCTP"));
        // Docker names ranges, too: `PORT_80_TCP_START`.
        let end = matches!(parts.next(), None | Some("PROTO" | "PORT" | "ADDR" | "START" | "END"));
        number && protocol && end
    };
    is_after("SERVICE_HOST", &str::is_empty)
        || is_after("SERVICE_PORT", &|rest| rest.is_empty() || rest.starts_with('_'))
        || is_after("PORT", &|rest| (rest.is_empty() && is_address) || of_port(rest))
        || is_after("ENV", &|rest| rest.starts_with('_'))
        || is_after("NAME", &|rest| rest.is_empty() && value.starts_with('/'))
}

/// What a text says as TOML, or the text.
pub(super) fn value_of(text: &str) -> toml::Value {
    toml::from_str::<toml::Table>(&format!("value = {text}"))
        .ok()
        .filter(|parsed| parsed.len() == 1)
        .and_then(|mut parsed| parsed.remove("value"))
        .filter(|value| !value.is_datetime())
        .unwrap_or_else(|| toml::Value::String(text.to_owned()))
}

/// Puts a value where a setting's path leads: `limits__queue` is `queue` in the section `limits`.
///
/// # Errors
/// [`ConfigError::Setting`], where it leads through what is no section.
pub(super) fn set(
    table: &mut toml::Table,
    name: &str,
    path: &str,
    value: toml::Value,
) -> Result<(), ConfigError> {
    match path.split_once("__") {
        None => {
            table.insert(path.to_owned(), value);
        }
        Some((section, rest)) => {
            let section =
                table.entry(section).or_insert_with(|| toml::Value::Table(toml::Table::new()));
            let toml::Value::Table(section) = section else {
                return Err(ConfigError::Setting {
                    origin: name.to_owned(),
                    message: "it is not a section".into(),
                });
            };
            // A section may have sections: `AI_NOW_PROVIDERS__LUMA__BASE_URL`.
            set(section, name, rest, value)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_kubernetes_adds_is_no_setting() {
        for (name, value) in [
            ("AI_NOW_SERVICE_HOST", "10.0.0.9"),
            ("AI_NOW_SERVICE_PORT", "8787"),
            ("AI_NOW_SERVICE_PORT_HTTP", "8787"),
            ("AI_NOW_PORT", "tcp://10.0.0.9:8787"),
            ("AI_NOW_PORT_8787_TCP", "tcp://10.0.0.9:8787"),
            ("AI_NOW_PORT_8787_TCP_PROTO", "tcp"),
            ("AI_NOW_PORT_8787_TCP_PORT", "8787"),
            ("AI_NOW_PORT_8787_TCP_ADDR", "10.0.0.9"),
            ("AI_NOW_GATEWAY_SERVICE_HOST", "10.0.0.9"),
            ("AI_NOW_GATEWAY_SERVICE_PORT_METRICS", "9090"),
            ("AI_NOW_GATEWAY_PORT", "udp://10.0.0.9:8787"),
            ("AI_NOW_GATEWAY_PORT_9090_UDP_ADDR", "10.0.0.9"),
            ("AI_NOW_PORTAL_PORT", "tcp://10.0.0.9:80"),
            ("AI_NOW_PORTAL_PORT_80_TCP_PORT", "80"),
            ("AI_NOW_PORT_PORT_80_TCP", "tcp://10.0.0.9:80"),
            ("AI_NOW_SERVICE_PORTAL_PORT", "tcp://10.0.0.9:80"),
            // By Docker, for a container that is linked as `ai-now`.
            ("AI_NOW_NAME", "/web/ai-now"),
            ("AI_NOW_ENV_PATH", "/usr/bin"),
            ("AI_NOW_PORT_80_TCP_START", "tcp://10.0.0.9:80"),
            // For `try`.
            ("AI_NOW_KEY", "x"),
            ("AI_NOW_SERVER", "http://127.0.0.1:8787"),
        ] {
            assert_eq!(settings([(name.into(), value.into())]).unwrap(), [], "{name}");
        }
    }

    #[test]
    fn typos_and_settings_stay() {
        for (name, value) in [
            ("AI_NOW_PORT", "8787"),
            ("AI_NOW_LISTEN", "127.0.0.1:1"),
            ("AI_NOW_SERVICE", "x"),
            ("AI_NOW_PORTS", "tcp://10.0.0.9:8787"),
            ("AI_NOW_PORT_X_TCP", "x"),
            ("AI_NOW_NAME", "x"),
            ("AI_NOW_ENVIRONMENT", "x"),
            ("AI_NOW_PROVIDERS__OWN__ENV_NAME", "/x"),
            ("AI_NOW_KEYS", "x"),
        ] {
            let found = settings([(name.into(), value.into())]).unwrap();
            assert_eq!(found, [(name.to_owned(), value.to_owned())]);
        }
        for empty in ["", " ", "\t\n"] {
            assert_eq!(settings([("AI_NOW_DATA".into(), empty.into())]).unwrap(), []);
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_is_not_utf_8_matters_only_where_it_is_ours() {
        use std::os::unix::ffi::OsStringExt as _;
        let odd = || OsString::from_vec(vec![b'a', 0xff]);
        let others = [("OTHER".into(), odd()), (odd(), "x".into())];
        assert_eq!(settings(others).unwrap(), []);
        let error = settings([("AI_NOW_DATA".into(), odd())]).unwrap_err();
        assert!(error.to_string().contains("AI_NOW_DATA"), "{error}");
    }
}
