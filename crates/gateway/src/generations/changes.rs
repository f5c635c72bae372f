//! Changes of all generations, for the administrators' page: each acceptance and each end, at this
//! gateway or at another one that shares the store. They are published from memory; a slow reader
//! misses some and learns that it did.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use ai_now_protocol::api::State;
use tokio::sync::broadcast;

/// A generation that was accepted, or has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GenerationChange {
    /// Its id.
    pub id: String,
    /// The model's id.
    pub model: String,
    /// Its state now.
    pub state: State,
}

/// How many changes a slow reader may be behind.
const BEHIND: usize = 256;

/// Publishes changes.
pub(super) struct Changes {
    sender: broadcast::Sender<GenerationChange>,
    /// What was published recently: a gateway also receives its own notices.
    recent: Mutex<VecDeque<GenerationChange>>,
}

impl Default for Changes {
    fn default() -> Self {
        Self { sender: broadcast::Sender::new(BEHIND), recent: Mutex::default() }
    }
}

impl Changes {
    /// Whether there are readers.
    pub(super) fn is_read(&self) -> bool {
        self.sender.receiver_count() > 0
    }

    /// Publishes a change, once.
    pub(super) fn publish(&self, id: &str, model: &str, state: State) {
        if !self.is_read() {
            return;
        }
        let change = GenerationChange { id: id.to_owned(), model: model.to_owned(), state };
        // A panic under this lock left a list that is still valid.
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.contains(&change) {
            return;
        }
        if recent.len() == BEHIND {
            recent.pop_front();
        }
        recent.push_back(change.clone());
        // If all readers have left meanwhile, nothing is sent.
        let _ = self.sender.send(change);
    }

    pub(super) fn reader(&self) -> ChangeReader {
        ChangeReader(self.sender.subscribe())
    }
}

/// Reads changes from now on.
pub struct ChangeReader(broadcast::Receiver<GenerationChange>);

impl ChangeReader {
    /// The next change; `None` if some were missed. The call is cancel safe.
    pub async fn next(&mut self) -> Option<GenerationChange> {
        match self.0.recv().await {
            Ok(change) => Some(change),
            Err(broadcast::error::RecvError::Lagged(_)) => None,
            // Never: the service outlives its readers.
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn readers_get_later_changes_and_learn_that_they_missed_some() {
        let changes = Changes::default();
        changes.publish("before", "suno", State::Queued);
        let (mut quick, mut slow) = (changes.reader(), changes.reader());
        for _ in 0..2 {
            changes.publish("a", "suno", State::Queued);
        }
        let first = quick.next().await.unwrap();
        assert_eq!((first.id.as_str(), first.state), ("a", State::Queued));
        changes.publish("a", "suno", State::Failed);
        let second = quick.next().await.unwrap();
        assert_eq!((second.id.as_str(), second.state), ("a", State::Failed), "published once");
        for number in 0..=BEHIND {
            changes.publish(&number.to_string(), "suno", State::Completed);
        }
        assert_eq!(slow.next().await, None);
        assert!(slow.next().await.is_some());
    }
}
