//! The listeners, and the admission of connections: up to a limit in total and per address. It must
//! not know what is answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::connection;
use crate::config::Config;
use crate::domain::GatewayRole;
use crate::http::state::App;
use crate::limits::ConnectionPermit;

/// An address that cannot be listened on.
#[derive(Debug, thiserror::Error)]
#[error("{address} cannot be listened on: {source}")]
pub struct ListenError {
    /// The address.
    pub address: SocketAddr,
    /// What the system says.
    pub source: std::io::Error,
}

/// The gateway's listeners. Connections wait in the system's queue until they are accepted.
pub(super) struct Listeners {
    /// For clients.
    pub api: TcpListener,
    /// For monitoring, if that is a separate listener.
    pub metrics: Option<TcpListener>,
    /// For administrators, if that is a separate listener.
    pub admin: Option<TcpListener>,
}

impl Listeners {
    /// Listens where the settings say.
    pub(super) async fn open(config: &Config) -> Result<Self, ListenError> {
        Ok(Self {
            api: listen(config.listen).await?,
            metrics: maybe_listen(config.metrics_listen).await?,
            // A worker has only probes to answer.
            admin: maybe_listen(config.admin_listen.filter(|_| config.role != GatewayRole::Worker))
                .await?,
        })
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, ListenError> {
    TcpListener::bind(address).await.map_err(|source| ListenError { address, source })
}

async fn maybe_listen(address: Option<SocketAddr>) -> Result<Option<TcpListener>, ListenError> {
    match address {
        Some(address) => listen(address).await.map(Some),
        None => Ok(None),
    }
}

/// How long connections may take to end once they were asked to.
const CLOSING: Duration = Duration::from_secs(5);

/// How many connections the metrics listener accepts, from the reserved descriptors.
pub(super) const MONITORS: usize = 16;

/// The same for the administrators' listener.
pub(super) const ADMINISTRATORS: usize = 64;

/// Accepts connections, at most so many at a time, until `stop`; then waits until they have ended.
pub(super) async fn accept(
    app: App,
    listener: TcpListener,
    router: Router,
    connections: usize,
    stop: CancellationToken,
) {
    let connections = Arc::new(Semaphore::new(connections));
    let open = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = accept_one(&listener, &connections) => accepted,
        };
        let Some((stream, peer, permit)) = accepted else { continue };
        // Dropped, and so closed: one address must leave connections to the others.
        let Ok(counted) = count(&app, peer) else { continue };
        let serving = connection::serve(app.clone(), stream, peer, router.clone(), stop.clone());
        open.spawn(async move {
            serving.await;
            drop((permit, counted));
        });
    }
    drop(listener);
    open.close();
    if tokio::time::timeout(CLOSING, open.wait()).await.is_err() {
        tracing::warn!("some connections did not end in time and are cut");
    }
}

/// Counts a connection for its address, unless it is a trusted proxy's, which carries many clients.
fn count(app: &App, peer: SocketAddr) -> Result<Option<ConnectionPermit>, ()> {
    let address = peer.ip();
    if app.config.trusted_proxies.iter().any(|network| network.contains(address)) {
        return Ok(None);
    }
    app.limits.connection(address).map(Some).ok_or(())
}

/// Accepts a connection only when there is a permit for it; until then it waits in the system's
/// queue.
async fn accept_one(
    listener: &TcpListener,
    connections: &Arc<Semaphore>,
) -> Option<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let permit = connections.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, permit)),
        Err(error) => {
            tracing::warn!(%error, "a connection could not be taken");
            // Usually out of descriptors: retrying at once would only use the CPU.
            tokio::time::sleep(Duration::from_millis(100)).await;
            None
        }
    }
}
