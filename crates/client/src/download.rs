//! A result that is being loaded. It must not know what it is.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use reqwest::Response;
use tokio::io::AsyncWriteExt as _;
use tokio::time::timeout;

use crate::Error;

/// How long it may stall.
const SILENCE: Duration = Duration::from_secs(60);

/// A result that is being loaded.
#[derive(Debug)]
pub struct Download {
    response: Response,
}

impl Download {
    pub(crate) fn new(response: Response) -> Self {
        Self { response }
    }

    /// Its size in bytes, if the server sends it.
    pub fn size_bytes(&self) -> Option<u64> {
        self.response.content_length()
    }

    /// Its content type, as the server sends it.
    pub fn content_type(&self) -> Option<&str> {
        self.response.headers().get(reqwest::header::CONTENT_TYPE)?.to_str().ok()
    }

    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// [`Error::Unreachable`] if the connection breaks or stalls.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        let silent = |_| Error::Unreachable("it fell silent".into());
        let chunk = timeout(SILENCE, self.response.chunk()).await.map_err(silent)?;
        chunk.map_err(|error| Error::on_the_way(&error))
    }

    /// Writes it into a file, which appears once it is complete; returns its size in bytes.
    ///
    /// # Errors
    /// [`Error::File`], and [`Error::Unreachable`] if the connection breaks; then an existing file
    /// is unchanged.
    pub async fn save(mut self, file: &Path) -> Result<u64, Error> {
        let mut part = file.as_os_str().to_owned();
        part.push(".part");
        let part = PathBuf::from(part);
        let written = self.write(&part).await;
        let saved = match written {
            Ok(bytes) => tokio::fs::rename(&part, file).await.map_err(Error::File).map(|()| bytes),
            Err(error) => Err(error),
        };
        if saved.is_err() {
            // It may not even exist.
            let _ = tokio::fs::remove_file(&part).await;
        }
        saved
    }

    async fn write(&mut self, file: &Path) -> Result<u64, Error> {
        let mut out = tokio::fs::File::create(file).await.map_err(Error::File)?;
        let mut bytes = 0;
        while let Some(chunk) = self.chunk().await? {
            bytes += chunk.len() as u64;
            out.write_all(&chunk).await.map_err(Error::File)?;
        }
        out.sync_all().await.map_err(Error::File)?;
        Ok(bytes)
    }
}
