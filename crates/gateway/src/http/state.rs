//! What a request may use: the parts of the running gateway.

use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::generations::GenerationService;
use crate::http::readiness::Readiness;
use crate::http::refusal_log::RefusalLog;
use crate::limits::Limits;
use crate::media::{MediaDir, UploadDir};
use crate::metrics::Metrics;
use crate::secret::SigningKey;
use crate::store::{KeyInfo, Store};

/// Everything that a request may need. Cloning it is cheap and gives the same.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts of a running gateway.
pub struct Parts {
    /// The settings.
    pub config: Config,
    /// What is remembered.
    pub store: Store,
    /// Accepts, runs and cancels generations.
    pub generations: GenerationService,
    /// The media files.
    pub media: MediaDir,
    /// The uploaded files.
    pub uploads: UploadDir,
    /// Signs tickets.
    pub signing: SigningKey,
    /// Counts what is limited.
    pub limits: Arc<Limits>,
    /// A permit for each media file that may be open for a reader.
    pub media_readers: Arc<Semaphore>,
    /// Whether anything can be written down.
    pub readiness: Readiness,
    /// Which refusals are logged.
    pub refusals: RefusalLog,
    /// Counts what is watched.
    pub metrics: Metrics,
    /// The key whose tokens pages of the gateway's own origin may use without one.
    pub demo_key: Option<KeyInfo>,
    /// Where the gateway listens.
    pub address: SocketAddr,
    /// The gateway has been told to stop: it is not ready for more.
    pub stopping: CancellationToken,
    /// Streams end now; their clients reconnect to whoever comes next.
    pub streams_end: CancellationToken,
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// The other end of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

impl From<Parts> for App {
    fn from(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}
