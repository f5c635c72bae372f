//! Downloads a release of a tool with curl (which honours proxy settings), with timeouts, and
//! accepts only the pinned bytes. It must not know which tools there are.

use std::fmt;
use std::fs::{self, File};
use std::io::IsTerminal as _;
use std::path::Path;
use std::process::{Command, Stdio};

use sha2::{Digest as _, Sha256};

use crate::run::find;

/// Timeouts, for networks that may not exist.
pub struct Patience {
    /// To connect.
    pub connect_secs: u32,
    /// For a server that sends nothing, or almost nothing.
    pub silence_secs: u32,
    /// For the whole download.
    pub whole_secs: u32,
}

/// A probe costs seconds; a download on a slow line may take minutes.
pub const USUAL: Patience = Patience { connect_secs: 5, silence_secs: 10, whole_secs: 600 };

/// Why a download failed.
#[derive(Debug, PartialEq, Eq)]
pub enum Failed {
    /// No network, or no route to the server: other files needn't be tried.
    Unreachable(String),
    /// The server is available, but doesn't have the file.
    Absent(String),
    /// The hash doesn't match the pinned one.
    Wrong {
        /// The pinned hash.
        pinned: String,
        /// The hash of the download.
        came: String,
    },
    /// The response or the destination isn't as expected.
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

/// Downloads `url` to a new file, which only remains if its hash matches.
///
/// # Errors
/// If it can't be downloaded, or its hash doesn't match.
pub fn fetch(url: &str, sha256: &str, file: &Path, patience: &Patience) -> Result<(), Failed> {
    let fetched = transfer(url, file, patience).and_then(|()| check(file, sha256));
    if fetched.is_err() {
        // It may never have been created.
        let _ = fs::remove_file(file);
    }
    fetched
}

fn transfer(url: &str, file: &Path, patience: &Patience) -> Result<(), Failed> {
    let unreachable = || Failed::Unreachable("curl is not on the PATH".into());
    let curl = find("curl").ok_or_else(unreachable)?;
    let secs = |secs: u32| secs.to_string();
    let mut command = Command::new(curl);
    // Ignores the user's `.curlrc`. Once on TLS, redirects must stay on TLS.
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
        // `--fail`: a status of 400 or above.
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

/// Extracts programs from an archive (`.tar.gz`) into `bin`, by name and at any depth.
///
/// # Errors
/// If it isn't an archive, or one of the programs is missing.
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
