//! What the gateway does by itself, now and then: forgets what has had its time.

use std::time::{Duration, SystemTime};

use crate::clock::now_ms;
use crate::server::App;
use crate::store::StoreError;

/// How often.
const PAUSE: Duration = Duration::from_secs(600);

/// How many generations are forgotten in one change, so that nobody waits long for it.
const BATCH: u32 = 100;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// Keeps house until the gateway stops. `started`: files older than this that belong to nothing
/// were left by a crash.
pub async fn keep(app: App, started: SystemTime) {
    if let Err(error) = remove_orphans(&app, started).await {
        tracing::warn!(%error, "files that belong to nothing could not be removed");
    }
    loop {
        if let Err(error) = forget(&app).await {
            tracing::warn!(%error, "what has had its time could not be forgotten");
        }
        app.limits.forget_idle();
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            () = app.stopping.cancelled() => return,
        }
    }
}

async fn forget(app: &App) -> Result<(), StoreError> {
    app.store.forget_expired_sessions().await?;
    let before_ms = now_ms().saturating_sub(u64::from(app.config.keep_days) * DAY_MS);
    loop {
        let (forgotten, names) = app.store.forget_finished(before_ms, BATCH).await?;
        for name in names {
            remove(app, name).await;
        }
        if forgotten < BATCH as usize || app.stopping.is_cancelled() {
            return Ok(());
        }
    }
}

async fn remove_orphans(app: &App, started: SystemTime) -> Result<(), StoreError> {
    let dir = app.media.clone();
    let path = dir.path().to_owned();
    let listing = tokio::task::spawn_blocking(move || dir.written_before(started)).await;
    let names = listing
        .unwrap_or_else(|error| Err(std::io::Error::other(error)))
        .map_err(|source| StoreError::Directory { path, source })?;
    for name in names {
        if app.stopping.is_cancelled() {
            return Ok(());
        }
        if !app.store.media_is_known(&name).await? {
            remove(app, name).await;
        }
    }
    Ok(())
}

async fn remove(app: &App, name: String) {
    let dir = app.media.clone();
    let removed = tokio::task::spawn_blocking(move || dir.remove(&name)).await;
    if let Ok(Err(error)) = removed {
        tracing::warn!(%error, "a media file could not be removed");
    }
}
