//! The events of one generation, for one reader: in order, each fact once, of the progress what is
//! newest whenever the reader is ready.

use futures_util::future::BoxFuture;
use tokio::sync::watch;

use super::encoded::EncodedEvent;
use super::hub::{Hub, Told};
use crate::store::{Store, StoreError, StoredEvent};

/// What was told before a generation was in memory.
pub(super) trait Past: Send + Sync {
    /// Up to `limit` events after number `after`, in order.
    fn events_after<'a>(
        &'a self,
        id: &'a str,
        after: u64,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<StoredEvent>, StoreError>>;
}

impl Past for Store {
    fn events_after<'a>(
        &'a self,
        id: &'a str,
        after: u64,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<StoredEvent>, StoreError>> {
        Box::pin(Self::events_after(self, id, after, limit))
    }
}

/// A subscription to the events of one generation.
pub struct EventStream {
    past: Box<dyn Past>,
    id: String,
    after: u64,
    /// Up to which number the store is read before memory is. `None`: that was done.
    past_until: Option<u64>,
    /// `None`: it is not active, as far as this process knows.
    told: Option<watch::Receiver<Told>>,
    ended: bool,
}

/// How many events are read of the store at once.
const BATCH: u32 = 64;

impl EventStream {
    pub(crate) fn new(store: Store, id: String, after: u64, hub: Option<&Hub>) -> Self {
        Self::with(Box::new(store), id, after, hub)
    }

    pub(super) fn with(past: Box<dyn Past>, id: String, after: u64, hub: Option<&Hub>) -> Self {
        let told = hub.map(Hub::follow);
        let floor = told.as_ref().map_or(u64::MAX, |told| told.borrow().floor());
        Self { past, id, after, past_until: Some(floor), told, ended: false }
    }

    /// The next events, at least one; `None` after the last. Waits for them where there are none
    /// yet. A call that is dropped while it waits has taken nothing.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn next(&mut self) -> Result<Option<Vec<EncodedEvent>>, StoreError> {
        while !self.ended {
            if let Some(until) = self.past_until {
                let events = self.read_past(until).await?;
                if !events.is_empty() {
                    return Ok(Some(self.take(events)));
                }
                self.past_until = None;
            }
            let Some(told) = &mut self.told else {
                self.ended = true;
                break;
            };
            let events = told.borrow_and_update().after(self.after);
            if !events.is_empty() {
                return Ok(Some(self.take(events)));
            }
            if told.changed().await.is_err() {
                // It is in memory no more: the store has the last word.
                self.told = None;
                self.past_until = Some(u64::MAX);
            }
        }
        Ok(None)
    }

    async fn read_past(&self, until: u64) -> Result<Vec<EncodedEvent>, StoreError> {
        if self.after >= until {
            return Ok(Vec::new());
        }
        let events = self.past.events_after(&self.id, self.after, BATCH).await?;
        // What is younger is told from memory.
        let events = events.into_iter().take_while(|event| event.seq <= until);
        Ok(events.map(|stored| EncodedEvent::new(stored.seq, &stored.event)).collect())
    }

    fn take(&mut self, events: Vec<EncodedEvent>) -> Vec<EncodedEvent> {
        if let Some(last) = events.last() {
            self.after = last.seq();
            self.ended = last.is_last();
        }
        events
    }
}
