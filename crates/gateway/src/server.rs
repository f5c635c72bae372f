//! The running gateway: assembles the parts, listens, and shuts down in order.
//!
//! It knows sockets and time limits. The routes decide what is answered.

mod connection;
mod descriptors;
mod http2_stream;
mod listeners;
mod places;
mod stream_writer;
mod time_limits;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use self::listeners::{ADMINISTRATORS, Listeners, MONITORS, accept};

pub use self::descriptors::TooFewDescriptors;
pub use self::listeners::ListenError;
pub use self::places::PlaceError;

use crate::config::{Config, ConfigError};
use crate::data_dir::{DataDirError, DataDirLock};
use crate::domain::GatewayRole;
use crate::generations::{GenerationService, LEASE, LEAVING, Settings, UploadUrls};
use crate::http::readiness::Readiness;
use crate::http::refusal_log::RefusalLog;
use crate::http::state::{App, Parts};
use crate::limits::Limits;
use crate::media::{self, Media, MediaError, Uploads, Users};
use crate::metrics::Metrics;
use crate::providers::{ProviderPool, UnusableProvider};
use crate::retention::Retention;
use crate::secret::SigningKey;
use crate::store::{Store, StoreError};
use crate::webhooks::{WebhookSettings, Webhooks};
use crate::{demo, http};

/// Why the gateway cannot run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The address cannot be listened on.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// A file in the data directory cannot be used.
    #[error("The data directory cannot be used: {0}")]
    Data(#[source] std::io::Error),
    /// The media storage can't be used.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The settings contradict each other.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The data directory is in use, or can't be used.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// The system lets the process open too few files.
    #[error(transparent)]
    Descriptors(#[from] TooFewDescriptors),
    /// A provider in a model's route can't be used.
    #[error("{0} `ai-now-gateway providers check` checks all of them.")]
    Provider(#[from] UnusableProvider),
    /// Gateways that share their records don't share their files.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// A gateway that is alone with its store must have the role `all`.
    #[error(
        "`role` is for gateways that share a PostgreSQL server. Set `store`, or leave `role` out."
    )]
    RoleAlone,
    /// Webhooks cannot be sent.
    #[error("Webhooks cannot be sent: {0}.")]
    Webhooks(String),
    /// The widget's directory contains no widget.
    #[error("{0} holds no index.html. Build the widget first, or leave `--web` out.")]
    Web(String),
}

/// A gateway that listens, but does not answer yet.
pub struct Server {
    app: App,
    listeners: Listeners,
    /// Sends webhooks.
    sending: JoinHandle<()>,
    lock: DataDirLock,
}

impl Server {
    /// Opens the store, resumes unfinished generations, and listens.
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
        // Before anything is changed: another server's running work may be in there.
        let lock = DataDirLock::acquire(&config.data)?;
        let metrics = Metrics::default();
        let started = SystemTime::now();
        let (store, signing) = open_records(&config, &metrics).await?;
        let (media, uploads) = open_files(&config, &store).await?;
        let demo_key =
            if config.demo { Some(demo::key(&store, &config.data).await?) } else { None };
        let pool = providers(&config, &metrics)?;
        let settings = generation_settings(&config, &signing);
        let generations = GenerationService::new(
            store.clone(),
            media.clone(),
            uploads.clone(),
            pool,
            metrics.clone(),
            settings,
        );
        // Listens before work begins: an address in use should cost nothing.
        let listeners = Listeners::open(&config).await?;
        let address = listeners.api.local_addr().map_err(ServeError::Data)?;
        let resumed = generations.resume().await?;
        tracing::info!(resumed, "the gateway is ready");
        let webhooks = webhooks(&config, &store, &metrics)?;
        let app = App::from(Parts {
            limits: Arc::new(Limits::new(&config.limits, media_readers)),
            config,
            store,
            generations,
            media,
            uploads,
            signing,
            metrics,
            readiness: Readiness::default(),
            webhooks,
            refusals: RefusalLog::default(),
            demo_key,
            address,
            stopping: CancellationToken::new(),
            streams_end: CancellationToken::new(),
        });
        let (generations, stopping) = (app.generations.clone(), app.stopping.clone());
        let sending = tokio::spawn(app.webhooks.clone().run(generations, stopping));
        tokio::spawn(retention(&app).run(started));
        Ok(Self { app, listeners, sending, lock })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.app.address
    }

    /// Where it serves metrics.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.listeners.metrics.as_ref().and_then(|listener| listener.local_addr().ok())
    }

    /// Where it serves administrators, if that is a separate listener.
    pub fn admin_address(&self) -> Option<SocketAddr> {
        self.listeners.admin.as_ref().and_then(|listener| listener.local_addr().ok())
    }

    /// Answers until `stop` is cancelled, then ends in order: running work is finished or put
    /// back, streams are told to reconnect, records are closed. Within [`longest_ending`], whatever
    /// hangs.
    pub async fn run(self, stop: CancellationToken) {
        let Self { app, listeners, sending, lock } = self;
        if let Some(listener) = listeners.metrics {
            let metrics = http::metrics(app.clone());
            let stop = app.stopping.clone();
            tokio::spawn(accept(app.clone(), listener, metrics, MONITORS, stop));
        }
        if let Some(listener) = listeners.admin {
            let admin = http::admin(app.clone());
            let stop = app.stopping.clone();
            tokio::spawn(accept(app.clone(), listener, admin, ADMINISTRATORS, stop));
        }
        let closing = CancellationToken::new();
        let serving = tokio::spawn(accept(
            app.clone(),
            listeners.api,
            http::router(app.clone()),
            app.config.limits.connections,
            closing.clone(),
        ));
        stop.cancelled().await;
        tracing::info!("stopping");
        app.stopping.cancel();
        let patience = Duration::from_secs(app.config.shutdown_secs);
        app.generations.stop(patience, app.config.longest_request() + LAST_WORDS).await;
        if tokio::time::timeout(ENDING, end(&app, closing, serving, sending)).await.is_err() {
            tracing::error!("the records or the network don't answer; ending without them");
        }
        drop(lock);
        tracing::info!("stopped");
    }
}

/// Ends once no generation runs here any more: streams are told to come again, connections and records
/// are closed.
async fn end(
    app: &App,
    closing: CancellationToken,
    serving: JoinHandle<()>,
    sending: JoinHandle<()>,
) {
    app.streams_end.cancel();
    closing.cancel();
    if serving.await.is_err() {
        tracing::error!("the listener ended with a panic");
    }
    if sending.await.is_err() {
        tracing::error!("the webhook sender ended with a panic");
    }
    app.store.close().await;
}

/// Opens the store, and reads the key that signs tickets.
async fn open_records(
    config: &Config,
    metrics: &Metrics,
) -> Result<(Store, SigningKey), ServeError> {
    let server = config.database_server();
    let store = Store::of(&config.data, server.as_ref(), metrics.clone()).await?;
    if config.role != GatewayRole::All && !store.is_shared() {
        return Err(ServeError::RoleAlone);
    }
    let mut signing = SigningKey::load_or_create(&config.data).map_err(ServeError::Data)?;
    if store.is_shared() {
        // A ticket of one gateway is valid at all others.
        let kept = store.shared_secret("signing", signing.expose()).await?;
        signing = SigningKey::try_from(&*kept).map_err(ServeError::Data)?;
    }
    Ok((store, signing))
}

/// Opens the storage of results and uploads. Gateways that share their records share these.
async fn open_files(config: &Config, store: &Store) -> Result<(Media, Uploads), ServeError> {
    let users = if store.is_shared() { Users::Several } else { Users::One };
    let (media, uploads) = media::open(&config.media_settings(), &config.data, users).await?;
    if users == Users::Several {
        places::check(store, &media, &uploads).await?;
    }
    Ok((media, uploads))
}

fn generation_settings(config: &Config, signing: &SigningKey) -> Settings {
    Settings {
        queue: config.limits.queue,
        per_owner: config.limits.generations,
        role: config.role,
        lease: LEASE,
        upload_urls: config.public_url.clone().map(|url| UploadUrls::new(url, signing.clone())),
    }
}

fn webhooks(config: &Config, store: &Store, metrics: &Metrics) -> Result<Webhooks, ServeError> {
    let settings = WebhookSettings { private_hosts: config.webhook_private_hosts.clone() };
    Webhooks::new(store.clone(), settings, metrics.clone())
        .map_err(|error| ServeError::Webhooks(error.to_string()))
}

/// The task that removes expired data until the gateway stops.
fn retention(app: &App) -> Retention {
    Retention {
        store: app.store.clone(),
        media: app.media.clone(),
        uploads: app.uploads.clone(),
        limits: app.limits.clone(),
        session_max_secs: app.config.session_max_secs,
        cancelled_retention_secs: app.config.cancelled_retention_secs,
        retention_days: app.config.retention_days,
        stopping: app.stopping.clone(),
    }
}

/// Opens the providers in the models' routes, and logs which models lack something.
fn providers(config: &Config, metrics: &Metrics) -> Result<ProviderPool, ServeError> {
    let catalog = config.catalog()?;
    for (model, option) in &catalog.left_out {
        tracing::info!(
            model,
            option,
            "not offered: no provider of the model's route has this option"
        );
    }
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

/// How long work may take to be put back into the queue, beside a request that is on its way.
const LAST_WORDS: Duration = Duration::from_secs(3);

/// How long it may take to close everything once no generation runs any more.
const ENDING: Duration = Duration::from_secs(8);

/// How long ending in order may take at most, from the signal to stop on. Whoever takes longer hangs.
pub fn longest_ending(config: &Config) -> Duration {
    let patience = Duration::from_secs(config.shutdown_secs);
    patience + config.longest_request() + LAST_WORDS + LEAVING + ENDING
}

#[cfg(test)]
mod tests;
