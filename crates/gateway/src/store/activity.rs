//! The activity log: every change that a person made, written in the transaction of the change.
//!
//! The tables reject changes and deletions of its rows. It must not know what the changes mean, and
//! no secret, prompt or media name may reach it.

use serde_json::Value;

use super::actor::Actor;
use super::database::{Store, signed};
use super::engine::{Connection, Query, columns, query};
use super::locks::{self, Shared};
use super::sql;
use crate::clock::now_ms;
use crate::domain::StoreError;

/// A change to be logged.
pub(super) struct Change<'a> {
    /// What was done, such as `key.grant`.
    pub(super) action: &'static str,
    /// The name of the object that was changed.
    pub(super) subject: &'a str,
    /// The value before; `null` if there was none.
    pub(super) before: Value,
    /// The value after.
    pub(super) after: Value,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// Its number. Later lines have higher ones.
    pub id: i64,
    /// When it was done, in milliseconds since 1970.
    pub at_ms: u64,
    /// Who made the change.
    pub actor: String,
    /// Where from.
    pub source: String,
    /// What was done.
    pub action: String,
    /// The name of the object that was changed.
    pub subject: String,
    /// The value before, as JSON.
    pub before: Option<String>,
    /// The value after, as JSON.
    pub after: Option<String>,
}

columns!(Activity { id, at_ms, actor, source, action, subject, before, after });

/// Which lines are looked for. What is empty or `None` is not asked about.
#[derive(Clone, Debug, Default)]
pub struct ActivityFilter {
    /// With this in the name of who did it.
    pub actor: String,
    /// With this in what was done.
    pub action: String,
    /// With this in the name of what it was done to.
    pub subject: String,
    /// Done at this moment or after it.
    pub from_ms: u64,
    /// Done before this moment.
    pub before_ms: Option<u64>,
}

impl ActivityFilter {
    fn query(&self, statement: &'static str, id: i64, limit: u32) -> Query {
        query(statement)
            .bind(id)
            .bind(limit)
            .bind(&self.actor)
            .bind(&self.action)
            .bind(&self.subject)
            .bind(signed(self.from_ms))
            .bind(self.before_ms.map_or(i64::MAX, signed))
    }
}

impl Store {
    /// The same store, with its changes logged under this actor.
    #[must_use]
    pub fn acting_as(&self, actor: Actor) -> Self {
        Self { actor: actor.into(), ..self.clone() }
    }

    /// Logs a change that is about to be made outside of this store.
    ///
    /// # Errors
    /// [`StoreError`]: then the change must not be made.
    pub async fn write_down(
        &self,
        action: &'static str,
        subject: String,
    ) -> Result<(), StoreError> {
        let actor = self.actor.clone();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let (before, after) = (Value::Null, Value::Null);
                    record(connection, &actor, Change { action, subject: &subject, before, after })
                        .await
                })
            })
            .await
    }

    /// Up to `limit` lines of the log before this number that fit, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn activity_before(
        &self,
        filter: &ActivityFilter,
        id: i64,
        limit: u32,
    ) -> Result<Vec<Activity>, StoreError> {
        filter.query(sql::ACTIVITY_BEFORE, id, limit).fetch_all(&self.reader).await
    }

    /// Up to `limit` lines of the log after this number that fit, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn activity_after(
        &self,
        filter: &ActivityFilter,
        id: i64,
        limit: u32,
    ) -> Result<Vec<Activity>, StoreError> {
        filter.query(sql::ACTIVITY_AFTER, id, limit).fetch_all(&self.reader).await
    }
}

/// Logs a change.
pub(super) async fn record(
    connection: &mut Connection,
    actor: &Actor,
    change: Change<'_>,
) -> Result<(), StoreError> {
    let Change { action, subject, before, after } = change;
    // Serialised, so that a reader that follows the log by its numbers misses no entry that is
    // written late.
    locks::alone(connection, Shared::Activity).await?;
    let text = |value: Value| (!value.is_null()).then(|| value.to_string());
    query(sql::INSERT_ACTIVITY)
        .bind(signed(now_ms()))
        .bind(&actor.name)
        .bind(&actor.source)
        .bind(action)
        .bind(subject)
        .bind(text(before))
        .bind(text(after))
        .execute(connection)
        .await?;
    Ok(())
}
