//! Estimates of durations on this device, from earlier ones. It must not know what is made, nor the
//! clock.

/// How many of the newest durations are used.
pub const RUNS: usize = 9;

/// Fewer than these are not enough.
const MIN_RUNS: usize = 3;

/// A page that was suspended or closed sees the end late: longer durations are ignored.
const LONGEST_SECS: u64 = 30 * 60;

/// The duration of a generation, in seconds, or `None` if it is unknown.
pub fn took_secs(created_at_ms: u64, finished_at_ms: Option<u64>) -> Option<u32> {
    let secs = finished_at_ms?.checked_sub(created_at_ms)?.div_ceil(1000);
    if secs > LONGEST_SECS { None } else { u32::try_from(secs).ok() }
}

/// The usual duration, in seconds: the median of these, so that one slow network has no effect.
/// `None` if there are too few.
pub fn usual_secs(runs: &[u32]) -> Option<u32> {
    if runs.len() < MIN_RUNS {
        return None;
    }
    // So few that counting is less code than sorting.
    let middle = runs.len() / 2;
    runs.iter().copied().find(|run| {
        let below = runs.iter().filter(|other| *other < run).count();
        let same = runs.iter().filter(|other| *other == run).count();
        (below..below + same).contains(&middle)
    })
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn runs_are_measured() {
        assert_eq!(took_secs(1_000, Some(3_500)), Some(3));
        assert_eq!(took_secs(1_000, Some(1_000)), Some(0));
        assert_eq!(took_secs(1_000, None), None, "it has not ended");
        assert_eq!(took_secs(2_000, Some(1_000)), None, "the clock was set back");
        assert_eq!(took_secs(0, Some(u64::MAX)), None, "the page slept");
    }

    #[test]
    fn too_few_say_nothing() {
        assert_eq!(usual_secs(&[]), None);
        assert_eq!(usual_secs(&[4, 5]), None);
        assert_eq!(usual_secs(&[4, 900, 5]), Some(5));
    }

    proptest! {
        #[test]
        fn it_is_the_median(mut runs in prop::collection::vec(any::<u32>(), 3..12)) {
            let usual = usual_secs(&runs);
            runs.sort_unstable();
            prop_assert_eq!(usual, Some(runs[runs.len() / 2]));
        }
    }
}
