//! The storage of files: a folder of this machine, or one in a bucket of an object store. It must
//! not know what the files are.

use std::collections::HashMap;
use std::io::{self, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use bytes::Bytes;
use futures_util::stream::StreamExt as _;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

use super::folder::Folder;
use super::object_store::{Contents, ObjectFolder};
use super::scratch::{UNRECORDED, Users};
use crate::secret;

/// A storage of files.
#[derive(Clone, Debug)]
pub(super) enum Storage {
    Folder(Folder),
    Objects(ObjectFolder),
}

/// A file that is there.
pub struct StoredFile {
    /// Its size.
    pub size_bytes: u64,
    /// When it was written.
    pub modified: SystemTime,
    source: Source,
}

enum Source {
    File(tokio::fs::File),
    Object(ObjectFolder, String),
}

/// The file with the storage's permanent name.
const PLACE: &str = "place.id";

/// How much of a file is read at once.
const CHUNK_BYTES: usize = 64 * 1024;

impl StoredFile {
    /// A range of it: so many bytes from `first` on.
    ///
    /// # Errors
    /// The error of the system or the store.
    pub async fn read(self, first: u64, length: u64) -> io::Result<Contents> {
        match self.source {
            Source::File(mut file) => {
                if first > 0 {
                    file.seek(SeekFrom::Start(first)).await?;
                }
                Ok(ReaderStream::with_capacity(file.take(length), CHUNK_BYTES).boxed())
            }
            Source::Object(folder, name) => folder.read_part(&name, first..first + length).await,
        }
    }
}

impl Storage {
    /// Writes a file. When this returns, it is durable under its name, complete.
    ///
    /// # Errors
    /// The error of the system or the store; then there is no file with this name.
    pub(super) async fn write(
        &self,
        name: &str,
        bytes: Bytes,
        kind: &'static str,
    ) -> io::Result<()> {
        match self {
            Self::Folder(folder) => {
                let (folder, name) = (folder.clone(), name.to_owned());
                blocking(move || folder.write(&name, &bytes)).await
            }
            Self::Objects(objects) => objects.write(name, bytes, kind).await,
        }
    }

    /// Takes over a file of this machine. When this returns, it is there under its name, whole. How
    /// large it is.
    ///
    /// # Errors
    /// What the system or the store says; then it is to be tried again.
    pub(super) async fn adopt(
        &self,
        file: &Path,
        name: &str,
        kind: &'static str,
    ) -> io::Result<u64> {
        match self {
            Self::Folder(folder) => {
                let (folder, file, name) = (folder.clone(), file.to_owned(), name.to_owned());
                blocking(move || folder.adopt(&file, &name)).await
            }
            Self::Objects(objects) => {
                let size_bytes = tokio::fs::metadata(file).await?.len();
                objects.upload(file, name, kind).await.map(|()| size_bytes)
            }
        }
    }

    /// # Errors
    /// `NotFound` if there is none; any other error may be temporary.
    pub(super) async fn open(&self, name: &str) -> io::Result<StoredFile> {
        match self {
            Self::Folder(folder) => {
                let file = tokio::fs::File::open(folder.path().join(name)).await?;
                let about = file.metadata().await?;
                // A directory can be opened, too.
                if !about.is_file() {
                    return Err(io::Error::other("it is not a file"));
                }
                let modified = about.modified().unwrap_or(SystemTime::UNIX_EPOCH);
                Ok(StoredFile { size_bytes: about.len(), modified, source: Source::File(file) })
            }
            Self::Objects(objects) => {
                let (size_bytes, modified) = objects.about(name).await?;
                let source = Source::Object(objects.clone(), name.to_owned());
                Ok(StoredFile { size_bytes, modified, source })
            }
        }
    }

    /// The content of a small file.
    pub(super) async fn read(&self, name: &str) -> io::Result<Bytes> {
        match self {
            Self::Folder(folder) => {
                let (folder, name) = (folder.clone(), name.to_owned());
                blocking(move || folder.read(&name).map(Bytes::from)).await
            }
            Self::Objects(objects) => objects.read(name).await,
        }
    }

    /// Removes a file. A missing one is no error.
    pub(super) async fn remove(&self, name: &str) -> io::Result<()> {
        match self {
            Self::Folder(folder) => {
                let (folder, name) = (folder.clone(), name.to_owned());
                blocking(move || folder.remove(&name)).await
            }
            Self::Objects(objects) => objects.remove(name).await,
        }
    }

    /// All files: their sizes, and when each was written.
    pub(super) async fn list(&self) -> io::Result<HashMap<String, (u64, SystemTime)>> {
        let mut files = match self {
            Self::Folder(folder) => {
                let folder = folder.clone();
                blocking(move || folder.list()).await
            }
            Self::Objects(objects) => objects.list().await,
        }?;
        files.remove(PLACE);
        Ok(files)
    }

    /// A permanent name of this storage, set with this call if there is none: a gateway that finds
    /// a different name uses a different storage. It is stored beside the files, and moves with
    /// them.
    pub(super) async fn place_id(&self) -> io::Result<String> {
        match self.read(PLACE).await {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let id = secret::name();
                match self {
                    Self::Folder(folder) => {
                        let folder = folder.clone();
                        blocking(move || folder.write_new(PLACE, id.as_bytes())).await?;
                    }
                    Self::Objects(objects) => {
                        objects.write_new(PLACE, Bytes::from(id)).await?;
                    }
                }
                self.read(PLACE).await
            }
            read => read,
        }
        .map(|id| String::from_utf8_lossy(&id).trim().to_owned())
    }

    /// The names of the files that are too old for a gateway to be about to record them. What is older
    /// than a gateway that is alone, which has `started` then, was left by the one before it.
    pub(super) async fn settled(&self, started: SystemTime) -> io::Result<Vec<String>> {
        let unclaimed = SystemTime::now() - UNRECORDED;
        let before = match self {
            Self::Folder(folder) if folder.users() == Users::One => unclaimed.max(started),
            _ => unclaimed,
        };
        let files = self.list().await?;
        let old = files.into_iter().filter(|(_, (_, modified))| *modified < before);
        Ok(old.map(|(name, _)| name).collect())
    }

    /// The size of a file.
    pub(super) async fn size_of(&self, name: &str) -> io::Result<u64> {
        match self {
            Self::Folder(folder) => folder.size_of(name),
            Self::Objects(objects) => objects.about(name).await.map(|(size_bytes, _)| size_bytes),
        }
    }

    /// Whether writing may take as long as a network does.
    pub(super) fn is_over_a_network(&self) -> bool {
        match self {
            Self::Folder(folder) => folder.users() == Users::Several,
            Self::Objects(_) => true,
        }
    }

    /// Its location, for people.
    pub(super) fn location(&self) -> PathBuf {
        match self {
            Self::Folder(folder) => folder.path().to_owned(),
            Self::Objects(objects) => objects.location().into(),
        }
    }
}

/// Runs a blocking function without blocking other tasks.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}
