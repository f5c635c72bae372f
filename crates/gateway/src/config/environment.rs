//! Which environment variables are settings, and which only look like some.

use std::ffi::OsString;

use super::error::ConfigError;

/// What environment variables of ours begin with. `AI_NOW_LIMITS__QUEUE` is `limits.queue`.
pub(super) const PREFIX: &str = "AI_NOW_";

/// The settings of an environment, by the names of their variables.
///
/// Left out: what is not ours, whatever it holds; what is empty, which is how service managers and
/// containers write "not set"; and what Kubernetes adds for a Service that is called like the
/// product (`AI_NOW_SERVICE_HOST`, `AI_NOW_PORT=tcp://…`).
///
/// # Errors
/// [`ConfigError::Setting`], where a variable of ours is not UTF-8.
pub(super) fn settings(
    environment: impl IntoIterator<Item = (OsString, OsString)>,
) -> Result<Vec<(String, String)>, ConfigError> {
    let mut found = Vec::new();
    for (name, value) in environment {
        let Ok(name) = name.into_string() else { continue };
        let Some(setting) = name.strip_prefix(PREFIX) else { continue };
        if value.is_empty() {
            continue;
        }
        let value = value.into_string().map_err(|_| ConfigError::Setting {
            origin: name.clone(),
            message: "its value is not UTF-8".into(),
        })?;
        if !is_of_a_kubernetes_service(setting, &value) {
            found.push((name, value));
        }
    }
    Ok(found)
}

/// Whether Kubernetes made this variable for a Service (Kubernetes documentation, "Service",
/// "Environment variables"), of whatever name that begins like ours.
fn is_of_a_kubernetes_service(setting: &str, value: &str) -> bool {
    // The Service's own name may stand before these: `AI_NOW_GATEWAY_SERVICE_HOST`.
    let after = |word: &str| {
        let at = if setting.starts_with(word) { Some(0) } else { None };
        at.or_else(|| setting.find(&format!("_{word}")).map(|at| at + 1))
            .map(|at| &setting[at + word.len()..])
    };
    let is_address = ["tcp://", "udp://", "sctp://"].iter().any(|scheme| value.starts_with(scheme));
    let of_port = |rest: &str| {
        let mut parts = rest.trim_start_matches('_').split('_');
        let number = parts.next().is_some_and(|part| part.parse::<u16>().is_ok());
        let protocol = matches!(parts.next(), Some("TCP" | "UDP" | "SCTP"));
        number && protocol && matches!(parts.next(), None | Some("PROTO" | "PORT" | "ADDR"))
    };
    after("SERVICE_HOST").is_some_and(str::is_empty)
        || after("SERVICE_PORT").is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
        || after("PORT").is_some_and(|rest| (rest.is_empty() && is_address) || of_port(rest))
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
        ] {
            let found = settings([(name.into(), value.into())]).unwrap();
            assert_eq!(found, [(name.to_owned(), value.to_owned())]);
        }
        assert_eq!(settings([("AI_NOW_DATA".into(), "".into())]).unwrap(), []);
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
