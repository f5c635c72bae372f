//! The writer: runs changes, and answers once they are durable.
//!
//! With `SQLite` there is one writer, a thread of its own. A commit with `synchronous=FULL` waits
//! for the disk; changes that arrive meanwhile share the next commit, each within its own
//! savepoint, so that a failing change rolls back only itself. With PostgreSQL each change is its
//! own transaction. Callers are answered only after the commit. It must not know what the changes
//! are.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use futures_util::future::BoxFuture;
use tokio::sync::{mpsc, oneshot};

use super::connection::{Connection, now};
use super::pool::{Pool, Snapshot};
use crate::domain::StoreError;
use crate::metrics::Metrics;

/// The capacity of the queue of changes. Callers wait when it is full.
const QUEUE: usize = 1024;

/// How many changes share one commit at most, so that the first does not wait long.
const GROUP: usize = 256;

/// Runs changes.
#[derive(Clone)]
pub(in crate::store) enum Writer {
    /// The one writer of a file.
    Sqlite(mpsc::Sender<Message>),
    /// A server's connections.
    Postgres(Pool, Box<Metrics>),
}

/// A command for the writer.
pub(in crate::store) enum Message {
    Change(Box<dyn Change>),
    Close(oneshot::Sender<()>),
}

impl Writer {
    /// Starts the one writer of a file.
    ///
    /// # Errors
    /// If the system can't start a thread.
    pub(in crate::store) fn start(file: Connection, metrics: Metrics) -> std::io::Result<Self> {
        let (jobs, queue) = mpsc::channel(QUEUE);
        std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || write(file, queue, &metrics))?;
        Ok(Self::Sqlite(jobs))
    }

    /// Runs `change` in a commit, and returns once it is durable.
    ///
    /// `change` returns its own result; an `Err(StoreError)` rolls it back. It runs to its end even
    /// if the caller has gone.
    ///
    /// # Errors
    /// The error of `change`; [`StoreError::NotWritten`]; and [`StoreError::OutcomeUnknown`] if the
    /// connection to a server was lost during the commit.
    pub(in crate::store) async fn write<T, F>(&self, change: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, StoreError>>
            + Send
            + 'static,
    {
        match self {
            Self::Sqlite(jobs) => {
                let (reply, answer) = oneshot::channel();
                let job = Job { change: Some(change), outcome: None, reply };
                let closed = || StoreError::NotWritten("the store is closed".into());
                jobs.send(Message::Change(Box::new(job))).await.map_err(|_| closed())?;
                answer.await.map_err(|_| closed())?
            }
            Self::Postgres(pool, metrics) => {
                let (pool, metrics) = (pool.clone(), metrics.clone());
                // A task of its own: it runs to its end even if the caller has gone.
                let writing = tokio::spawn(async move {
                    let begun = Instant::now();
                    let outcome = pool.transaction(Snapshot::Statement, change).await;
                    metrics.committed(1, begun.elapsed());
                    outcome
                });
                writing.await.map_err(|error| StoreError::NotWritten(error.to_string()))?
            }
        }
    }

    /// Waits for pending changes, and closes the file.
    pub(in crate::store) async fn close(&self) {
        let Self::Sqlite(jobs) = self else { return };
        let (done, wait) = oneshot::channel();
        if jobs.send(Message::Close(done)).await.is_ok() {
            // An error only means that it was closed already.
            let _ = wait.await;
        }
    }
}

/// A change with any result type.
pub(in crate::store) trait Change: Send {
    /// Runs it. Returns `false` if it failed and must be rolled back.
    fn run(&mut self, connection: &mut Connection) -> bool;
    /// Sends the result. `problem`: the commit that contained it failed.
    fn finish(self: Box<Self>, problem: Option<&str>);
}

struct Job<T, F> {
    change: Option<F>,
    outcome: Option<Result<T, StoreError>>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Change for Job<T, F>
where
    T: Send,
    F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, StoreError>> + Send,
{
    fn run(&mut self, connection: &mut Connection) -> bool {
        let Some(change) = self.change.take() else { return false };
        // A panic in a change rolls back that change; the writer goes on.
        let outcome = catch_unwind(AssertUnwindSafe(|| now(change(connection))));
        let outcome = outcome.unwrap_or_else(|_| Err(StoreError::NotWritten("a fault".into())));
        let well = outcome.is_ok();
        self.outcome = Some(outcome);
        well
    }

    fn finish(self: Box<Self>, problem: Option<&str>) {
        let not_written = |why: &str| Err(StoreError::NotWritten(why.into()));
        let answer = match (problem, self.outcome) {
            (_, Some(Err(error))) => Err(error),
            (Some(problem), _) => not_written(problem),
            (None, Some(outcome)) => outcome,
            (None, None) => not_written("it was never tried"),
        };
        // The caller may have gone; the change remains all the same.
        let _ = self.reply.send(answer);
    }
}

fn write(mut connection: Connection, mut queue: mpsc::Receiver<Message>, metrics: &Metrics) {
    let mut messages = Vec::with_capacity(GROUP);
    while queue.blocking_recv_many(&mut messages, GROUP) > 0 {
        let mut closing = None;
        let mut group = Vec::with_capacity(messages.len());
        for message in messages.drain(..) {
            match message {
                Message::Change(change) => group.push(change),
                Message::Close(done) => closing = Some(done),
            }
        }
        if !group.is_empty() {
            commit(&mut connection, group, metrics);
        }
        if let Some(done) = closing {
            if let Connection::Sqlite(sqlite) = connection {
                sqlite.close();
            }
            let _ = done.send(());
            return;
        }
    }
}

fn commit(connection: &mut Connection, mut group: Vec<Box<dyn Change>>, metrics: &Metrics) {
    let begun = Instant::now();
    let problem = run_group(connection, &mut group).err().map(|error| {
        tracing::error!(%error, changes = group.len(), "a commit failed; nothing of it was kept");
        error.to_string()
    });
    if problem.is_some() {
        // If the transaction ended by itself there is nothing to roll back.
        let _ = connection.control("ROLLBACK");
    }
    metrics.committed(group.len(), begun.elapsed());
    for change in group {
        change.finish(problem.as_deref());
    }
}

fn run_group(connection: &mut Connection, group: &mut [Box<dyn Change>]) -> Result<(), StoreError> {
    connection.control("BEGIN IMMEDIATE")?;
    if let [alone] = group {
        let kept = alone.run(connection);
        return connection.control(if kept { "COMMIT" } else { "ROLLBACK" });
    }
    for change in group {
        connection.control("SAVEPOINT change")?;
        if !change.run(connection) {
            connection.control("ROLLBACK TO change")?;
        }
        connection.control("RELEASE change")?;
    }
    connection.control("COMMIT")
}
