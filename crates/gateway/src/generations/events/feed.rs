//! The events of all generations of one owner, for one reader.
//!
//! Facts are read from the store, where their order is that of their numbers over all generations
//! of the owner: so a number is enough to go on after. Progress comes from memory, the newest of
//! each generation that is active.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::encoded::EncodedEvent;
use crate::domain::Principal;
use crate::store::{Store, StoreError};

/// An API key, or one visitor of it.
type Owner = (i64, Option<i64>);

/// Where the generations of one owner tell their events.
pub(crate) struct OwnerFeed {
    told: watch::Sender<Told>,
}

#[derive(Default)]
struct Told {
    /// The highest number of a fact.
    fact: u64,
    /// The newest progress of each generation, by its id.
    progress: BTreeMap<Arc<str>, EncodedEvent>,
}

impl OwnerFeed {
    /// A fact about a generation is in the store.
    pub(super) fn fact(&self, id: &str, seq: u64) {
        self.told.send_modify(|told| {
            told.fact = told.fact.max(seq);
            told.progress.remove(id);
        });
    }

    pub(super) fn progress(&self, id: &Arc<str>, event: EncodedEvent) {
        self.told.send_modify(|told| _ = told.progress.insert(id.clone(), event));
    }

    /// A generation is active no more.
    pub(super) fn forget(&self, id: &str) {
        self.told.send_if_modified(|told| {
            told.progress.remove(id);
            false
        });
    }
}

/// The feeds of all owners who have an active generation, or somebody who reads.
#[derive(Default)]
pub(crate) struct Feeds(Mutex<HashMap<Owner, Weak<OwnerFeed>>>);

impl Feeds {
    pub(crate) fn of(&self, owner: Owner) -> Arc<OwnerFeed> {
        // A panic under this lock left a map that is still valid.
        let mut feeds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(feed) = feeds.get(&owner).and_then(Weak::upgrade) {
            return feed;
        }
        if feeds.len() == feeds.capacity() {
            // Before it would grow: whoever went needs no place.
            feeds.retain(|_, feed| feed.strong_count() > 0);
        }
        let feed = Arc::new(OwnerFeed { told: watch::Sender::default() });
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
    /// How much was told of each active generation.
    told: HashMap<Arc<str>, u64>,
    /// Facts may be in the store that were not read.
    behind: bool,
    updates: watch::Receiver<Told>,
    ready_at: Instant,
    _feed: Arc<OwnerFeed>,
}

/// How many facts are read at once.
const BATCH: u32 = 64;

/// The pause between two looks: what comes meanwhile goes out together.
const PAUSE: Duration = Duration::from_millis(50);

impl Feed {
    pub(crate) async fn new(
        store: Store,
        owner: Principal,
        after: Option<u64>,
        feed: Arc<OwnerFeed>,
    ) -> Result<Self, StoreError> {
        // Before the store is asked where it stands: nothing comes in between unheard.
        let mut updates = feed.told.subscribe();
        updates.mark_changed();
        let after = match after {
            Some(after) => after,
            None => store.last_number(&owner).await?,
        };
        Ok(Self {
            store,
            owner,
            after,
            told: HashMap::new(),
            behind: true,
            updates,
            ready_at: Instant::now(),
            _feed: feed,
        })
    }

    /// The number after which it goes on.
    pub fn after(&self) -> u64 {
        self.after
    }

    /// The next events, at least one. Waits for them where there are none yet. A call that is
    /// dropped while it waits has taken nothing.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn next(&mut self) -> Result<Vec<FeedEvent>, StoreError> {
        loop {
            sleep_until(self.ready_at).await;
            if !self.behind {
                // The sender is held here: it can't be gone.
                let _ = self.updates.changed().await;
            }
            let (fact, progress) = {
                let told = self.updates.borrow_and_update();
                (told.fact, told.progress.clone())
            };
            self.behind |= fact > self.after;
            let mut events = if self.behind { self.facts().await? } else { Vec::new() };
            self.told.retain(|id, _| progress.contains_key(id));
            // As long as facts are missing, progress would only be out of order.
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
            self.told.insert(generation.clone(), stored.seq);
            let event = EncodedEvent::new(stored.seq, &stored.event);
            events.push(FeedEvent { generation, event, is_fact: true });
        }
        Ok(events)
    }

    fn progress(&mut self, progress: BTreeMap<Arc<str>, EncodedEvent>) -> Vec<FeedEvent> {
        let mut events = Vec::new();
        for (generation, event) in progress {
            let told = self.told.entry(generation.clone()).or_default();
            if event.seq() > *told {
                *told = event.seq();
                events.push(FeedEvent { generation, event, is_fact: false });
            }
        }
        events
    }
}
