//! A network of the harness' own: each gateway in a namespace, the other parts at addresses of a bridge, so
//! that the packets between any two can be dropped. It needs a network namespace that is nobody else's
//! (`cargo xtask crash` starts the harness in one, where it may).
//!
//! Packets are dropped without a word to anybody: they are sent to a hardware address that nobody has.

use std::ffi::OsStr;
use std::net::Ipv4Addr;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// Where clients and the balancer are.
pub const CLIENTS: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 1);
/// Where the database server is.
pub const DATABASE: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 2);
/// Where the object store is.
pub const OBJECTS: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 3);

/// The hardware address that nobody has.
const NOBODY: &str = "02:00:00:00:00:99";

/// The address of a gateway.
pub fn of_gateway(number: usize) -> Ipv4Addr {
    Ipv4Addr::new(10, 77, 0, u8::try_from(number + 11).unwrap_or(u8::MAX))
}

/// Builds it, for so many gateways.
///
/// # Errors
/// Where the system does not let us.
pub fn build(gateways: usize) -> Result<()> {
    ip("link set lo up")?;
    // What `ip` remembers of namespaces is for this run alone.
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

/// A program, as a gateway of this number sees the network.
pub fn within(number: usize, program: &OsStr) -> (&'static str, Vec<std::ffi::OsString>) {
    let words = ["netns", "exec", &space(number)].map(Into::into);
    ("ip", words.into_iter().chain([program.to_owned()]).collect())
}

/// Drops what a gateway sends to an address: no connection between them goes on, and none begins.
///
/// # Errors
/// Where the system does not let us.
pub fn cut(gateway: usize, from: Ipv4Addr) -> Result<()> {
    ip(&format!(
        "-n {} neigh replace {from} lladdr {NOBODY} dev inner{gateway} nud permanent",
        space(gateway)
    ))
}

/// Drops nothing any more.
///
/// # Errors
/// Where the system does not let us.
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
