//! A gateway among those that share a store.

/// A gateway from its start, or from one lost lease, to the next. Numbers rise and are never
/// reused, so a late write by an earlier node about a generation that a later one has taken over
/// can be recognised and ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Node(pub i64);
