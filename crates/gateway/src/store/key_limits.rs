//! What a key may do beside what its account has: until when, for which models, how much in a
//! calendar day and month (UTC).

use std::ops::Range;

use serde_json::{Value, json};
use sqlx::SqliteConnection;

use super::activity::{Change, record};
use super::database::{Store, signed, unsigned};
use super::sql;
use crate::clock::{DAY_MS, day_of, month_of, now_ms};
use crate::domain::{NewGeneration, StoreError, SubmitError};

/// The limits of a key. `None`: no such limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyLimits {
    /// From when on it is good no more, in milliseconds since 1970.
    pub expires_at_ms: Option<u64>,
    /// The ids of the models that it is for.
    pub models: Option<Vec<String>>,
    /// What it may use in a calendar day, in tokens.
    pub day_cap_tokens: Option<u32>,
    /// What it may use in a calendar month, in tokens.
    pub month_cap_tokens: Option<u32>,
}

/// What of a key is to be another. `None`: it stays; `Some(None)`: the limit goes.
#[derive(Clone, Debug, Default)]
pub struct KeyChange {
    /// The operator's words about it.
    pub label: Option<String>,
    /// See [`KeyLimits`].
    pub expires_at_ms: Option<Option<u64>>,
    /// See [`KeyLimits`].
    pub models: Option<Option<Vec<String>>>,
    /// See [`KeyLimits`].
    pub day_cap_tokens: Option<Option<u32>>,
    /// See [`KeyLimits`].
    pub month_cap_tokens: Option<Option<u32>>,
}

impl KeyLimits {
    fn described(&self, label: &str) -> Value {
        json!({
            "label": label,
            "expires_at_ms": self.expires_at_ms,
            "models": self.models,
            "day_cap_tokens": self.day_cap_tokens,
            "month_cap_tokens": self.month_cap_tokens,
        })
    }

    fn changed(&self, change: KeyChange) -> Self {
        let old = self.clone();
        Self {
            expires_at_ms: change.expires_at_ms.unwrap_or(old.expires_at_ms),
            models: change.models.unwrap_or(old.models),
            day_cap_tokens: change.day_cap_tokens.unwrap_or(old.day_cap_tokens),
            month_cap_tokens: change.month_cap_tokens.unwrap_or(old.month_cap_tokens),
        }
    }
}

/// The limits as they are kept.
#[derive(sqlx::FromRow)]
pub(super) struct LimitsRow {
    expires_at_ms: Option<i64>,
    models: Option<String>,
    day_cap_tokens: Option<u32>,
    month_cap_tokens: Option<u32>,
}

impl From<LimitsRow> for KeyLimits {
    fn from(row: LimitsRow) -> Self {
        // A list that can't be read admits nothing.
        let list = |text: String| serde_json::from_str(&text).unwrap_or_default();
        Self {
            expires_at_ms: row.expires_at_ms.map(unsigned),
            models: row.models.map(list),
            day_cap_tokens: row.day_cap_tokens,
            month_cap_tokens: row.month_cap_tokens,
        }
    }
}

#[derive(sqlx::FromRow)]
struct ChangedRow {
    id: i64,
    label: String,
    #[sqlx(flatten)]
    limits: LimitsRow,
}

impl Store {
    /// Changes the words about a key, and its limits.
    ///
    /// # Errors
    /// [`StoreError::NoSuchKey`], and others.
    pub async fn change_key(&self, name: &str, change: KeyChange) -> Result<(), StoreError> {
        let (name, actor) = (name.to_owned(), self.actor.clone());
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let row: Option<ChangedRow> = sqlx::query_as(sql::KEY_LABEL_AND_LIMITS)
                        .bind(&name)
                        .fetch_optional(&mut *connection)
                        .await?;
                    let Some(ChangedRow { id, label, limits }) = row else {
                        return Err(StoreError::NoSuchKey(name));
                    };
                    let before = KeyLimits::from(limits);
                    let new_label = change.label.clone().unwrap_or_else(|| label.clone());
                    let after = before.changed(change);
                    update(connection, id, &new_label, &after).await?;
                    let change = Change {
                        action: "key.change",
                        subject: &name,
                        before: before.described(&label),
                        after: after.described(&new_label),
                    };
                    record(connection, &actor, change).await
                })
            })
            .await
    }
}

/// What a key has used today and this month (UTC), in tokens.
pub(super) async fn used_tokens(
    connection: &mut SqliteConnection,
    key_id: i64,
) -> Result<(u64, u64), StoreError> {
    let today = day_of(now_ms());
    let day = used_in(connection, key_id, today..today + 1).await?;
    Ok((day, used_in(connection, key_id, month_of(today)).await?))
}

async fn update(
    connection: &mut SqliteConnection,
    id: i64,
    label: &str,
    limits: &KeyLimits,
) -> Result<(), StoreError> {
    let models = limits.models.as_ref().map(super::database::json).transpose()?;
    sqlx::query(sql::CHANGE_KEY)
        .bind(label)
        .bind(limits.expires_at_ms.map(signed))
        .bind(models)
        .bind(limits.day_cap_tokens)
        .bind(limits.month_cap_tokens)
        .bind(id)
        .execute(connection)
        .await?;
    Ok(())
}

async fn used_in(
    connection: &mut SqliteConnection,
    key_id: i64,
    days: Range<u64>,
) -> Result<u64, StoreError> {
    let used: i64 = sqlx::query_scalar(sql::KEY_TOKENS_OF_DAYS)
        .bind(key_id)
        .bind(signed(days.start))
        .bind(signed(days.end))
        .fetch_one(connection)
        .await?;
    Ok(unsigned(used))
}

/// Why a key's limits forbid a generation.
pub(super) async fn refusal(
    connection: &mut SqliteConnection,
    new: &NewGeneration,
) -> Result<Option<SubmitError>, StoreError> {
    let key_id = new.owner.key_id;
    let row: LimitsRow =
        sqlx::query_as(sql::KEY_LIMITS).bind(key_id).fetch_one(&mut *connection).await?;
    let limits = KeyLimits::from(row);
    if limits.models.is_some_and(|models| !models.contains(&new.model)) {
        return Ok(Some(SubmitError::ModelNotAllowed { model: new.model.clone() }));
    }
    let now = now_ms();
    let today = day_of(now);
    let caps = [
        (limits.month_cap_tokens, month_of(today), true),
        (limits.day_cap_tokens, today..today + 1, false),
    ];
    for (cap, days, month) in caps {
        let Some(cap) = cap else { continue };
        let wait_ms = (days.end * DAY_MS).saturating_sub(now);
        let used = used_in(connection, key_id, days).await?;
        if used + u64::from(new.price) > u64::from(cap) {
            return Ok(Some(SubmitError::CapReached { month, wait_ms }));
        }
    }
    Ok(None)
}
