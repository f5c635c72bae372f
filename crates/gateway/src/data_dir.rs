//! The data directory: private to the gateway's user, and used by one server at a time.
//!
//! It must not know its contents.

use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

/// The file that a running server keeps locked.
const LOCK_FILE: &str = "gateway.lock";

/// Why a server can't use a data directory.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// Another server uses it.
    #[error(
        "The data directory {} is in use by another gateway{holder}. Stop that one first, or give \
         this one a data directory of its own (`--data`).",
        path.display()
    )]
    InUse {
        /// The directory.
        path: PathBuf,
        /// Its process id, for the sentence; empty if unknown.
        holder: String,
    },
    /// Its file system locks nothing.
    #[error(
        "The data directory {} cannot be locked: {source}. Two gateways on it would destroy each \
         other's work: keep it on a disk of this machine, or on a file system that has locks.",
        path.display()
    )]
    NoLock {
        /// The directory.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It can't be made, made private, or written to.
    #[error("The data directory {} cannot be used: {source}", path.display())]
    Unusable {
        /// The directory.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// Exclusive use of a data directory, for as long as the value lives. The lock ends with the
/// process, however that ends.
#[derive(Debug)]
pub struct DataDirLock {
    _file: File,
    /// The directory, locked too where the system can: removing the file frees nothing then.
    _directory: Option<File>,
}

impl DataDirLock {
    /// Creates the directory if it is missing, makes it private, and locks it.
    ///
    /// # Errors
    /// [`DataDirError`]
    pub fn acquire(path: &Path) -> Result<Self, DataDirError> {
        let unusable = |source| DataDirError::Unusable { path: path.to_owned(), source };
        make_private(path).map_err(unusable)?;
        let mut file = open_lock_file(&path.join(LOCK_FILE)).map_err(unusable)?;
        let directory = File::open(path).ok();
        let locked = match directory.as_ref().map(File::try_lock) {
            Some(Err(error @ TryLockError::WouldBlock)) => Err(error),
            // A system that locks no directories has the file.
            _ => file.try_lock(),
        };
        match locked {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let holder = holder(&mut file);
                return Err(DataDirError::InUse { path: path.to_owned(), holder });
            }
            Err(TryLockError::Error(source)) => {
                return Err(DataDirError::NoLock { path: path.to_owned(), source });
            }
        }
        // Only for people: the lock itself is the operating system's.
        let about = format!("process {}\n", std::process::id());
        file.set_len(0).and_then(|()| file.write_all(about.as_bytes())).map_err(unusable)?;
        Ok(Self { _file: file, _directory: directory })
    }
}

fn open_lock_file(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// What the lock file says about its holder: ` (process 123)`.
fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let read = file.rewind().and_then(|()| file.take(100).read_to_string(&mut text));
    match text.lines().next() {
        Some(line) if read.is_ok() && !line.is_empty() => format!(" ({line})"),
        _ => String::new(),
    }
}

/// Creates a directory that only its owner may enter, or restricts an existing one.
///
/// # Errors
/// The system's error, also if the directory belongs to another user and is open to others.
pub fn make_private(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(path)?.permissions().mode();
        if mode & 0o077 != 0 {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_server_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("data");
        let first = DataDirLock::acquire(&path).unwrap();
        let error = DataDirLock::acquire(&path).unwrap_err().to_string();
        assert!(error.contains(&format!("(process {})", std::process::id())), "{error}");
        drop(first);
        DataDirLock::acquire(&path).unwrap();
    }

    /// By whatever name it is reached, and though somebody took the lock's file away.
    #[cfg(target_os = "linux")]
    #[test]
    fn one_server_at_a_time_whatever_the_directory_is_called() {
        let dir = tempfile::tempdir().unwrap();
        let (path, link) = (dir.path().join("data"), dir.path().join("link"));
        let first = DataDirLock::acquire(&path).unwrap();
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let is_in_use =
            |path: &Path| matches!(DataDirLock::acquire(path), Err(DataDirError::InUse { .. }));
        assert!(is_in_use(&link) && is_in_use(&dir.path().join("data/../data/.")));
        std::fs::remove_file(path.join(LOCK_FILE)).unwrap();
        assert!(is_in_use(&path));
        let moved = dir.path().join("moved");
        std::fs::rename(&path, &moved).unwrap();
        assert!(is_in_use(&moved));
        drop(first);
        DataDirLock::acquire(&moved).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn an_existing_directory_is_made_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("data");
        std::fs::create_dir(&path).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        let _lock = DataDirLock::acquire(&path).unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&path.join(LOCK_FILE))), (0o700, 0o600));
    }
}
