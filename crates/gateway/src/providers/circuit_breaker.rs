//! The circuit breaker: after `failure_threshold` failures in a row it opens for `cooldown_secs`.
//! Then one generation tries the provider again, and the breaker stays open for all others
//! meanwhile.
//!
//! Where several gateways share a store, it is told there that it has opened, and hears what the others say.
//! It must not know what a provider or a failure is.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// As long as somebody tries, it is open for at least this long.
const TRYING: Duration = Duration::from_secs(1);

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
    /// When it opened, where the store knows that it has.
    opened_at_ms: Option<u64>,
    /// Whether somebody here tries.
    probing: bool,
}

/// Whether a try may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It is closed.
    Closed,
    /// One try alone: it is open for all others until that has ended.
    Probe,
    /// No.
    Refused,
}

impl CircuitBreaker {
    pub(super) fn new(failure_threshold: u32, cooldown: Duration) -> Self {
        Self { failure_threshold, cooldown, state: Mutex::default() }
    }

    pub(super) fn cooldown(&self) -> Duration {
        self.cooldown
    }

    /// For how long it stays open; `None` if it is closed, or an attempt is allowed.
    pub(super) fn open_for(&self) -> Option<Duration> {
        let state = self.state();
        let left = state.open_until?.saturating_duration_since(Instant::now());
        let left = if state.probing { left.max(TRYING) } else { left };
        (!left.is_zero()).then_some(left)
    }

    /// Whether it has opened, and nothing has succeeded since.
    pub(super) fn is_open(&self) -> bool {
        self.state().open_until.is_some()
    }

    /// When it opened, where it is open and the store knows of that.
    pub(super) fn opened_at_ms(&self) -> Option<u64> {
        self.state().opened_at_ms
    }

    /// Whether a try may be made. After the cooldown one caller alone may; for all others the
    /// breaker stays open until [`Self::probe_ended`].
    pub(super) fn admits(&self) -> Admission {
        let mut state = self.state();
        let now = Instant::now();
        match state.open_until {
            None => Admission::Closed,
            Some(until) if now < until || state.probing => Admission::Refused,
            Some(_) => {
                state.open_until = Some(now + self.cooldown);
                state.probing = true;
                Admission::Probe
            }
        }
    }

    /// The one try has ended. `cooldown`: for how long it stays open, where it is open still.
    pub(super) fn probe_ended(&self, cooldown: Duration) {
        let mut state = self.state();
        state.probing = false;
        if state.open_until.is_some() {
            state.open_until = Some(Instant::now() + cooldown);
        }
    }

    /// Whether somebody here tries.
    pub(super) fn is_probing(&self) -> bool {
        self.state().probing
    }

    /// A try went well: it closes. Whether it was open.
    pub(super) fn succeeded(&self) -> bool {
        let mut state = self.state();
        let was_open = state.open_until.is_some();
        *state = State { probing: state.probing, ..State::default() };
        was_open
    }

    /// An attempt failed. Returns `true` if it is open now.
    pub(super) fn failed(&self) -> bool {
        let mut state = self.state();
        state.failures_in_a_row = state.failures_in_a_row.saturating_add(1);
        if state.failures_in_a_row < self.failure_threshold && state.open_until.is_none() {
            return false;
        }
        state.open_until = Some(Instant::now() + self.cooldown);
        true
    }

    /// The store knows that it is open, and since when.
    pub(super) fn kept(&self, opened_at_ms: u64) {
        let mut state = self.state();
        if state.open_until.is_some() {
            state.opened_at_ms = Some(opened_at_ms);
        }
    }

    /// What the store says: since when and for how long it is open, or that it is closed. One that has
    /// just opened here, of which the store does not know yet, stays open.
    pub(super) fn heard(&self, open: Option<(u64, Duration)>) {
        let mut state = self.state();
        match open {
            Some((opened_at_ms, left)) => {
                state.opened_at_ms = Some(opened_at_ms);
                state.open_until = Some(Instant::now() + left);
            }
            None if state.opened_at_ms.is_some() => {
                *state = State { probing: state.probing, ..State::default() };
            }
            None => {}
        }
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
