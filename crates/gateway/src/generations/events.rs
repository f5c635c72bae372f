//! The event stream of a generation: its events from the store, in order, each once.
//!
//! The store is read again after each update. An update that comes between two reads is not lost:
//! the next read finds its event.

use tokio::sync::watch;

use crate::store::{Store, StoreError, StoredEvent};

/// A subscription to the events of one generation.
pub struct EventStream {
    store: Store,
    id: String,
    after: u64,
    /// `None`: the log will not grow any more, as far as this process knows.
    updates: Option<watch::Receiver<()>>,
    ended: bool,
}

/// How many events are read at once.
const BATCH: u32 = 64;

impl EventStream {
    pub(super) fn new(
        store: Store,
        id: String,
        after: u64,
        updates: Option<watch::Receiver<()>>,
    ) -> Self {
        Self { store, id, after, updates, ended: false }
    }

    /// The next events, at least one; `None` after the last. Waits for them where there are none
    /// yet. A call that is dropped while it waits has taken nothing.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn next(&mut self) -> Result<Option<Vec<StoredEvent>>, StoreError> {
        while !self.ended {
            if let Some(updates) = &mut self.updates {
                updates.mark_unchanged();
            }
            let events = self.store.events_after(&self.id, self.after, BATCH).await?;
            if let Some(last) = events.last() {
                self.after = last.seq;
                self.ended = last.event.is_last();
                return Ok(Some(events));
            }
            match &mut self.updates {
                Some(updates) => {
                    if updates.changed().await.is_err() {
                        // The sender is gone: read once more, for what came just before that.
                        self.updates = None;
                    }
                }
                None => self.ended = true,
            }
        }
        Ok(None)
    }
}
