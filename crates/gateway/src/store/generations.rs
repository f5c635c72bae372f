//! Generations: begun, finished, read, removed. See `acceptance` for how one is accepted.
//!
//! Each change of state is one transaction: tokens, state, event and media together.

use ai_now_protocol::api::State;
use ai_now_protocol::catalog::percent_of;
use ai_now_protocol::{Event, Message, Scalars};

use super::database::{Store, json, signed};
use super::engine::{Column, Connection, Fault, Value, columns, query};
use super::events::{StoredEvent, append};
use super::ledger::{self, Payer, Settlement};
use super::locks::{self, Shared};
use super::{outbox, sql, usage};
use crate::clock::now_ms;
use crate::domain::{NewGeneration, Node, Outcome, Principal, StoreError};

/// A generation's row.
#[derive(Clone, Debug)]
pub struct GenerationRow {
    /// Its id.
    pub id: String,
    /// The key that it was submitted with.
    pub key_id: i64,
    /// The visitor of that key who submitted it.
    pub visitor_id: Option<i64>,
    /// Its state.
    pub state: State,
    /// The model's id.
    pub model: String,
    /// The prompt.
    pub prompt: String,
    /// The options, style and seed among them.
    pub options: Scalars,
    /// Whether the result is a procedural sketch.
    pub procedural: bool,
    /// What it costs, in tokens.
    pub price: u32,
    /// When it was accepted.
    pub created_at_ms: u64,
    /// The last number that was allocated to its events.
    pub last_seq: u64,
    /// When it was finished.
    pub finished_at_ms: Option<u64>,
    /// The name of its media file.
    pub media_name: Option<String>,
    /// The provider's note about the result.
    pub note: Option<Message>,
    /// Why there is no result.
    pub message: Option<Message>,
}

columns!(GenerationRow {
    id,
    key_id,
    visitor_id,
    state,
    model,
    prompt,
    options,
    procedural,
    price,
    created_at_ms,
    last_seq,
    finished_at_ms,
    media_name,
    note,
    message,
});

/// JSON in the table.
impl Column for Scalars {
    fn from_value(value: Value) -> Result<Self, Fault> {
        Ok(serde_json::from_str(&String::from_value(value)?)?)
    }
}

/// JSON in the table.
impl Column for Message {
    fn from_value(value: Value) -> Result<Self, Fault> {
        Ok(serde_json::from_str(&String::from_value(value)?)?)
    }
}

impl GenerationRow {
    /// The row of a generation that is being accepted.
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

struct FinishedRow {
    id: String,
    media_name: Option<String>,
}

columns!(FinishedRow { id, media_name });

/// The accounts to charge when a generation ends, and the price.
struct EndedRow {
    account_id: i64,
    visitor_id: Option<i64>,
    price: u32,
    charged: u32,
}

columns!(EndedRow { account_id, visitor_id, price, charged });

/// A generation that can be cancelled.
struct CancellableRow {
    price: u32,
    provider: Option<String>,
}

columns!(CancellableRow { price, provider });

/// What a generation without a result costs nevertheless.
#[derive(Clone, Copy, Debug, Default)]
struct Charge {
    /// Whether a provider had taken it, and may bill it.
    taken: bool,
    charged: u32,
}

impl Store {
    /// Marks a generation as running, and returns the number of the event that says so. A node that
    /// does not know whether this was kept may repeat it. `None`: it has ended, or another node
    /// runs it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin(
        &self,
        id: &str,
        node: Node,
        event: Event,
    ) -> Result<Option<u64>, StoreError> {
        let id = id.to_owned();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    locks::account_of_generation(connection, &id).await?;
                    let beginning = query(sql::BEGIN_GENERATION).bind(&id).bind(node.0);
                    if beginning.execute(&mut *connection).await? == 0 {
                        return Ok(None);
                    }
                    append(connection, &id, &event).await.map(Some)
                })
            })
            .await
    }

    /// Ends a generation that a node runs, and returns the number of its last event. `None`: it had
    /// ended before, or another node runs it, and nothing was done. If two ends race, exactly one
    /// gets a number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn finish(
        &self,
        id: &str,
        node: Node,
        outcome: Outcome,
    ) -> Result<Option<u64>, StoreError> {
        let id = id.to_owned();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    locks::account_of_generation(connection, &id).await?;
                    finish(connection, &id, Some(node), outcome, Charge::default()).await
                })
            })
            .await
    }

    /// Cancels a generation. `percent` returns the charge, in percent of the price, if this
    /// provider has taken it; `end` returns the outcome for a price and a charge. Returns the last
    /// event. `None`: it had ended before, and nothing was done.
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
                    locks::account_of_generation(connection, &id).await?;
                    let row: Option<CancellableRow> =
                        query(sql::CANCELLABLE).bind(&id).fetch_optional(&mut *connection).await?;
                    let Some(CancellableRow { price, provider }) = row else { return Ok(None) };
                    let taken = provider.is_some();
                    let percent = provider.map_or(0, |provider| percent(&provider));
                    let charged = percent_of(price, percent);
                    let charge = Charge { taken, charged };
                    let outcome = end(price, charged);
                    let event = outcome.event().clone();
                    let seq = finish(connection, &id, None, outcome, charge).await?;
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
        let row = query(sql::GENERATION_OF_OWNER)
            .bind(id)
            .bind(owner.key_id)
            .bind(owner.visitor_id)
            .fetch_optional(&self.reader)
            .await?;
        Ok(row)
    }

    /// A generation of any owner, for the gateway's own work.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn generation(&self, id: &str) -> Result<Option<GenerationRow>, StoreError> {
        let row = query(sql::GENERATION).bind(id).fetch_optional(&self.reader).await?;
        Ok(row)
    }

    /// Up to `limit` generations of an owner, the newest first, after this position. A position is
    /// a moment of acceptance and an id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn generations_before(
        &self,
        owner: &Principal,
        (created_at_ms, id): (u64, &str),
        limit: u32,
    ) -> Result<Vec<GenerationRow>, StoreError> {
        let rows = query(sql::GENERATIONS_BEFORE)
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
            query(sql::MEDIA_IS_KNOWN).bind(name).fetch_optional(&self.reader).await?;
        Ok(found.is_some())
    }

    /// Removes up to `limit` generations that ended before a moment, with their events, and returns
    /// how many, and the names of their media files, which no record names any more. Their cost
    /// stays in the ledger, in the account's total of the day.
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

    /// The same for those that were cancelled before a provider had taken them. Returns how many.
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
                    locks::alone(connection, Shared::Retention).await?;
                    let old: Vec<FinishedRow> = query(which)
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
                            query(statement).bind(id).execute(&mut *connection).await?;
                        }
                    }
                    Ok((old.len(), old.into_iter().filter_map(|row| row.media_name).collect()))
                })
            })
            .await
    }
}

/// The node that runs it may end it, and so may `None`, which skips that check.
async fn finish(
    connection: &mut Connection,
    id: &str,
    node: Option<Node>,
    outcome: Outcome,
    charge: Charge,
) -> Result<Option<u64>, StoreError> {
    let (state, note, message, procedural, provider) = match &outcome {
        Outcome::Completed { note, procedural, provider, .. } => {
            (State::Completed, note.as_ref(), None, Some(*procedural), Some(provider))
        }
        Outcome::Ended { state, message, .. } => (*state, None, Some(message), None, None),
    };
    let (note, message) = (note.map(json).transpose()?, message.map(json).transpose()?);
    let ended: Option<EndedRow> = query(sql::FINISH_GENERATION)
        .bind(state_name(state))
        .bind(signed(now_ms()))
        .bind(note)
        .bind(message)
        .bind(procedural)
        .bind(charge.taken)
        .bind(charge.charged)
        .bind(id)
        .bind(node.map(|node| node.0))
        .bind(provider)
        .fetch_optional(&mut *connection)
        .await?;
    let Some(EndedRow { account_id, visitor_id, price, charged }) = ended else { return Ok(None) };
    let payer = Payer { account_id, visitor_id };
    let (completed, event) = match &outcome {
        Outcome::Completed { media_name, size_bytes, event, .. } => {
            query(sql::INSERT_MEDIA)
                .bind(id)
                .bind(media_name)
                .bind(signed(*size_bytes))
                .execute(&mut *connection)
                .await?;
            (true, event)
        }
        Outcome::Ended { event, .. } => (false, event),
    };
    let settlement = Settlement { price, charged, completed, taken: charge.taken };
    ledger::settle(connection, payer, id, settlement).await?;
    let mut counts = Vec::from(usage::ended(id));
    counts.push(outbox::listening(account_id));
    let listeners = connection.together(counts).await?.pop().unwrap_or_default();
    outbox::ended(connection, &outbox::listeners(listeners)?, id).await?;
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
impl Column for State {
    fn from_value(value: Value) -> Result<Self, Fault> {
        let name = String::from_value(value)?;
        let all = [Self::Queued, Self::Running, Self::Completed, Self::Cancelled];
        // The table's constraint admits no other name.
        Ok(all.into_iter().find(|state| state_name(*state) == name).unwrap_or(Self::Failed))
    }
}
