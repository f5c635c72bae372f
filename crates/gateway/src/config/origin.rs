//! Origins, base addresses and hosts, in settings and requests.

use url::Url;

/// A text that is not an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be like “https://example.com” or “http://localhost:8080”, without a path")]
pub struct NotAnOrigin;

/// A text that is not the address of a gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be like “https://example.com” or “https://example.com/tool”")]
pub struct NotABaseUrl;

/// An origin as browsers serialise it (WHATWG HTML, "serialization of an origin"): lower case,
/// Unicode names as Punycode, without the scheme's default port. So it equals the `Origin` header
/// of a page.
///
/// # Errors
/// [`NotAnOrigin`] if the text has more than scheme, host and port.
pub fn normalize_origin(text: &str) -> Result<String, NotAnOrigin> {
    let url = web_url(text).ok_or(NotAnOrigin)?;
    // The parser does not distinguish `https://a` from `https://a/`, and an origin has no trailing
    // slash.
    let (_, rest) = text.split_once("://").ok_or(NotAnOrigin)?;
    if rest.contains('/') {
        return Err(NotAnOrigin);
    }
    Ok(url.origin().ascii_serialization())
}

/// The base address of a gateway, with a path if it is under one, and without a trailing slash.
///
/// # Errors
/// [`NotABaseUrl`]
pub fn normalize_base_url(text: &str) -> Result<String, NotABaseUrl> {
    let url = web_url(text).ok_or(NotABaseUrl)?;
    let path = url.path().trim_end_matches('/');
    Ok(format!("{}{path}", url.origin().ascii_serialization()))
}

/// A web address without user, query and fragment, whose host needed no repair.
fn web_url(text: &str) -> Option<Url> {
    // The parser would drop or repair these.
    if text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
        return None;
    }
    let url = Url::parse(text).ok()?;
    let scheme = text.split_once("://")?.0;
    let web = matches!(url.scheme(), "http" | "https") && url.scheme().eq_ignore_ascii_case(scheme);
    let bare = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    let host = url.host_str().is_some_and(|host| is_host(host) && !text.contains("*"));
    (web && bare && host).then_some(url)
}

/// Whether a text is a host with an optional port, made of valid characters.
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

    #[test]
    fn origins_are_those_that_browsers_send() {
        for (given, origin) in [
            ("https://a.example", "https://a.example"),
            ("HTTPS://A.Example", "https://a.example"),
            ("https://a.example:443", "https://a.example"),
            ("http://a.example:80", "http://a.example"),
            ("http://a.example:443", "http://a.example:443"),
            ("https://a.example:08443", "https://a.example:8443"),
            ("https://münchen.example", "https://xn--mnchen-3ya.example"),
            ("https://MÜNCHEN.example:443", "https://xn--mnchen-3ya.example"),
            ("http://[0:0::1]:80", "http://[::1]"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://127.1", "http://127.0.0.1"),
        ] {
            assert_eq!(normalize_origin(given).as_deref(), Ok(origin), "{given}");
        }
        for bad in [
            "",
            "*",
            "a.example",
            "null",
            "https://",
            "https://*",
            "https://*.a.example",
            "https://a.example/",
            "https://a.example/x",
            "https://a.example?x",
            "https://a.example#x",
            "https://u@a.example",
            "https://u:p@a.example",
            "https://a.example:0x50",
            "https://a b.example",
            " https://a.example",
            "https:\\\\a.example",
            "https:a.example",
            "ftp://a.example",
            "file:///x",
        ] {
            assert!(normalize_origin(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_base_url_may_have_a_path() {
        for (given, base) in [
            ("https://a.example", "https://a.example"),
            ("https://A.example:443/", "https://a.example"),
            ("https://a.example/tool/", "https://a.example/tool"),
            ("https://a.example/tool/ai", "https://a.example/tool/ai"),
        ] {
            assert_eq!(normalize_base_url(given).as_deref(), Ok(base), "{given}");
        }
        for bad in ["a.example", "https://a.example/?x", "https://a.example/#x", "https://u@a/"] {
            assert!(normalize_base_url(bad).is_err(), "{bad}");
        }
    }
}
