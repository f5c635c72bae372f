//! The one writer: many changes, one commit.
//!
//! A commit with `synchronous=FULL` waits for the disk. Changes that arrive while it waits are
//! done together in the next one, each within a savepoint of its own, so that one that fails
//! takes back itself alone. Whoever asked is answered only after the shared commit. It must not
//! know what the changes are.

use std::time::Instant;

use futures_util::future::BoxFuture;
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteQueryResult;
use tokio::sync::{mpsc, oneshot};

use super::sql;
use crate::domain::StoreError;
use crate::metrics::Metrics;

/// How many changes may wait. Whoever comes then waits for room: the queue is bounded.
const QUEUE: usize = 1024;

/// How many changes share one commit at most, so that the first is not kept waiting.
const GROUP: usize = 256;

#[derive(Clone)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Message>,
}

enum Message {
    Change(Box<dyn Change>),
    Close(oneshot::Sender<()>),
}

impl Writer {
    pub(super) fn start(connection: SqliteConnection, metrics: Metrics) -> Self {
        let (jobs, queue) = mpsc::channel(QUEUE);
        tokio::spawn(write(connection, queue, metrics));
        Self { jobs }
    }

    /// Does `change` in the next commit, and answers once it is on the disk.
    ///
    /// `change` returns its own outcome; an `Err(StoreError)` takes back all it did.
    pub(super) async fn write<T, F>(&self, change: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, StoreError>>
            + Send
            + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job = Job { change: Some(change), outcome: None, reply };
        let closed = || StoreError::NotWritten("the store is closed".into());
        self.jobs.send(Message::Change(Box::new(job))).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    pub(super) async fn close(&self) {
        let (done, wait) = oneshot::channel();
        if self.jobs.send(Message::Close(done)).await.is_ok() {
            // An error only says that it was closed already.
            let _ = wait.await;
        }
    }
}

/// A change of any outcome type.
trait Change: Send {
    /// Does it. `false`: it failed and must be taken back.
    fn run<'a>(&'a mut self, connection: &'a mut SqliteConnection) -> BoxFuture<'a, bool>;
    /// Tells how it ended. `problem`: the commit that held it failed.
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
    F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, StoreError>> + Send,
{
    fn run<'a>(&'a mut self, connection: &'a mut SqliteConnection) -> BoxFuture<'a, bool> {
        Box::pin(async move {
            let Some(change) = self.change.take() else { return false };
            let outcome = change(connection).await;
            let well = outcome.is_ok();
            self.outcome = Some(outcome);
            well
        })
    }

    fn finish(self: Box<Self>, problem: Option<&str>) {
        let not_written = |why: &str| Err(StoreError::NotWritten(why.into()));
        let answer = match (problem, self.outcome) {
            (_, Some(Err(error))) => Err(error),
            (Some(problem), _) => not_written(problem),
            (None, Some(outcome)) => outcome,
            (None, None) => not_written("it was never tried"),
        };
        // Whoever asked may have gone; the change stands all the same.
        let _ = self.reply.send(answer);
    }
}

async fn write(
    mut connection: SqliteConnection,
    mut queue: mpsc::Receiver<Message>,
    metrics: Metrics,
) {
    let mut messages = Vec::with_capacity(GROUP);
    while queue.recv_many(&mut messages, GROUP).await > 0 {
        let mut closing = None;
        let mut group = Vec::with_capacity(messages.len());
        for message in messages.drain(..) {
            match message {
                Message::Change(change) => group.push(change),
                Message::Close(done) => closing = Some(done),
            }
        }
        if !group.is_empty() {
            let (changes, begun) = (group.len(), Instant::now());
            commit(&mut connection, group).await;
            metrics.committed(changes, begun.elapsed());
        }
        if let Some(done) = closing {
            if let Err(error) = sqlx::Connection::close(connection).await {
                tracing::warn!(%error, "the database was not closed in order");
            }
            let _ = done.send(());
            return;
        }
    }
}

async fn commit(connection: &mut SqliteConnection, mut group: Vec<Box<dyn Change>>) {
    let problem = run_group(connection, &mut group).await.err().map(|error| {
        tracing::error!(%error, changes = group.len(), "a commit failed; nothing of it was kept");
        error.to_string()
    });
    if problem.is_some() {
        // Where the transaction ended by itself there is nothing to roll back.
        let _ = execute(connection, sql::ROLLBACK).await;
    }
    for change in group {
        change.finish(problem.as_deref());
    }
}

async fn run_group(
    connection: &mut SqliteConnection,
    group: &mut [Box<dyn Change>],
) -> Result<(), sqlx::Error> {
    execute(connection, sql::BEGIN).await?;
    for change in group {
        execute(connection, sql::SAVEPOINT).await?;
        if !change.run(connection).await {
            execute(connection, sql::ROLLBACK_TO_SAVEPOINT).await?;
        }
        execute(connection, sql::RELEASE_SAVEPOINT).await?;
    }
    execute(connection, sql::COMMIT).await?;
    Ok(())
}

async fn execute(
    connection: &mut SqliteConnection,
    sql: &'static str,
) -> Result<SqliteQueryResult, sqlx::Error> {
    sqlx::query(sql).execute(connection).await
}
