//! The running gateway: puts the parts together, listens, and ends in order.
//!
//! It knows sockets and time limits. What is answered is the routes' business.

mod connection;
mod descriptors;
mod time_limits;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use axum::Router;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

pub use self::descriptors::TooFewDescriptors;

use crate::config::{Config, ConfigError};
use crate::data_dir::{DataDirError, DataDirLock};
use crate::generations::{GenerationService, Settings, UploadUrls};
use crate::http::readiness::Readiness;
use crate::http::refusal_log::RefusalLog;
use crate::http::state::{App, Parts};
use crate::limits::{ConnectionPermit, Limits};
use crate::media::{MediaDir, UploadDir};
use crate::metrics::Metrics;
use crate::providers::{ProviderPool, UnusableProvider};
use crate::retention::Retention;
use crate::secret::SigningKey;
use crate::store::{Store, StoreError};
use crate::{demo, http};

/// Why the gateway cannot run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The address cannot be listened on.
    #[error("{address} cannot be listened on: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// A file in the data directory cannot be used.
    #[error("The data directory cannot be used: {0}")]
    Data(#[source] std::io::Error),
    /// The settings contradict each other.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The data directory is in use, or can't be used.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// The system lets the process open too few files.
    #[error(transparent)]
    Descriptors(#[from] TooFewDescriptors),
    /// A provider that a model is routed to cannot be used.
    #[error("{0} `ai-now-gateway providers check` looks at all of them.")]
    Provider(#[from] UnusableProvider),
    /// The directory of the widget holds none.
    #[error("{0} holds no index.html. Build the widget first, or leave `--web` out.")]
    Web(String),
}

/// A gateway that listens, and has not answered yet.
pub struct Server {
    app: App,
    listener: TcpListener,
    metrics_listener: Option<TcpListener>,
    admin_listener: Option<TcpListener>,
    lock: DataDirLock,
}

impl Server {
    /// Opens the store, takes up what was under way, and listens.
    ///
    /// # Errors
    /// [`ServeError`]
    pub async fn start(config: Config) -> Result<Self, ServeError> {
        if let Some(web) = &config.web
            && !web.join("index.html").is_file()
        {
            return Err(ServeError::Web(web.display().to_string()));
        }
        let media_readers = descriptors::prepare(config.limits.connections)?;
        // Before anything is touched: another server's running work lies in there.
        let lock = DataDirLock::acquire(&config.data)?;
        let metrics = Metrics::default();
        let started = SystemTime::now();
        let store = Store::open(&config.data, metrics.clone()).await?;
        let media = MediaDir::open(&config.data).map_err(ServeError::Data)?;
        let uploads = UploadDir::open(&config.data).map_err(ServeError::Data)?;
        let signing = SigningKey::load_or_create(&config.data).map_err(ServeError::Data)?;
        let demo_key =
            if config.demo { Some(demo::key(&store, &config.data).await?) } else { None };
        let pool = providers(&config, &metrics)?;
        let settings = Settings {
            queue: config.limits.queue,
            per_owner: config.limits.generations,
            upload_urls: config.public_url.clone().map(|url| UploadUrls::new(url, signing.clone())),
        };
        let generations = GenerationService::new(
            store.clone(),
            media.clone(),
            uploads.clone(),
            pool,
            metrics.clone(),
            settings,
        );
        // Listen before work begins: an address that is taken shall cost nothing.
        let listener = listen(config.listen).await?;
        let address = listener.local_addr().map_err(ServeError::Data)?;
        let metrics_listener = maybe_listen(config.metrics_listen).await?;
        let admin_listener = maybe_listen(config.admin_listen).await?;
        let resumed = generations.resume().await?;
        tracing::info!(resumed, "the gateway is ready");
        let limits = Arc::new(Limits::new(&config.limits));
        let stopping = CancellationToken::new();
        let retention = Retention {
            store: store.clone(),
            media: media.clone(),
            uploads: uploads.clone(),
            limits: limits.clone(),
            session_max_secs: config.session_max_secs,
            cancelled_retention_secs: config.cancelled_retention_secs,
            retention_days: config.retention_days,
            stopping: stopping.clone(),
        };
        let app = App::from(Parts {
            limits,
            config,
            store,
            generations,
            media,
            uploads,
            signing,
            metrics,
            media_readers: Arc::new(Semaphore::new(media_readers)),
            readiness: Readiness::default(),
            refusals: RefusalLog::default(),
            demo_key,
            address,
            stopping,
            streams_end: CancellationToken::new(),
        });
        tokio::spawn(retention.run(started));
        Ok(Self { app, listener, metrics_listener, admin_listener, lock })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.app.address
    }

    /// Where it tells metrics.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics_listener.as_ref().and_then(|listener| listener.local_addr().ok())
    }

    /// Where it answers administrators, where that is apart.
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.admin_listener.as_ref().and_then(|listener| listener.local_addr().ok())
    }

    /// Answers until `stop` is cancelled, then ends in order: running work is finished or put
    /// back, streams are told to reconnect, records are closed.
    pub async fn run(self, stop: CancellationToken) {
        let Self { app, listener, metrics_listener, admin_listener, lock } = self;
        if let Some(listener) = metrics_listener {
            let metrics = http::metrics(app.clone());
            let stop = app.stopping.clone();
            tokio::spawn(accept(app.clone(), listener, metrics, MONITORS, stop));
        }
        if let Some(listener) = admin_listener {
            let admin = http::admin(app.clone());
            let stop = app.stopping.clone();
            tokio::spawn(accept(app.clone(), listener, admin, ADMINISTRATORS, stop));
        }
        let closing = CancellationToken::new();
        let serving = tokio::spawn(accept(
            app.clone(),
            listener,
            http::router(app.clone()),
            app.config.limits.connections,
            closing.clone(),
        ));
        stop.cancelled().await;
        tracing::info!("stopping");
        app.stopping.cancel();
        app.generations.stop(Duration::from_secs(app.config.shutdown_secs)).await;
        app.streams_end.cancel();
        closing.cancel();
        if serving.await.is_err() {
            tracing::error!("the listener ended with a panic");
        }
        app.store.close().await;
        drop(lock);
        tracing::info!("stopped");
    }
}

/// Opens the providers that models are routed to, and says which models lack something.
fn providers(config: &Config, metrics: &Metrics) -> Result<ProviderPool, ServeError> {
    let catalog = config.catalog()?;
    for (model, provider) in &catalog.without_picture {
        tracing::warn!(
            model,
            provider,
            "the model is offered without its picture: the provider would load it from this \
             gateway, and public_url is not set"
        );
    }
    let sketches = match config.sketch_workers {
        0 => std::thread::available_parallelism().map_or(1, Into::into),
        workers => workers,
    };
    Ok(ProviderPool::open(catalog, &config.providers, sketches, &config.data, metrics)?)
}

async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|source| ServeError::Listen { address, source })
}

async fn maybe_listen(address: Option<SocketAddr>) -> Result<Option<TcpListener>, ServeError> {
    match address {
        Some(address) => listen(address).await.map(Some),
        None => Ok(None),
    }
}

/// How long connections may take to end once they were asked to.
const CLOSING: Duration = Duration::from_secs(5);

/// How many connections the listener of the metrics takes, out of what is kept for the gateway's own work.
const MONITORS: usize = 16;

/// The same for the administrators' own listener.
const ADMINISTRATORS: usize = 64;

async fn accept(
    app: App,
    listener: TcpListener,
    router: Router,
    connections: usize,
    stop: CancellationToken,
) {
    let connections = Arc::new(Semaphore::new(connections));
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accept_one(&listener, &connections) => accepted,
        };
        let Some((stream, peer, permit)) = accepted else { continue };
        // Dropped, and so closed: one address leaves connections to the others.
        let Ok(counted) = count(&app, peer) else { continue };
        let serving =
            connection::serve(app.clone(), stream, peer, router.clone(), graceful.watcher());
        tokio::spawn(async move {
            serving.await;
            drop((permit, counted));
        });
    }
    drop(listener);
    if tokio::time::timeout(CLOSING, graceful.shutdown()).await.is_err() {
        tracing::warn!("some connections did not end in time and are cut");
    }
}

/// Counts a connection for its address. A trusted proxy brings those of many.
fn count(app: &App, peer: SocketAddr) -> Result<Option<ConnectionPermit>, ()> {
    let address = peer.ip();
    if app.config.trusted_proxies.iter().any(|network| network.contains(address)) {
        return Ok(None);
    }
    app.limits.connection(address).map(Some).ok_or(())
}

/// Takes a connection only once there is room for it; until then it waits in the system's queue.
async fn accept_one(
    listener: &TcpListener,
    connections: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let permit = connections.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, permit)),
        Err(error) => {
            tracing::warn!(%error, "a connection could not be taken");
            // Out of descriptors, mostly: trying again at once would only burn the core.
            tokio::time::sleep(Duration::from_millis(100)).await;
            None
        }
    }
}
