//! The connection pool of one gateway to a PostgreSQL server, and transactions on it.
//!
//! A change is one transaction at READ COMMITTED. It first takes the row lock of its account
//! ([`Connection::lock`]), so that it sees everything that earlier changes decided. All locks are
//! taken in one order, so there is no deadlock.

use std::sync::Arc;
use std::time::{Duration, Instant};

use deadpool_postgres::{BuildError, Manager, ManagerConfig, RecyclingMethod, Runtime};
use futures_util::future::BoxFuture;
use tokio_postgres::NoTls;
use tokio_postgres_rustls::MakeRustlsConnect;

use super::connection::Connection;
use super::migrations::Version;
use super::postgres::Postgres;
use super::row::Row;
use super::value::Value;
use crate::domain::StoreError;
use crate::system_error::cause_in_words;

/// How long to wait for a connection, new or in use.
const WAIT: Duration = Duration::from_secs(10);

/// The size of the pool. Each connection is a process of the server.
const CONNECTIONS: usize = 16;

/// How long sent data may stay unacknowledged by the network.
const NETWORK: Duration = Duration::from_secs(30);

/// The connection pool of one gateway. Cloning it is cheap and gives the same pool.
#[derive(Clone)]
pub(in crate::store) struct Pool {
    pool: deadpool_postgres::Pool,
    /// How a connection outside of the pool is made.
    server: Arc<(tokio_postgres::Config, Option<rustls::ClientConfig>)>,
}

/// How long to ask a server that was lost during a commit how the commit ended.
const FIND_OUT: Duration = Duration::from_secs(60);
const ASK_AGAIN: Duration = Duration::from_millis(200);

/// What a transaction sees of concurrent transactions.
#[derive(Clone, Copy)]
pub(super) enum Snapshot {
    /// Each statement sees what was committed before it.
    Statement,
    /// All statements see one snapshot, and change nothing.
    Moment,
}

impl Pool {
    /// A pool of connections to a server, as the settings say.
    ///
    /// # Errors
    /// If the pool can't be built.
    pub(in crate::store) fn new(
        mut server: tokio_postgres::Config,
        tls: Option<rustls::ClientConfig>,
    ) -> Result<Self, BuildError> {
        server.application_name("ai-now-gateway").connect_timeout(WAIT);
        server.keepalives_idle(NETWORK).tcp_user_timeout(NETWORK);
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let direct = Arc::new((server.clone(), tls.clone()));
        let manager = match tls {
            Some(tls) => Manager::from_config(server, MakeRustlsConnect::new(tls), recycling),
            None => Manager::from_config(server, NoTls, recycling),
        };
        let pool = deadpool_postgres::Pool::builder(manager)
            .max_size(CONNECTIONS)
            .wait_timeout(Some(WAIT))
            .create_timeout(Some(WAIT))
            .recycle_timeout(Some(WAIT))
            .runtime(Runtime::Tokio1)
            .build()?;
        Ok(Self { pool, server: direct })
    }

    /// A connection outside of the pool.
    pub(super) fn server(&self) -> (tokio_postgres::Config, Option<rustls::ClientConfig>) {
        (*self.server).clone()
    }

    pub(super) async fn connection(&self) -> Result<Connection, StoreError> {
        self.postgres().await.map(Connection::Postgres)
    }

    pub(super) async fn postgres(&self) -> Result<Postgres, StoreError> {
        let client = self.pool.get().await;
        let client = client.map_err(|error| StoreError::Database(cause_in_words(&error).into()))?;
        Ok(Postgres::new(client))
    }

    /// The rows of a single statement. A lost connection is replaced by another.
    pub(super) async fn rows(
        &self,
        sql: &'static str,
        values: &[Value],
    ) -> Result<Vec<Row>, StoreError> {
        for _ in 0..=CONNECTIONS {
            let mut postgres = self.postgres().await?;
            match postgres.rows(sql, values).await {
                Err(StoreError::Database(source)) if says_goodbye(&*source) => {
                    // Its loss may not have been noticed yet: it must not go back to the pool.
                    postgres.busy = true;
                }
                Err(_) if postgres.is_lost() => {}
                rows => return rows,
            }
        }
        Err(StoreError::Database("the database server ends every connection".into()))
    }

    /// Runs a transaction. An `Err` rolls it back.
    ///
    /// # Errors
    /// The error of `work`; [`StoreError::NotWritten`]; [`StoreError::OutcomeUnknown`] if the
    /// connection was lost during the commit and the server did not come back in time to say how it
    /// ended.
    pub(super) async fn transaction<T, F>(&self, seen: Snapshot, work: F) -> Result<T, StoreError>
    where
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, StoreError>>,
    {
        let (mut connection, begun) = self.begin(seen).await?;
        let outcome = work(&mut connection).await;
        let Connection::Postgres(mut postgres) = connection else { return outcome };
        let ended = postgres.batch(if outcome.is_ok() { "COMMIT" } else { "ROLLBACK" }).await;
        postgres.busy = ended.is_err();
        match (outcome, ended) {
            (Ok(_), Err(StoreError::Database(source))) if was_refused(&*source) => {
                Err(StoreError::NotWritten(source.to_string()))
            }
            // A transaction that only reads has nothing to lose.
            (Ok(value), Err(_)) if begun.is_empty() => Ok(value),
            (Ok(value), Err(_)) => {
                drop(postgres);
                self.find_out(&begun).await.map(|()| value)
            }
            (outcome, _) => outcome,
        }
    }

    /// A connection within a transaction, and what [`BEGIN`] says of it, if it may write. A
    /// connection that was lost while idle is replaced.
    async fn begin(&self, seen: Snapshot) -> Result<(Connection, String), StoreError> {
        let sql = match seen {
            Snapshot::Statement => BEGIN,
            Snapshot::Moment => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        let mut fault = None;
        for _ in 0..=CONNECTIONS {
            let mut postgres = self.postgres().await?;
            postgres.busy = true;
            match postgres.word(sql).await {
                Ok(begun) => return Ok((Connection::Postgres(postgres), begun)),
                Err(error) => fault = Some(error),
            }
        }
        Err(fault.unwrap_or_else(|| StoreError::Database("there is no connection".into())))
    }

    /// How a transaction ended whose connection was lost during the commit, and of which [`BEGIN`]
    /// said this.
    async fn find_out(&self, begun: &str) -> Result<(), StoreError> {
        tracing::warn!("the connection was lost during a commit; asking the server how that ended");
        let sql = how_it_ended(begun);
        let deadline = Instant::now() + FIND_OUT;
        while Instant::now() < deadline {
            let status = match self.postgres().await {
                Ok(asked) => asked.word(&sql).await,
                Err(error) => Err(error),
            };
            match status.as_deref() {
                Ok("committed") => return Ok(()),
                Ok("aborted") => return Err(StoreError::NotWritten("the server ended it".into())),
                Ok("lost") => {
                    return Err(StoreError::NotWritten("the server crashed before it".into()));
                }
                Ok("unknown") => {
                    let why = "the server crashed, and cannot say any more".to_owned();
                    return Err(StoreError::OutcomeUnknown(why));
                }
                // Still in progress, or the server is unreachable.
                _ => tokio::time::sleep(ASK_AGAIN).await,
            }
        }
        let why = "the server did not come back in time".to_owned();
        Err(StoreError::OutcomeUnknown(why))
    }

    /// Applies the missing migrations.
    ///
    /// # Errors
    /// [`StoreError::Newer`], and others. Then nothing was applied.
    pub(in crate::store) async fn migrate(
        &self,
        versions: &'static [Version],
    ) -> Result<(), StoreError> {
        self.transaction(Snapshot::Statement, move |connection| {
            Box::pin(connection.migrate(versions))
        })
        .await
    }

    pub(super) fn close(&self) {
        self.pool.close();
    }
}

/// Begins a transaction, and says its id, when the server was started, and what time it is there.
const BEGIN: &str = "BEGIN; SELECT pg_current_xact_id()::text || ' ' || \
     extract(epoch FROM pg_postmaster_start_time())::text || ' ' || extract(epoch FROM now())::text";

/// Asks how a transaction ended, of which [`BEGIN`] said this.
///
/// A crash forgets the ids of transactions whose log records were lost, and the server assigns them
/// again: afterwards `committed` may be about another transaction. The checkpoint at the end of the
/// recovery (a shutdown checkpoint: nothing is between its beginning and its end) has the first id
/// that is assigned again. Later checkpoints replace it, and then there is no answer. The crash of
/// a single process changes no start time, but resets the statistics.
fn how_it_ended(begun: &str) -> String {
    let mut words = begun.split(' ');
    let mut word = || words.next().unwrap_or_default();
    let (number, start, at) = (word(), word(), word());
    format!(
        "SELECT CASE \
         WHEN extract(epoch FROM pg_postmaster_start_time())::text = '{start}' AND coalesce( \
         extract(epoch FROM stats_reset)::numeric < '{at}'::numeric, TRUE) \
         THEN pg_xact_status('{number}'::xid8) \
         WHEN redo_lsn <> checkpoint_lsn THEN 'unknown' \
         WHEN '{number}'::numeric >= split_part(next_xid, ':', 1)::numeric * 4294967296 \
         + split_part(next_xid, ':', 2)::numeric THEN 'lost' \
         ELSE pg_xact_status('{number}'::xid8) END \
         FROM pg_control_checkpoint(), pg_stat_bgwriter"
    )
}

/// Whether the server says that it did not commit, rather than that it shuts down.
fn was_refused(error: &(dyn std::error::Error + 'static)) -> bool {
    code(error).is_some_and(|code| !code.starts_with("57"))
}

/// Whether the server says that it ends the connection.
fn says_goodbye(error: &(dyn std::error::Error + 'static)) -> bool {
    code(error).is_some_and(|code| code.starts_with("57P"))
}

/// The server's code for a fault.
fn code<'e>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e str> {
    let error = error.downcast_ref::<tokio_postgres::Error>()?;
    error.code().map(tokio_postgres::error::SqlState::code)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A durable transaction, in the form in which it is asked about. The server waits for the disk only
    /// where something was written.
    async fn committed(pool: &Pool) -> String {
        let (connection, number) = pool.begin(Snapshot::Statement).await.unwrap();
        let Connection::Postgres(postgres) = connection else { panic!("not a server") };
        let write = "SELECT pg_logical_emit_message(true, 'ai-now', ''); COMMIT";
        postgres.batch(write).await.unwrap();
        number
    }

    fn id(number: &str) -> u64 {
        number.split(' ').next().unwrap().parse().unwrap()
    }

    #[tokio::test]
    async fn a_transaction_that_a_crash_lost_is_not_mistaken_for_the_next_one_with_its_id() {
        let server = ai_now_test_postgres::Server::start(&[]);
        let pool = Pool::new(server.database().parse().unwrap(), None).unwrap();
        let kept = committed(&pool).await;
        pool.find_out(&kept).await.unwrap();
        let (open, lost) = pool.begin(Snapshot::Statement).await.unwrap();
        server.crash();
        drop(open);
        while id(&committed(&pool).await) < id(&lost) {}
        let said = pool.find_out(&lost).await;
        assert!(matches!(said, Err(StoreError::NotWritten(_))), "{said:?}");
        pool.find_out(&kept).await.unwrap();
    }
}
