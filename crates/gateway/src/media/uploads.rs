//! The directory of uploaded files: private, named by their ids, served to nobody by their names.

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::{data_dir, secret};

/// The directory of all uploaded files.
#[derive(Clone, Debug)]
pub struct UploadDir {
    path: PathBuf,
}

impl UploadDir {
    /// The uploads of a data directory.
    ///
    /// # Errors
    /// Where the directory cannot be made.
    pub fn open(data: &Path) -> io::Result<Self> {
        let path = data.join("uploads");
        data_dir::make_private(&path)?;
        Ok(Self { path })
    }

    /// Writes a file that only the gateway can read. When this returns, it is on the disk, whole.
    ///
    /// It blocks for as long as the disk takes.
    ///
    /// # Errors
    /// Where the disk is full or cannot be written; then there is no such file.
    pub fn write(&self, id: &str, bytes: &[u8]) -> io::Result<()> {
        let path = self.path.join(id);
        let written = secret::write_private(&path, bytes)
            .and_then(|()| std::fs::File::open(&self.path)?.sync_all());
        if written.is_err() {
            let _ = std::fs::remove_file(path);
        }
        written
    }

    /// Reads a file. `id` is one that the gateway made.
    ///
    /// # Errors
    /// What the system says.
    pub fn read(&self, id: &str) -> io::Result<Vec<u8>> {
        std::fs::read(self.path.join(id))
    }

    /// Removes a file. One that is gone already is no error.
    ///
    /// # Errors
    /// What the system says.
    pub fn remove(&self, id: &str) -> io::Result<()> {
        match std::fs::remove_file(self.path.join(id)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// The ids of the files that were written before a moment.
    ///
    /// # Errors
    /// What the system says.
    pub fn written_before(&self, moment: SystemTime) -> io::Result<Vec<String>> {
        let mut ids = Vec::new();
        for entry in std::fs::read_dir(&self.path)? {
            let entry = entry?;
            if entry.metadata()?.modified()? < moment
                && let Ok(id) = entry.file_name().into_string()
            {
                ids.push(id);
            }
        }
        Ok(ids)
    }
}
