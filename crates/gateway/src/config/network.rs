//! Networks in the settings: `10.0.0.0/8`, or a single address.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// An address, or a network. IPv4 addresses in IPv6 notation are treated as IPv4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network(IpNet);

/// A text that is neither an address nor a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is neither an address like “10.0.0.1” nor a network like “10.0.0.0/8”")]
pub struct NotANetwork(String);

impl Network {
    /// Whether the address is in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

impl From<Network> for String {
    fn from(Network(network): Network) -> Self {
        network.to_string()
    }
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let wrong = || NotANetwork(text.to_owned());
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self(address.to_canonical().into()));
        }
        let network: IpNet = text.parse().map_err(|_| wrong())?;
        let IpNet::V6(v6) = network else { return Ok(Self(network)) };
        // `::ffff:10.0.0.0/104` is `10.0.0.0/8`: addresses are compared in their canonical form.
        let Some(v4) = v6.addr().to_ipv4_mapped() else { return Ok(Self(network)) };
        let bits = v6.prefix_len().checked_sub(96).ok_or_else(wrong)?;
        IpNet::new(v4.into(), bits).map(Self).map_err(|_| wrong())
    }
}

impl TryFrom<String> for Network {
    type Error = NotANetwork;

    fn try_from(text: String) -> Result<Self, NotANetwork> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_networks() {
        let has = |network: &str, address: &str| {
            network.parse::<Network>().unwrap().contains(address.parse().unwrap())
        };
        assert!(has("10.0.0.1", "10.0.0.1") && !has("10.0.0.1", "10.0.0.2"));
        assert!(has("10.0.0.0/8", "10.9.9.9") && !has("10.0.0.0/8", "11.0.0.1"));
        assert!(has("10.0.0.1", "::ffff:10.0.0.1") && has("::ffff:10.0.0.1", "10.0.0.1"));
        assert!(has("::ffff:10.0.0.0/104", "10.9.9.9"));
        assert!(has("2001:db8::/32", "2001:db8::1") && has("::1", "::1"));
        for bad in ["", "proxy", "10.0.0.0/33", "10.0.0", "::ffff:10.0.0.0/8"] {
            assert!(bad.parse::<Network>().is_err(), "{bad}");
        }
    }
}
