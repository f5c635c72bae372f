//! Incomplete files: on this machine, under names that are never served.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::data_dir::make_private;
use crate::secret;

/// How old a file without a record must be until it is an orphan, where another gateway with the
/// same records may have written it: clocks differ, and a store may be unavailable for hours.
pub(super) const UNRECORDED: Duration = Duration::from_secs(24 * 60 * 60);

/// The users of a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Users {
    /// This gateway alone: files that it does not know are orphans.
    One,
    /// Several gateways that also share their records.
    Several,
}

/// The extension of an incomplete file. No media name has it.
pub(super) const UNFINISHED: &str = ".part";

/// The folder of incomplete files. If results are kept in a folder it is that one, so that
/// completing a file is only a rename.
#[derive(Clone, Debug)]
pub(super) struct Scratch {
    path: PathBuf,
    users: Users,
}

impl Scratch {
    pub(super) fn at(path: PathBuf, users: Users) -> Self {
        Self { path, users }
    }

    /// Creates it, and removes what a crash left in it.
    pub(super) fn prepare(&self) -> io::Result<()> {
        prepare_folder(&self.path, self.users)
    }

    /// A temporary file to write to. It is removed with the value.
    pub(super) fn unfinished(&self) -> Unfinished {
        Unfinished { path: self.path.join(format!("{}{UNFINISHED}", secret::name())) }
    }

    /// Checks that a file can be written here, now. It blocks for as long as the disk takes.
    pub(super) fn try_to_write(&self) -> io::Result<()> {
        use std::io::Write as _;
        /// More than a file system stores inline in its metadata.
        static TRIAL: [u8; 64 * 1024] = [0x55; 64 * 1024];
        let trial = self.unfinished();
        create_private(&trial.path)?.write_all(&TRIAL)
    }
}

/// Creates a private folder if it is missing, and removes from it what a crash left unfinished.
pub(super) fn prepare_folder(path: &Path, users: Users) -> io::Result<()> {
    make_private(path)?;
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        if !entry.file_name().to_string_lossy().ends_with(UNFINISHED) {
            continue;
        }
        // Another gateway may be writing it, or have completed it since.
        let removed = match users {
            Users::One => std::fs::remove_file(entry.path()),
            Users::Several if is_abandoned(&entry) => std::fs::remove_file(entry.path()),
            Users::Several => Ok(()),
        };
        match removed {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Whether a file was last written so long ago that its writer is gone.
fn is_abandoned(file: &std::fs::DirEntry) -> bool {
    let modified = file.metadata().and_then(|about| about.modified());
    modified.is_ok_and(|modified| modified < SystemTime::now() - UNRECORDED)
}

/// A new file that only its owner may read, whatever the umask of the process is.
pub(super) fn create_private(path: &Path) -> io::Result<std::fs::File> {
    let mut options = std::fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A temporary file.
#[derive(Debug)]
pub struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    /// Where to write it.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // It is gone already if it was given its name; if the removal fails, the next start repeats
        // it.
        let _ = std::fs::remove_file(&self.path);
    }
}
