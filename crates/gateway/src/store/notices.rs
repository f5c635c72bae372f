//! Notices between the gateways that share a store: short texts, delivered to all of them, the
//! sender included.
//!
//! A notice may get lost. It only saves the wait for the next reading of the store, and is never
//! the only source of information. It must not know what the texts mean.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::sync::mpsc;

use crate::domain::StoreError;

/// How many notices may wait to be read. Further ones are dropped, which is reported as a gap.
const WAITING: usize = 1024;

/// The longest text, in bytes.
pub const NOTICE_MAX_BYTES: usize = 7900;

/// What is received from the gateways.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoticeEvent {
    /// A text.
    Text(String),
    /// Notices may have been lost: read the store.
    Gap,
}

/// A way for notices to get to all gateways.
pub(super) trait Transport: Send + Sync {
    /// Sends all gateways a text of at most [`NOTICE_MAX_BYTES`].
    ///
    /// # Errors
    /// [`StoreError`]
    fn publish(&self, text: String) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Sends `events` what all gateways publish from now on, until it is closed.
    fn subscribe(&self, events: mpsc::Sender<NoticeEvent>);
}

/// The notices of a store. By default, no other gateway uses it.
#[derive(Clone, Default)]
pub(super) struct Notices(Option<Arc<dyn Transport>>);

impl Notices {
    /// Notices that are sent over a transport.
    pub(super) fn over(transport: impl Transport + 'static) -> Self {
        Self(Some(Arc::new(transport)))
    }

    /// Whether other gateways may use the same store.
    pub(super) fn are_shared(&self) -> bool {
        self.0.is_some()
    }

    /// Sends all gateways a text of at most [`NOTICE_MAX_BYTES`].
    ///
    /// # Errors
    /// [`StoreError`]
    pub(super) async fn publish(&self, text: String) -> Result<(), StoreError> {
        match &self.0 {
            Some(transport) => transport.publish(text).await,
            None => Ok(()),
        }
    }

    /// Receives the notices of all gateways from now on.
    pub(super) fn subscribe(&self) -> mpsc::Receiver<NoticeEvent> {
        let (events, receiver) = mpsc::channel(WAITING);
        if let Some(transport) = &self.0 {
            transport.subscribe(events);
        }
        receiver
    }
}
