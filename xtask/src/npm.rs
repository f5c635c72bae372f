//! The npm package `ai-now-studio`, built beside `dist/` from `npm/`. It must not know what the
//! files do.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::run::{find, heading, root, run};
use crate::tools;

/// The package's folder.
pub fn folder() -> PathBuf {
    root().join("dist-npm")
}

/// Builds the package from a distribution build.
///
/// # Errors
/// If Node.js is missing or `dist` isn't such a build.
pub fn build(dist: &Path) -> Result<()> {
    heading("Building the npm package");
    let node = find("node").context("the npm package needs Node.js 20.19 or newer")?;
    let esbuild = tools::node_packages()?.join("node_modules/.bin/esbuild");
    run(Command::new(node)
        .arg(root().join("npm/build.mjs"))
        .arg(dist)
        .arg(folder())
        .arg(esbuild)
        .arg(env!("CARGO_PKG_VERSION")))
}
