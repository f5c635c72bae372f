//! The database file: opened, migrated, closed. All changes go through its one writer, reads through
//! connections of their own.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, SqlSafeStr as _, SqliteConnection};

use super::actor::Actor;
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
    /// Who its changes are written down as.
    pub(super) actor: Arc<Actor>,
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
                let writer = Writer::start(connection, metrics);
                Ok(Self { reader, writer, actor: Actor::gateway().into() })
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
        migrator(&versions()).run(&mut connection).await?;
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

    /// Whether the store takes a change and keeps it: a disk that is full, or may only be read,
    /// answers readers for as long as it likes.
    ///
    /// # Errors
    /// [`StoreError`], where it doesn't.
    pub async fn try_to_write(&self) -> Result<(), StoreError> {
        self.writer
            .write(|connection| {
                Box::pin(async move {
                    sqlx::query(sql::TRY_TO_WRITE).execute(connection).await?;
                    Ok(())
                })
            })
            .await
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

/// A version of the tables: its number, its name, and how to get there from the one before.
type Version = (i64, &'static str, &'static str);

fn versions() -> [Version; 12] {
    [
        (1, "initial", include_str!("../../migrations/0001_initial.sql")),
        (2, "provider jobs", include_str!("../../migrations/0002_provider_jobs.sql")),
        (3, "options and codes", include_str!("../../migrations/0003_options_and_codes.sql")),
        (4, "uploads", include_str!("../../migrations/0004_uploads.sql")),
        (5, "event numbers", include_str!("../../migrations/0005_event_numbers.sql")),
        (6, "cancelled work", include_str!("../../migrations/0006_cancelled_work.sql")),
        (7, "administrators", include_str!("../../migrations/0007_administrators.sql")),
        (8, "provider costs", include_str!("../../migrations/0008_provider_costs.sql")),
        (9, "sessions end", include_str!("../../migrations/0009_sessions_end.sql")),
        (10, "compaction", include_str!("../../migrations/0010_compaction.sql")),
        (12, "usage and caps", include_str!("../../migrations/0012_usage_and_caps.sql")),
        (13, "generations by time", include_str!("../../migrations/0013_generations_by_time.sql")),
    ]
}

fn migrator(versions: &[Version]) -> Migrator {
    let migrations = versions.iter().map(|&(version, name, sql)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    Migrator::with_migrations(migrations.collect())
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}

/// A value as a table keeps it.
pub(super) fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    Ok(serde_json::to_string(value).map_err(|error| sqlx::Error::Encode(error.into()))?)
}

/// The integers of `SQLite` are signed. Nothing that the store keeps comes near the difference.
pub(super) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use ai_now_protocol::api::State;
    use ai_now_protocol::{Code, Event, Scalar};

    use super::*;
    use crate::domain::Principal;
    use crate::store::Usage;

    /// What the second version of the tables could hold of a generation.
    const FILL: [&str; 6] = [
        "INSERT INTO accounts VALUES (1, 100, 65, 10, 25)",
        "INSERT INTO keys (id, name, hash, kind, account_id, label, created_at_ms)
             VALUES (1, 'key-a', zeroblob(32), 'secret', 1, '', 0)",
        "INSERT INTO generations VALUES
             ('a', 1, 1, NULL, 'completed', 'pika', 'a lake', '4', 4294967295, 1, 20, 1, 2, 1,
              'Procedural sketch: a \"lake\"', NULL),
             ('b', 1, 1, NULL, 'cancelled', 'suno', 'a song', NULL, 7, 1, 10, 1, 2, 1, NULL,
              'Cancelled. Nothing was charged.'),
             ('c', 1, 1, NULL, 'failed', 'run', 'a film', NULL, 8, 0, 10, 1, 2, 1, NULL, 'No.'),
             ('d', 1, 1, NULL, 'queued', 'run', 'a film', 'frost', 0, 0, 10, 1, NULL, 1, NULL, NULL)",
        // Another one was forgotten already.
        "INSERT INTO ledger (account_id, kind, tokens, generation_id, at_ms) VALUES
             (1, 'grant', 100, NULL, 0), (1, 'hold', 20, 'a', 1), (1, 'capture', 20, 'a', 2),
             (1, 'hold', 10, 'b', 1), (1, 'release', 10, 'b', 2), (1, 'hold', 10, 'd', 1),
             (1, 'hold', 5, 'gone', 1), (1, 'capture', 5, 'gone', 86400000)",
        "INSERT INTO media VALUES ('a', 'a.mp4', 5)",
        "INSERT INTO events SELECT id, 1, '{\"status\":\"Processing started\"}' FROM generations",
    ];

    #[tokio::test]
    async fn a_filled_database_of_before_options_is_taken_over() {
        let data = tempfile::tempdir().unwrap();
        let file = SqliteConnectOptions::new()
            .filename(data.path().join(FILE))
            .create_if_missing(true)
            .foreign_keys(true);
        let mut before = file.connect().await.unwrap();
        migrator(&versions()[..2]).run(&mut before).await.unwrap();
        for sql in FILL {
            sqlx::query(sql).execute(&mut before).await.unwrap();
        }
        sqlx::Connection::close(before).await.unwrap();

        let store = Store::open(data.path(), Metrics::default()).await.unwrap();
        let row = async |id| store.generation(id).await.unwrap().unwrap();
        let (a, b, c, d) = (row("a").await, row("b").await, row("c").await, row("d").await);
        let seed = |seed: u32| ("seed".into(), Scalar::from(seed));
        assert_eq!(a.options, [seed(u32::MAX), ("style".into(), "4".into())].into());
        assert_eq!(
            (a.note.unwrap().text.as_ref(), a.message),
            ("Procedural sketch: a \"lake\"", None)
        );
        assert_eq!(a.media_name.as_deref(), Some("a.mp4"));
        assert_eq!((b.options, b.note), ([seed(7)].into(), None));
        let message = b.message.unwrap();
        assert!(
            message.is(Code::Cancelled) && message.text.starts_with("Cancelled."),
            "{message:?}"
        );
        assert_eq!((c.message.unwrap().text.as_ref(), c.state), ("No.", State::Failed));
        assert_eq!(d.options, [seed(0), ("style".into(), "frost".into())].into());
        assert_eq!((d.note, d.message), (None, None));
        assert_eq!(store.events_after("a", 0, 9).await.unwrap().len(), 1);
        // What comes now has higher numbers than what came before.
        let seq = store.begin("d", Event::PROCESSING).await.unwrap().unwrap();
        assert!(seq >= 100_000, "{seq}");
        let owner = Principal { key_id: 1, account_id: 1, visitor_id: None, tokens_per_day: None };
        assert_eq!(store.last_number(&owner).await.unwrap(), seq);
        let facts = store.facts_of_owner(&owner, 0, 9).await.unwrap();
        let facts: Vec<_> = facts.iter().map(|(id, fact)| (id.as_str(), fact.seq)).collect();
        assert_eq!(facts, [("d", seq)]);
        // What the ledger knew is in the usage, day by day.
        let usage = async |day| store.usage_of_day(day, None).await.unwrap();
        let told = |rows: Vec<Usage>| {
            let row = |row: Usage| (row.model, row.outcome, row.generations, row.tokens);
            rows.into_iter().map(row).collect::<Vec<_>>()
        };
        let row = |model: &str, outcome: &str, count, tokens| {
            (model.to_owned(), outcome.to_owned(), count, tokens)
        };
        let first = [
            row("pika", "completed", 1, 20),
            row("run", "failed", 1, 0),
            row("suno", "cancelled", 1, 0),
        ];
        assert_eq!(told(usage(0).await), first);
        assert_eq!(told(usage(1).await), [row("", "completed", 0, 5)]);
        let audit = store.audit(data.path()).await.unwrap();
        let sums = |fault: &&String| fault.starts_with("account");
        assert_eq!(audit.faults.iter().find(sums), None);
        store.close().await;
    }
}
