//! Generations: begun, finished, read, forgotten. How one is accepted is told in `acceptance`.
//!
//! Each change of state is one change of the store: tokens, state, event and media together.

use ai_now_protocol::api::State;
use ai_now_protocol::catalog::percent_of;
use ai_now_protocol::{Event, Message, Scalars};
use sqlx::SqliteConnection;

use super::database::{Store, json, signed, unsigned};
use super::events::{StoredEvent, append, claim};
use super::ledger::{self, Payer, Settlement};
use super::{sql, usage};
use crate::clock::now_ms;
use crate::domain::{NewGeneration, Outcome, Principal, StoreError};

/// A generation as it is kept.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct GenerationRow {
    /// Its id.
    pub id: String,
    /// The key that it was submitted with.
    pub key_id: i64,
    /// The visitor of that key who submitted it.
    pub visitor_id: Option<i64>,
    /// Where it stands.
    #[sqlx(try_from = "StateName")]
    pub state: State,
    /// The model's id.
    pub model: String,
    /// The prompt.
    pub prompt: String,
    /// What the model is told beside the prompt: style and seed among it.
    #[sqlx(try_from = "Json")]
    pub options: Scalars,
    /// Whether the result is a procedural sketch.
    pub procedural: bool,
    /// What it costs, in tokens.
    pub price: u32,
    /// When it was accepted.
    #[sqlx(try_from = "i64")]
    pub created_at_ms: u64,
    /// The last number that was given out for its events.
    #[sqlx(try_from = "i64")]
    pub last_seq: u64,
    /// When it was finished.
    #[sqlx(try_from = "MaybeMillis")]
    pub finished_at_ms: Option<u64>,
    /// The name of its media file.
    pub media_name: Option<String>,
    /// What the maker says about the result.
    #[sqlx(try_from = "MaybeJson")]
    pub note: Option<Message>,
    /// Why there is no result.
    #[sqlx(try_from = "MaybeJson")]
    pub message: Option<Message>,
}

/// A moment that may not have come yet, in the table.
#[derive(sqlx::Type)]
#[sqlx(transparent)]
struct MaybeMillis(Option<i64>);

impl From<MaybeMillis> for Option<u64> {
    fn from(MaybeMillis(millis): MaybeMillis) -> Self {
        millis.map(unsigned)
    }
}

/// JSON in the table.
#[derive(sqlx::Type)]
#[sqlx(transparent)]
struct Json(String);

impl TryFrom<Json> for Scalars {
    type Error = serde_json::Error;

    fn try_from(Json(text): Json) -> Result<Self, serde_json::Error> {
        serde_json::from_str(&text)
    }
}

/// JSON in the table, where there is any.
#[derive(sqlx::Type)]
#[sqlx(transparent)]
struct MaybeJson(Option<String>);

impl TryFrom<MaybeJson> for Option<Message> {
    type Error = serde_json::Error;

    fn try_from(MaybeJson(text): MaybeJson) -> Result<Self, serde_json::Error> {
        text.map(|text| serde_json::from_str(&text)).transpose()
    }
}

impl GenerationRow {
    /// The row of a generation that is just being accepted.
    pub fn queued(new: &NewGeneration) -> Self {
        Self {
            id: new.id.clone(),
            key_id: new.owner.key_id,
            visitor_id: new.owner.visitor_id,
            state: State::Queued,
            model: new.model.clone(),
            prompt: new.prompt.clone(),
            options: new.options.clone(),
            procedural: new.procedural,
            price: new.price,
            created_at_ms: now_ms(),
            last_seq: 0,
            finished_at_ms: None,
            media_name: None,
            note: None,
            message: None,
        }
    }
}

#[derive(sqlx::FromRow)]
struct FinishedRow {
    id: String,
    media_name: Option<String>,
}

/// Who pays for a generation that ends, and how much.
#[derive(sqlx::FromRow)]
struct EndedRow {
    account_id: i64,
    visitor_id: Option<i64>,
    price: u32,
    charged: u32,
}

/// A generation that can be cancelled.
#[derive(sqlx::FromRow)]
struct CancellableRow {
    price: u32,
    provider: Option<String>,
}

/// What a generation without a result costs all the same.
#[derive(Clone, Copy, Debug, Default)]
struct Cost {
    /// Whether a provider had taken it, and may bill it.
    taken: bool,
    charged: u32,
}

impl Store {
    /// Marks a queued generation as running, and returns the number of the event that says so.
    /// `None`: it is queued no more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin(&self, id: &str, event: Event) -> Result<Option<u64>, StoreError> {
        let id = id.to_owned();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let changed = sqlx::query(sql::BEGIN_GENERATION)
                        .bind(&id)
                        .execute(&mut *connection)
                        .await?;
                    if changed.rows_affected() == 0 {
                        return Ok(None);
                    }
                    append(connection, &id, &event).await.map(Some)
                })
            })
            .await
    }

    /// Puts generations that were running back into the queue after a start, and gives all that are
    /// unfinished numbers that were never told.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn put_back_running(&self) -> Result<(), StoreError> {
        self.writer
            .write(|connection| {
                Box::pin(async move {
                    sqlx::query(sql::REQUEUE_RUNNING).execute(&mut *connection).await?;
                    let ids: Vec<String> =
                        sqlx::query_scalar(sql::UNFINISHED_IDS).fetch_all(&mut *connection).await?;
                    for id in ids {
                        claim(connection, &id).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// Ends a generation, and returns the number of its last event. `None`: it had ended before,
    /// and nothing was done. Of a race between two ends, just one gets a number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn finish(&self, id: &str, outcome: Outcome) -> Result<Option<u64>, StoreError> {
        let id = id.to_owned();
        self.writer
            .write(move |connection| {
                Box::pin(async move { finish(connection, &id, outcome, Cost::default()).await })
            })
            .await
    }

    /// Cancels a generation. `percent` says what that costs, in percent of the price, where this
    /// provider has taken it; `end` what is told, by price and cost. Returns the last event. `None`: it
    /// had ended before, and nothing was done.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn cancel(
        &self,
        id: &str,
        percent: impl FnOnce(&str) -> u8 + Send + 'static,
        end: impl FnOnce(u32, u32) -> Outcome + Send + 'static,
    ) -> Result<Option<StoredEvent>, StoreError> {
        let id = id.to_owned();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let row: Option<CancellableRow> = sqlx::query_as(sql::CANCELLABLE)
                        .bind(&id)
                        .fetch_optional(&mut *connection)
                        .await?;
                    let Some(CancellableRow { price, provider }) = row else { return Ok(None) };
                    let taken = provider.is_some();
                    let percent = provider.map_or(0, |provider| percent(&provider));
                    let charged = percent_of(price, percent);
                    let cost = Cost { taken, charged };
                    let outcome = end(price, charged);
                    let event = outcome.event().clone();
                    let seq = finish(connection, &id, outcome, cost).await?;
                    Ok(seq.map(|seq| StoredEvent { seq, event }))
                })
            })
            .await
    }

    /// A generation, if it is this owner's.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn generation_of(
        &self,
        id: &str,
        owner: &Principal,
    ) -> Result<Option<GenerationRow>, StoreError> {
        let row = sqlx::query_as(sql::GENERATION_OF_OWNER)
            .bind(id)
            .bind(owner.key_id)
            .bind(owner.visitor_id)
            .fetch_optional(&self.reader)
            .await?;
        Ok(row)
    }

    /// A generation, whoever's it is: for the gateway's own work.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn generation(&self, id: &str) -> Result<Option<GenerationRow>, StoreError> {
        let row = sqlx::query_as(sql::GENERATION).bind(id).fetch_optional(&self.reader).await?;
        Ok(row)
    }

    /// The generations that are queued or running, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn unfinished(&self) -> Result<Vec<GenerationRow>, StoreError> {
        Ok(sqlx::query_as(sql::UNFINISHED_GENERATIONS).fetch_all(&self.reader).await?)
    }

    /// Up to `limit` generations of an owner, the newest first, that come after the one at this
    /// place. Places are a moment of acceptance and an id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn generations_before(
        &self,
        owner: &Principal,
        (created_at_ms, id): (u64, &str),
        limit: u32,
    ) -> Result<Vec<GenerationRow>, StoreError> {
        let rows = sqlx::query_as(sql::GENERATIONS_BEFORE)
            .bind(owner.key_id)
            .bind(owner.visitor_id)
            .bind(signed(created_at_ms))
            .bind(id)
            .bind(limit)
            .fetch_all(&self.reader)
            .await?;
        Ok(rows)
    }

    /// Whether a file of this name belongs to a completed generation.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn media_is_known(&self, name: &str) -> Result<bool, StoreError> {
        let found: Option<i64> =
            sqlx::query_scalar(sql::MEDIA_IS_KNOWN).bind(name).fetch_optional(&self.reader).await?;
        Ok(found.is_some())
    }

    /// Forgets up to `limit` generations that ended before a moment, with their events, and
    /// returns how many, and the names of their media files, which are now nobody's. What they
    /// cost stays in the ledger, as a part of its account's day.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_finished(
        &self,
        before_ms: u64,
        limit: u32,
    ) -> Result<(usize, Vec<String>), StoreError> {
        self.forget(sql::FINISHED_BEFORE, before_ms, limit).await
    }

    /// The same for those that were cancelled before anybody had taken them. How many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_never_made(&self, before_ms: u64, limit: u32) -> Result<usize, StoreError> {
        Ok(self.forget(sql::NEVER_MADE_BEFORE, before_ms, limit).await?.0)
    }

    async fn forget(
        &self,
        which: &'static str,
        before_ms: u64,
        limit: u32,
    ) -> Result<(usize, Vec<String>), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let old: Vec<FinishedRow> = sqlx::query_as(which)
                        .bind(signed(before_ms))
                        .bind(limit)
                        .fetch_all(&mut *connection)
                        .await?;
                    for FinishedRow { id, .. } in &old {
                        for statement in [
                            sql::FOLD_CAPTURE,
                            sql::DELETE_HOLD,
                            sql::DELETE_CAPTURE,
                            sql::DELETE_RELEASE,
                            sql::DELETE_GENERATION,
                        ] {
                            sqlx::query(statement).bind(id).execute(&mut *connection).await?;
                        }
                    }
                    Ok((old.len(), old.into_iter().filter_map(|row| row.media_name).collect()))
                })
            })
            .await
    }
}

async fn finish(
    connection: &mut SqliteConnection,
    id: &str,
    outcome: Outcome,
    cost: Cost,
) -> Result<Option<u64>, StoreError> {
    let (state, note, message, procedural) = match &outcome {
        Outcome::Completed { note, procedural, .. } => {
            (State::Completed, note.as_ref(), None, Some(*procedural))
        }
        Outcome::Ended { state, message, .. } => (*state, None, Some(message), None),
    };
    let (note, message) = (note.map(json).transpose()?, message.map(json).transpose()?);
    let ended: Option<EndedRow> = sqlx::query_as(sql::FINISH_GENERATION)
        .bind(state_name(state))
        .bind(signed(now_ms()))
        .bind(note)
        .bind(message)
        .bind(procedural)
        .bind(cost.taken)
        .bind(cost.charged)
        .bind(id)
        .fetch_optional(&mut *connection)
        .await?;
    let Some(EndedRow { account_id, visitor_id, price, charged }) = ended else { return Ok(None) };
    let payer = Payer { account_id, visitor_id };
    let (completed, event) = match &outcome {
        Outcome::Completed { media_name, size_bytes, event, .. } => {
            sqlx::query(sql::INSERT_MEDIA)
                .bind(id)
                .bind(media_name)
                .bind(signed(*size_bytes))
                .execute(&mut *connection)
                .await?;
            (true, event)
        }
        Outcome::Ended { event, .. } => (false, event),
    };
    let settlement = Settlement { price, charged, completed, taken: cost.taken };
    ledger::settle(connection, payer, id, settlement).await?;
    usage::ended(connection, id).await?;
    append(connection, id, event).await.map(Some)
}

/// The names of the states, in the table as on the wire.
pub(super) fn state_name(state: State) -> &'static str {
    match state {
        State::Queued => "queued",
        State::Running => "running",
        State::Completed => "completed",
        State::Failed => "failed",
        State::Cancelled => "cancelled",
    }
}

/// The name of a state, in the table.
#[derive(sqlx::Type)]
#[sqlx(transparent)]
struct StateName(String);

impl From<StateName> for State {
    fn from(StateName(name): StateName) -> Self {
        let all = [Self::Queued, Self::Running, Self::Completed, Self::Cancelled];
        // The table's own check admits no other name.
        all.into_iter().find(|state| state_name(*state) == name).unwrap_or(Self::Failed)
    }
}
