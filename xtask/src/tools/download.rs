//! Fetching a release of a tool: with curl, which honours the proxies that are set, within limits, and only
//! with the bytes that were pinned. It must not know which tools there are.

use std::fmt;
use std::fs::{self, File};
use std::io::IsTerminal as _;
use std::path::Path;
use std::process::{Command, Stdio};

use sha2::{Digest as _, Sha256};

use crate::run::find;

/// How long to wait for a network that may not be there.
pub struct Patience {
    /// For a connection.
    pub connect_secs: u32,
    /// For a server that sends nothing, or next to nothing.
    pub silence_secs: u32,
    /// For all of it.
    pub whole_secs: u32,
}

/// A probe costs seconds; a download on a slow line may take minutes.
pub const USUAL: Patience = Patience { connect_secs: 5, silence_secs: 10, whole_secs: 600 };

/// Why nothing was fetched.
#[derive(Debug, PartialEq, Eq)]
pub enum Failed {
    /// There is no network, or none to there: other files needn't be asked for.
    Unreachable(String),
    /// The server is there, and has no such file.
    Absent(String),
    /// What came is not what was pinned.
    Wrong {
        /// The hash that was pinned.
        pinned: String,
        /// The hash of what came.
        came: String,
    },
    /// What came, or where it should go, is not as expected.
    Unusable(String),
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(why) | Self::Absent(why) | Self::Unusable(why) => f.write_str(why),
            Self::Wrong { pinned, came } => write!(
                f,
                "what came is not what was pinned (SHA-256 {came} instead of {pinned}); \
                 it was thrown away"
            ),
        }
    }
}

/// Downloads `url` to a new file, and leaves nothing there that hasn't the hash.
///
/// # Errors
/// Where it can't be fetched, or is not what was pinned.
pub fn fetch(url: &str, sha256: &str, file: &Path, patience: &Patience) -> Result<(), Failed> {
    let fetched = transfer(url, file, patience).and_then(|()| check(file, sha256));
    if fetched.is_err() {
        // It may not even have begun.
        let _ = fs::remove_file(file);
    }
    fetched
}

fn transfer(url: &str, file: &Path, patience: &Patience) -> Result<(), Failed> {
    let unreachable = || Failed::Unreachable("curl is not on the PATH".into());
    let curl = find("curl").ok_or_else(unreachable)?;
    let secs = |secs: u32| secs.to_string();
    let mut command = Command::new(curl);
    // Nothing of a person's own `.curlrc`. From TLS, no redirect leads out of it.
    command.args([
        "--disable",
        "--fail",
        "--location",
        "--max-redirs",
        "5",
        "--proto",
        "=http,https",
    ]);
    command
        .args(["--proto-redir", if url.starts_with("https:") { "=https" } else { "=http,https" }]);
    command.args(["--connect-timeout", &secs(patience.connect_secs)]);
    command.args(["--speed-limit", "500", "--speed-time", &secs(patience.silence_secs)]);
    command.args(["--max-time", &secs(patience.whole_secs)]);
    if std::io::stderr().is_terminal() {
        command.arg("--progress-bar").stderr(Stdio::inherit());
    } else {
        command.args(["--silent", "--show-error"]);
    }
    let output = command.arg("--output").arg(file).arg("--").arg(url).output();
    let output = output.map_err(|error| Failed::Unreachable(format!("curl: {error}")))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    let why = if said.is_empty() { format!("curl ended with {}", output.status) } else { said };
    Err(match output.status.code() {
        // `--fail`: an answer of 400 and above.
        Some(22) => Failed::Absent(why),
        _ => Failed::Unreachable(why),
    })
}

fn check(file: &Path, sha256: &str) -> Result<(), Failed> {
    let bytes = fs::read(file).map_err(|error| Failed::Unusable(error.to_string()))?;
    let hash = Sha256::digest(bytes);
    let came: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    if came == sha256 {
        return Ok(());
    }
    Err(Failed::Wrong { pinned: sha256.to_owned(), came })
}

/// Takes programs out of an archive (`.tar.gz`) by their names alone, wherever in it they lie, into `bin`.
///
/// # Errors
/// Where it is no archive, or one of the programs is missing.
pub fn unpack(archive: &Path, programs: &[&str], bin: &Path) -> Result<(), Failed> {
    let mut missing = programs.to_vec();
    let unpacked = (|| {
        fs::create_dir_all(bin)?;
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(File::open(archive)?));
        for entry in archive.entries()? {
            let mut entry = entry?;
            let path = entry.path()?.into_owned();
            let found =
                missing.iter().position(|name| path.file_name().is_some_and(|is| is == *name));
            let Some(found) = found.filter(|_| entry.header().entry_type().is_file()) else {
                continue;
            };
            let program = bin.join(missing.swap_remove(found));
            std::io::copy(&mut entry, &mut File::create(&program)?)?;
            make_executable(&program)?;
        }
        std::io::Result::Ok(())
    })();
    unpacked
        .map_err(|error| Failed::Unusable(format!("the archive can't be unpacked: {error}")))?;
    if !missing.is_empty() {
        return Err(Failed::Unusable(format!("the archive has no {}", missing.join(", no "))));
    }
    Ok(())
}

#[cfg(unix)]
fn make_executable(program: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(program, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn make_executable(_program: &Path) -> std::io::Result<()> {
    Ok(())
}
