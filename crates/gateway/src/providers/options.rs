//! What a model can be told, in a provider's own spelling: a value that a service does not take is
//! rounded to the nearest one that it takes.
//!
//! It must not know any service's API.

/// The allowed number that is nearest to the wanted one; of two that are as near, the larger, so that
/// nobody gets less than they asked for. `None`: none is allowed.
pub(super) fn nearest(wanted: i64, allowed: &[i64]) -> Option<i64> {
    allowed.iter().copied().min_by_key(|number| (number.abs_diff(wanted), -number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_rounded_to_the_nearest_allowed() {
        for (wanted, expected) in [(1, 4), (4, 4), (5, 6), (7, 8), (60, 8)] {
            assert_eq!(nearest(wanted, &[4, 6, 8]), Some(expected), "{wanted}");
        }
        assert_eq!(nearest(5, &[]), None);
    }
}
