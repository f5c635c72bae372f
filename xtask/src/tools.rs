//! Tools that cargo doesn't install: their versions, whether they are available, and how to get
//! them.
//!
//! A tool in its exact version is taken from the PATH; else from the user's cache, which all clones
//! share; else the official release is downloaded and checked against the pinned hash; and if that
//! isn't possible, it is built from crates.io. Only Cargo.lock states wasm-bindgen's version.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::{Context, Result};

use crate::progress::Progress;
use crate::run::{cargo, find, heading, output, root, run, target_dir};
use download::{Failed, Patience};
use prebuilt::Tool;

pub mod cache;
mod download;
mod prebuilt;
mod system;

pub use system::{
    browser, cargo_deny, firefox, is_root, nchan, node_packages, node_packages_of, php_sqlite,
    postgres, programs, python, sox_mp3,
};

/// The widget's compilation target.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";
/// 0.22 needs a newer Rust than this project.
const TRUNK_VERSION: &str = "0.21.14";
const MDBOOK_VERSION: &str = "0.5.4";
/// The client in `tests/api/clients/rust` needs the same version of its library.
const OAS3_GEN_VERSION: &str = "0.29.0";
const CYCLONEDX_VERSION: &str = "0.5.9";
/// It reads the rustdoc JSON of this project's Rust version.
const SEMVER_CHECKS_VERSION: &str = "0.51.0";

/// The environment variable for the site of releases: a mirror, or `off`.
const DOWNLOADS: &str = "AI_NOW_DOWNLOADS";
const GITHUB: &str = "https://github.com";

/// Installs what building the widget needs; fast if everything is there.
///
/// # Errors
/// If something can't be installed; the message says what to do.
pub fn setup() -> Result<()> {
    wasm_target()?;
    for program in [wasm_bindgen(None)?, ready(&prebuilt::TRUNK, TRUNK_VERSION, None)?] {
        println!("{}", program.display());
    }
    Ok(())
}

/// The wasm-bindgen that matches the library. If it has to be built, `progress` is shown.
///
/// # Errors
/// If there is none and it can't be installed.
pub fn wasm_bindgen(progress: Option<&Progress>) -> Result<PathBuf> {
    ready(&prebuilt::WASM_BINDGEN, &locked_version("wasm-bindgen")?, progress)
}

/// mdBook, in its pinned version.
///
/// # Errors
/// If there is none and it can't be installed.
pub fn mdbook() -> Result<PathBuf> {
    ready(&prebuilt::MDBOOK, MDBOOK_VERSION, None)
}

/// The generator of Rust clients, in its pinned version.
///
/// # Errors
/// If there is none and it can't be installed.
pub fn oas3_gen() -> Result<PathBuf> {
    ready(&prebuilt::OAS3_GEN, OAS3_GEN_VERSION, None)
}

/// The generator of bills of materials, in its pinned version.
///
/// # Errors
/// If there is none and it can't be installed.
pub fn cyclonedx() -> Result<PathBuf> {
    ready(&prebuilt::CYCLONEDX, CYCLONEDX_VERSION, None)
}

/// The semver checker, in its pinned version.
///
/// # Errors
/// If there is none and it can't be installed.
pub fn semver_checks() -> Result<PathBuf> {
    ready(&prebuilt::SEMVER_CHECKS, SEMVER_CHECKS_VERSION, None)
}

/// The PATH with our wasm-bindgen first, for trunk and the browser tests.
///
/// # Errors
/// If it can't be installed, or the PATH can't be extended.
pub fn path() -> Result<OsString> {
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let mut dirs: Vec<_> = wasm_bindgen(None)?.parent().map(Path::to_owned).into_iter().collect();
    dirs.extend(std::env::split_paths(&rest));
    Ok(std::env::join_paths(dirs)?)
}

/// A tool in its pinned version, ready to run.
fn ready(tool: &Tool, version: &str, progress: Option<&Progress>) -> Result<PathBuf> {
    let complete = |program: &PathBuf| {
        let beside = |name| program.with_file_name(executable(name)).is_file();
        tool.programs.iter().all(|name| beside(name)) && has_version(tool, program, version)
    };
    if let Some(found) = find(tool.name).filter(complete) {
        return Ok(found);
    }
    let folder = cache::folder("tools", &target_dir().join("tools"));
    let program = |place: &Path| place.join("bin").join(executable(tool.name));
    let name = format!("{}-{version}", tool.name);
    let place = cache::place(
        &folder,
        &name,
        |place| complete(&program(place)),
        |partial| {
            if !prebuilt(tool, version, partial) {
                let mut build = build(tool, version, partial);
                match progress {
                    Some(progress) => progress.run(tool.name, &mut build)?,
                    None => Progress::during(|progress| progress.run(tool.name, &mut build))?,
                }
            }
            Ok(())
        },
    )?;
    Ok(program(&place))
}

/// The site of releases, in GitHub's layout; `None` if downloads are turned off.
fn downloads() -> Option<String> {
    let set = std::env::var(DOWNLOADS).unwrap_or_default();
    match set.trim_end_matches('/') {
        "" => Some(GITHUB.into()),
        "off" => None,
        mirror => Some(mirror.into()),
    }
}

/// Tries to download a tool's official release, and reports why if that fails.
fn prebuilt(tool: &Tool, version: &str, into: &Path) -> bool {
    /// If one release can't be reached, no other can: the network is tried once.
    static UNREACHABLE: AtomicBool = AtomicBool::new(false);
    let release = prebuilt::target().and_then(|target| tool.release(version, target));
    let (Some((path, sha256)), Some(site)) = (release, downloads()) else { return false };
    if UNREACHABLE.load(Ordering::Relaxed) {
        return false;
    }
    let (name, started) = (tool.name, Instant::now());
    eprintln!("      {name} {version}: fetching {site}{path}");
    match fetch(tool, &format!("{site}{path}"), sha256, into, &download::USUAL) {
        Ok(()) if has_version(tool, &into.join("bin").join(executable(name)), version) => {
            eprintln!(
                "      {name} {version}: there, and checked ({} s)",
                started.elapsed().as_secs()
            );
            return true;
        }
        Ok(()) => eprintln!("      {name} {version}: what was fetched doesn't run here"),
        Err(failed) => {
            eprintln!("      {name} {version}: not fetched: {failed}");
            if matches!(failed, Failed::Unreachable(_)) {
                UNREACHABLE.store(true, Ordering::Relaxed);
            }
        }
    }
    false
}

/// Downloads a release, checks it and extracts its programs into `bin`.
fn fetch(
    tool: &Tool,
    url: &str,
    sha256: &str,
    into: &Path,
    patience: &Patience,
) -> Result<(), Failed> {
    let archive = into.join("release.tar.gz");
    download::fetch(url, sha256, &archive, patience)?;
    let unpacked = download::unpack(&archive, tool.programs, &into.join("bin"));
    // If the archive can't be removed, it does no harm.
    let _ = std::fs::remove_file(archive);
    unpacked
}

/// The command that builds a tool from crates.io.
fn build(tool: &Tool, version: &str, into: &Path) -> Command {
    let package = tool.package;
    eprintln!(
        "      {package} {version}: building it from crates.io (once; some minutes on two cores)"
    );
    let mut install = cargo();
    install
        .args(["install", package, "--version", version, "--locked", "--force", "--root"])
        .arg(into)
        .args(tool.features)
        // Tools that run for seconds aren't worth minutes of optimisation.
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "256")
        .env_remove("CARGO_TARGET_DIR");
    install
}

fn executable(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

/// Adds rustc's wasm target.
///
/// # Errors
/// If it is missing and rustup can't add it.
pub fn wasm_target() -> Result<()> {
    let sysroot = output(Command::new("rustc").args(["--print", "sysroot"]).current_dir(root()))
        .context("rustc doesn't answer; install Rust from https://rustup.rs")?;
    if Path::new(&sysroot).join("lib/rustlib").join(WASM_TARGET).is_dir() {
        return Ok(());
    }
    heading("Adding the wasm target");
    run(Command::new("rustup").args(["target", "add", WASM_TARGET]).current_dir(root()))
        .context("add it by hand: rustup target add wasm32-unknown-unknown")
}

/// The version of a package in Cargo.lock.
pub fn locked_version(package: &str) -> Result<String> {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).context("Cargo.lock")?;
    version_in_lock(&lock, package)
        .map(str::to_owned)
        .with_context(|| format!("Cargo.lock has no {package}"))
}

fn version_in_lock<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name).skip(1);
    lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')
}

/// Whether a program exists and reports this version.
fn has_version(tool: &Tool, program: &Path, version: &str) -> bool {
    output(Command::new(program).args(tool.subcommand).arg("--version"))
        .and_then(|said| said.split_whitespace().nth(1).map(str::to_owned))
        .is_some_and(|said| said.trim_start_matches('v') == version)
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
