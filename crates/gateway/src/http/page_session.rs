//! How a browser presents its session of the administrators' page: a cookie that no script can read
//! and no other site sends, and proof that the page itself sends the request.
//!
//! It must not know what a session may do.

use ai_now_protocol::Code;
use axum::http::header::{COOKIE, ORIGIN};
use axum::http::{HeaderMap, HeaderValue, Method};

use super::error::Problem;

/// The header that the page sends with every change. Pages of other origins would need a preflight
/// for it, which is never granted.
pub(crate) const PAGE_HEADER: &str = "x-ai-now-admin";

/// The cookie's name. With this prefix browsers accept it only from this very host, over TLS.
fn name(https: bool) -> &'static str {
    if https { "__Host-ai-now-admin" } else { "ai-now-admin" }
}

/// The session's token, from the cookies of a request to this base address.
pub(crate) fn token<'h>(headers: &'h HeaderMap, base: &str) -> Option<&'h str> {
    let name = name(is_https(base));
    let cookies = headers.get_all(COOKIE).iter().filter_map(|cookies| cookies.to_str().ok());
    let pairs =
        cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.split_once('='));
    let mut tokens = pairs.filter(|(given, _)| given.trim() == name).map(|(_, token)| token.trim());
    tokens.next().filter(|token| !token.is_empty())
}

/// The cookie of a session; `None` deletes it. It ends with the browser at the latest.
pub(crate) fn cookie(token: Option<&str>, base: &str) -> Option<HeaderValue> {
    let https = is_https(base);
    let (name, secure) = (name(https), if https { "; Secure" } else { "" });
    let (token, age) = match token {
        Some(token) => (token, ""),
        None => ("", "; Max-Age=0"),
    };
    let text = format!("{name}={token}; Path=/; HttpOnly; SameSite=Strict{secure}{age}");
    HeaderValue::from_str(&text).ok()
}

/// Whether the page itself sends the request, according to the browser. A change needs the page's
/// header, too.
///
/// # Errors
/// 403.
pub(crate) fn check(method: &Method, headers: &HeaderMap, base: &str) -> Result<(), Problem> {
    let text =
        |name: &str| headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()));
    let own = match (text("sec-fetch-site"), text(ORIGIN.as_str())) {
        (Some(site), _) => site == "same-origin" || (site == "none" && method.is_safe()),
        // Over plain HTTP, browsers don't say. If a proxy ends TLS without reporting it, the scheme
        // is unknown.
        (None, Some(origin)) => authority(&origin) == authority(base),
        (None, None) => true,
    };
    if own && (method.is_safe() || headers.contains_key(PAGE_HEADER)) {
        return Ok(());
    }
    Err(Problem::forbidden(
        Code::OriginNotAllowed,
        "A session of the administrators' page is for that page alone. Programs send an \
         administrator's key as “Authorization: Bearer …”.",
    ))
}

fn is_https(base: &str) -> bool {
    base.starts_with("https://")
}

/// The host and port of an address.
fn authority(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("://")?;
    rest.split('/').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://music.example/tool";

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn the_cookie_is_for_this_host_and_no_script() {
        let set = cookie(Some("abc"), BASE).unwrap();
        let expected = "__Host-ai-now-admin=abc; Path=/; HttpOnly; SameSite=Strict; Secure";
        assert_eq!(set, expected);
        let plain = cookie(None, "http://127.0.0.1:8787").unwrap();
        assert_eq!(plain, "ai-now-admin=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    }

    #[test]
    fn the_token_is_found_among_other_cookies() {
        for (cookies, found) in [
            (vec!["a=b; __Host-ai-now-admin=abc; c=d"], Some("abc")),
            (vec!["a=b", "__Host-ai-now-admin=abc"], Some("abc")),
            // Over TLS, a cookie that a page of a neighbouring host could have set is ignored.
            (vec!["ai-now-admin=abc"], None),
            (vec!["__Host-ai-now-admin="], None),
            (vec!["x__Host-ai-now-admin=abc", "junk", "=", ";;"], None),
            (vec![], None),
        ] {
            let pairs: Vec<_> = cookies.iter().map(|text| ("cookie", *text)).collect();
            assert_eq!(token(&headers(&pairs), BASE), found, "{cookies:?}");
        }
        let plain = headers(&[("cookie", "ai-now-admin=abc")]);
        assert_eq!(token(&plain, "http://localhost:1"), Some("abc"));
    }

    #[test]
    fn only_the_page_itself_is_believed() {
        let page = (PAGE_HEADER, "1");
        for (method, sent, good) in [
            (Method::GET, vec![], true),
            (Method::GET, vec![("sec-fetch-site", "same-origin")], true),
            (Method::GET, vec![("sec-fetch-site", "none")], true),
            (Method::GET, vec![("sec-fetch-site", "same-site")], false),
            (Method::GET, vec![("sec-fetch-site", "cross-site")], false),
            (Method::GET, vec![("origin", "https://evil.example")], false),
            (Method::POST, vec![], false),
            (Method::POST, vec![page], true),
            (Method::POST, vec![page, ("sec-fetch-site", "same-origin")], true),
            (Method::POST, vec![page, ("sec-fetch-site", "none")], false),
            (Method::POST, vec![page, ("sec-fetch-site", "same-site")], false),
            (Method::POST, vec![("sec-fetch-site", "same-origin")], false),
            (Method::DELETE, vec![page, ("origin", "https://music.example")], true),
            (Method::DELETE, vec![page, ("origin", "http://music.example")], true),
            (Method::DELETE, vec![page, ("origin", "https://music.example.evil.example")], false),
            (Method::PATCH, vec![page, ("origin", "null")], false),
        ] {
            assert_eq!(check(&method, &headers(&sent), BASE).is_ok(), good, "{method} {sent:?}");
        }
    }
}
