//! The addresses of a gateway: its base address, its routes, and addresses in its answers. It must
//! not connect.

use url::Url;

use crate::Error;

/// A gateway's base address.
#[derive(Clone, Debug)]
pub(crate) struct Address(Url);

impl Address {
    /// Parses an address such as `https://music.example` or `http://127.0.0.1:8787/music/`.
    pub(crate) fn parse(address: &str) -> Result<Self, Error> {
        let wrong = || {
            Error::Unusable(
                "The gateway's address must be like https://music.example or http://127.0.0.1:8787."
                    .into(),
            )
        };
        let mut url = Url::parse(address).map_err(|_| wrong())?;
        if !is_web(&url) || url.host_str().is_none() {
            return Err(wrong());
        }
        url.set_query(None);
        url.set_fragment(None);
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        Ok(Self(url))
    }

    /// The address of a route: its path under the base address, in parts, which may hold any
    /// characters.
    pub(crate) fn route(&self, parts: &[&str]) -> Result<Url, Error> {
        let mut url = self.0.clone();
        let unusable = || Error::Unusable("An id can't be empty, `.` or `..`.".into());
        if parts.iter().any(|part| matches!(*part, "" | "." | "..")) {
            return Err(unusable());
        }
        url.path_segments_mut().map_err(|()| unusable())?.pop_if_empty().extend(parts);
        Ok(url)
    }

    /// An address from an answer, made absolute.
    pub(crate) fn named(&self, address: &str) -> Result<Url, Error> {
        let url = self.0.join(address).ok().filter(is_web);
        url.ok_or_else(|| Error::Unexpected("an invalid address".into()))
    }

    /// Whether it uses TLS.
    pub(crate) fn is_secure(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether an address is on the gateway's own host. The key is sent nowhere else.
    pub(crate) fn is_own(&self, url: &Url) -> bool {
        url.origin() == self.0.origin()
    }
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_put_together() {
        let below = Address::parse("https://a.example/music?x=1").unwrap();
        let route = |parts: &[&str]| below.route(parts).map(|url| url.to_string()).ok();
        assert_eq!(route(&["api", "ping"]).unwrap(), "https://a.example/music/api/ping");
        assert_eq!(route(&["api", "a/b?c"]).unwrap(), "https://a.example/music/api/a%2Fb%3Fc");
        for hostile in ["", ".", ".."] {
            assert_eq!(route(&["api", hostile]), None);
        }
        let named = |address| below.named(address).map(|url| url.to_string()).ok();
        assert_eq!(named("/media/a.mp3").unwrap(), "https://a.example/media/a.mp3");
        assert_eq!(named("https://cdn.example/a.mp3").unwrap(), "https://cdn.example/a.mp3");
        assert_eq!(named("file:///etc/passwd"), None);
        assert!(below.is_own(&below.named("/media/a.mp3").unwrap()));
        assert!(!below.is_own(&below.named("http://a.example/media/a.mp3").unwrap()));
        for wrong in ["", "music.example", "ftp://a.example", "file:///a"] {
            assert!(Address::parse(wrong).is_err(), "{wrong}");
        }
    }
}
