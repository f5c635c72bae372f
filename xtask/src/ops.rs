//! Tests of the files for operators (`ops/`) and the documents (`docs/`): proxies in front of the
//! real gateway, backups, linted files, documents compared with the program. The tests are Node's,
//! under `tests/ops`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run::{find, root};
use crate::{programs, tools};

/// The programs that the tests run, with their Debian packages.
const PROGRAMS: [(&str, &str); 11] = [
    ("nginx", "nginx-light"),
    ("haproxy", "haproxy"),
    ("caddy", "caddy"),
    ("promtool", "prometheus"),
    ("systemd-analyze", "systemd"),
    ("sqlite3", "sqlite3"),
    ("rsync", "rsync"),
    ("openssl", "openssl"),
    ("buildah", "buildah"),
    ("busybox", "busybox-static"),
    ("strip", "binutils"),
];

/// The command that runs the tests, after installing what they need.
///
/// # Errors
/// If something is missing that can't be installed.
pub fn command() -> Result<Command> {
    let node = find("node").context("the operating tests need Node.js 20 or newer")?;
    tools::programs(&PROGRAMS)?;
    let python = tools::python("ops", "hadolint, kubernetes-validate, shellcheck and moto")?;
    programs::build()?;
    let mut paths = vec![python];
    paths.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    // Servers are installed in folders that aren't on every user's PATH.
    paths.push(PathBuf::from("/usr/sbin"));
    let mut command = Command::new(node);
    command
        .args(["--test", "--test-reporter=tap"])
        .args(files()?)
        .env("OPS_GATEWAY", programs::gateway())
        .env("PATH", std::env::join_paths(paths)?)
        .current_dir(root());
    Ok(command)
}

fn files() -> Result<Vec<PathBuf>> {
    let dir = root().join("tests/ops");
    let entries = std::fs::read_dir(&dir)?.collect::<Result<Vec<_>, _>>()?;
    let paths = entries.into_iter().map(|entry| entry.path());
    let mut files: Vec<_> =
        paths.filter(|path| path.to_string_lossy().ends_with(".test.mjs")).collect();
    if files.is_empty() {
        bail!("there are no tests in {}", dir.display());
    }
    files.sort();
    Ok(files)
}
