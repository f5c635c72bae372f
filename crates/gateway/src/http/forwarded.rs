//! Parsing of the headers by which proxies describe the original request: `X-Forwarded-For`,
//! `X-Forwarded-Proto`, `X-Forwarded-Prefix`, and the standard `Forwarded` (RFC 7239), as real
//! proxies write them: in lists, over several lines, with ports, brackets and quotes. Pure: it must
//! not know which proxies are trusted.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, header};

const FORWARDED_FOR: &str = "x-forwarded-for";
const FORWARDED_PROTO: &str = "x-forwarded-proto";
const FORWARDED_PREFIX: &str = "x-forwarded-prefix";

/// The longest accepted prefix.
const PREFIX_MAX_BYTES: usize = 200;

/// The addresses that the request passed, the client's first. `None` for one that is hidden or
/// can't be parsed. `X-Forwarded-For` takes precedence over `Forwarded`: no proxy writes both, and
/// the one that it doesn't write may come from the client.
pub(super) fn addresses(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    if headers.contains_key(FORWARDED_FOR) {
        return list(headers, FORWARDED_FOR).into_iter().map(node).collect();
    }
    elements(headers).iter().map(|element| node(parameter(element, "for")?)).collect()
}

/// Whether the client used HTTPS, if the headers say so. The first in a list is what the first
/// proxy saw.
pub(super) fn is_https(headers: &HeaderMap) -> bool {
    let scheme = if headers.contains_key(FORWARDED_PROTO) {
        list(headers, FORWARDED_PROTO).first().map(|first| (*first).to_owned())
    } else {
        elements(headers).iter().find_map(|e| parameter(e, "proto").map(str::to_owned))
    };
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("https"))
}

/// The path under which clients reach the gateway, without a trailing slash; empty if the header is
/// absent or not a plain path. Each proxy of a chain adds its own.
pub(super) fn prefix(headers: &HeaderMap) -> String {
    let parts = list(headers, FORWARDED_PREFIX);
    let prefix: String = parts.iter().map(|part| part.trim_end_matches('/')).collect();
    let plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | '~' | '%');
    let good = prefix.starts_with('/')
        && prefix.len() <= PREFIX_MAX_BYTES
        && prefix.chars().all(plain)
        // A path that begins with two slashes names another host.
        && !prefix.contains("//")
        && !prefix.split('/').any(is_odd);
    if good { prefix } else { String::new() }
}

/// Whether a browser would remove this part of a path or split it, also if it is percent-encoded.
fn is_odd(part: &str) -> bool {
    let plain = part.to_ascii_lowercase().replace("%2e", ".");
    matches!(plain.as_str(), "." | "..") || plain.contains("%2f") || plain.contains("%5c")
}

/// The items of a list header, of all its lines, without blank ones.
fn list<'h>(headers: &'h HeaderMap, name: &str) -> Vec<&'h str> {
    let lines = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim).filter(|item| !item.is_empty()).collect()
}

/// The elements of `Forwarded`, one per proxy: commas within quotes don't separate. An unclosed
/// quote of the client hides none of the elements that later proxies added.
fn elements(headers: &HeaderMap) -> Vec<String> {
    let lines = headers.get_all(header::FORWARDED).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| split_unquoted(line, ',')).filter(|element| !element.is_empty()).collect()
}

fn split_unquoted(text: &str, at: char) -> Vec<String> {
    let (mut parts, mut part, mut quoted) = (Vec::new(), String::new(), false);
    let are_closed = text.matches('"').count().is_multiple_of(2);
    for c in text.chars() {
        quoted ^= are_closed && c == '"';
        if c == at && !quoted {
            parts.push(std::mem::take(&mut part).trim().to_owned());
        } else {
            part.push(c);
        }
    }
    parts.push(part.trim().to_owned());
    parts
}

/// A parameter of an element, without quotes. No parameter that is read here contains a quoted `;`.
fn parameter<'e>(element: &'e str, name: &str) -> Option<&'e str> {
    let pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let value = pairs.into_iter().find(|(key, _)| key.trim().eq_ignore_ascii_case(name))?.1;
    Some(value.trim().trim_matches('"'))
}

/// An address, with or without port, brackets and quotes.
fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address.to_canonical());
    }
    if let Ok(address) = text.parse::<SocketAddr>() {
        return Some(address.ip().to_canonical());
    }
    // Brackets without a port, or with one that is obfuscated (`_x`).
    let (address, port) = match text.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => text.split_once(':').map(|(address, _)| (address, ":_"))?,
    };
    let port_is_one = port.is_empty() || port.starts_with(":_");
    let address: IpAddr = address.parse().ok().filter(|_| port_is_one)?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(lines: &[(&'static str, &str)]) -> HeaderMap {
        let line = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        };
        lines.iter().map(line).collect()
    }

    #[test]
    fn addresses_are_read_as_proxies_write_them() {
        let table: &[(&[(&str, &str)], &str)] = &[
            (&[("x-forwarded-for", "203.0.113.7")], "203.0.113.7"),
            (&[("x-forwarded-for", "203.0.113.7:52311, 10.0.0.1")], "203.0.113.7 10.0.0.1"),
            (&[("x-forwarded-for", "[2001:db8::1]:443,[2001:db8::2]")], "2001:db8::1 2001:db8::2"),
            (&[("x-forwarded-for", "2001:db8::1")], "2001:db8::1"),
            (&[("x-forwarded-for", "::ffff:203.0.113.7")], "203.0.113.7"),
            (
                &[("x-forwarded-for", "203.0.113.7"), ("x-forwarded-for", "10.0.0.1")],
                "203.0.113.7 10.0.0.1",
            ),
            (&[("x-forwarded-for", "unknown, 10.0.0.1,")], "- 10.0.0.1"),
            (&[("x-forwarded-for", "203.0.113.7, x:y")], "203.0.113.7 -"),
            (&[("forwarded", "for=203.0.113.7;proto=https, for=10.0.0.1")], "203.0.113.7 10.0.0.1"),
            (&[("forwarded", r#"For="[2001:db8::1]:4711""#)], "2001:db8::1"),
            (&[("forwarded", r#"proto=http;for="203.0.113.7:_x";by=_a"#)], "203.0.113.7"),
            (&[("forwarded", r#"for=_hidden, for="203.0.113.7""#)], "- 203.0.113.7"),
            (&[("forwarded", r#"host="a,b";for=203.0.113.7"#)], "203.0.113.7"),
            (&[("forwarded", r#"for="x, for=203.0.113.7"#)], "- 203.0.113.7"),
            (&[("forwarded", r#"for="a\""#), ("forwarded", "FOR=203.0.113.7")], "- 203.0.113.7"),
            (&[("forwarded", r#"for="[2001:db8::1]:4711";proto=HTTPS"#)], "2001:db8::1"),
            (
                &[("forwarded", "for=198.51.100.1"), ("x-forwarded-for", "203.0.113.7")],
                "203.0.113.7",
            ),
        ];
        for (lines, expected) in table {
            let read = addresses(&headers(lines));
            let read: Vec<_> =
                read.iter().map(|a| a.map_or("-".to_owned(), |a| a.to_string())).collect();
            assert_eq!(read.join(" "), *expected, "{lines:?}");
        }
    }

    #[test]
    fn the_scheme_is_the_first_proxys() {
        let table: &[(&[(&str, &str)], bool)] = &[
            (&[("x-forwarded-proto", "https")], true),
            (&[("x-forwarded-proto", "HTTPS")], true),
            (&[("x-forwarded-proto", "https,http")], true),
            (&[("x-forwarded-proto", " https , https")], true),
            (&[("x-forwarded-proto", "http, https")], false),
            (&[("x-forwarded-proto", "")], false),
            (&[("forwarded", "for=1.2.3.4;proto=HTTPS;host=a, for=10.0.0.1;proto=http")], true),
            (&[("forwarded", "for=1.2.3.4;Proto=http")], false),
            (&[], false),
        ];
        for (lines, expected) in table {
            assert_eq!(is_https(&headers(lines)), *expected, "{lines:?}");
        }
    }

    #[test]
    fn a_prefix_is_a_plain_path() {
        for (given, expected) in [
            ("/tool", "/tool"),
            ("/tool/", "/tool"),
            ("/a/b", "/a/b"),
            ("/outer, /inner", "/outer/inner"),
            ("/", ""),
            ("tool", ""),
            ("//evil.example", ""),
            ("/a/../b", ""),
            ("/a\"b", ""),
            ("/a b", ""),
            ("/a/%2E%2e/b", ""),
            ("/%2e/a", ""),
            ("/a%2f..%2fb", ""),
            ("/a%5Cb", ""),
            ("/%65vents", "/%65vents"),
            ("//tool//", ""),
            ("\\\\evil.example", ""),
            ("/a?x", ""),
            ("https://evil.example", ""),
        ] {
            assert_eq!(prefix(&headers(&[("x-forwarded-prefix", given)])), expected, "{given}");
        }
        assert_eq!(prefix(&HeaderMap::new()), "");
    }
}
