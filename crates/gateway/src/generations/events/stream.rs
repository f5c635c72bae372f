//! The event stream of one generation, for one reader: in order, each fact once, and the newest
//! progress whenever the reader is ready.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::sync::watch;

use super::encoded::EncodedEvent;
use super::hub::{Hub, HubState};
use super::remote::Remote;
use crate::store::{StoreError, StoredEvent};

/// The events from before a generation was in memory.
pub(crate) trait Past: Send + Sync {
    /// Up to `limit` events after number `after`, in order.
    fn events_after<'a>(
        &'a self,
        id: &'a str,
        after: u64,
        limit: u32,
    ) -> BoxFuture<'a, Result<Vec<StoredEvent>, StoreError>>;

    /// Where a generation that is no longer in memory here is followed now, if it continues at
    /// another gateway. `None`: it ended, or is not known here.
    fn elsewhere<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Option<Followed>> {
        Box::pin(async { None })
    }
}

/// A generation that a reader follows.
pub(crate) struct Followed {
    updates: watch::Receiver<HubState>,
    /// Kept alive while the generation is followed.
    _remote: Option<Arc<Remote>>,
}

impl From<&Hub> for Followed {
    fn from(hub: &Hub) -> Self {
        Self { updates: hub.follow(), _remote: None }
    }
}

impl From<Arc<Remote>> for Followed {
    fn from(remote: Arc<Remote>) -> Self {
        Self { updates: remote.follow(), _remote: Some(remote) }
    }
}

/// A subscription to the events of one generation.
pub struct EventStream {
    past: Box<dyn Past>,
    id: String,
    after: u64,
    /// The number up to which events are read from the store before memory is used. `None`: they
    /// were read.
    past_until: Option<u64>,
    /// `None`: it is not active, as far as this gateway knows.
    followed: Option<Followed>,
    ended: bool,
}

/// How many events are read from the store at once.
const BATCH: u32 = 64;

impl EventStream {
    pub(crate) fn new(
        past: Box<dyn Past>,
        id: String,
        after: u64,
        followed: Option<Followed>,
    ) -> Self {
        let past_until = Some(floor(followed.as_ref()));
        Self { past, id, after, past_until, followed, ended: false }
    }

    /// Waits for the next events and returns at least one; `None` after the last event. The call is
    /// cancel safe: dropping it loses no event.
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
            let Some(followed) = &mut self.followed else {
                self.followed = self.past.elsewhere(&self.id).await;
                self.ended = self.followed.is_none();
                self.past_until = Some(floor(self.followed.as_ref()));
                continue;
            };
            let events = followed.updates.borrow_and_update().after(self.after);
            if !events.is_empty() {
                return Ok(Some(self.take(events)));
            }
            if followed.updates.changed().await.is_err() {
                // It is no longer in memory: the store has the last events.
                self.followed = None;
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
        // Later events are published from memory.
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

/// The number up to which events are read from the store before memory is used.
fn floor(followed: Option<&Followed>) -> u64 {
    followed.map_or(u64::MAX, |followed| followed.updates.borrow().floor())
}
