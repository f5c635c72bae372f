//! Retention: removes expired records, and files that no record names.
//!
//! It looks after the clock, too: what is removed is gone for good, so nothing is for a day after the
//! clock has jumped ahead.

mod clock_watch;

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use tokio_util::sync::CancellationToken;

use self::clock_watch::ClockWatch;
use crate::clock::{DAY_MS, now_ms};
use crate::limits::Limits;
use crate::media::{Media, Uploads};
use crate::store::{Store, StoreError};

/// The pause between two rounds.
const PAUSE: Duration = Duration::from_secs(60);

/// The pause between two searches for orphaned files.
const ORPHANS_PAUSE: Duration = Duration::from_secs(24 * 60 * 60);

/// How old a file must be where several gateways store files, until no gateway can be about to
/// record it.
const UNCLAIMED: Duration = Duration::from_secs(24 * 60 * 60);

/// How many generations one transaction removes, so that other changes don't wait long.
const BATCH: u32 = 100;

/// How many messages wait for a webhook that takes none. Older ones are given up.
const WAITING_WEBHOOKS: u32 = 10_000;

/// Removes what has expired.
pub struct Retention {
    /// Removes expired sessions and finished generations.
    pub store: Store,
    /// Removes their files.
    pub media: Media,
    /// Removes unused uploads.
    pub uploads: Uploads,
    /// Removes idle owners.
    pub limits: Arc<Limits>,
    /// How long sessions can be renewed.
    pub session_max_secs: u32,
    /// How long a generation is kept that was cancelled before a provider had taken it.
    pub cancelled_retention_secs: u32,
    /// How long a finished generation is kept.
    pub retention_days: u32,
    /// Ends the task.
    pub stopping: CancellationToken,
}

impl Retention {
    /// Works until the gateway stops. Orphaned files that are older than `started`, or than an
    /// upload to a bucket may be without a record, were left by a crash or an outage. They are
    /// removed first, and once a day.
    pub async fn run(self, started: SystemTime) {
        let mut orphans_at = Instant::now();
        let mut clock = ClockWatch::begin(Instant::now(), now_ms());
        self.bring_back().await;
        loop {
            if clock.was_set_back(Instant::now(), now_ms()) {
                self.bring_back().await;
            }
            if clock.is_held(Instant::now()) {
                self.pause().await;
                if self.stopping.is_cancelled() {
                    return;
                }
                continue;
            }
            if Instant::now() >= orphans_at {
                match self.remove_orphans(started).await {
                    Ok(()) => orphans_at = Instant::now() + ORPHANS_PAUSE,
                    Err(error) => {
                        tracing::warn!(%error, "orphaned files could not be removed");
                    }
                }
            }
            if let Err(error) = self.remove_expired().await {
                tracing::warn!(%error, "expired records could not be removed");
            }
            self.pause().await;
            if self.stopping.is_cancelled() {
                return;
            }
        }
    }

    async fn pause(&self) {
        self.limits.forget_idle();
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = self.stopping.cancelled() => {}
        }
    }

    /// What was written down while the clock was ahead.
    async fn bring_back(&self) {
        match self.store.bring_back().await {
            Ok(0) => {}
            Ok(count) => {
                tracing::warn!(count, "the clock was set back: records of later are of now");
            }
            Err(error) => tracing::warn!(%error, "records of later could not be brought back"),
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
        while self.store.forget_webhook_messages(before_ms, BATCH).await? == u64::from(BATCH) {
            if self.stopping.is_cancelled() {
                return Ok(());
            }
        }
        self.give_up_webhooks().await?;
        let cancelled_retention_ms = u64::from(self.cancelled_retention_secs) * 1000;
        let never_made_ms = now_ms().saturating_sub(cancelled_retention_ms);
        while self.store.forget_never_made(never_made_ms, BATCH).await? == BATCH as usize {
            if self.stopping.is_cancelled() {
                return Ok(());
            }
        }
        while self.store.forget_cancelled_messages(never_made_ms, BATCH).await? == u64::from(BATCH)
        {
            if self.stopping.is_cancelled() {
                return Ok(());
            }
        }
        // After sessions and generations: a visitor without either is removed.
        let day_before_ms = now_ms().saturating_sub(DAY_MS);
        while self.store.forget_unused_visitors(day_before_ms, BATCH).await? == u64::from(BATCH) {
            if self.stopping.is_cancelled() {
                return Ok(());
            }
        }
        // After generations: their pictures may be unused now.
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

    async fn give_up_webhooks(&self) -> Result<(), StoreError> {
        let mut count = 0;
        loop {
            let given_up = self.store.give_up_webhook_messages(WAITING_WEBHOOKS, BATCH).await?;
            count += given_up;
            if given_up < u64::from(BATCH) || self.stopping.is_cancelled() {
                break;
            }
        }
        if count > 0 {
            tracing::warn!(count, "webhooks that take no messages have lost their oldest ones");
        }
        Ok(())
    }

    async fn remove_orphans(&self, started: SystemTime) -> Result<(), StoreError> {
        // Another gateway may be about to record what it has just stored.
        let started = if self.store.is_shared() { started - UNCLAIMED } else { started };
        let listing = self.media.settled(started).await;
        let names = listing
            .map_err(|source| StoreError::Directory { path: self.media.location(), source })?;
        for name in names {
            if self.stopping.is_cancelled() {
                return Ok(());
            }
            if !self.store.media_is_known(&name).await? {
                self.remove_file(name).await;
            }
        }
        let ids = self.uploads.settled(started).await.unwrap_or_else(|error| {
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
        if let Err(error) = self.uploads.remove(&id).await {
            tracing::warn!(%error, "an uploaded file could not be removed");
        }
    }

    async fn remove_file(&self, name: String) {
        if let Err(error) = self.media.remove(&name).await {
            tracing::warn!(%error, "a media file could not be removed");
        }
    }
}
