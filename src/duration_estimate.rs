//! How long things usually take on this device, from what they took before. It must not know what
//! is made, nor the clock.

/// How many of the newest runs count.
pub const RUNS: usize = 9;

/// Fewer than these say nothing.
const MIN_RUNS: usize = 3;

/// A page that slept or was closed sees the end late: longer than this was no run but a pause.
const LONGEST_SECS: u64 = 30 * 60;

/// How long a run took, in seconds, or `None` where that can't be told.
pub fn took_secs(created_at_ms: u64, finished_at_ms: Option<u64>) -> Option<u32> {
    let secs = finished_at_ms?.checked_sub(created_at_ms)?.div_ceil(1000);
    if secs > LONGEST_SECS { None } else { u32::try_from(secs).ok() }
}

/// What is usual after these runs, in seconds: their median, so that one slow network counts for
/// nothing. `None` after too few.
pub fn usual_secs(runs: &[u32]) -> Option<u32> {
    if runs.len() < MIN_RUNS {
        return None;
    }
    // So few that counting is shorter than sorting.
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
