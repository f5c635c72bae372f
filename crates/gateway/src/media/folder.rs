//! The directory of media files: a file gets onto the disk whole or not at all.

use std::collections::HashSet;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use ai_now_protocol::Format;

use super::name::format_of;
use crate::data_dir::make_private;
use crate::secret;

/// The directory of all media files.
#[derive(Clone, Debug)]
pub struct MediaDir {
    path: PathBuf,
}

/// What a file is called until it is whole. No media name ends so.
const UNFINISHED: &str = ".part";

impl MediaDir {
    /// The media of a data directory; removes what a crash left unfinished.
    ///
    /// # Errors
    /// Where the directory cannot be made, read or written.
    pub fn open(data: &Path) -> io::Result<Self> {
        let dir = Self::of(data);
        make_private(&dir.path)?;
        for entry in std::fs::read_dir(&dir.path)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().ends_with(UNFINISHED) {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(dir)
    }

    /// The media of a data directory, left as they are.
    pub fn of(data: &Path) -> Self {
        Self { path: data.join("media") }
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the file of this name is; `None` where it is no media name.
    pub fn file(&self, name: &str) -> Option<(PathBuf, Format)> {
        format_of(name).map(|format| (self.path.join(name), format))
    }

    /// Writes a file. When this returns, it is on the disk under its name, whole.
    ///
    /// It blocks for as long as the disk takes.
    ///
    /// # Errors
    /// Where the disk is full or cannot be written; then there is no file of this name.
    pub fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let unfinished = self.path.join(format!("{name}{UNFINISHED}"));
        let written = (|| {
            let mut file = create_private(&unfinished)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            std::fs::rename(&unfinished, self.path.join(name))?;
            // The name is on the disk only once the directory is.
            std::fs::File::open(&self.path)?.sync_all()
        })();
        if written.is_err() {
            let _ = std::fs::remove_file(&unfinished);
            let _ = std::fs::remove_file(self.path.join(name));
        }
        written
    }

    /// A place for a file that is still being written. It is removed with the value.
    pub fn unfinished(&self) -> Unfinished {
        Unfinished { path: self.path.join(format!("{}{UNFINISHED}", secret::name())) }
    }

    /// Gives a file that is whole now its name. When this returns, it is on the disk under it.
    ///
    /// It blocks for as long as the disk takes.
    ///
    /// # Errors
    /// Where the disk is full or cannot be written; then there is no file of this name.
    pub fn adopt(&self, file: &Unfinished, name: &str) -> io::Result<()> {
        let path = self.path.join(name);
        let adopted = (|| {
            let adopted = std::fs::File::open(&file.path)?;
            keep_private(&adopted)?;
            adopted.sync_all()?;
            std::fs::rename(&file.path, &path)?;
            std::fs::File::open(&self.path)?.sync_all()
        })();
        if adopted.is_err() {
            // It is nobody's under its name, and is to be tried again.
            let _ = std::fs::rename(path, &file.path);
        }
        adopted
    }

    /// Whether a file can be written here, now.
    ///
    /// # Errors
    /// What the system says, where the disk is full or may only be read.
    pub fn try_to_write(&self) -> io::Result<()> {
        /// More than a file system puts into what it knows of the file anyway.
        static TRIAL: [u8; 64 * 1024] = [0x55; 64 * 1024];
        let trial = self.unfinished();
        create_private(&trial.path)?.write_all(&TRIAL)
    }

    /// Removes a file. One that is gone already is no error.
    ///
    /// # Errors
    /// What the system says.
    pub fn remove(&self, name: &str) -> io::Result<()> {
        let Some((path, _)) = self.file(name) else { return Ok(()) };
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// The names of the files that were written before a moment.
    ///
    /// # Errors
    /// What the system says.
    pub fn written_before(&self, moment: SystemTime) -> io::Result<HashSet<String>> {
        let mut names = HashSet::new();
        for entry in std::fs::read_dir(&self.path)? {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            if format_of(&name).is_some() && entry.metadata()?.modified()? < moment {
                names.insert(name);
            }
        }
        Ok(names)
    }
}

/// A new file that only its owner may read, whatever the process' mask is.
fn create_private(path: &Path) -> io::Result<std::fs::File> {
    let mut options = std::fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A file that somebody else made: a provider's program has a mask of its own.
fn keep_private(file: &std::fs::File) -> io::Result<()> {
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}

/// A file that is still being written, in the media directory under no name that is served.
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
        // Gone already where it was adopted; what stays for another reason goes at the next start.
        let _ = std::fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::new_name;

    #[test]
    fn a_file_is_there_whole_or_not_at_all() {
        let data = tempfile::tempdir().unwrap();
        let dir = MediaDir::open(data.path()).unwrap();
        let name = new_name("song", Format::Mp3);
        dir.write(&name, b"sound").unwrap();
        assert_eq!(std::fs::read(dir.file(&name).unwrap().0).unwrap(), b"sound");

        let unfinished = dir.path().join(format!("{}.part", new_name("cut", Format::Mp4)));
        std::fs::write(&unfinished, b"half").unwrap();
        let dir = MediaDir::open(data.path()).unwrap();
        assert!(!unfinished.exists());
        assert_eq!(dir.written_before(SystemTime::now()).unwrap().len(), 1);

        dir.remove(&name).unwrap();
        dir.remove(&name).unwrap();
        assert!(dir.file(&name).unwrap().0.metadata().is_err());
    }
}
