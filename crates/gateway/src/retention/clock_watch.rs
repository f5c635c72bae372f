//! Notices that the clock of the day was set, by the one that nobody sets.
//!
//! It must not know what depends on it.

use std::time::{Duration, Instant};

/// How far the clock may be corrected without a word.
const CORRECTION: Duration = Duration::from_secs(60);

/// From how far on a jump ahead is more than a correction.
const JUMP: Duration = Duration::from_secs(60 * 60);

/// How long nothing is removed after a jump ahead. Whoever set the clock wrong has that time to set it
/// right. A machine that slept looks the same, and loses nothing by it.
const HELD: Duration = Duration::from_secs(24 * 60 * 60);

/// Both clocks at the last look.
#[derive(Debug)]
pub(super) struct ClockWatch {
    at: Instant,
    ms: u64,
    held_until: Option<Instant>,
}

impl ClockWatch {
    pub(super) fn begin(at: Instant, ms: u64) -> Self {
        Self { at, ms, held_until: None }
    }

    /// Looks at both clocks. Whether the one of the day was set back since the last look. A jump ahead is
    /// held against it.
    pub(super) fn was_set_back(&mut self, at: Instant, ms: u64) -> bool {
        let passed = at.duration_since(self.at);
        let expected_ms = self.ms + u64::try_from(passed.as_millis()).unwrap_or(u64::MAX);
        (self.at, self.ms) = (at, ms);
        let ahead = Duration::from_millis(ms.saturating_sub(expected_ms));
        let back = Duration::from_millis(expected_ms.saturating_sub(ms));
        if ahead > JUMP {
            tracing::error!(
                hours = ahead.as_secs() / 3600,
                "the clock has jumped ahead: nothing that is old is removed for a day"
            );
            self.held_until = Some(at + HELD);
        }
        if back > JUMP {
            // It was wrong before, and is right now.
            self.held_until = None;
        }
        back > CORRECTION
    }

    /// Whether the clock is not to be believed yet.
    pub(super) fn is_held(&self, at: Instant) -> bool {
        self.held_until.is_some_and(|until| at < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: u64 = 60;
    const YEAR_MS: u64 = 365 * 24 * 60 * 60 * 1000;

    #[test]
    fn after_a_jump_ahead_nothing_is_believed_for_a_day_or_until_it_is_set_right() {
        let begin = Instant::now();
        let after = |secs: u64| begin + Duration::from_secs(secs);
        let mut watch = ClockWatch::begin(begin, YEAR_MS);
        // Small corrections in both directions are none.
        assert!(!watch.was_set_back(after(MINUTE), YEAR_MS + 90_000));
        assert!(!watch.was_set_back(after(2 * MINUTE), YEAR_MS + 120_000));
        assert!(!watch.is_held(after(2 * MINUTE)));
        // A year ahead, and it goes on from there.
        assert!(!watch.was_set_back(after(3 * MINUTE), 2 * YEAR_MS));
        assert!(watch.is_held(after(3 * MINUTE)));
        assert!(!watch.was_set_back(after(4 * MINUTE), 2 * YEAR_MS + 60_000));
        assert!(watch.is_held(after(4 * MINUTE)));
        assert!(!watch.is_held(after(3 * MINUTE) + HELD));
        // Set right again.
        assert!(watch.was_set_back(after(5 * MINUTE), YEAR_MS + 300_000));
        assert!(!watch.is_held(after(5 * MINUTE)));
    }
}
