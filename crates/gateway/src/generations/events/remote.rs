//! A generation that another gateway runs and a reader follows here. Its facts are read from the
//! store when a notice announces them; its progress comes in notices of the gateway that runs it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use ai_now_protocol::Event;
use tokio::sync::watch;

use super::hub::{Hub, HubState};
use crate::store::{Store, StoreError};

/// How many facts are read at once.
const BATCH: u32 = 64;

/// A generation that another gateway runs and a reader follows here.
pub(crate) struct Remote {
    id: String,
    hub: Hub,
    /// The number of the last fact that was read. Locked while facts are read.
    read: tokio::sync::Mutex<u64>,
}

impl Remote {
    pub(super) fn follow(&self) -> watch::Receiver<HubState> {
        self.hub.follow()
    }

    /// Reads and publishes new facts.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(crate) async fn catch_up(&self, store: &Store) -> Result<(), StoreError> {
        let mut read = self.read.lock().await;
        loop {
            let facts = store.events_after(&self.id, *read, BATCH).await?;
            let full = facts.len() >= BATCH as usize;
            for fact in facts {
                *read = fact.seq;
                self.hub.fact(fact.seq, &fact.event);
            }
            if !full {
                return Ok(());
            }
        }
    }

    /// Publishes progress that the gateway running the generation sent.
    pub(crate) fn progress(&self, seq: u64, event: &Event) {
        self.hub.receive_progress(seq, event);
    }
}

/// All generations of other gateways that are followed here.
#[derive(Default)]
pub(crate) struct Remotes(Mutex<HashMap<String, Weak<Remote>>>);

impl Remotes {
    /// The generation with this id. Its readers read the events up to `floor` from the store.
    pub(crate) fn of(&self, id: &str, floor: u64) -> Arc<Remote> {
        let mut all = self.all();
        if let Some(remote) = all.get(id).and_then(Weak::upgrade) {
            return remote;
        }
        if all.len() == all.capacity() {
            // Frees unused entries before the map would grow.
            all.retain(|_, remote| remote.strong_count() > 0);
        }
        let remote = Arc::new(Remote {
            id: id.to_owned(),
            hub: Hub::of_another_gateway(id, floor),
            read: tokio::sync::Mutex::new(floor),
        });
        all.insert(id.to_owned(), Arc::downgrade(&remote));
        remote
    }

    /// The generation with this id, if it is followed here.
    pub(crate) fn get(&self, id: &str) -> Option<Arc<Remote>> {
        self.all().get(id).and_then(Weak::upgrade)
    }

    /// All that are followed here.
    pub(crate) fn living(&self) -> Vec<Arc<Remote>> {
        self.all().values().filter_map(Weak::upgrade).collect()
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Weak<Remote>>> {
        // A panic under this lock left a map that is still valid.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
