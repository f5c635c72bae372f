//! The event stream of one owner: the events of all of its generations, for one reader.
//!
//! Facts are read from the store. Their numbers rise over all generations of the owner, so a reader
//! resumes with nothing but the number of the last fact it read. Progress comes from memory: the
//! newest report of each active generation.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use ai_now_protocol::Event;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::encoded::EncodedEvent;
use super::notice_sender::NoticeSender;
use crate::domain::{Owner, Principal};
use crate::store::{Store, StoreError};

/// Publishes the events of one owner's generations to all feeds of that owner.
pub(crate) struct OwnerFeed {
    owner: Owner,
    state: watch::Sender<FeedState>,
    /// Forwards the events to the other gateways. `None`: this gateway is the only one.
    notices: Option<Arc<NoticeSender>>,
}

#[derive(Default)]
struct FeedState {
    /// The highest number of a published fact.
    fact: u64,
    /// The newest progress of each generation, by its id.
    progress: BTreeMap<Arc<str>, EncodedEvent>,
    /// The highest number that the store was seen to have given to a fact. A number may belong to no
    /// fact.
    given: u64,
    /// Counts the requests to read the store, because a notice of a fact may have been lost.
    refreshes: u64,
}

impl OwnerFeed {
    /// Publishes that a fact about a generation is in the store, here and to the other gateways.
    pub(super) fn fact(&self, id: &Arc<str>, seq: u64) {
        if let Some(notices) = &self.notices {
            notices.fact(id, self.owner, seq);
        }
        self.receive_fact(id, seq);
    }

    /// Publishes a generation's progress, here and to the other gateways.
    pub(super) fn progress(&self, id: &Arc<str>, event: &Event, encoded: EncodedEvent) {
        if let Some(notices) = &self.notices {
            notices.progress(id, self.owner, encoded.seq(), event);
        }
        self.receive_progress(id, encoded);
    }

    /// Takes note that a fact about a generation is in the store.
    pub(crate) fn receive_fact(&self, id: &str, seq: u64) {
        self.state.send_if_modified(|state| {
            let older = state.progress.get(id).is_some_and(|event| event.seq() < seq);
            if older {
                state.progress.remove(id);
            }
            let is_new = seq > state.fact;
            state.fact = state.fact.max(seq);
            is_new || older
        });
    }

    /// Takes note of a generation's progress.
    pub(crate) fn receive_progress(&self, id: &Arc<str>, event: EncodedEvent) {
        self.state.send_if_modified(|state| {
            let is_new = state.progress.get(id).is_none_or(|known| known.seq() < event.seq());
            if is_new {
                state.progress.insert(id.clone(), event);
            }
            is_new
        });
    }

    /// Takes note of the highest number that the store has given to a fact. If it is new, the notice
    /// of that fact was lost, or is still on its way: all readers read the store.
    fn receive_number(&self, number: u64) {
        self.state.send_if_modified(|state| {
            let is_new = number > state.fact.max(state.given);
            state.given = state.given.max(number);
            state.refreshes += u64::from(is_new);
            is_new
        });
    }

    /// Drops the progress of a generation that is no longer active.
    pub(super) fn forget(&self, id: &str) {
        self.state.send_if_modified(|state| {
            state.progress.remove(id);
            false
        });
    }
}

/// The feeds of all owners that have an active generation or an open stream.
#[derive(Default)]
pub(crate) struct Feeds {
    all: Mutex<HashMap<Owner, Weak<OwnerFeed>>>,
    notices: Option<Arc<NoticeSender>>,
}

impl Feeds {
    /// Feeds that forward their events to the other gateways through this sender.
    pub(crate) fn with_notices(notices: Option<Arc<NoticeSender>>) -> Self {
        Self { notices, ..Self::default() }
    }

    /// The feed of an owner, if a generation or a stream uses it.
    pub(crate) fn get(&self, owner: Owner) -> Option<Arc<OwnerFeed>> {
        self.all().get(&owner).and_then(Weak::upgrade)
    }

    /// Makes the readers of those owners read the store who have facts in it of which no notice came.
    pub(crate) async fn catch_up(&self, store: &Store) -> Result<(), StoreError> {
        let feeds: HashMap<Owner, Arc<OwnerFeed>> = self
            .all()
            .iter()
            .filter_map(|(owner, feed)| Some((*owner, feed.upgrade()?)))
            .filter(|(_, feed)| feed.state.receiver_count() > 0)
            .collect();
        let owners: Vec<Owner> = feeds.keys().copied().collect();
        for (owner, number) in store.last_numbers(&owners).await? {
            if let Some(feed) = feeds.get(&owner) {
                feed.receive_number(number);
            }
        }
        Ok(())
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Owner, Weak<OwnerFeed>>> {
        // A panic under this lock left a map that is still valid.
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The feed of an owner. It is created if there is none.
    pub(crate) fn of(&self, owner: Owner) -> Arc<OwnerFeed> {
        let mut feeds = self.all();
        if let Some(feed) = feeds.get(&owner).and_then(Weak::upgrade) {
            return feed;
        }
        if feeds.len() == feeds.capacity() {
            // Frees unused entries before the map would grow.
            feeds.retain(|_, feed| feed.strong_count() > 0);
        }
        let notices = self.notices.clone();
        let feed = Arc::new(OwnerFeed { owner, state: watch::Sender::default(), notices });
        feeds.insert(owner, Arc::downgrade(&feed));
        feed
    }
}

/// An event of one of the owner's generations.
pub struct FeedEvent {
    /// The generation's id.
    pub generation: Arc<str>,
    /// The event.
    pub event: EncodedEvent,
    /// Whether the reader can go on after its number.
    pub is_fact: bool,
}

/// A subscription to the events of all generations of one owner.
pub struct Feed {
    store: Store,
    owner: Principal,
    after: u64,
    /// The number of the last event that was delivered, of each active generation.
    delivered: HashMap<Arc<str>, u64>,
    /// Whether the store may hold facts that were not read yet.
    behind: bool,
    /// How many refreshes were handled.
    refreshes: u64,
    updates: watch::Receiver<FeedState>,
    /// The next batch is not read before this moment.
    ready_at: Instant,
    _feed: Arc<OwnerFeed>,
}

/// How many facts are read from the store at once.
const BATCH: u32 = 64;

/// The pause between two batches. Events that arrive in between go out together.
const PAUSE: Duration = Duration::from_millis(50);

impl Feed {
    pub(crate) async fn new(
        store: Store,
        owner: Principal,
        after: Option<u64>,
        feed: Arc<OwnerFeed>,
    ) -> Result<Self, StoreError> {
        // Subscribes before the store is read, so that no fact is missed in between.
        let mut updates = feed.state.subscribe();
        updates.mark_changed();
        let after = match after {
            Some(after) => after,
            None => store.last_number(&owner).await?,
        };
        Ok(Self {
            store,
            owner,
            after,
            delivered: HashMap::new(),
            behind: true,
            refreshes: 0,
            updates,
            ready_at: Instant::now(),
            _feed: feed,
        })
    }

    /// The number of the last fact that was read.
    pub fn after(&self) -> u64 {
        self.after
    }

    /// Waits for the next events, and returns at least one. The call is cancel safe: dropping it
    /// loses no event.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn next(&mut self) -> Result<Vec<FeedEvent>, StoreError> {
        loop {
            sleep_until(self.ready_at).await;
            if !self.behind {
                // This never fails: `_feed` keeps the sender alive.
                let _ = self.updates.changed().await;
            }
            let (fact, progress, refreshes) = {
                let state = self.updates.borrow_and_update();
                (state.fact, state.progress.clone(), state.refreshes)
            };
            self.behind |= fact > self.after || refreshes > self.refreshes;
            self.refreshes = refreshes;
            let mut events = if self.behind { self.facts().await? } else { Vec::new() };
            self.delivered.retain(|id, _| progress.contains_key(id));
            // Until all facts are read, progress would be out of order.
            if !self.behind {
                events.extend(self.progress(progress));
            }
            if !events.is_empty() {
                self.ready_at = Instant::now() + PAUSE;
                return Ok(events);
            }
        }
    }

    async fn facts(&mut self) -> Result<Vec<FeedEvent>, StoreError> {
        let facts = self.store.facts_of_owner(&self.owner, self.after, BATCH).await?;
        self.behind = facts.len() >= BATCH as usize;
        let mut events = Vec::with_capacity(facts.len());
        for (id, stored) in facts {
            let generation: Arc<str> = id.into();
            self.after = stored.seq;
            self.delivered.insert(generation.clone(), stored.seq);
            let event = EncodedEvent::new(stored.seq, &stored.event);
            events.push(FeedEvent { generation, event, is_fact: true });
        }
        Ok(events)
    }

    fn progress(&mut self, progress: BTreeMap<Arc<str>, EncodedEvent>) -> Vec<FeedEvent> {
        let mut events = Vec::new();
        for (generation, event) in progress {
            let delivered = self.delivered.entry(generation.clone()).or_default();
            if event.seq() > *delivered {
                *delivered = event.seq();
                events.push(FeedEvent { generation, event, is_fact: false });
            }
        }
        events
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_store_is_read_once_for_each_number_that_no_notice_announced() {
        let feed = Feeds::default().of((1, None));
        let mut updates = feed.state.subscribe();
        let mut wakes = |number| {
            feed.receive_number(number);
            let wakes = updates.has_changed().unwrap();
            (wakes, updates.borrow_and_update().refreshes)
        };
        assert_eq!(wakes(0), (false, 0));
        assert_eq!(wakes(5), (true, 1));
        assert_eq!(wakes(5), (false, 1));
        feed.receive_fact("a", 7);
        assert_eq!(wakes(7), (true, 1), "by the fact alone");
        assert_eq!(wakes(7), (false, 1));
        assert_eq!(wakes(8), (true, 2));
    }
}
