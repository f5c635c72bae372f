//! The hub of one active generation: its facts since it is in memory, and its newest progress.
//!
//! A fact is written and published under one lock, so facts are published in the order of their
//! numbers. Progress between two facts takes the numbers that the store left free for it.

use std::sync::Arc;

use ai_now_protocol::Event;
use tokio::sync::{Mutex, MutexGuard, watch};

use super::encoded::EncodedEvent;
use super::feed::OwnerFeed;
use crate::store::is_free_for_progress;

/// Publishes a generation's events. Dropped after the last one.
pub(crate) struct Hub {
    id: Arc<str>,
    state: watch::Sender<HubState>,
    writing: Mutex<()>,
    /// Receives the same events in the same order. `None`: another gateway runs the generation and
    /// publishes to the feeds.
    feed: Option<Arc<OwnerFeed>>,
}

/// What was published so far.
pub(super) struct HubState {
    /// Events up to this number are in the store only.
    floor: u64,
    facts: Vec<EncodedEvent>,
    progress: Option<EncodedEvent>,
    /// The last number that was used.
    last: u64,
}

impl HubState {
    pub(super) fn floor(&self) -> u64 {
        self.floor
    }

    /// The events after a number, in order: all facts, and the newest progress.
    pub(super) fn after(&self, after: u64) -> Vec<EncodedEvent> {
        let new = self.facts.partition_point(|fact| fact.seq() <= after);
        let progress = self.progress.iter().filter(|progress| progress.seq() > after);
        self.facts[new..].iter().chain(progress).cloned().collect()
    }
}

impl Hub {
    /// The hub of a generation whose events up to number `floor` are in the store.
    pub(crate) fn new(id: &str, floor: u64, feed: Arc<OwnerFeed>) -> Self {
        Self::with(id, floor, Some(feed))
    }

    /// The hub of a generation that another gateway runs.
    pub(super) fn of_another_gateway(id: &str, floor: u64) -> Self {
        Self::with(id, floor, None)
    }

    fn with(id: &str, floor: u64, feed: Option<Arc<OwnerFeed>>) -> Self {
        let state = HubState { floor, facts: Vec::new(), progress: None, last: floor };
        let state = watch::Sender::new(state);
        Self { id: id.into(), state, writing: Mutex::new(()), feed }
    }

    /// The lock to hold while a fact is written and published.
    pub(crate) async fn writing(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().await
    }

    /// Publishes a fact that is in the store under this number.
    pub(crate) fn fact(&self, seq: u64, event: &Event) {
        let event = EncodedEvent::new(seq, event);
        self.state.send_modify(|state| {
            if let Some(feed) = &self.feed {
                feed.fact(&self.id, seq);
            }
            // The progress before this fact is outdated.
            state.progress = None;
            state.last = seq;
            state.facts.push(event);
        });
    }

    /// Publishes progress, unless the generation has ended. Returns `false` if all numbers are used
    /// up: the caller must claim new ones.
    pub(crate) fn progress(&self, event: &Event) -> bool {
        let mut has_number = true;
        self.state.send_if_modified(|state| {
            if state.facts.last().is_some_and(EncodedEvent::is_last) {
                return false;
            }
            let seq = state.last + 1;
            has_number = is_free_for_progress(seq);
            if !has_number {
                return false;
            }
            let encoded = EncodedEvent::new(seq, event);
            if let Some(feed) = &self.feed {
                feed.progress(&self.id, event, encoded.clone());
            }
            state.last = seq;
            state.progress = Some(encoded);
            true
        });
        has_number
    }

    /// Publishes progress that the gateway running the generation sent, unless something newer is
    /// known.
    pub(super) fn receive_progress(&self, seq: u64, event: &Event) {
        self.state.send_if_modified(|state| {
            let ended = state.facts.last().is_some_and(EncodedEvent::is_last);
            if ended || seq <= state.last {
                return false;
            }
            state.last = seq;
            state.progress = Some(EncodedEvent::new(seq, event));
            true
        });
    }

    /// The last number that was used.
    pub(crate) fn last(&self) -> u64 {
        self.state.borrow().last
    }

    /// Continues with the numbers after this one, which the store gave out.
    pub(crate) fn claimed(&self, seq: u64) {
        self.state.send_if_modified(|state| {
            state.last = state.last.max(seq);
            false
        });
    }

    pub(super) fn follow(&self) -> watch::Receiver<HubState> {
        self.state.subscribe()
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        if let Some(feed) = &self.feed {
            feed.forget(&self.id);
        }
    }
}
