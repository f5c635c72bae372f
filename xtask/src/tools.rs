//! The tools that cargo doesn't bring: which versions, whether they are there, how to get them.
//!
//! wasm-bindgen's version stands in Cargo.lock alone. Tools go into `target/tools`, so that nothing
//! of the person's own is touched.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run::{cargo, find, heading, output, root, run, target_dir};

/// What the browser's half is built for.
pub const WASM_TARGET: &str = "wasm32-unknown-unknown";
/// 0.22 needs a newer Rust than this project.
const TRUNK_VERSION: &str = "0.21.14";
const MDBOOK_VERSION: &str = "0.5.4";
/// The client in `tests/api/clients/rust` needs the same version of its library.
const OAS3_GEN_VERSION: &str = "0.29.0";

/// Installs what building the widget needs; quick where it is all there.
///
/// # Errors
/// Where something can't be installed: what, and what to do.
pub fn setup() -> Result<()> {
    wasm_target()?;
    install_wasm_bindgen()?;
    // Without TLS: it needs nothing from the network, and builds a minute faster.
    install("trunk", "trunk", TRUNK_VERSION, &["--no-default-features"])
}

fn install_wasm_bindgen() -> Result<()> {
    install("wasm-bindgen", "wasm-bindgen-cli", &locked_version("wasm-bindgen")?, &[])
}

/// The wasm-bindgen that fits: the one on the PATH, as trunk would take it too, or our own, which is
/// installed if need be.
///
/// # Errors
/// Where there is none and it can't be installed.
pub fn wasm_bindgen() -> Result<PathBuf> {
    let version = locked_version("wasm-bindgen")?;
    if let Some(found) = find("wasm-bindgen").filter(|found| has_version(found, &version)) {
        return Ok(found);
    }
    install_wasm_bindgen()?;
    Ok(tool("wasm-bindgen"))
}

/// mdBook in its pinned version: the one on the PATH, or our own, which is installed if need be.
///
/// # Errors
/// Where there is none and it can't be installed.
pub fn mdbook() -> Result<PathBuf> {
    if let Some(found) = find("mdbook").filter(|found| has_version(found, MDBOOK_VERSION)) {
        return Ok(found);
    }
    install(
        "mdbook",
        "mdbook",
        MDBOOK_VERSION,
        &["--no-default-features", "--features", "search"],
    )?;
    Ok(tool("mdbook"))
}

/// The generator of clients in Rust, in its pinned version: the one on the PATH, or our own, which is
/// installed if need be.
///
/// # Errors
/// Where there is none and it can't be installed.
pub fn oas3_gen() -> Result<PathBuf> {
    if let Some(found) = find("oas3-gen").filter(|found| has_version(found, OAS3_GEN_VERSION)) {
        return Ok(found);
    }
    install("oas3-gen", "oas3-gen", OAS3_GEN_VERSION, &[])?;
    Ok(tool("oas3-gen"))
}

/// The PATH with our own tools first.
///
/// # Errors
/// Where the PATH holds something that can't be joined.
pub fn path() -> Result<OsString> {
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let mut dirs = vec![bin_dir()];
    dirs.extend(std::env::split_paths(&rest));
    Ok(std::env::join_paths(dirs)?)
}

/// A tool that [`setup`] installed.
pub fn tool(program: &str) -> PathBuf {
    bin_dir().join(format!("{program}{}", std::env::consts::EXE_SUFFIX))
}

fn bin_dir() -> PathBuf {
    target_dir().join("tools").join("bin")
}

fn wasm_target() -> Result<()> {
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
fn locked_version(package: &str) -> Result<String> {
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

/// Installs a program at an exact version into our own folder, unless it is there.
fn install(program: &str, package: &str, version: &str, features: &[&str]) -> Result<()> {
    if has_version(&tool(program), version) {
        return Ok(());
    }
    heading(&format!("Installing {package} {version} (once; some minutes on two cores)"));
    run(cargo()
        .args(["install", package, "--version", version, "--locked", "--force", "--root"])
        .arg(target_dir().join("tools"))
        .args(features)
        // Tools that run for seconds need no minutes of optimisation.
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "256")
        .env_remove("CARGO_TARGET_DIR"))
}

/// Whether a program is there and says that it has this version.
fn has_version(program: &Path, version: &str) -> bool {
    output(Command::new(program).arg("--version"))
        .and_then(|said| said.split_whitespace().nth(1).map(str::to_owned))
        .is_some_and(|said| said.trim_start_matches('v') == version)
}

/// A browser and the driver that goes with it.
pub struct Browser {
    /// Chromium or Chrome.
    pub browser: PathBuf,
    /// Its chromedriver.
    pub driver: PathBuf,
}

/// Finds a browser for the tests; where there is none, installs Debian's (as root) or asks for it.
///
/// # Errors
/// Where there is none and none can be installed.
pub fn browser() -> Result<Browser> {
    if let Some(browser) = find_browser() {
        return Ok(browser);
    }
    let ask = "the browser tests need Chromium and its driver on the PATH; on Debian or Ubuntu: \
               sudo apt-get install chromium chromium-driver";
    install_debian(&["chromium", "chromium-driver"], ask)?;
    find_browser().context(ask)
}

/// Finds Firefox for the end-to-end tests; where there is none, installs Debian's (as root) or asks
/// for it.
///
/// # Errors
/// Where there is none and none can be installed.
pub fn firefox() -> Result<PathBuf> {
    if cfg!(target_os = "linux") {
        // There, it plays H.264 through FFmpeg's libraries, which its package only recommends.
        programs(&[("ffmpeg", "ffmpeg")])?;
    }
    let found = || ["firefox-esr", "firefox"].into_iter().find_map(find);
    if let Some(firefox) = found() {
        return Ok(firefox);
    }
    let ask = "the end-to-end tests need Firefox on the PATH; on Debian: \
               sudo apt-get install firefox-esr";
    install_debian(&["firefox-esr"], ask)?;
    found().context(ask)
}

/// Installs packages where we may; else says `ask`.
fn install_debian(packages: &[&str], ask: &str) -> Result<()> {
    if find("apt-get").is_none() || !is_root() {
        bail!("{ask}");
    }
    heading(&format!("Installing {}", packages.join(" and ")));
    run(Command::new("apt-get").args(["update", "-q"])).context(ask.to_owned())?;
    run(Command::new("apt-get")
        .args(["install", "-qy", "--no-install-recommends"])
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive"))
    .context(ask.to_owned())
}

/// Sees that programs are there, each with the Debian package that brings it; installs the missing ones
/// (as root) or asks for them.
///
/// # Errors
/// Where one is missing and can't be installed.
pub fn programs(wanted: &[(&str, &str)]) -> Result<()> {
    // Servers are where not everybody's PATH leads.
    let there = |program| find(program).is_some() || Path::new("/usr/sbin").join(program).is_file();
    let missing = || wanted.iter().filter(|(program, _)| !there(program));
    let packages: Vec<&str> = missing().map(|(_, package)| *package).collect();
    if packages.is_empty() {
        return Ok(());
    }
    let ask = format!(
        "programs are missing; on Debian or Ubuntu: sudo apt-get install {}",
        packages.join(" ")
    );
    install_debian(&packages, &ask)?;
    if missing().next().is_some() {
        bail!(ask);
    }
    Ok(())
}

/// The programs of a virtual environment of Python under `target/`, made as
/// `tests/NAME/requirements.txt` says.
///
/// # Errors
/// Where Python is missing or something can't be installed.
pub fn python(name: &str, what: &str) -> Result<PathBuf> {
    let dir = target_dir().join(format!("{name}-python"));
    let bin = dir.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let requirements = root().join("tests").join(name).join("requirements.txt");
    let wanted = std::fs::read(&requirements)?;
    let stamp = dir.join("installed.txt");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(bin);
    }
    let Some(python) = find("python3").or_else(|| find("python")) else {
        bail!("{what} need Python 3.10 or newer: https://www.python.org");
    };
    heading(&format!("Installing {what} (once)"));
    let ask = "a virtual environment is needed; on Debian or Ubuntu: sudo apt-get install \
               python3-venv";
    run(Command::new(python).args(["-m", "venv", "--clear"]).arg(&dir)).context(ask)?;
    run(Command::new(bin.join("python"))
        .args(["-m", "pip", "install", "-q", "--disable-pip-version-check", "-r"])
        .arg(requirements))?;
    std::fs::write(stamp, wanted)?;
    Ok(bin)
}

fn find_browser() -> Option<Browser> {
    let names = ["chromium", "chromium-browser", "google-chrome", "chrome"];
    let browser = names.into_iter().find_map(find)?;
    Some(Browser { browser, driver: find("chromedriver")? })
}

#[cfg(unix)]
fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_root() -> bool {
    false
}

/// The folder of the end-to-end tests, with its Node packages.
///
/// # Errors
/// Where Node is missing or the packages can't be installed.
pub fn node_packages() -> Result<PathBuf> {
    node_packages_of("tests/e2e", "the end-to-end tests")
}

/// A folder of the project with its Node packages, installed as its lock file says. `what` needs them.
///
/// # Errors
/// Where Node is missing or the packages can't be installed.
pub fn node_packages_of(folder: impl AsRef<Path>, what: &str) -> Result<PathBuf> {
    let dir = root().join(folder);
    if find("npm").is_none() {
        bail!("{what} need Node.js 20 or newer with npm: https://nodejs.org");
    }
    let lock = std::fs::read(dir.join("package-lock.json")).context("package-lock.json")?;
    let stamp = dir.join("node_modules/.installed-lock");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(dir);
    }
    heading(&format!("Installing the Node packages of {what}"));
    run(Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund"])
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .current_dir(&dir))?;
    std::fs::write(stamp, lock)?;
    Ok(dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_the_lock() {
        let lock = "[[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.126\"\n\n\
                    [[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"9.9.9\"\n";
        assert_eq!(version_in_lock(lock, "wasm-bindgen"), Some("0.2.126"));
        assert_eq!(version_in_lock(lock, "wasm"), None);
        assert!(locked_version("clap").is_ok());
    }
}
