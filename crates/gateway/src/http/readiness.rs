//! Whether the gateway can do its work: whether what it must write down can be written. Tried out,
//! not guessed, and no more often than a disk bears it, however many ask.
//!
//! It must not know what is written in earnest.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::http::error::Problem;
use crate::media::MediaDir;
use crate::store::{Store, StoreError};

/// For how long what was found out holds. Whoever asks meanwhile gets the same answer.
const HOLDS: Duration = Duration::from_secs(1);

/// How long trying may take. A disk that takes longer does no work for anybody.
const PATIENCE: Duration = Duration::from_secs(5);

/// The latest answer.
#[derive(Debug, Default)]
pub struct Readiness(Mutex<Option<(Instant, bool)>>);

impl Readiness {
    /// Tries to write to the store and into the media directory.
    ///
    /// # Errors
    /// 503, where one of them takes nothing.
    pub async fn check(&self, store: &Store, media: &MediaDir) -> Result<(), Problem> {
        // Held while trying: whoever comes meanwhile waits for that one answer.
        let mut latest = self.0.lock().await;
        let ready = match *latest {
            Some((at, ready)) if at.elapsed() < HOLDS => ready,
            _ => {
                let ready = try_to_write(store, media).await;
                *latest = Some((Instant::now(), ready));
                ready
            }
        };
        if ready { Ok(()) } else { Err(Problem::store_unavailable()) }
    }
}

async fn try_to_write(store: &Store, media: &MediaDir) -> bool {
    let trying = async {
        store.try_to_write().await?;
        let (dir, path) = (media.clone(), media.path().to_owned());
        let tried = tokio::task::spawn_blocking(move || dir.try_to_write()).await;
        let tried = tried.unwrap_or_else(|error| Err(std::io::Error::other(error)));
        tried.map_err(|source| StoreError::Directory { path, source })
    };
    let slow = |_| Err(StoreError::NotWritten("the disk takes too long".into()));
    let tried = timeout(PATIENCE, trying).await.unwrap_or_else(slow);
    if let Err(error) = &tried {
        tracing::error!(%error, "not ready: nothing can be written");
    }
    tried.is_ok()
}
