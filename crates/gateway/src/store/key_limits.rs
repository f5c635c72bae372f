//! The limits of a key beside its account's tokens: expiry, models, daily and monthly caps (UTC).

use std::ops::Range;

use serde_json::{Value, json};

use super::activity::{Change, record};
use super::database::{Store, signed, unsigned};
use super::engine::{Connection, columns, query};
use super::key_pages::{self, PagesChange, Publishable};
use super::{locks, sql};
use crate::clock::{DAY_MS, day_of, month_of, now_ms};
use crate::domain::{NewGeneration, StoreError, SubmitError};

/// The limits of a key. `None`: no such limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyLimits {
    /// When it expires, in milliseconds since 1970.
    pub expires_at_ms: Option<u64>,
    /// The ids of the models that it may use.
    pub models: Option<Vec<String>>,
    /// How many tokens it may use in a calendar day.
    pub day_cap_tokens: Option<u32>,
    /// How many tokens it may use in a calendar month.
    pub month_cap_tokens: Option<u32>,
}

/// Changes to a key. `None`: unchanged; `Some(None)`: the limit is removed.
#[derive(Clone, Debug, Default)]
pub struct KeyChange {
    /// The operator's label for it.
    pub label: Option<String>,
    /// See [`KeyLimits`].
    pub expires_at_ms: Option<Option<u64>>,
    /// See [`KeyLimits`].
    pub models: Option<Option<Vec<String>>>,
    /// See [`KeyLimits`].
    pub day_cap_tokens: Option<Option<u32>>,
    /// See [`KeyLimits`].
    pub month_cap_tokens: Option<Option<u32>>,
    /// Of a publishable key alone.
    pub pages: PagesChange,
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

/// The limits' columns.
pub(super) struct LimitsRow {
    expires_at_ms: Option<i64>,
    models: Option<String>,
    day_cap_tokens: Option<u32>,
    month_cap_tokens: Option<u32>,
}

columns!(LimitsRow { expires_at_ms, models, day_cap_tokens, month_cap_tokens });

impl From<LimitsRow> for KeyLimits {
    fn from(row: LimitsRow) -> Self {
        // A list that can't be parsed admits no model.
        let list = |text: String| serde_json::from_str(&text).unwrap_or_default();
        Self {
            expires_at_ms: row.expires_at_ms.map(unsigned),
            models: row.models.map(list),
            day_cap_tokens: row.day_cap_tokens,
            month_cap_tokens: row.month_cap_tokens,
        }
    }
}

struct ChangedRow {
    id: i64,
    label: String,
    visitor_budget: Option<u32>,
    visitors_per_address: Option<u32>,
    tokens_per_day: Option<u32>,
    limits: LimitsRow,
}

columns!(ChangedRow {
    id, label, visitor_budget, visitors_per_address, tokens_per_day
} { limits });

impl ChangedRow {
    /// The limits of a publishable key.
    fn pages(&self) -> Option<Publishable> {
        Some(Publishable {
            visitor_budget: self.visitor_budget?,
            visitors_per_address: self.visitors_per_address.unwrap_or(0),
            tokens_per_day: self.tokens_per_day.unwrap_or(0),
        })
    }
}

impl Store {
    /// Changes the words about a key, its limits, and what a publishable one is for.
    ///
    /// # Errors
    /// [`StoreError::NoSuchKey`], [`StoreError::NoPages`], and others.
    pub async fn change_key(&self, name: &str, change: KeyChange) -> Result<(), StoreError> {
        let (name, actor) = (name.to_owned(), self.actor.clone());
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    locks::account_of_key_named(connection, &name).await?;
                    let row: Option<ChangedRow> = query(sql::KEY_LABEL_AND_LIMITS)
                        .bind(&name)
                        .fetch_optional(&mut *connection)
                        .await?;
                    let row = row.ok_or_else(|| StoreError::NoSuchKey(name.clone()))?;
                    let (before, after) = changed(connection, row, &name, change).await?;
                    let change = Change { action: "key.change", subject: &name, before, after };
                    record(connection, &actor, change).await
                })
            })
            .await
    }
}

/// Changes a key. What was so before, and what is so now.
async fn changed(
    connection: &mut Connection,
    row: ChangedRow,
    name: &str,
    mut change: KeyChange,
) -> Result<(Value, Value), StoreError> {
    let pages = row.pages();
    let ChangedRow { id, label, limits, .. } = row;
    let old = KeyLimits::from(limits);
    let new_label = change.label.take().unwrap_or_else(|| label.clone());
    let pages_change = std::mem::take(&mut change.pages);
    let new = old.changed(change);
    update(connection, id, &new_label, &new).await?;
    let (mut before, mut after) = (old.described(&label), new.described(&new_label));
    if !pages_change.is_empty() {
        let pages = pages.ok_or_else(|| StoreError::NoPages(name.to_owned()))?;
        let told = key_pages::change(connection, id, &pages, pages_change).await?;
        (before["publishable"], after["publishable"]) = told;
    }
    Ok((before, after))
}

/// What a key has used today and this month (UTC), in tokens.
pub(super) async fn used_tokens(
    connection: &mut Connection,
    key_id: i64,
) -> Result<(u64, u64), StoreError> {
    let today = day_of(now_ms());
    let day = used_in(connection, key_id, today..today + 1).await?;
    Ok((day, used_in(connection, key_id, month_of(today)).await?))
}

async fn update(
    connection: &mut Connection,
    id: i64,
    label: &str,
    limits: &KeyLimits,
) -> Result<(), StoreError> {
    let models = limits.models.as_ref().map(super::database::json).transpose()?;
    query(sql::CHANGE_KEY)
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
    connection: &mut Connection,
    key_id: i64,
    days: Range<u64>,
) -> Result<u64, StoreError> {
    let used: i64 = query(sql::KEY_TOKENS_OF_DAYS)
        .bind(key_id)
        .bind(signed(days.start))
        .bind(signed(days.end))
        .fetch_one(connection)
        .await?;
    Ok(unsigned(used))
}

/// Why a key's limits reject a generation.
pub(super) async fn refusal(
    connection: &mut Connection,
    new: &NewGeneration,
    limits: KeyLimits,
) -> Result<Option<SubmitError>, StoreError> {
    let key_id = new.owner.key_id;
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
