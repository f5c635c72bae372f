//! Uploaded files: private, named by their ids, never served by name.

use std::io;
use std::path::PathBuf;
use std::time::SystemTime;

use bytes::Bytes;

use super::picture::PictureFormat;
use super::storage::Storage;

/// All uploaded files. Cloning it is cheap and gives the same.
#[derive(Clone, Debug)]
pub struct Uploads {
    storage: Storage,
}

impl Uploads {
    pub(super) fn new(storage: Storage) -> Self {
        Self { storage }
    }

    /// Creates the local folder, if they are kept in one.
    pub(super) fn prepare(&self) -> io::Result<()> {
        match &self.storage {
            Storage::Folder(folder) => folder.prepare(),
            Storage::Objects(_) => Ok(()),
        }
    }

    /// Writes a file that only the gateway can read. When this returns, it is durable and complete.
    ///
    /// # Errors
    /// The error of the system or the store; then there is no such file.
    pub async fn write(&self, id: &str, bytes: Bytes, format: PictureFormat) -> io::Result<()> {
        self.storage.write(id, bytes, format.content_type()).await
    }

    /// Reads a file. `id` is one that the gateway made.
    ///
    /// # Errors
    /// The error of the system or the store.
    pub async fn read(&self, id: &str) -> io::Result<Bytes> {
        self.storage.read(id).await
    }

    /// Removes a file. A missing one is no error.
    ///
    /// # Errors
    /// The error of the system or the store.
    pub async fn remove(&self, id: &str) -> io::Result<()> {
        self.storage.remove(id).await
    }

    /// A permanent name of this storage; its first user sets it.
    ///
    /// # Errors
    /// The error of the system or the store.
    pub async fn place_id(&self) -> io::Result<String> {
        self.storage.place_id().await
    }

    /// Its location, for people.
    pub fn location(&self) -> PathBuf {
        self.storage.location()
    }

    /// The ids of the files that are orphans if no record names them. `started`: when the gateway
    /// began, if it has its folder for itself.
    ///
    /// # Errors
    /// The error of the system or the store.
    pub async fn settled(&self, started: SystemTime) -> io::Result<Vec<String>> {
        self.storage.settled(started).await
    }
}
