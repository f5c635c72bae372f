//! A connection to a `SQLite` file, with a cache of prepared statements.
//!
//! Everything here runs synchronously on the calling thread: `writer` and `reader` decide which
//! threads may wait for a disk.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use rusqlite::params_from_iter;

use super::row::{Names, Row};
use super::value::Value;
use crate::domain::StoreError;

/// How long to wait for another process that writes: the command line beside a running server.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// The size of the statement cache: larger than the number of statements.
const STATEMENTS: usize = 256;

/// A connection to a file.
pub(in crate::store) struct Sqlite {
    connection: rusqlite::Connection,
    /// The column names of statements, by the address of their static text.
    names: HashMap<(usize, usize), Names>,
}

impl Sqlite {
    /// Opens a file in WAL mode, where a commit waits for the disk.
    ///
    /// # Errors
    /// The error of `SQLite`.
    pub(in crate::store) fn open(path: &Path) -> rusqlite::Result<Self> {
        let connection = rusqlite::Connection::open(path)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        Ok(Self { connection, names: HashMap::new() })
    }

    /// Opens a file for reading only.
    ///
    /// # Errors
    /// The error of `SQLite`.
    pub(super) fn open_for_reading(path: &Path) -> rusqlite::Result<Self> {
        let sqlite = Self::open(path)?;
        sqlite.connection.pragma_update(None, "query_only", true)?;
        Ok(sqlite)
    }

    /// Runs independent statements.
    pub(super) fn batch(&self, sql: &str) -> rusqlite::Result<()> {
        self.connection.execute_batch(sql)
    }

    /// Begins, ends or divides a transaction.
    pub(super) fn control(&self, sql: &'static str) -> rusqlite::Result<()> {
        self.connection.prepare_cached(sql)?.execute([]).map(drop)
    }

    /// Runs a statement, and returns how many rows it changed.
    pub(super) fn execute(&self, sql: &'static str, values: &[Value]) -> rusqlite::Result<u64> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let changed = statement.execute(params_from_iter(values))?;
        Ok(changed as u64)
    }

    /// All rows of a statement.
    pub(super) fn rows(
        &mut self,
        sql: &'static str,
        values: &[Value],
    ) -> rusqlite::Result<Vec<Row>> {
        let mut found = Vec::new();
        self.each(sql, values, |row| {
            found.push(row);
            true
        })?;
        Ok(found)
    }

    /// Visits one row of a statement after another, until `goes_on` returns false.
    pub(super) fn each(
        &mut self,
        sql: &'static str,
        values: &[Value],
        mut goes_on: impl FnMut(Row) -> bool,
    ) -> rusqlite::Result<()> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let place = (sql.as_ptr() as usize, sql.len());
        let names = self.names.entry(place).or_insert_with(|| {
            statement.column_names().into_iter().map(Box::from).collect::<Vec<_>>().into()
        });
        let columns = names.len();
        let mut rows = statement.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            let values = (0..columns).map(|at| row.get(at)).collect::<rusqlite::Result<_>>()?;
            if !goes_on(Row::new(names.clone(), values)) {
                break;
            }
        }
        Ok(())
    }

    /// Closes the file properly.
    pub(super) fn close(self) {
        if let Err((_, error)) = self.connection.close() {
            tracing::warn!(%error, "the database was not closed in order");
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.into())
    }
}
