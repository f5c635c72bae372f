//! Which addresses the gateway may connect to for a provider or for its answers.
//!
//! A result's address is text from outside. It must not lead to what only this machine and its
//! network can reach. It is checked twice: the URL, where a host may be an address in any spelling,
//! and the address that a name resolves to, at the moment of connecting to it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Checks an address before any request. With `private`, private hosts and plain HTTP are allowed.
pub(super) fn check(url: &Url, private: bool) -> Result<(), &'static str> {
    match url.scheme() {
        "https" => {}
        "http" if private => {}
        "http" => return Err("it must begin with https://, as private hosts are not allowed"),
        _ => return Err("it must begin with https://"),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it must hold no user name or password");
    }
    let public = match url.host() {
        None => return Err("it names no host"),
        Some(_) if private => true,
        // The parser has normalised every spelling of an address by now: decimal, octal, short.
        Some(Host::Ipv4(ip)) => is_public(ip.into()),
        Some(Host::Ipv6(ip)) => is_public(ip.into()),
        Some(Host::Domain(name)) => !is_local_name(name),
    };
    if public {
        Ok(())
    } else {
        Err("it is at a private address, and private hosts are not allowed")
    }
}

/// Names that exist only on this machine or its network.
fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    let last = name.rsplit('.').next().unwrap_or_default();
    name.is_empty() || ["localhost", "local", "internal", "home", "lan"].contains(&last)
}

/// Whether an address is one of the public Internet (IANA special-purpose address registries).
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !matches!(
        (a, b, c),
        (0 | 10 | 127 | 224..=255, _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 168, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    )
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    if let Some(v4) = ip.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    let s = ip.segments();
    // NAT64 (RFC 6052): the embedded address counts.
    if s[..6] == [0x64, 0xff9b, 0, 0, 0, 0] {
        let [.., a, b, c, d] = ip.octets();
        return is_public_v4(Ipv4Addr::new(a, b, c, d));
    }
    // Global unicast is 2000::/3. Excluded from it: protocol assignments with Teredo (2001::/23),
    // documentation (2001:db8::/32, 3fff::/20), 6to4 (2002::/16).
    s[0] & 0xe000 == 0x2000
        && !(s[0] == 0x2001 && (s[1] < 0x200 || s[1] == 0xdb8))
        && s[0] != 0x2002
        && !(s[0] == 0x3fff && s[1] < 0x1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_places_are_refused_however_they_are_spelled() {
        for bad in [
            "https://127.0.0.1/a",
            "https://127.1/a",
            "https://2130706433/a",
            "https://0x7f000001/a",
            "https://0177.0.0.1/a",
            "https://0x7f.1/a",
            "https://017700000001/a",
            "https://127.0.0.1./a",
            "https://127.0.0.1:443/a",
            "https://①②⑦.⓪.⓪.①/a",
            "https://0/a",
            "https://0.0.0.0/a",
            "https://10.1.2.3/a",
            "https://172.16.0.1/a",
            "https://172.31.255.255/a",
            "https://192.168.0.1/a",
            "https://169.254.169.254/latest/meta-data",
            "https://2852039166/latest/meta-data",
            "https://100.64.0.1/a",
            "https://198.18.0.1/a",
            "https://192.0.2.1/a",
            "https://224.0.0.1/a",
            "https://255.255.255.255/a",
            "https://[::]/a",
            "https://[::1]/a",
            "https://[0:0:0:0:0:0:0:1]/a",
            "https://[::ffff:127.0.0.1]/a",
            "https://[::ffff:7f00:1]/a",
            "https://[::127.0.0.1]/a",
            "https://[64:ff9b::127.0.0.1]/a",
            "https://[64:ff9b::a00:1]/a",
            "https://[64:ff9b:1::1]/a",
            "https://[2002:7f00:1::]/a",
            "https://[2002:c0a8:1::]/a",
            "https://[2001::1]/a",
            "https://[2001:db8::1]/a",
            "https://[fc00::1]/a",
            "https://[fd12:3456::1]/a",
            "https://[fe80::1]/a",
            "https://[fec0::1]/a",
            "https://[ff02::1]/a",
            "https://localhost/a",
            "https://LOCALHOST./a",
            "https://a.localhost/a",
            "https://printer.local/a",
            "https://metadata.google.internal/a",
            "http://example.com/a",
            "ftp://example.com/a",
            "file:///etc/passwd",
            "data:video/mp4;base64,AAAA",
            "https://user@example.com/a",
            "https://user:secret@example.com/a",
            "https://:secret@example.com/a",
        ] {
            let url = Url::parse(bad).unwrap();
            assert!(check(&url, false).is_err(), "{bad} was let through");
        }
        for good in [
            "https://example.com/a",
            "https://dl.example.com:8443/a?b#c",
            "https://8.8.8.8/a",
            "https://172.32.0.1/a",
            "https://[2606:4700::1111]/a",
            "https://[64:ff9b::808:808]/a",
            "https://[::ffff:8.8.8.8]/a",
        ] {
            assert_eq!(check(&Url::parse(good).unwrap(), false), Ok(()), "{good}");
        }
    }

    #[test]
    fn an_own_network_may_be_let_through_but_never_odd_schemes() {
        for good in ["http://127.0.0.1:8787/a", "https://localhost/a", "http://[::1]/a"] {
            assert_eq!(check(&Url::parse(good).unwrap(), true), Ok(()), "{good}");
        }
        for bad in ["file:///etc/passwd", "http://a:b@127.0.0.1/"] {
            assert!(check(&Url::parse(bad).unwrap(), true).is_err(), "{bad}");
        }
    }
}
