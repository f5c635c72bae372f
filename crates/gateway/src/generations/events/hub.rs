//! What is told of one generation while it is active: its facts since it is in memory, and the
//! newest progress.
//!
//! Facts are told one after another, each under the lock that it was written down under, so that
//! they are told in the order of their numbers. Between two facts progress takes the numbers that
//! the store left free for it.

use std::sync::Arc;

use ai_now_protocol::Event;
use tokio::sync::{Mutex, MutexGuard, watch};

use super::encoded::EncodedEvent;
use super::feed::OwnerFeed;
use crate::store::is_free_for_progress;

/// Where a generation's events are told. Dropped after the last one.
pub(crate) struct Hub {
    id: Arc<str>,
    told: watch::Sender<Told>,
    writing: Mutex<()>,
    /// Hears the same, in the same order.
    feed: Arc<OwnerFeed>,
}

/// What was told so far.
pub(super) struct Told {
    /// Everything up to this number is in the store alone.
    floor: u64,
    facts: Vec<EncodedEvent>,
    progress: Option<EncodedEvent>,
    /// The last number that was used.
    last: u64,
}

impl Told {
    pub(super) fn floor(&self) -> u64 {
        self.floor
    }

    /// What comes after a number, in order: all facts, and of the progress the newest.
    pub(super) fn after(&self, after: u64) -> Vec<EncodedEvent> {
        let new = self.facts.partition_point(|fact| fact.seq() <= after);
        let progress = self.progress.iter().filter(|progress| progress.seq() > after);
        self.facts[new..].iter().chain(progress).cloned().collect()
    }
}

impl Hub {
    /// The hub of a generation whose events up to number `floor` are in the store.
    pub(crate) fn new(id: &str, floor: u64, feed: Arc<OwnerFeed>) -> Self {
        let told = Told { floor, facts: Vec::new(), progress: None, last: floor };
        Self { id: id.into(), told: watch::Sender::new(told), writing: Mutex::new(()), feed }
    }

    /// To be held while a fact is written down and told.
    pub(crate) async fn writing(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().await
    }

    /// Tells a fact that is in the store under this number.
    pub(crate) fn fact(&self, seq: u64, event: &Event) {
        let event = EncodedEvent::new(seq, event);
        self.told.send_modify(|told| {
            self.feed.fact(&self.id, seq);
            // What was said of the way to this fact is over.
            told.progress = None;
            told.last = seq;
            told.facts.push(event);
        });
    }

    /// Tells how far it is, unless it has ended. `false`: all numbers are used up until the next
    /// ones are claimed.
    pub(crate) fn progress(&self, event: &Event) -> bool {
        let mut has_number = true;
        self.told.send_if_modified(|told| {
            if told.facts.last().is_some_and(EncodedEvent::is_last) {
                return false;
            }
            let seq = told.last + 1;
            has_number = is_free_for_progress(seq);
            if !has_number {
                return false;
            }
            let event = EncodedEvent::new(seq, event);
            self.feed.progress(&self.id, event.clone());
            told.last = seq;
            told.progress = Some(event);
            true
        });
        has_number
    }

    /// Goes on with the numbers after this one, which the store gave out.
    pub(crate) fn claimed(&self, seq: u64) {
        self.told.send_if_modified(|told| {
            told.last = told.last.max(seq);
            false
        });
    }

    pub(super) fn follow(&self) -> watch::Receiver<Told> {
        self.told.subscribe()
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.feed.forget(&self.id);
    }
}
