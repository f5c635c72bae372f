//! A private network: each gateway in its own namespace, the other parts at addresses of a bridge,
//! so that packets between any two can be dropped. It needs a private network namespace (`cargo
//! xtask crash` starts the harness in one, if permitted).
//!
//! Packets are dropped silently: they are sent to an unused hardware address.

use std::ffi::OsStr;
use std::net::Ipv4Addr;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// The address of clients and the balancer.
pub const CLIENTS: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 1);
/// The address of the database server.
pub const DATABASE: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 2);
/// The address of the object store.
pub const OBJECTS: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 3);

/// An unused hardware address.
const NOBODY: &str = "02:00:00:00:00:99";

/// The address of a gateway.
pub fn of_gateway(number: usize) -> Ipv4Addr {
    Ipv4Addr::new(10, 77, 0, u8::try_from(number + 11).unwrap_or(u8::MAX))
}

/// Creates it, for this many gateways.
///
/// # Errors
/// If the system doesn't permit it.
pub fn build(gateways: usize) -> Result<()> {
    ip("link set lo up")?;
    // `ip` stores its namespaces here, for this run only.
    std::fs::create_dir_all("/run/netns")?;
    run(Command::new("mount").args(["-t", "tmpfs", "none", "/run/netns"]))?;
    ip("link add parts type bridge")?;
    for address in [CLIENTS, DATABASE, OBJECTS] {
        ip(&format!("address add {address}/24 dev parts"))?;
    }
    ip("link set parts up")?;
    for number in 0..gateways {
        let (space, outer, inner) =
            (space(number), format!("outer{number}"), format!("inner{number}"));
        ip(&format!("netns add {space}"))?;
        ip(&format!("link add {outer} type veth peer name {inner}"))?;
        ip(&format!("link set {inner} netns {space}"))?;
        ip(&format!("link set {outer} master parts up"))?;
        ip(&format!("-n {space} link set lo up"))?;
        ip(&format!("-n {space} address add {}/24 dev {inner}", of_gateway(number)))?;
        ip(&format!("-n {space} link set {inner} up"))?;
    }
    Ok(())
}

/// A command in the network namespace of a gateway.
pub fn within(number: usize, program: &OsStr) -> (&'static str, Vec<std::ffi::OsString>) {
    let words = ["netns", "exec", &space(number)].map(Into::into);
    ("ip", words.into_iter().chain([program.to_owned()]).collect())
}

/// Drops the packets from a gateway to an address: existing connections stall, and new ones fail.
///
/// # Errors
/// If the system doesn't permit it.
pub fn cut(gateway: usize, from: Ipv4Addr) -> Result<()> {
    ip(&format!(
        "-n {} neigh replace {from} lladdr {NOBODY} dev inner{gateway} nud permanent",
        space(gateway)
    ))
}

/// Stops dropping packets.
///
/// # Errors
/// If the system doesn't permit it.
pub fn join(gateway: usize, with: Ipv4Addr) -> Result<()> {
    ip(&format!("-n {} neigh del {with} dev inner{gateway}", space(gateway)))
}

fn space(number: usize) -> String {
    format!("gateway{number}")
}

fn ip(words: &str) -> Result<()> {
    run(Command::new("ip").args(words.split(' ')))
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("{command:?}"))?;
    if !output.status.success() {
        bail!("{command:?}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}
