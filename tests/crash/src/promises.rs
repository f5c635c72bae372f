//! What the gateway promised to its clients: their submissions, the answers to them, and the events
//! that were seen. It must not know how they are asked for.

use std::collections::BTreeMap;
use std::fmt;
use std::iter::Sum;
use std::ops::AddAssign;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ai_now_protocol::GenerateRequest;

/// The clients' requests, and the answers they received.
#[derive(Default)]
pub struct Promises {
    submissions: Mutex<BTreeMap<String, Submission>>,
}

/// One submission, by its idempotency key.
#[derive(Clone)]
pub struct Submission {
    pub request: GenerateRequest,
    /// The id of the generation, once an answer was received.
    pub accepted: Option<String>,
    /// The events seen so far, by number.
    pub events: BTreeMap<u64, String>,
    /// Whether a cancellation was confirmed.
    pub cancelled: bool,
    /// Whether it was sent without receiving an answer: it may have been accepted.
    pub unanswered: bool,
    /// Whether it is known to have ended.
    pub ended: bool,
}

impl Promises {
    /// The submissions, by their idempotency keys.
    pub fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Submission>> {
        // A client that panicked fails the run anyway.
        self.submissions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A copy of the promises so far.
    pub fn counts(&self) -> Counts {
        let submissions = self.lock();
        let answered = submissions.values().filter(|s| s.accepted.is_some()).count();
        Counts { submissions: submissions.len(), answered }
    }

    /// The generations that were accepted.
    pub fn generations(&self) -> Vec<String> {
        self.lock().values().filter_map(|submission| submission.accepted.clone()).collect()
    }

    /// The keys of what was accepted and is not known to have ended.
    pub fn under_way(&self) -> Vec<String> {
        let submissions = self.lock();
        let under_way = |s: &Submission| s.accepted.is_some() && !s.cancelled && !s.ended;
        let some = submissions.iter().filter(|(_, s)| under_way(s));
        some.map(|(key, _)| key.clone()).collect()
    }

    /// The keys of what was sent without receiving an answer.
    pub fn unanswered(&self) -> Vec<String> {
        let submissions = self.lock();
        let lost = submissions.iter().filter(|(_, s)| s.unanswered);
        lost.map(|(key, _)| key.clone()).collect()
    }
}

/// How many requests were made.
#[derive(Default)]
pub struct Counts {
    /// The number of submissions.
    submissions: usize,
    /// How many of them were accepted, as far as an answer was received.
    pub answered: usize,
}

impl Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), |sum, next| Self {
            submissions: sum.submissions + next.submissions,
            answered: sum.answered + next.answered,
        })
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} submissions, {} of them accepted", self.submissions, self.answered)
    }
}

/// How the generations ended.
#[derive(Default)]
pub struct Ended {
    /// Completed, with a file.
    pub completed: u64,
    /// Cancelled.
    pub cancelled: u64,
}

impl AddAssign for Ended {
    fn add_assign(&mut self, more: Self) {
        self.completed += more.completed;
        self.cancelled += more.cancelled;
    }
}
