//! This gateway's lease on its membership of the gateways that share the store. It must not know
//! what runs under it.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::domain::Node;

/// How many renewals a lease lasts. It counts as lost one renewal before its end: an answer after
/// that may come too late.
pub(super) const RENEWALS: u32 = 5;

/// This gateway's membership.
#[derive(Default)]
pub(super) struct Membership {
    lease: Mutex<Option<Lease>>,
    /// Notified when there may be generations that no gateway runs.
    pub(super) work: Notify,
    /// Cancelled when the gateway has left.
    pub(super) left: CancellationToken,
    /// The generations that the last look found to be this gateway's in the store, and not run here.
    /// Locked while generations are claimed: then some are so for a moment.
    pub(super) strays: tokio::sync::Mutex<HashSet<String>>,
}

/// A node, and until when it certainly holds its lease.
#[derive(Clone, Copy)]
pub(super) struct Lease {
    pub(super) node: Node,
    /// `None`: without limit.
    pub(super) until: Option<Instant>,
}

impl Membership {
    /// The lease, while it is certainly held.
    pub(super) fn lease(&self) -> Option<Lease> {
        let lease = *self.lease.lock().unwrap_or_else(PoisonError::into_inner);
        lease.filter(|lease| lease.until.is_none_or(|until| Instant::now() < until))
    }

    /// Whether the gateway has left.
    pub(super) fn has_left(&self) -> bool {
        self.left.is_cancelled()
    }

    pub(super) fn set(&self, lease: Option<Lease>) {
        *self.lease.lock().unwrap_or_else(PoisonError::into_inner) = lease;
    }
}
