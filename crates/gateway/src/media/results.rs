//! The results of generations: stored under unguessable names, served to clients that know a name.

use std::io;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use ai_now_protocol::Format;
use bytes::Bytes;

use super::name::format_of;
use super::scratch::{Scratch, Unfinished};
use super::settings::MediaError;
use super::storage::{Storage, StoredFile, blocking};

/// All results. Cloning it is cheap and gives the same.
#[derive(Clone, Debug)]
pub struct Media {
    storage: Storage,
    scratch: Scratch,
    /// How long the object store's signed addresses for readers are valid. `None`: readers get
    /// none.
    signed: Option<Duration>,
}

impl Media {
    pub(super) fn new(storage: Storage, scratch: Scratch, signed: Option<Duration>) -> Self {
        Self { storage, scratch, signed }
    }

    /// Creates the local folders, and removes what a crash left unfinished in them.
    pub(super) fn prepare(&self) -> io::Result<()> {
        if let Storage::Folder(folder) = &self.storage {
            folder.prepare()?;
        }
        self.scratch.prepare()
    }

    /// Rejects a bucket that can never work. One that does not answer may do so later.
    pub(super) async fn check_bucket(&self) -> Result<(), MediaError> {
        let Storage::Objects(objects) = &self.storage else { return Ok(()) };
        match objects.try_to_write().await {
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied
                ) =>
            {
                let location = objects.location();
                Err(MediaError::Refused { location, why: error.to_string() })
            }
            Err(error) => {
                tracing::error!(%error, "the object store does not answer; results wait for it");
                Ok(())
            }
            Ok(()) => Ok(()),
        }
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

    /// Whether it is an object store.
    pub fn is_remote(&self) -> bool {
        matches!(self.storage, Storage::Objects(_))
    }

    /// Whether writing may take as long as a network does: to an object store, or a shared folder.
    pub fn is_over_a_network(&self) -> bool {
        self.storage.is_over_a_network()
    }

    /// Opens a file for a reader.
    ///
    /// # Errors
    /// `NotFound` if there is none; any other error may be temporary.
    pub async fn open(&self, name: &str) -> io::Result<StoredFile> {
        if format_of(name).is_none() {
            return Err(io::ErrorKind::NotFound.into());
        }
        self.storage.open(name).await
    }

    /// A signed address at which a reader may load a file without the gateway, and how long it is
    /// valid. `None`: not configured. `download`: as a file to be saved.
    ///
    /// # Errors
    /// If the store's key is not available.
    pub async fn signed_url(
        &self,
        name: &str,
        download: bool,
    ) -> io::Result<Option<(String, Duration)>> {
        match (&self.storage, self.signed) {
            (Storage::Objects(objects), Some(lifetime)) => {
                let url = objects.signed_url(name, download, lifetime).await?;
                Ok(Some((url, lifetime)))
            }
            _ => Ok(None),
        }
    }

    /// The origin of signed addresses, if readers get them.
    pub fn signed_origin(&self) -> Option<String> {
        match &self.storage {
            Storage::Objects(objects) if self.signed.is_some() => Some(objects.origin()),
            _ => None,
        }
    }

    /// Writes a file. When this returns, it is durable under its name, complete.
    ///
    /// # Errors
    /// The error of the system or the store; then there is no file with this name.
    pub async fn write(&self, name: &str, bytes: Bytes) -> io::Result<()> {
        self.storage.write(name, bytes, content_type(name)).await
    }

    /// A temporary local file to write to. It is removed with the value.
    pub fn unfinished(&self) -> Unfinished {
        self.scratch.unfinished()
    }

    /// Gives a file that is whole now its name. When this returns, it is there under it. How large it is.
    ///
    /// # Errors
    /// What the system or the store says; then it is to be tried again.
    pub async fn adopt(&self, file: &Unfinished, name: &str) -> io::Result<u64> {
        self.storage.adopt(file.path(), name, content_type(name)).await
    }

    /// Checks that a file can be written, now.
    ///
    /// # Errors
    /// The error of the system or the store.
    pub async fn try_to_write(&self) -> io::Result<()> {
        let scratch = self.scratch.clone();
        blocking(move || scratch.try_to_write()).await?;
        match &self.storage {
            Storage::Folder(_) => Ok(()),
            Storage::Objects(objects) => objects.try_to_write().await,
        }
    }

    /// Removes a file. A missing one is no error.
    ///
    /// # Errors
    /// The error of the system or the store.
    pub async fn remove(&self, name: &str) -> io::Result<()> {
        if format_of(name).is_none() {
            return Ok(());
        }
        self.storage.remove(name).await
    }

    /// The names of the files that are orphans if no record names them. `started`: when the gateway
    /// began, if it has its folder for itself.
    ///
    /// # Errors
    /// The error of the system or the store.
    pub async fn settled(&self, started: SystemTime) -> io::Result<Vec<String>> {
        let mut names = self.storage.settled(started).await?;
        names.retain(|name| format_of(name).is_some());
        Ok(names)
    }

    /// Compares the files with the names and sizes in the records: returns a sentence for each file
    /// that is missing or has another size, and how many files no record names.
    ///
    /// # Errors
    /// If the files can't be listed.
    pub async fn audit(&self, recorded: &[(String, u64)]) -> io::Result<(Vec<String>, usize)> {
        let mut files = self.storage.list().await?;
        files.retain(|name, _| format_of(name).is_some());
        let mut faults = Vec::new();
        for (name, size_bytes) in recorded {
            let found = match files.remove(name) {
                Some((size_bytes, _)) => Ok(size_bytes),
                // It may have been written since.
                None => self.storage.size_of(name).await,
            };
            match found {
                Ok(found) if found == *size_bytes => {}
                Ok(found) => faults.push(format!(
                    "the media file {name} has {found} bytes instead of {size_bytes}"
                )),
                Err(error) => {
                    faults.push(format!("the media file {name} cannot be read: {error}"));
                }
            }
        }
        Ok((faults, files.len()))
    }
}

fn content_type(name: &str) -> &'static str {
    format_of(name).map_or("application/octet-stream", Format::content_type)
}
