//! A folder of files: a file appears in it complete or not at all.
//!
//! All functions block for as long as the disk takes.

use std::collections::HashMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::scratch::{UNFINISHED, Users, create_private, prepare_folder};
use crate::secret;

/// A folder of files.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    path: PathBuf,
    users: Users,
}

impl Folder {
    pub(super) fn at(path: PathBuf, users: Users) -> Self {
        Self { path, users }
    }

    pub(super) fn users(&self) -> Users {
        self.users
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Creates it if it is missing; removes what a crash left unfinished.
    pub(super) fn prepare(&self) -> io::Result<()> {
        prepare_folder(&self.path, self.users)
    }

    /// Writes a file. When this returns, it is durable under its name, complete.
    ///
    /// # Errors
    /// If the disk is full or can't be written; then there is no file with this name.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let unfinished = self.path.join(format!("{name}{UNFINISHED}"));
        let written = (|| {
            let mut file = create_private(&unfinished)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            std::fs::rename(&unfinished, self.path.join(name))?;
            // The name is durable only once the directory is.
            std::fs::File::open(&self.path)?.sync_all()
        })();
        if written.is_err() {
            let _ = std::fs::remove_file(&unfinished);
            let _ = std::fs::remove_file(self.path.join(name));
        }
        written
    }

    /// Writes a file unless there is one with this name: of concurrent attempts, one does.
    ///
    /// # Errors
    /// If the disk is full or can't be written.
    pub(super) fn write_new(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let unfinished = self.path.join(format!("{}{UNFINISHED}", secret::name()));
        let written = (|| {
            let mut file = create_private(&unfinished)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            let linked = std::fs::hard_link(&unfinished, self.path.join(name));
            match linked {
                // A file system without hard links.
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                    match create_private(&self.path.join(name)) {
                        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
                        Err(_) => Ok(()),
                        Ok(mut file) => file.write_all(bytes).and_then(|()| file.sync_all()),
                    }
                }
                _ => Ok(()),
            }
        })();
        let _ = std::fs::remove_file(&unfinished);
        written
    }

    /// Gives a file that is whole now its name. When this returns, it is on the disk under it. How large
    /// it is. Where it had got its name already, and that was not yet certain, it is made so.
    ///
    /// # Errors
    /// Where the disk is full or cannot be written; then it is to be tried again.
    pub(super) fn adopt(&self, file: &Path, name: &str) -> io::Result<u64> {
        let path = self.path.join(name);
        let adopted = match std::fs::File::open(file) {
            // A try before gave it its name, and could not take that back. Nobody else has this name.
            Err(error) if error.kind() == io::ErrorKind::NotFound && path.is_file() => None,
            opened => Some(opened?),
        };
        let moved = (|| {
            if let Some(adopted) = &adopted {
                keep_private(adopted)?;
                adopted.sync_all()?;
                std::fs::rename(file, &path)?;
            }
            std::fs::File::open(&self.path)?.sync_all()?;
            std::fs::metadata(&path).map(|about| about.len())
        })();
        if moved.is_err() {
            // It is nobody's under its name, and is to be tried again. Where it can't go back, the next
            // try finds it.
            let _ = std::fs::rename(path, file);
        }
        moved
    }

    pub(super) fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        std::fs::read(self.path.join(name))
    }

    /// Removes a file. A missing one is no error.
    pub(super) fn remove(&self, name: &str) -> io::Result<()> {
        match std::fs::remove_file(self.path.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// The complete files, and when each was written.
    pub(super) fn list(&self) -> io::Result<HashMap<String, (u64, SystemTime)>> {
        let mut files = HashMap::new();
        let entries = match std::fs::read_dir(&self.path) {
            // No gateway has run here yet.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(files),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            match entry.metadata() {
                Ok(about) if about.is_file() && !name.ends_with(UNFINISHED) => {
                    files.insert(name, (about.len(), about.modified()?));
                }
                Ok(_) => {}
                // Removed since it was listed.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(files)
    }

    /// The size of a file.
    pub(super) fn size_of(&self, name: &str) -> io::Result<u64> {
        std::fs::metadata(self.path.join(name)).map(|about| about.len())
    }
}

/// A file of another process: a provider's program has its own umask.
fn keep_private(file: &std::fs::File) -> io::Result<()> {
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use ai_now_protocol::Format;

    use super::*;
    use crate::media::name::new_name;

    #[test]
    fn a_file_is_there_whole_or_not_at_all() {
        let data = tempfile::tempdir().unwrap();
        let folder = Folder::at(data.path().join("media"), Users::One);
        folder.prepare().unwrap();
        let name = new_name("song", Format::Mp3);
        folder.write(&name, b"sound").unwrap();
        assert_eq!(folder.read(&name).unwrap(), b"sound");

        let unfinished = folder.path().join(format!("{}.part", new_name("cut", Format::Mp4)));
        std::fs::write(&unfinished, b"half").unwrap();
        let names: Vec<_> = folder.list().unwrap().into_keys().collect();
        assert_eq!(names, std::slice::from_ref(&name));
        folder.prepare().unwrap();
        assert!(!unfinished.exists());

        folder.remove(&name).unwrap();
        folder.remove(&name).unwrap();
        assert_eq!(folder.size_of(&name).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn what_another_gateway_is_writing_stays() {
        let data = tempfile::tempdir().unwrap();
        let folder = Folder::at(data.path().join("media"), Users::Several);
        folder.prepare().unwrap();
        let (fresh, old) = (folder.path().join("fresh.part"), folder.path().join("old.part"));
        std::fs::write(&fresh, b"half").unwrap();
        let written = std::fs::File::create(&old).unwrap();
        let two_days_ago = SystemTime::now() - Duration::from_secs(2 * 24 * 60 * 60);
        written.set_modified(two_days_ago).unwrap();
        folder.prepare().unwrap();
        assert!(fresh.exists());
        assert!(!old.exists());
    }

    #[test]
    fn of_several_that_write_a_new_file_one_does() {
        let data = tempfile::tempdir().unwrap();
        let folder = Folder::at(data.path().join("media"), Users::Several);
        folder.prepare().unwrap();
        folder.write_new("id", b"first").unwrap();
        folder.write_new("id", b"second").unwrap();
        assert_eq!(folder.read("id").unwrap(), b"first");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_finds_no_place_stays_where_it_is() {
        let data = tempfile::tempdir().unwrap();
        let folder = Folder::at(data.path().join("missing"), Users::One);
        let file = data.path().join("made.part");
        std::fs::write(&file, b"made").unwrap();
        folder.adopt(&file, "made").unwrap_err();
        assert_eq!(std::fs::read(&file).unwrap(), b"made");
        folder.prepare().unwrap();
        assert_eq!(folder.adopt(&file, "made").unwrap(), 4);
        assert!(!file.exists());
        assert_eq!(folder.size_of("made").unwrap(), 4);
    }

    /// The folder was not synced, and the file could not be moved back either.
    #[test]
    fn a_file_that_got_its_name_and_no_more_is_found_by_the_next_try() {
        let data = tempfile::tempdir().unwrap();
        let folder = Folder::at(data.path().join("media"), Users::One);
        folder.prepare().unwrap();
        let file = data.path().join("made.part");
        std::fs::write(folder.path().join("made"), b"made").unwrap();
        assert_eq!(folder.adopt(&file, "made").unwrap(), 4);
        assert_eq!(folder.read("made").unwrap(), b"made");
        // What is nowhere is an error.
        let error = folder.adopt(&file, "other").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
    }
}
