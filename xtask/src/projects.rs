//! Tests of the npm package: linted, compared with the element, and opened in a browser from fresh
//! projects. The tests are Node's, under `tests/npm`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run::{find, root, target_dir};
use crate::{dist, npm, programs, tools};

/// The set of projects to test in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Projects {
    /// Those that are quick.
    Bundlers,
    /// Also those of a release: whole frameworks, which take minutes to install.
    All,
}

/// The command that runs the package's tests.
///
/// # Errors
/// If something is missing that can't be installed or built.
pub fn command(projects: Projects) -> Result<Command> {
    let node = find("node").context("the npm package needs Node.js 20.19 or newer")?;
    let browser = tools::browser()?;
    tools::node_packages()?;
    tools::node_packages_of("tests/npm", "the npm package's tests")?;
    tools::programs(&[("php", "php-cli")])?;
    if projects == Projects::All {
        // For a real WordPress.
        tools::programs(&[("unzip", "unzip")])?;
        tools::php_sqlite()?;
    }
    let python = tools::python("npm", "the npm package's recipes")?;
    programs::build()?;
    if !npm::folder().join("index.js").is_file() {
        dist::dist()?;
    }
    let mut command = Command::new(node);
    command
        .args(["--test", "--test-reporter=tap", "--test-concurrency=1"])
        .args(files(projects)?)
        .env("NPM_PACKAGE", npm::folder())
        .env("NPM_PYTHON", python)
        .env("NPM_TARGET", target_dir().join("debug"))
        .env("E2E_BROWSER", browser.browser)
        .current_dir(root());
    Ok(command)
}

fn files(projects: Projects) -> Result<Vec<PathBuf>> {
    let dir = root().join("tests/npm");
    let entries = std::fs::read_dir(&dir)?.collect::<Result<Vec<_>, _>>()?;
    let paths = entries.into_iter().map(|entry| entry.path());
    let named = |path: &PathBuf, end| path.to_string_lossy().ends_with(end);
    let mut files: Vec<_> = paths
        .filter(|path| {
            named(path, ".test.mjs") || projects == Projects::All && named(path, ".release.mjs")
        })
        .collect();
    if files.is_empty() {
        bail!("there are no tests in {}", dir.display());
    }
    files.sort();
    Ok(files)
}
