//! Who talks to us from where: the client's address, the gateway's own base address, the origin
//! of the page. Only configured proxies are believed about what they say.

use std::net::{IpAddr, Ipv4Addr};

use axum::http::{Extensions, HeaderMap, header};

use super::state::{App, Peer};
use crate::config;

const FORWARDED_FOR: &str = "x-forwarded-for";
const FORWARDED_PROTO: &str = "x-forwarded-proto";

/// The address of the client: the last one in the chain that no trusted proxy vouches for.
pub(crate) fn client_address(app: &App, headers: &HeaderMap, extensions: &Extensions) -> IpAddr {
    let peer = peer_address(extensions);
    let trusted = |address: &IpAddr| {
        app.config.trusted_proxies.iter().any(|net| net.contains(&address.to_canonical()))
    };
    if !trusted(&peer) {
        return peer;
    }
    let named: Vec<&str> = headers
        .get_all(FORWARDED_FOR)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    let mut client = peer;
    for name in named.into_iter().rev() {
        // What is no address ends the chain: whoever stands behind it can't be known.
        let Ok(address) = name.trim().parse::<IpAddr>() else { break };
        client = address;
        if !trusted(&address) {
            break;
        }
    }
    client
}

fn peer_address(extensions: &Extensions) -> IpAddr {
    extensions.get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip())
}

/// How this gateway is reached, without a slash at the end: as configured, or as the request
/// says where that is a host at all, or else as it listens.
pub(crate) fn base(app: &App, headers: &HeaderMap, extensions: &Extensions) -> String {
    if let Some(url) = &app.config.public_url {
        return url.clone();
    }
    let peer = peer_address(extensions).to_canonical();
    let trusted = app.config.trusted_proxies.iter().any(|net| net.contains(&peer));
    let secure =
        trusted && headers.get(FORWARDED_PROTO).is_some_and(|scheme| scheme.as_bytes() == b"https");
    let scheme = if secure { "https" } else { "http" };
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    match host.filter(|host| config::is_host(host)) {
        Some(host) => format!("{scheme}://{}", host.to_ascii_lowercase()),
        None => format!("{scheme}://{}", app.address),
    }
}

/// Whether a browser says that this request comes from a page of the gateway's own origin, at an
/// address that no foreign name server could have pointed at it.
pub(crate) fn is_own_page(app: &App, headers: &HeaderMap, extensions: &Extensions) -> bool {
    let base = base(app, headers, extensions);
    let host = base.split_once("://").map_or("", |(_, host)| host);
    let own_name = app.config.public_url.is_some()
        || host.parse::<std::net::SocketAddr>().is_ok()
        || host.parse::<IpAddr>().is_ok()
        || host.split(':').next() == Some("localhost");
    let origin = headers.get(header::ORIGIN).map(|origin| origin.as_bytes() == base.as_bytes());
    let site = headers.get("sec-fetch-site").map(|site| site.as_bytes() == b"same-origin");
    own_name
        && (origin == Some(true) || site == Some(true))
        && origin != Some(false)
        && site != Some(false)
}
