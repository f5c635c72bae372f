//! A connection to either database, and the statements that run on it.

use std::future::Future;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, try_join_all};

use super::postgres::Postgres;
use super::row::{FromRow, Row};
use super::sqlite::Sqlite;
use super::value::Value;
use crate::domain::StoreError;

/// A connection to either database.
pub(in crate::store) enum Connection {
    /// To a file of this machine.
    Sqlite(Box<Sqlite>),
    /// To a server.
    Postgres(Postgres),
}

/// A statement, and the values for its placeholders.
pub(in crate::store) struct Query {
    pub(super) sql: &'static str,
    pub(super) values: Vec<Value>,
}

/// A statement. Its values are bound in the order of its `?`, or of their numbers.
pub(in crate::store) fn query(sql: &'static str) -> Query {
    Query { sql, values: Vec::new() }
}

impl Query {
    /// Binds the next value.
    #[must_use]
    pub(in crate::store) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    /// Runs it, and returns how many rows it changed.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub(in crate::store) async fn execute(
        self,
        connection: &mut Connection,
    ) -> Result<u64, StoreError> {
        match connection {
            Connection::Sqlite(sqlite) => Ok(sqlite.execute(self.sql, &self.values)?),
            Connection::Postgres(postgres) => postgres.execute(self.sql, &self.values).await,
        }
    }

    /// Returns all its rows.
    ///
    /// # Errors
    /// [`StoreError::Database`], also if a row is not as expected.
    pub(in crate::store) async fn fetch_all<T: FromRow>(
        self,
        source: impl Source,
    ) -> Result<Vec<T>, StoreError> {
        source.rows(self).await?.iter_mut().map(T::from_row).collect()
    }

    /// Returns its first row, if there is one.
    ///
    /// # Errors
    /// As [`Self::fetch_all`].
    pub(in crate::store) async fn fetch_optional<T: FromRow>(
        self,
        source: impl Source,
    ) -> Result<Option<T>, StoreError> {
        source.rows(self).await?.first_mut().map(T::from_row).transpose()
    }

    /// Returns its first row.
    ///
    /// # Errors
    /// As [`Self::fetch_all`], and if there is no row.
    pub(in crate::store) async fn fetch_one<T: FromRow>(
        self,
        source: impl Source,
    ) -> Result<T, StoreError> {
        let found = self.fetch_optional(source).await?;
        found.ok_or_else(|| StoreError::Database("a row that must be there is not".into()))
    }
}

/// A source of rows: a connection, or the store's connections for reading.
pub(in crate::store) trait Source {
    /// The rows of a query.
    fn rows(self, query: Query) -> impl Future<Output = Result<Vec<Row>, StoreError>> + Send;
}

impl Source for &mut Connection {
    async fn rows(self, query: Query) -> Result<Vec<Row>, StoreError> {
        match self {
            Connection::Sqlite(sqlite) => Ok(sqlite.rows(query.sql, &query.values)?),
            Connection::Postgres(postgres) => postgres.rows(query.sql, &query.values).await,
        }
    }
}

impl Connection {
    /// Waits for a lock that excludes other transactions until this one ends, by a statement that
    /// only PostgreSQL needs: `SQLite` has one writer.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub(in crate::store) async fn lock(&mut self, lock: Query) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(postgres) => postgres.rows(lock.sql, &lock.values).await.map(drop),
        }
    }

    /// Runs statements one after another, and returns the rows of each. They are sent to a server
    /// in one batch, so none may depend on the result of another.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub(in crate::store) async fn together(
        &mut self,
        queries: Vec<Query>,
    ) -> Result<Vec<Vec<Row>>, StoreError> {
        match self {
            Self::Sqlite(sqlite) => {
                let run = |query: Query| Ok(sqlite.rows(query.sql, &query.values)?);
                queries.into_iter().map(run).collect()
            }
            Self::Postgres(postgres) => {
                // A statement that must be prepared first would be overtaken by those behind it.
                for query in &queries {
                    postgres.prepare(query.sql).await?;
                }
                let all = queries.iter().map(|query| postgres.rows(query.sql, &query.values));
                try_join_all(all).await
            }
        }
    }

    /// Begins, ends or divides a transaction on a file. On a server the pool does that.
    ///
    /// # Errors
    /// [`StoreError::Database`]
    pub(super) fn control(&self, sql: &'static str) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(sqlite) => Ok(sqlite.control(sql)?),
            Self::Postgres(_) => Ok(()),
        }
    }

    /// Whether it is a connection to `SQLite`.
    pub(in crate::store) fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }
}

/// The result of a future that works on `SQLite`, which never waits.
pub(super) fn now<T>(work: BoxFuture<'_, Result<T, StoreError>>) -> Result<T, StoreError> {
    let waited = || Err(StoreError::NotWritten("it waited for something else".into()));
    work.now_or_never().unwrap_or_else(waited)
}
