//! What was available in an account over time, found from what is available now and the movements
//! that led there. Pure: it must not know what it is shown as.

use crate::answers::Movement;

/// When and how many tokens were available after each movement, the oldest first. `available` is what
/// is there after the newest.
pub fn available_after(available: u64, newest_first: &[Movement]) -> Vec<(u64, u64)> {
    let mut now = i128::from(available);
    let mut walked = Vec::with_capacity(newest_first.len());
    for entry in newest_first {
        walked.push((entry.at_ms, u64::try_from(now).unwrap_or(0)));
        now -= effect(entry);
    }
    walked.reverse();
    walked
}

/// What a movement did to what is available. What is captured was held before.
fn effect(entry: &Movement) -> i128 {
    let tokens = i128::from(entry.tokens);
    match entry.kind.as_str() {
        "grant" | "release" | "refund" => tokens,
        "hold" | "adjustment" => -tokens,
        _ => 0,
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn walking_back_from_now_arrives_at_the_grant() {
        let entry = |at_ms, kind: &str, tokens| Movement {
            at_ms,
            kind: kind.into(),
            tokens,
            generation: None,
            reason: None,
        };
        let oldest_first = [
            entry(1, "grant", 100),
            entry(2, "hold", 30),
            entry(3, "capture", 30),
            entry(4, "hold", 20),
            entry(5, "release", 20),
            entry(6, "adjustment", 5),
            entry(7, "refund", 30),
        ];
        let newest_first: Vec<_> = oldest_first.iter().rev().cloned().collect();
        assert_eq!(
            available_after(95, &newest_first),
            [(1, 100), (2, 70), (3, 70), (4, 50), (5, 70), (6, 65), (7, 95)]
        );
        assert_eq!(available_after(5, &[]), []);
    }
}
