//! A circuit breaker: after `failure_threshold` failures in a row it opens for `cooldown_secs`. Then
//! one generation tries the provider again, and the breaker stays open for all others meanwhile.
//!
//! It must not know what a provider or a failure is.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Counts failures in a row, and opens.
pub(super) struct CircuitBreaker {
    failure_threshold: u32,
    cooldown: Duration,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    failures_in_a_row: u32,
    open_until: Option<Instant>,
}

impl CircuitBreaker {
    pub(super) fn new(failure_threshold: u32, cooldown: Duration) -> Self {
        Self { failure_threshold, cooldown, state: Mutex::default() }
    }

    /// For how long it stays open; `None` where it is closed, or may be tried.
    pub(super) fn open_for(&self) -> Option<Duration> {
        let until = self.state().open_until?;
        let left = until.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }

    /// Whether a try may be made. After the cooldown only one caller gets `true`; for all others the
    /// breaker stays open until that try has ended.
    pub(super) fn admits(&self) -> bool {
        let mut state = self.state();
        let now = Instant::now();
        match state.open_until {
            None => true,
            Some(until) if now < until => false,
            Some(_) => {
                state.open_until = Some(now + self.cooldown);
                true
            }
        }
    }

    /// A try went well: it closes.
    pub(super) fn succeeded(&self) {
        *self.state() = State::default();
    }

    /// A try failed. `true`: it is open now.
    pub(super) fn failed(&self) -> bool {
        let mut state = self.state();
        state.failures_in_a_row = state.failures_in_a_row.saturating_add(1);
        if state.failures_in_a_row < self.failure_threshold {
            return false;
        }
        state.open_until = Some(Instant::now() + self.cooldown);
        true
    }

    /// Ends the cooldown at once.
    #[cfg(test)]
    pub(super) fn cool_down(&self) {
        self.state().open_until = Some(Instant::now());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
