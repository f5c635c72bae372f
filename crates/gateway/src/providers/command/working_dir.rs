//! The directory that a program runs in: made for one run, removed after it.
//!
//! A program may leave a million files in it. A thread for blocking work removes them, so that nothing
//! else waits for that.

use std::io;
use std::path::{Path, PathBuf};

use tokio::runtime::Handle;
use tokio::task::{JoinHandle, spawn_blocking};

/// A directory that is removed with the value.
pub(super) struct WorkingDir {
    /// Empty once the removal has begun.
    path: PathBuf,
}

impl WorkingDir {
    pub(super) async fn new(work: &Path, id: &str) -> io::Result<Self> {
        let path = work.join(id);
        // Left by an earlier start that could not be cleaned up.
        let _ = tokio::fs::remove_dir_all(&path).await;
        tokio::fs::create_dir(&path).await?;
        Ok(Self { path })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes it, and waits until it is gone.
    pub(super) async fn remove(mut self) {
        // It only fails if the removal panics.
        let _ = self.begin_removal().await;
    }

    fn begin_removal(&mut self) -> JoinHandle<()> {
        let path = std::mem::take(&mut self.path);
        spawn_blocking(move || {
            if let Err(error) = std::fs::remove_dir_all(path) {
                tracing::warn!(%error, "a working directory could not be removed");
            }
        })
    }
}

impl Drop for WorkingDir {
    fn drop(&mut self) {
        // Given up without `remove`, as the run could not begin. After the end of the runtime the next
        // start removes it.
        if !self.path.as_os_str().is_empty() && Handle::try_current().is_ok() {
            drop(self.begin_removal());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn it_is_removed_by_a_thread_for_blocking_work() {
        let work = tempfile::tempdir().unwrap();
        let one_thread =
            tokio::runtime::Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
        one_thread.block_on(async {
            for given_up in [false, true] {
                let dir = WorkingDir::new(work.path(), "run").await.unwrap();
                let path = dir.path().to_owned();
                std::fs::write(path.join("left"), "").unwrap();
                // The only thread for blocking work is busy.
                let (release, busy) = mpsc::channel::<()>();
                let busy = spawn_blocking(move || busy.recv());
                let removing = async {
                    if given_up {
                        drop(dir);
                    } else {
                        dir.remove().await;
                    }
                };
                let meanwhile = async {
                    assert!(path.exists(), "it was removed on the thread of the runtime");
                    release.send(()).unwrap();
                };
                tokio::join!(removing, meanwhile);
                busy.await.unwrap().unwrap();
                // Comes after the removal.
                spawn_blocking(|| ()).await.unwrap();
                assert!(!path.exists());
            }
        });
    }
}
