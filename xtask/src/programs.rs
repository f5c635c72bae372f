//! Our own programs as the tests run them: where they are, and how they are built. It must not know what a
//! test does with them.

use std::path::PathBuf;

use anyhow::Result;

use crate::run::{cargo, heading, run, target_dir};

/// Builds all of them, as `cargo test --workspace` does: a package that is built by itself gets other
/// features of what it needs, and several hundred crates would be compiled once more for each.
///
/// # Errors
/// Where one can't be built.
pub fn build() -> Result<()> {
    heading("Building the programs");
    run(cargo().args(["build", "--workspace", "--bins", "--examples"]))
}

/// The gateway.
pub fn gateway() -> PathBuf {
    program("ai-now-gateway")
}

/// What kills gateways and audits what they leave.
pub fn crash() -> PathBuf {
    program("ai-now-crash")
}

/// The sketch engine's example: what it makes is compared with what the page makes.
pub fn sketch() -> PathBuf {
    program("examples/sketch")
}

fn program(name: &str) -> PathBuf {
    target_dir().join("debug").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}
