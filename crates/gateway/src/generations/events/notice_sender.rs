//! Notices to the other gateways that share the store: for each generation the number of its last
//! fact, and its newest progress. They are collected for a moment and sent together, so that a
//! thousand reports become a few notices.
//!
//! It must not know who receives them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ai_now_protocol::Event;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::domain::Owner;
use crate::store::{NOTICE_MAX_BYTES, Store};

/// How long notices are collected before they are sent together.
const PAUSE: Duration = Duration::from_millis(20);

/// A notice to the other gateways.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Notice {
    /// A generation has facts up to this number.
    Fact {
        /// The generation's id.
        id: String,
        /// Its owner.
        owner: Owner,
        /// The number.
        seq: u64,
    },
    /// The progress of a generation.
    Progress {
        /// The generation's id.
        id: String,
        /// Its owner.
        owner: Owner,
        /// The event's number.
        seq: u64,
        /// The event.
        event: Event,
    },
    /// There are generations that no gateway runs.
    Work,
    /// A circuit breaker has opened or closed.
    Breakers,
}

#[derive(Default)]
struct Waiting {
    work: bool,
    breakers: bool,
    facts: BTreeMap<Arc<str>, (Owner, u64)>,
    progress: BTreeMap<Arc<str>, (Owner, u64, Event)>,
}

/// The notices that are to be sent.
#[derive(Default)]
pub(crate) struct NoticeSender {
    waiting: Mutex<Waiting>,
    some: Notify,
}

impl NoticeSender {
    /// A fact of a generation is in the store.
    pub(crate) fn fact(&self, id: &Arc<str>, owner: Owner, seq: u64) {
        let mut waiting = self.waiting();
        waiting.facts.insert(id.clone(), (owner, seq));
        // The progress before this fact is outdated.
        waiting.progress.remove(id);
        drop(waiting);
        self.some.notify_one();
    }

    pub(super) fn progress(&self, id: &Arc<str>, owner: Owner, seq: u64, event: &Event) {
        self.waiting().progress.insert(id.clone(), (owner, seq, event.clone()));
        self.some.notify_one();
    }

    /// There are generations that no gateway runs.
    pub(crate) fn work(&self) {
        self.waiting().work = true;
        self.some.notify_one();
    }

    /// A circuit breaker has opened or closed.
    pub(crate) fn breakers(&self) {
        self.waiting().breakers = true;
        self.some.notify_one();
    }

    /// Sends the notices, for as long as it is polled.
    pub(crate) async fn run(&self, store: &Store) {
        loop {
            self.some.notified().await;
            tokio::time::sleep(PAUSE).await;
            let waiting = std::mem::take(&mut *self.waiting());
            for text in texts(waiting) {
                if let Err(error) = store.notify(text).await {
                    // The others read the store regularly anyway, a little later.
                    tracing::warn!(%error, "notices to the other gateways were not sent");
                    break;
                }
            }
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        // A panic under this lock left a value that is still valid.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The notices, one per line, in as few texts as possible.
fn texts(waiting: Waiting) -> Vec<String> {
    let Waiting { work, breakers, facts, progress } = waiting;
    let short = [work.then_some(Notice::Work), breakers.then_some(Notice::Breakers)];
    let facts = facts.into_iter().map(|(id, (owner, seq))| Notice::Fact {
        id: id.as_ref().into(),
        owner,
        seq,
    });
    let progress = progress.into_iter().map(|(id, (owner, seq, event))| Notice::Progress {
        id: id.as_ref().into(),
        owner,
        seq,
        event,
    });
    let mut texts: Vec<String> = Vec::new();
    for notice in short.into_iter().flatten().chain(facts).chain(progress) {
        let Ok(line) = serde_json::to_string(&notice) else { continue };
        // A progress notice that is too long is dropped: the next fact replaces it.
        if line.len() > NOTICE_MAX_BYTES {
            continue;
        }
        match texts.last_mut() {
            Some(text) if text.len() + 1 + line.len() <= NOTICE_MAX_BYTES => {
                text.push('\n');
                text.push_str(&line);
            }
            _ => texts.push(line),
        }
    }
    texts
}

/// The notices in a text. Unknown notices of a later version are skipped.
pub(crate) fn notices(text: &str) -> impl Iterator<Item = Notice> {
    text.lines().filter_map(|line| serde_json::from_str(line).ok())
}

#[cfg(test)]
mod tests {
    use ai_now_protocol::event::Progress;

    use super::*;

    #[test]
    fn notices_are_sent_together_split_where_too_long_and_read_back() {
        let sender = NoticeSender::default();
        let owner = (1, Some(2));
        for number in 0..200_u32 {
            let id: Arc<str> = format!("generation-number-{number:05}").into();
            let progress = Progress { eta_secs: Some(number), ..Progress::default() };
            let event = Event::Processing(progress);
            sender.progress(&id, owner, 6, &Event::PROCESSING);
            sender.progress(&id, owner, 7, &event);
        }
        let ended: Arc<str> = "generation-number-00003".into();
        sender.fact(&ended, owner, 100_000);
        sender.work();
        sender.breakers();
        let texts = texts(std::mem::take(&mut *sender.waiting()));
        assert!(texts.len() > 1);
        assert!(texts.iter().all(|text| text.len() <= NOTICE_MAX_BYTES));
        let all: Vec<Notice> = texts.iter().flat_map(|text| notices(text)).collect();
        assert_eq!(all.len(), 2 + 1 + 199, "a fact replaces the progress before it");
        let fact = Notice::Fact { id: ended.as_ref().into(), owner, seq: 100_000 };
        assert_eq!(all[..3], [Notice::Work, Notice::Breakers, fact]);
        assert!(matches!(&all[3], Notice::Progress { seq: 7, .. }), "{:?}", all[3]);
        assert_eq!(notices("{\"soon\":{}}\nnothing\n\"work\"").count(), 1);
    }
}
