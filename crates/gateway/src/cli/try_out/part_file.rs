//! A file that appears under its name once it is whole. It must not know what is written to it.

use std::path::{Path, PathBuf};

use tokio::io::AsyncWriteExt as _;

use super::try_error::TryError;

/// What is written so far, in a file beside. It goes where it is not finished.
pub(super) struct PartFile {
    out: tokio::fs::File,
    part: PathBuf,
    file: PathBuf,
}

impl PartFile {
    /// Begins a file.
    pub(super) async fn create(file: &Path) -> Result<Self, TryError> {
        let mut part = file.as_os_str().to_owned();
        part.push(".part");
        let (part, file) = (PathBuf::from(part), file.to_owned());
        match tokio::fs::File::create(&part).await {
            Ok(out) => Ok(Self { out, part, file }),
            Err(source) => Err(TryError::File { path: file, source }),
        }
    }

    /// Writes what comes next.
    pub(super) async fn write(&mut self, data: &[u8]) -> Result<(), TryError> {
        let written = self.out.write_all(data).await;
        written.map_err(|source| TryError::File { path: self.file.clone(), source })
    }

    /// Gives it its name.
    pub(super) async fn finish(self) -> Result<(), TryError> {
        let synced = self.out.sync_all().await;
        let renamed = match synced {
            Ok(()) => tokio::fs::rename(&self.part, &self.file).await,
            Err(error) => Err(error),
        };
        renamed.map_err(|source| TryError::File { path: self.file.clone(), source })
    }
}

impl Drop for PartFile {
    fn drop(&mut self) {
        // One that has its name is there no more.
        let _ = std::fs::remove_file(&self.part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_there_when_it_is_whole_and_nothing_is_left_else() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a.mp3");
        let entries = || std::fs::read_dir(dir.path()).unwrap().count();
        let mut part = PartFile::create(&file).await.unwrap();
        part.write(b"half").await.unwrap();
        assert!(!file.exists() && entries() == 1);
        drop(part);
        assert_eq!(entries(), 0);
        let mut part = PartFile::create(&file).await.unwrap();
        part.write(b"whole").await.unwrap();
        part.finish().await.unwrap();
        assert_eq!((std::fs::read(&file).unwrap(), entries()), (b"whole".to_vec(), 1));
        let nowhere = PartFile::create(&dir.path().join("none/a.mp3")).await.err().unwrap();
        assert!(nowhere.to_string().contains("can't be written"), "{nowhere}");
    }
}
