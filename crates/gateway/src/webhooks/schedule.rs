//! The schedule of retries, and when an endpoint is given up. It must not know what is sent.

use std::time::Duration;

use crate::store::Patience;

const SECOND: u64 = 1000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

/// The pauses after failed attempts, in milliseconds: three days and some hours in total.
const PAUSES_MS: [u64; 9] = [
    5 * SECOND,
    5 * MINUTE,
    30 * MINUTE,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    14 * HOUR,
    20 * HOUR,
    24 * HOUR,
];

/// How long an endpoint may take nothing at all of what it is sent before it is disabled. The silence is
/// longer than any pause between two tries.
pub(super) const PATIENCE: Patience =
    Patience { failing_ms: 5 * 24 * HOUR, silence_ms: 2 * 24 * HOUR };

/// How long a receiver may take for one message.
pub(super) const TIME_LIMIT: Duration = Duration::from_secs(20);

/// When to retry after so many failed attempts; `None`: not any more. `random` spreads simultaneous
/// failures over a fifth of the pause.
pub(super) fn next_try_ms(now_ms: u64, tries: u32, random: u32) -> Option<u64> {
    let pause = *PAUSES_MS.get(usize::try_from(tries).ok()?.checked_sub(1)?)?;
    let spread = pause / 5 * u64::from(random) / u64::from(u32::MAX);
    Some(now_ms + pause + spread)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_go_on_for_days_and_end() {
        let mut now = 1_000;
        let mut tries = 0;
        while let Some(next) = next_try_ms(now, tries + 1, 0) {
            assert!(next > now);
            now = next;
            tries += 1;
        }
        assert_eq!(tries, 9);
        let took = now - 1_000;
        assert!(took > 3 * 24 * HOUR && took < PATIENCE.failing_ms, "{took}");
        let longest = PAUSES_MS.iter().max().unwrap();
        assert!(longest + longest / 5 < PATIENCE.silence_ms);
        assert_eq!(next_try_ms(0, 0, 0), None);
        assert_eq!(next_try_ms(0, 1, u32::MAX), Some(6 * SECOND));
    }
}
