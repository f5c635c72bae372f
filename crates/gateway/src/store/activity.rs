//! The activity log: every change that a person made, written in the transaction of the change.
//!
//! The tables refuse to change or delete what stands there. It must not know what the changes mean,
//! and no secret, prompt or media name may reach it.

use serde_json::Value;
use sqlx::SqliteConnection;

use super::actor::Actor;
use super::database::{Store, signed};
use super::sql;
use crate::clock::now_ms;
use crate::domain::StoreError;

/// A change as it is to be written.
pub(super) struct Change<'a> {
    /// What was done, such as `key.grant`.
    pub(super) action: &'static str,
    /// What it was done to, by name.
    pub(super) subject: &'a str,
    /// What was so before; `null` where there was nothing.
    pub(super) before: Value,
    /// What is so now.
    pub(super) after: Value,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Activity {
    /// Its number. Later lines have higher ones.
    pub id: i64,
    /// When it was done, in milliseconds since 1970.
    #[sqlx(try_from = "i64")]
    pub at_ms: u64,
    /// Who did it.
    pub actor: String,
    /// From where.
    pub source: String,
    /// What was done.
    pub action: String,
    /// To what.
    pub subject: String,
    /// What was so before, as JSON.
    pub before: Option<String>,
    /// What was so after that, as JSON.
    pub after: Option<String>,
}

impl Store {
    /// The same store, whose changes are written down as this one's.
    #[must_use]
    pub fn acting_as(&self, actor: Actor) -> Self {
        Self { actor: actor.into(), ..self.clone() }
    }

    /// Writes down what is about to be done elsewhere than in this store.
    ///
    /// # Errors
    /// [`StoreError`]: it must not be done then.
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

    /// Up to `limit` lines of the log before this number, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn activity_before(&self, id: i64, limit: u32) -> Result<Vec<Activity>, StoreError> {
        let rows = sqlx::query_as(sql::ACTIVITY_BEFORE).bind(id).bind(limit);
        Ok(rows.fetch_all(&self.reader).await?)
    }

    /// Up to `limit` lines of the log after this number, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn activity_after(&self, id: i64, limit: u32) -> Result<Vec<Activity>, StoreError> {
        let rows = sqlx::query_as(sql::ACTIVITY_AFTER).bind(id).bind(limit);
        Ok(rows.fetch_all(&self.reader).await?)
    }
}

/// Writes a change down.
pub(super) async fn record(
    connection: &mut SqliteConnection,
    actor: &Actor,
    change: Change<'_>,
) -> Result<(), StoreError> {
    let Change { action, subject, before, after } = change;
    let text = |value: Value| (!value.is_null()).then(|| value.to_string());
    sqlx::query(sql::INSERT_ACTIVITY)
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
