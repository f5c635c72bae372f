//! Origins and hosts, as settings and requests write them.

/// A text that is not an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "it must be like “https://example.com” or “http://localhost:8080”, in lower case and without a path"
)]
pub struct NotAnOrigin;

/// Checks that a text is an origin as browsers write it: scheme and host, with a port where it is
/// not the scheme's own, nothing after it.
///
/// # Errors
/// [`NotAnOrigin`]
pub fn check_origin(text: &str) -> Result<(), NotAnOrigin> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.ok_or(NotAnOrigin)?;
    let plain = !host.is_empty() && is_host(host) && !host.contains(|c: char| c.is_uppercase());
    if plain { Ok(()) } else { Err(NotAnOrigin) }
}

/// Whether a text is a host with an optional port, of the characters that hosts are made of.
pub fn is_host(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (text, None),
    };
    let v6 = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let host_is_good = match v6 {
        Some(v6) => v6.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            !host.is_empty()
                && host.len() <= 253
                && host
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
        }
    };
    host_is_good && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        for good in ["a", "a.example:80", "127.0.0.1:8787", "[::1]", "[::1]:80", "my_host"] {
            assert!(is_host(good), "{good}");
        }
        for bad in
            ["", ":80", "a:b", "a:0", "a:99999", "a b", "a/b", "u@a", "[::1", "a\"b", "é.example"]
        {
            assert!(!is_host(bad), "{bad}");
        }
    }
}
