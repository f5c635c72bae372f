//! The state that handlers share: the parts of the running gateway.

use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::generations::GenerationService;
use crate::http::readiness::Readiness;
use crate::http::refusal_log::RefusalLog;
use crate::limits::Limits;
use crate::media::{Media, Uploads};
use crate::metrics::Metrics;
use crate::secret::SigningKey;
use crate::store::{KeyInfo, Store};
use crate::webhooks::Webhooks;

/// Everything that a request may need. Cloning it is cheap and gives the same state.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts of a running gateway.
pub struct Parts {
    /// The settings.
    pub config: Config,
    /// The records.
    pub store: Store,
    /// Accepts, runs and cancels generations.
    pub generations: GenerationService,
    /// The media files.
    pub media: Media,
    /// The uploaded files.
    pub uploads: Uploads,
    /// Signs tickets.
    pub signing: SigningKey,
    /// Enforces the rate and concurrency limits.
    pub limits: Arc<Limits>,
    /// Whether the store and the media storage accept writes.
    pub readiness: Readiness,
    /// Sends webhooks.
    pub webhooks: Webhooks,
    /// Decides which refused requests are logged.
    pub refusals: RefusalLog,
    /// The metrics.
    pub metrics: Metrics,
    /// The key whose tokens pages of the gateway's own origin may use without one.
    pub demo_key: Option<KeyInfo>,
    /// Where the gateway listens.
    pub address: SocketAddr,
    /// Cancelled when the gateway has been told to stop: it is no longer ready.
    pub stopping: CancellationToken,
    /// Cancelled when streams end: their clients reconnect to another process.
    pub streams_end: CancellationToken,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// The peer of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

impl From<Parts> for App {
    fn from(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}
