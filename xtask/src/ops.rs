//! What an operator is given (`ops/`) and told (`docs/`), tried out: proxies in front of the real
//! gateway, backups, linted files, documents compared with the program. The tests are Node's, under
//! `tests/ops`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run::{find, root};
use crate::{demo, tools};

/// The programs that the tests run, and Debian's packages of them.
const PROGRAMS: [(&str, &str); 8] = [
    ("nginx", "nginx-light"),
    ("haproxy", "haproxy"),
    ("caddy", "caddy"),
    ("promtool", "prometheus"),
    ("systemd-analyze", "systemd"),
    ("sqlite3", "sqlite3"),
    ("rsync", "rsync"),
    ("openssl", "openssl"),
];

/// The tests, ready to run: everything that they need is there.
///
/// # Errors
/// Where something is missing that can't be installed.
pub fn command() -> Result<Command> {
    let node = find("node").context("the operating tests need Node.js 20 or newer")?;
    tools::programs(&PROGRAMS)?;
    let python = tools::python("ops", "hadolint, kubernetes-validate and shellcheck")?;
    demo::gateway()?;
    let mut paths = vec![python];
    paths.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    // Where servers are, and where not everybody looks.
    paths.push(PathBuf::from("/usr/sbin"));
    let mut command = Command::new(node);
    command
        .args(["--test", "--test-reporter=tap"])
        .args(files()?)
        .env("OPS_GATEWAY", demo::gateway_binary())
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

/// `# pass 12`, `# fail 0`: the closing lines of Node's test runner, one a count. Cancelled is failed.
pub fn result(line: &str) -> Option<(usize, usize)> {
    let (word, count) = line.strip_prefix("# ")?.split_once(' ')?;
    let count = count.parse().ok()?;
    match word {
        "pass" => Some((count, 0)),
        "fail" | "cancelled" => Some((0, count)),
        _ => None,
    }
}

#[cfg(test)]
mod counted {
    use super::result;

    #[test]
    fn closing_lines_are_counted() {
        assert_eq!(result("# pass 12"), Some((12, 0)));
        assert_eq!(result("# fail 2"), Some((0, 2)));
        assert_eq!(result("# cancelled 1"), Some((0, 1)));
        assert_eq!(result("# Subtest: pass 3"), None);
        assert_eq!(result("ok 1 - pass 12"), None);
    }
}
