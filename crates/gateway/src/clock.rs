//! The time of day, in the one unit that the gateway keeps: milliseconds since 1970 (UTC).

use std::time::{SystemTime, UNIX_EPOCH};

/// The milliseconds of 24 hours.
pub const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// The 24 hours up to now: after the first moment, up to the second. What was written down while the
/// clock was ahead is not of these hours: a clock that was set back counts against nobody. A minute is
/// allowed for small corrections.
pub fn last_day_ms() -> (u64, u64) {
    let now_ms = now_ms();
    (now_ms.saturating_sub(DAY_MS), now_ms + 60_000)
}

/// Now. A clock that stands before 1970 reads as 0.
pub fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
