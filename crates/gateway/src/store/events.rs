//! The event log: facts appended and read, and the numbers of all events.
//!
//! Each fact of an owner gets the next whole [`BLOCK`] of numbers, and its own number is the first
//! of them: so numbers rise over all generations of the owner. The others are for what is told
//! of that generation's progress until the next fact, and stands nowhere. A block is given out
//! once, and so is each number, over any restart.

use ai_now_protocol::Event;
use sqlx::SqliteConnection;

use super::database::{Store, json, signed, unsigned};
use super::sql;
use crate::domain::{Principal, StoreError};

/// An event as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredEvent {
    /// Its number.
    pub seq: u64,
    /// The event. A media address in it is a path on this gateway.
    pub event: Event,
}

/// How many numbers a fact takes.
const BLOCK: u64 = 100_000;

/// The number of the first fact of an owner, and the least that a fact can have. Older versions
/// counted the events of each generation from 1.
const FIRST: u64 = BLOCK;

/// Whether a number is one of those that facts leave free.
pub fn is_free_for_progress(seq: u64) -> bool {
    !seq.is_multiple_of(BLOCK)
}

#[derive(sqlx::FromRow)]
struct FactRow {
    generation_id: String,
    #[sqlx(flatten)]
    event: EventRow,
}

#[derive(sqlx::FromRow)]
struct EventRow {
    #[sqlx(try_from = "i64")]
    seq: u64,
    json: String,
}

impl Store {
    /// Appends a fact about a generation that is active, and returns its number. `None`: it is
    /// active no more, and nothing comes after the last event.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn append_event(&self, id: &str, event: Event) -> Result<Option<u64>, StoreError> {
        let id = id.to_owned();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let running: Option<i64> = sqlx::query_scalar(sql::GENERATION_IS_ACTIVE)
                        .bind(&id)
                        .fetch_optional(&mut *connection)
                        .await?;
                    match running {
                        Some(_) => append(connection, &id, &event).await.map(Some),
                        None => Ok(None),
                    }
                })
            })
            .await
    }

    /// Claims more numbers for what is told of a generation's progress, and returns the one
    /// before the first of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn claim_numbers(&self, id: &str) -> Result<u64, StoreError> {
        let id = id.to_owned();
        self.writer
            .write(move |connection| Box::pin(async move { claim(connection, &id).await }))
            .await
    }

    /// Up to `limit` facts about an owner's generations after number `after`, in order, each with
    /// its generation's id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn facts_of_owner(
        &self,
        owner: &Principal,
        after: u64,
        limit: u32,
    ) -> Result<Vec<(String, StoredEvent)>, StoreError> {
        let rows: Vec<FactRow> = sqlx::query_as(sql::FACTS_OF_OWNER_AFTER)
            .bind(owner.key_id)
            .bind(owner.visitor_id)
            .bind(signed(after.max(FIRST - 1)))
            .bind(limit)
            .fetch_all(&self.reader)
            .await?;
        rows.into_iter().map(|row| Ok((row.generation_id, row.event.try_into()?))).collect()
    }

    /// The highest number that an owner's facts have had.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn last_number(&self, owner: &Principal) -> Result<u64, StoreError> {
        let (sql, id) = match owner.visitor_id {
            Some(visitor_id) => (sql::LAST_BLOCK_OF_VISITOR, visitor_id),
            None => (sql::LAST_BLOCK_OF_KEY, owner.key_id),
        };
        let block: i64 = sqlx::query_scalar(sql).bind(id).fetch_one(&self.reader).await?;
        Ok(unsigned(block) * BLOCK)
    }

    /// Up to `limit` events after number `after`, in order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn events_after(
        &self,
        id: &str,
        after: u64,
        limit: u32,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let rows: Vec<EventRow> = sqlx::query_as(sql::EVENTS_AFTER)
            .bind(id)
            .bind(signed(after))
            .bind(limit)
            .fetch_all(&self.reader)
            .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }
}

impl TryFrom<EventRow> for StoredEvent {
    type Error = StoreError;

    fn try_from(row: EventRow) -> Result<Self, StoreError> {
        let event = serde_json::from_str(&row.json);
        let event = event.map_err(|error| sqlx::Error::Decode(error.into()))?;
        Ok(Self { seq: row.seq, event })
    }
}

/// Appends a fact, and returns its number.
pub(super) async fn append(
    connection: &mut SqliteConnection,
    id: &str,
    event: &Event,
) -> Result<u64, StoreError> {
    let event = json(event)?;
    let seq = claim(connection, id).await?;
    sqlx::query(sql::INSERT_EVENT)
        .bind(id)
        .bind(signed(seq))
        .bind(event)
        .execute(&mut *connection)
        .await?;
    sqlx::query(sql::COUNT_EVENT).bind(id).execute(connection).await?;
    Ok(seq)
}

/// Gives a generation the next block of its owner's numbers, and returns the first.
pub(super) async fn claim(connection: &mut SqliteConnection, id: &str) -> Result<u64, StoreError> {
    let of_visitor: Option<i64> = sqlx::query_scalar(sql::NEXT_BLOCK_OF_VISITOR)
        .bind(id)
        .fetch_optional(&mut *connection)
        .await?;
    let block = match of_visitor {
        Some(block) => block,
        None => {
            sqlx::query_scalar(sql::NEXT_BLOCK_OF_KEY).bind(id).fetch_one(&mut *connection).await?
        }
    };
    let seq = unsigned(block) * BLOCK;
    sqlx::query(sql::SET_LAST_SEQ).bind(signed(seq)).bind(id).execute(connection).await?;
    Ok(seq)
}
