//! The event log: append and read. An event's number rises by one from 1.

use ai_now_protocol::Event;
use sqlx::SqliteConnection;

use super::database::{Store, json, signed};
use super::sql;
use crate::domain::StoreError;

/// An event as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredEvent {
    /// Its number.
    pub seq: u64,
    /// The event. A media address in it is a path on this gateway.
    pub event: Event,
}

#[derive(sqlx::FromRow)]
struct EventRow {
    #[sqlx(try_from = "i64")]
    seq: u64,
    json: String,
}

impl Store {
    /// Appends an event of a generation that is running. Where it is running no more, nothing
    /// happens: nothing comes after the last event.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn append_event(&self, id: &str, event: Event) -> Result<(), StoreError> {
        let id = id.to_owned();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let running: Option<i64> = sqlx::query_scalar(sql::GENERATION_IS_ACTIVE)
                        .bind(&id)
                        .fetch_optional(&mut *connection)
                        .await?;
                    if running.is_some() {
                        append(connection, &id, &event).await?;
                    }
                    Ok(())
                })
            })
            .await
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
        rows.into_iter()
            .map(|row| {
                let event = serde_json::from_str(&row.json)
                    .map_err(|error| sqlx::Error::Decode(error.into()))?;
                Ok(StoredEvent { seq: row.seq, event })
            })
            .collect()
    }
}

pub(super) async fn append(
    connection: &mut SqliteConnection,
    id: &str,
    event: &Event,
) -> Result<(), StoreError> {
    let event = json(event)?;
    let seq: i64 = sqlx::query_scalar(sql::NEXT_SEQ).bind(id).fetch_one(&mut *connection).await?;
    sqlx::query(sql::INSERT_EVENT).bind(id).bind(seq).bind(event).execute(connection).await?;
    Ok(())
}
