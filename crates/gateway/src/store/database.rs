//! The database file: opened, migrated, closed. All changes go through its one writer, reads through
//! connections of their own.

use std::path::Path;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, SqlSafeStr as _, SqliteConnection};

use super::sql;
use super::writer::Writer;
use crate::data_dir;
use crate::domain::StoreError;
use crate::metrics::Metrics;

/// The store. Cloning it is cheap and gives the same store.
#[derive(Clone)]
pub struct Store {
    pub(super) reader: SqlitePool,
    pub(super) writer: Writer,
}

/// The file, in the data directory.
const FILE: &str = "ai-now.db";

/// How long to wait for another process that writes: the command line beside a running server.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Connections for reading. A read takes microseconds; more would only wait for the disk.
const READERS: u32 = 4;

impl Store {
    /// Opens the store of a data directory; makes directory and tables where they are missing.
    ///
    /// # Errors
    /// [`StoreError`], where the directory is not writable or the file is not a database of ours.
    pub async fn open(data: &Path, metrics: Metrics) -> Result<Self, StoreError> {
        let directory = |source| StoreError::Directory { path: data.to_owned(), source };
        data_dir::make_private(data).map_err(directory)?;
        let path = data.join(FILE);
        if is_lost(data, &path) {
            return Err(StoreError::Lost { path });
        }
        match Self::open_file(&path).await {
            Ok((connection, reader)) => {
                Ok(Self { reader, writer: Writer::start(connection, metrics) })
            }
            Err(source) => Err(StoreError::File { path, source }),
        }
    }

    /// A connection for writing, with all tables as they should be, and those for reading.
    async fn open_file(
        path: &Path,
    ) -> Result<(SqliteConnection, SqlitePool), Box<dyn std::error::Error + Send + Sync>> {
        create_private_file(path)?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);
        let mut connection = options.connect().await?;
        migrator().run(&mut connection).await?;
        let reader = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.pragma("query_only", "on"))
            .await?;
        Ok((connection, reader))
    }

    /// Whether a data directory has a store.
    pub fn is_in(data: &Path) -> bool {
        data.join(FILE).is_file()
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// [`StoreError`], where it doesn't.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query(sql::PING).fetch_optional(&self.reader).await?;
        Ok(())
    }

    /// Writes what is still waiting, then closes the file.
    pub async fn close(&self) {
        self.writer.close().await;
        self.reader.close().await;
    }
}

/// Whether a database was here and is gone: its file is missing or empty, and media that it knew are
/// still there. A new one in its place would forget all keys and balances.
fn is_lost(data: &Path, path: &Path) -> bool {
    let empty = std::fs::metadata(path).map_or(true, |file| file.len() == 0);
    let has_files =
        std::fs::read_dir(data.join("media")).is_ok_and(|mut files| files.next().is_some());
    empty && has_files
}

/// `SQLite` gives the files that it puts beside this one the same mode.
fn create_private_file(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn migrator() -> Migrator {
    let table = [
        (1, "initial", include_str!("../../migrations/0001_initial.sql")),
        (2, "provider jobs", include_str!("../../migrations/0002_provider_jobs.sql")),
    ];
    let migrations = table.map(|(version, name, sql)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    Migrator::with_migrations(migrations.into())
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}

/// The integers of `SQLite` are signed. Nothing that the store keeps comes near the difference.
pub(super) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}
