//! Retention: removes what has been kept long enough, and the files that belong to nothing.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio_util::sync::CancellationToken;

use crate::clock::{DAY_MS, now_ms};
use crate::limits::Limits;
use crate::media::{MediaDir, UploadDir};
use crate::store::{Store, StoreError};

/// The pause between two rounds.
const PAUSE: Duration = Duration::from_secs(60);

/// How many generations one change of the store forgets, so that other changes don't wait long.
const BATCH: u32 = 100;

/// Removes what has been kept long enough.
pub struct Retention {
    /// Where expired sessions and finished generations are forgotten.
    pub store: Store,
    /// Where their files are removed.
    pub media: MediaDir,
    /// Where unused uploads are removed.
    pub uploads: UploadDir,
    /// Where idle owners are forgotten.
    pub limits: Arc<Limits>,
    /// For how long sessions can be renewed.
    pub session_max_secs: u32,
    /// For how long one is kept that was cancelled before anybody had taken it.
    pub cancelled_retention_secs: u32,
    /// How long a finished generation is kept.
    pub retention_days: u32,
    /// Ends it.
    pub stopping: CancellationToken,
}

impl Retention {
    /// Works until the gateway stops. Files older than `started` that belong to no generation
    /// were left by a crash and are removed first.
    pub async fn run(self, started: SystemTime) {
        if let Err(error) = self.remove_orphans(started).await {
            tracing::warn!(%error, "files that belong to nothing could not be removed");
        }
        loop {
            if let Err(error) = self.remove_expired().await {
                tracing::warn!(%error, "expired records could not be removed");
            }
            self.limits.forget_idle();
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                () = self.stopping.cancelled() => return,
            }
        }
    }

    async fn remove_expired(&self) -> Result<(), StoreError> {
        self.store.forget_expired_sessions(self.session_max_secs).await?;
        let before_ms = now_ms().saturating_sub(u64::from(self.retention_days) * DAY_MS);
        loop {
            let (forgotten, names) = self.store.forget_finished(before_ms, BATCH).await?;
            for name in names {
                self.remove_file(name).await;
            }
            if forgotten < BATCH as usize || self.stopping.is_cancelled() {
                break;
            }
        }
        let cancelled_retention_ms = u64::from(self.cancelled_retention_secs) * 1000;
        let never_made_ms = now_ms().saturating_sub(cancelled_retention_ms);
        while self.store.forget_never_made(never_made_ms, BATCH).await? == BATCH as usize {
            if self.stopping.is_cancelled() {
                return Ok(());
            }
        }
        // After the sessions and the generations: who has none of either did nothing.
        let day_before_ms = now_ms().saturating_sub(DAY_MS);
        while self.store.forget_unused_visitors(day_before_ms, BATCH).await? == u64::from(BATCH) {
            if self.stopping.is_cancelled() {
                return Ok(());
            }
        }
        // After the generations: what they used is unused now.
        loop {
            let forgotten = self.store.forget_unused_uploads(BATCH).await?;
            let last = forgotten.len() < BATCH as usize || self.stopping.is_cancelled();
            for id in forgotten {
                self.remove_upload(id).await;
            }
            if last {
                return Ok(());
            }
        }
    }

    async fn remove_orphans(&self, started: SystemTime) -> Result<(), StoreError> {
        let dir = self.media.clone();
        let path = dir.path().to_owned();
        let listing = tokio::task::spawn_blocking(move || dir.written_before(started)).await;
        let names = listing
            .unwrap_or_else(|error| Err(std::io::Error::other(error)))
            .map_err(|source| StoreError::Directory { path, source })?;
        for name in names {
            if self.stopping.is_cancelled() {
                return Ok(());
            }
            if !self.store.media_is_known(&name).await? {
                self.remove_file(name).await;
            }
        }
        let dir = self.uploads.clone();
        let listing = tokio::task::spawn_blocking(move || dir.written_before(started)).await;
        let ids = listing.unwrap_or_else(|error| Err(std::io::Error::other(error)));
        let ids = ids.unwrap_or_else(|error| {
            tracing::warn!(%error, "the uploads can't be listed");
            Vec::new()
        });
        for id in ids {
            if self.store.upload_format(&id).await?.is_none() {
                self.remove_upload(id).await;
            }
        }
        Ok(())
    }

    async fn remove_upload(&self, id: String) {
        let dir = self.uploads.clone();
        let removed = tokio::task::spawn_blocking(move || dir.remove(&id)).await;
        if let Ok(Err(error)) = removed {
            tracing::warn!(%error, "an uploaded file could not be removed");
        }
    }

    async fn remove_file(&self, name: String) {
        let dir = self.media.clone();
        let removed = tokio::task::spawn_blocking(move || dir.remove(&name)).await;
        if let Ok(Err(error)) = removed {
            tracing::warn!(%error, "a media file could not be removed");
        }
    }
}
