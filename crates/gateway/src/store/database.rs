//! The database file: opened, migrated, closed. All changes go through its one writer, reads through
//! connections of their own.

use std::path::Path;
use std::sync::Arc;

use super::actor::Actor;
use super::engine::{Connection, Reader, Sqlite, Version, Writer, has_tables, migrate_file, query};
use super::locks::{self, Shared};
use super::notices::Notices;
use super::sql;
use crate::data_dir;
use crate::domain::{DatabaseServer, StoreError};
use crate::metrics::Metrics;
use crate::secret::SigningKey;

/// The store. Cloning it is cheap and gives the same store.
#[derive(Clone)]
pub struct Store {
    pub(super) reader: Reader,
    pub(super) writer: Writer,
    pub(super) notices: Notices,
    /// The actor under which its changes are logged.
    pub(super) actor: Arc<Actor>,
}

/// Names, in the data directory, the server that has its records.
const MARKER: &str = "store.txt";

/// The file, in the data directory.
const FILE: &str = "ai-now.db";

impl Store {
    /// Opens the store of a data directory: on a server, if one is given, or in a file of its own.
    ///
    /// # Errors
    /// [`StoreError`], also if the records are on a server and none is given.
    pub async fn of(
        data: &Path,
        server: Option<&DatabaseServer>,
        metrics: Metrics,
    ) -> Result<Self, StoreError> {
        match server {
            Some(server) => {
                if Self::is_in(data) && !data.join(MARKER).is_file() {
                    return Err(StoreError::NotMoved { path: data.join(FILE) });
                }
                let store = Self::connect(server, metrics).await?;
                mark(data, &server.url.to_string())?;
                Ok(store)
            }
            None => Self::open(data, metrics).await,
        }
    }

    /// Opens the store of a data directory, and creates directory and tables if they are missing.
    ///
    /// # Errors
    /// [`StoreError`] if the directory is not writable or the file is not a database of ours.
    pub async fn open(data: &Path, metrics: Metrics) -> Result<Self, StoreError> {
        let directory = |source| StoreError::Directory { path: data.to_owned(), source };
        data_dir::make_private(data).map_err(directory)?;
        let path = data.join(FILE);
        let marker = data.join(MARKER);
        if let Ok(server) = std::fs::read_to_string(&marker) {
            let (path, server) = (data.to_owned(), server.trim().to_owned());
            return Err(StoreError::Elsewhere { path, marker, server });
        }
        let had_records = had_records(data);
        if had_records && std::fs::metadata(&path).map_or(true, |file| file.len() == 0) {
            return Err(StoreError::Lost { path });
        }
        let opening = path.clone();
        let open = move || open_file(&opening, had_records, metrics);
        let opened = tokio::task::spawn_blocking(open).await;
        match opened.map_err(Into::into).flatten() {
            Ok(writer) => {
                let (reader, notices) = (Reader::of_file(path), Notices::default());
                Ok(Self { reader, writer, notices, actor: Actor::gateway().into() })
            }
            Err(source) => match source.downcast() {
                Ok(told) if matches!(*told, StoreError::Newer(_) | StoreError::Lost { .. }) => {
                    Err(*told)
                }
                Ok(error) => Err(StoreError::File { path, source: error }),
                Err(source) => Err(StoreError::File { path, source }),
            },
        }
    }

    /// Whether a data directory has a store.
    pub fn is_in(data: &Path) -> bool {
        data.join(FILE).is_file()
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// [`StoreError`] if it doesn't.
    pub async fn ping(&self) -> Result<(), StoreError> {
        query(sql::PING).fetch_optional::<i64>(&self.reader).await.map(drop)
    }

    /// Whether the store commits a change. A full or read-only disk still answers readers.
    ///
    /// # Errors
    /// [`StoreError`] if it doesn't.
    pub async fn try_to_write(&self) -> Result<(), StoreError> {
        self.writer
            .write(|connection| {
                Box::pin(async move {
                    let writes = match connection.is_sqlite() {
                        true => sql::TRY_TO_WRITE_FILE,
                        false => sql::TRY_TO_WRITE_LOG,
                    };
                    query(writes).execute(connection).await.map(drop)
                })
            })
            .await
    }

    /// Forgets rows by a statement that takes a moment before which they were, and how many at most;
    /// where `away` says so, with others kept away. How many.
    pub(super) async fn forget_before(
        &self,
        statement: &'static str,
        away: Option<Shared>,
        (before_ms, limit): (u64, u32),
    ) -> Result<u64, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    if let Some(away) = away {
                        locks::alone(connection, away).await?;
                    }
                    let forget = query(statement).bind(signed(before_ms)).bind(limit);
                    forget.execute(connection).await
                })
            })
            .await
    }

    /// Writes what is still waiting, then closes the file.
    pub async fn close(&self) {
        self.reader.close();
        self.writer.close().await;
    }
}

/// The one writer of a file that has all tables as they should be. `had_records`: it must have some
/// already.
fn open_file(
    path: &Path,
    had_records: bool,
    metrics: Metrics,
) -> Result<Writer, Box<dyn std::error::Error + Send + Sync>> {
    create_private_file(path)?;
    let mut file = Connection::Sqlite(Sqlite::open(path)?.into());
    if had_records && !has_tables(&mut file)? {
        return Err(StoreError::Lost { path: path.to_owned() }.into());
    }
    migrate_file(&mut file, VERSIONS)?;
    Ok(Writer::start(file, metrics)?)
}

/// Whether a gateway has run on a data directory: what it keeps beside its database is there. Where the
/// database is not, a new one in its place would forget all keys and balances.
fn had_records(data: &Path) -> bool {
    let has_files =
        std::fs::read_dir(data.join("media")).is_ok_and(|mut files| files.next().is_some());
    let log = data.join(format!("{FILE}-wal"));
    // A gateway makes its signing key once it has a database.
    has_files || SigningKey::is_in(data) || log.exists()
}

/// Records in a data directory that its records are on a server, so that no gateway starts new ones
/// beside them.
pub(super) fn mark(data: &Path, server: &str) -> Result<(), StoreError> {
    let directory = |source| StoreError::Directory { path: data.to_owned(), source };
    data_dir::make_private(data).map_err(directory)?;
    std::fs::write(data.join(MARKER), format!("{server}\n")).map_err(directory)
}

/// `SQLite` gives its auxiliary files the same mode.
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

/// The versions of the tables in a file.
const VERSIONS: &[Version] = &[
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
    (14, "refunds", include_str!("../../migrations/0014_refunds_and_rotation.sql")),
    (15, "attempts", include_str!("../../migrations/0015_attempts_and_times.sql")),
    (16, "webhooks", include_str!("../../migrations/0016_webhooks.sql")),
    (17, "nodes", include_str!("../../migrations/0017_nodes.sql")),
    (18, "shared sessions", include_str!("../../migrations/0018_shared_sessions_and_breakers.sql")),
    (19, "written once", include_str!("../../migrations/0019_written_once.sql")),
    (20, "filters", include_str!("../../migrations/0020_generations_filtered.sql")),
    (21, "failures", include_str!("../../migrations/0021_failures_in_a_row.sql")),
    (22, "older keys", include_str!("../../migrations/0022_older_keys.sql")),
    (23, "tokens of a day", include_str!("../../migrations/0023_tokens_of_a_day.sql")),
];

/// A value as a column of text keeps it.
pub(super) fn json(value: &impl serde::Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Database(error.into()))
}

/// An integer as a column keeps it: signed, in both engines. Nothing that the store keeps comes near the difference.
pub(super) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(super) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use ai_now_protocol::api::State;
    use ai_now_protocol::{Code, Event, Scalar};

    use super::*;
    use crate::domain::Principal;
    use crate::store::Usage;

    /// What a generation was in the second version of the tables.
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
        // Another one was removed already.
        "INSERT INTO ledger (account_id, kind, tokens, generation_id, at_ms) VALUES
             (1, 'grant', 100, NULL, 0), (1, 'hold', 20, 'a', 1), (1, 'capture', 20, 'a', 2),
             (1, 'hold', 10, 'b', 1), (1, 'release', 10, 'b', 2), (1, 'hold', 10, 'd', 1),
             (1, 'hold', 5, 'gone', 1), (1, 'capture', 5, 'gone', 86400000)",
        "INSERT INTO media VALUES ('a', 'a.mp4', 5)",
        "INSERT INTO events SELECT id, 1, '{\"status\":\"Processing started\"}' FROM generations",
    ];

    /// How versions up to 13 recorded the tables' version.
    const LEDGER_OF_VERSIONS: &str = "CREATE TABLE _sqlx_migrations (
        version BIGINT PRIMARY KEY, description TEXT NOT NULL,
        installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL,
        checksum BLOB NOT NULL, execution_time BIGINT NOT NULL)";

    /// Opening it again changes nothing; a later version's database is left alone.
    #[tokio::test]
    async fn versions_are_applied_once_and_later_ones_refused() {
        let data = tempfile::tempdir().unwrap();
        for _ in 0..2 {
            Store::open(data.path(), Metrics::default()).await.unwrap().close().await;
        }
        let file = rusqlite::Connection::open(data.path().join(FILE)).unwrap();
        let count = "SELECT count(*) FROM migrations";
        let count: i64 = file.query_row(count, [], |row| row.get(0)).unwrap();
        assert_eq!(usize::try_from(count).unwrap(), VERSIONS.len());
        file.execute("INSERT INTO migrations VALUES (9999, 'later')", []).unwrap();
        drop(file);
        let refused = Store::open(data.path(), Metrics::default()).await.err().unwrap();
        assert!(refused.to_string().contains("a later version"), "{refused}");
    }

    /// Two that start at once don't conflict.
    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn two_may_open_a_new_store_at_once() {
        let data = tempfile::tempdir().unwrap();
        let open = || Store::open(data.path(), Metrics::default());
        let (one, other) = tokio::join!(open(), open());
        let (one, other) = (one.unwrap(), other.unwrap());
        one.ping().await.unwrap();
        other.try_to_write().await.unwrap();
        one.close().await;
        other.close().await;
    }

    #[tokio::test]
    async fn records_on_a_server_are_not_begun_anew_in_a_file() {
        let data = tempfile::tempdir().unwrap();
        mark(data.path(), "postgres://db/music").unwrap();
        let refused = Store::open(data.path(), Metrics::default()).await.err().unwrap();
        assert!(refused.to_string().contains("on the server postgres://db/music"), "{refused}");
        let data = tempfile::tempdir().unwrap();
        Store::open(data.path(), Metrics::default()).await.unwrap().close().await;
        let url = ai_now_test_postgres::server().database().parse().unwrap();
        let server = DatabaseServer { url, password_file: None };
        let refused =
            Store::of(data.path(), Some(&server), Metrics::default()).await.err().unwrap();
        assert!(refused.to_string().contains("migrate --to"), "{refused}");
    }

    #[tokio::test]
    async fn a_filled_database_of_before_options_is_taken_over() {
        let data = tempfile::tempdir().unwrap();
        let before = rusqlite::Connection::open(data.path().join(FILE)).unwrap();
        before.execute_batch(LEDGER_OF_VERSIONS).unwrap();
        for (version, name, sql) in &VERSIONS[..2] {
            before.execute_batch(sql).unwrap();
            before
                .execute(
                    "INSERT INTO _sqlx_migrations VALUES (?1, ?2, '', true, x'00', 0)",
                    (version, name),
                )
                .unwrap();
        }
        for sql in FILL {
            before.execute(sql, []).unwrap();
        }
        drop(before);

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
        // New numbers are higher than earlier ones.
        let node = store.join(Duration::from_secs(9)).await.unwrap();
        assert_eq!(store.claim_generations(node, 9).await.unwrap().rows.len(), 1);
        let seq = store.begin("d", node, Event::PROCESSING).await.unwrap().unwrap();
        assert!(seq >= 100_000, "{seq}");
        let owner = Principal { key_id: 1, account_id: 1, visitor_id: None, tokens_per_day: None };
        assert_eq!(store.last_number(&owner).await.unwrap(), seq);
        let facts = store.facts_of_owner(&owner, 0, 9).await.unwrap();
        let facts: Vec<_> = facts.iter().map(|(id, fact)| (id.as_str(), fact.seq)).collect();
        assert_eq!(facts, [("d", seq)]);
        // The usage has, day by day, what the ledger had.
        let usage = async |day| store.usage_of_day(day, None).await.unwrap();
        let plain = |rows: Vec<Usage>| {
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
        assert_eq!(plain(usage(0).await), first);
        assert_eq!(plain(usage(1).await), [row("", "completed", 0, 5)]);
        let audit = store.audit().await.unwrap();
        let sums = |fault: &&String| fault.starts_with("account");
        assert_eq!(audit.faults.iter().find(sums), None);
        store.close().await;
    }
}
