//! Test support: stores on a file and on a server, and direct access to their databases.

use std::path::Path;

use futures_util::future::{BoxFuture, ready};
use tokio::sync::{broadcast, mpsc};

use super::Store;
use super::notices::{NoticeEvent, Notices, Transport};
use crate::domain::{DatabaseServer, StoreError};
use crate::metrics::Metrics;

/// A database on the tests' server.
pub(super) struct TestServer(pub(super) DatabaseServer);

impl TestServer {
    /// A new one, without tables.
    pub(super) fn new() -> Self {
        let url = ai_now_test_postgres::server().database().parse().unwrap();
        Self(DatabaseServer { url, password_file: None })
    }

    /// A direct connection to it, for changes that the store never makes.
    pub(super) async fn client(&self) -> tokio_postgres::Client {
        let connecting = tokio_postgres::connect(self.0.url.expose(), tokio_postgres::NoTls);
        let (client, connection) = connecting.await.unwrap();
        tokio::spawn(connection);
        client
    }

    /// A store on it.
    pub(super) async fn store(&self) -> Store {
        Store::connect(&self.0, Metrics::default()).await.unwrap()
    }
}

/// A store on a server, and that server.
pub(super) async fn connected() -> (Store, TestServer) {
    let server = TestServer::new();
    (server.store().await, server)
}

/// The database file of a data directory.
pub(super) fn raw(data: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(data.join("ai-now.db")).unwrap()
}

/// Notices between several gateways in one process.
pub(super) fn in_memory() -> Notices {
    Notices::over(Memory(broadcast::channel(1024).0))
}

struct Memory(broadcast::Sender<String>);

impl Transport for Memory {
    fn publish(&self, text: String) -> BoxFuture<'_, Result<(), StoreError>> {
        // Without a receiver, it is lost.
        _ = self.0.send(text);
        Box::pin(ready(Ok(())))
    }

    fn subscribe(&self, events: mpsc::Sender<NoticeEvent>) {
        let mut texts = self.0.subscribe();
        tokio::spawn(async move {
            while let Ok(text) = texts.recv().await {
                if events.send(NoticeEvent::Text(text)).await.is_err() {
                    return;
                }
            }
        });
    }
}
