//! Readiness: whether the store and the media storage accept writes. This is tried, and the result
//! is cached, however many clients ask.
//!
//! It must not know what else is written.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use crate::http::error::Problem;
use crate::media::Media;
use crate::store::{Store, StoreError};

/// How long a result is cached.
const HOLDS: Duration = Duration::from_secs(1);

/// How long an attempt may take. A slower disk counts as failed.
const PATIENCE: Duration = Duration::from_secs(5);

/// The latest result.
#[derive(Debug, Default)]
pub struct Readiness(Mutex<Option<(Instant, bool)>>);

impl Readiness {
    /// Tries to write to the store and to the media storage.
    ///
    /// # Errors
    /// 503 if one of them fails.
    pub async fn check(&self, store: &Store, media: &Media) -> Result<(), Problem> {
        // Held during an attempt: concurrent requests wait for its result.
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

async fn try_to_write(store: &Store, media: &Media) -> bool {
    let trying = async {
        store.try_to_write().await?;
        let tried = media.try_to_write().await;
        tried.map_err(|source| StoreError::Directory { path: media.location(), source })
    };
    let slow = |_| Err(StoreError::NotWritten("it takes too long".into()));
    let tried = timeout(PATIENCE, trying).await.unwrap_or_else(slow);
    if let Err(error) = &tried {
        tracing::error!(%error, "not ready: nothing can be written");
    }
    tried.is_ok()
}
