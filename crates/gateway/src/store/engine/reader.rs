//! Connections for reading: reads wait neither for each other nor for the writer.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::Semaphore;

use super::connection::{Connection, Query, Source, now};
use super::pool::{Pool, Snapshot};
use super::row::Row;
use super::sqlite::Sqlite;
use crate::domain::StoreError;

/// Connections to one file for reading. A read takes microseconds; more would only wait for the disk.
const READERS: usize = 4;

/// The store's connections for reading.
#[derive(Clone)]
pub(in crate::store) enum Reader {
    /// A file's.
    Sqlite(Arc<Files>),
    /// A server's.
    Postgres(Pool),
}

/// Connections to one file, opened on first use.
pub(in crate::store) struct Files {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    permits: Arc<Semaphore>,
}

impl Reader {
    /// Readers of a file.
    pub(in crate::store) fn of_file(path: PathBuf) -> Self {
        let permits = Arc::new(Semaphore::new(READERS));
        Self::Sqlite(Arc::new(Files { path, idle: Mutex::default(), permits }))
    }

    /// Reads with several statements on one connection. Changes may be committed between them.
    ///
    /// # Errors
    /// The error of `read`, and [`StoreError::Database`].
    pub(in crate::store) async fn read<T, F>(&self, read: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, StoreError>>
            + Send
            + 'static,
    {
        match self {
            Self::Sqlite(files) => files.run(read).await,
            Self::Postgres(pool) => read(&mut pool.connection().await?).await,
        }
    }

    /// Reads with several statements in one snapshot.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub(in crate::store) async fn read_moment<T, F>(&self, read: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, StoreError>>
            + Send
            + 'static,
    {
        match self {
            Self::Sqlite(files) => {
                let moment = move |connection: &mut Connection| {
                    connection.control("BEGIN")?;
                    let outcome = now(read(connection));
                    connection.control("ROLLBACK")?;
                    outcome
                };
                files.run_at_once(moment).await
            }
            Self::Postgres(pool) => pool.transaction(Snapshot::Moment, read).await,
        }
    }

    /// Stops all reading, and closes idle connections.
    pub(in crate::store) fn close(&self) {
        match self {
            Self::Sqlite(files) => {
                files.permits.close();
                files.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
            }
            Self::Postgres(pool) => pool.close(),
        }
    }
}

impl Files {
    async fn run<T, F>(self: &Arc<Self>, read: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, StoreError>>
            + Send
            + 'static,
    {
        self.run_at_once(move |connection| now(read(connection))).await
    }

    /// Runs on a thread that may wait for the disk.
    pub(super) async fn run_at_once<T, F>(self: &Arc<Self>, read: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let closed = || StoreError::Database("the store is closed".into());
        let permit = self.permits.clone().acquire_owned().await.map_err(|_| closed())?;
        let files = self.clone();
        let reading = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            let mut connection = files.connection()?;
            let outcome = read(&mut connection);
            if !files.permits.is_closed() {
                files.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            }
            outcome
        });
        reading.await.map_err(|error| StoreError::Database(error.into()))?
    }

    fn connection(&self) -> Result<Connection, StoreError> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match idle {
            Some(connection) => Ok(connection),
            None => Ok(Connection::Sqlite(Sqlite::open_for_reading(&self.path)?.into())),
        }
    }
}

impl Source for &Reader {
    async fn rows(self, query: Query) -> Result<Vec<Row>, StoreError> {
        match self {
            Reader::Sqlite(files) => {
                files.run(move |connection| connection.rows(query).boxed()).await
            }
            Reader::Postgres(pool) => pool.rows(query.sql, &query.values).await,
        }
    }
}
