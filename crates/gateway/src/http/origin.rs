//! The origin of a request: the client's address, the gateway's own base address, the origin of the
//! page. Only configured proxies are trusted about these.

use std::net::{IpAddr, Ipv4Addr};

use axum::http::{Extensions, HeaderMap, header};

use super::forwarded;
use super::state::{App, Peer};
use crate::config;

/// The client's address: the last one in the chain that is not a trusted proxy's.
pub(crate) fn client_address(app: &App, headers: &HeaderMap, extensions: &Extensions) -> IpAddr {
    let peer = peer_address(extensions);
    if !is_trusted(app, peer) {
        return peer;
    }
    let mut client = peer;
    for address in forwarded::addresses(headers).into_iter().rev() {
        // The chain ends at an entry that is no address: what is behind it can't be known.
        let Some(address) = address else { break };
        client = address;
        if !is_trusted(app, address) {
            break;
        }
    }
    client
}

fn is_trusted(app: &App, address: IpAddr) -> bool {
    app.config.trusted_proxies.iter().any(|network| network.contains(address))
}

fn peer_address(extensions: &Extensions) -> IpAddr {
    extensions.get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip())
}

/// Marks the requests that arrive at the administrators' listener, which `public_url` does not lead to.
#[derive(Clone, Copy)]
pub(crate) struct AtAdminListener;

/// The base address of this gateway, without a trailing slash: the configured one, or the request's
/// host if that is a valid one, or else the listener's address; followed by the path that a trusted
/// proxy reports.
pub(crate) fn base(app: &App, headers: &HeaderMap, extensions: &Extensions) -> String {
    if let Some(url) = &app.config.public_url
        && extensions.get::<AtAdminListener>().is_none()
    {
        return url.clone();
    }
    let trusted = is_trusted(app, peer_address(extensions));
    let scheme = if trusted && forwarded::is_https(headers) { "https" } else { "http" };
    let prefix = if trusted { forwarded::prefix(headers) } else { String::new() };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    match host.filter(|host| config::is_host(host)) {
        Some(host) => format!("{scheme}://{}{prefix}", host.to_ascii_lowercase()),
        None => format!("{scheme}://{}{prefix}", app.address),
    }
}

/// The path of a base address, without a trailing slash; empty if the gateway is the root of its
/// host. Clients put it before the gateway's paths.
pub(crate) fn path_of(base: &str) -> &str {
    split(base).1
}

/// A base address, split into origin and path.
fn split(base: &str) -> (&str, &str) {
    let host = base.find("://").map_or(0, |at| at + 3);
    base.split_at(base[host..].find('/').map_or(base.len(), |at| host + at))
}

/// Whether a browser says that this request comes from a page of the gateway's own origin, at an
/// address that DNS rebinding could not have produced.
pub(crate) fn is_own_page(app: &App, headers: &HeaderMap, extensions: &Extensions) -> bool {
    let base = base(app, headers, extensions);
    let own = split(&base).0;
    let host = own.split_once("://").map_or("", |(_, host)| host);
    let own_name = app.config.public_url.is_some()
        || host.parse::<std::net::SocketAddr>().is_ok()
        || host.parse::<IpAddr>().is_ok()
        || host.split(':').next() == Some("localhost");
    let origin = headers.get(header::ORIGIN).map(|origin| origin.as_bytes() == own.as_bytes());
    let site = headers.get("sec-fetch-site").map(|site| site.as_bytes() == b"same-origin");
    own_name
        && (origin == Some(true) || site == Some(true))
        && origin != Some(false)
        && site != Some(false)
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_base_address_has_an_origin_and_perhaps_a_path() {
        assert_eq!(split("https://a.example"), ("https://a.example", ""));
        assert_eq!(split("https://a.example/tool/ai"), ("https://a.example", "/tool/ai"));
    }
}
