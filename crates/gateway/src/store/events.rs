//! The event log: appending and reading facts, and the numbers of all events.
//!
//! Each fact of an owner gets the next whole [`BLOCK`] of numbers, and its own number is the first
//! of them, so numbers rise over all generations of the owner. The others are for the generation's
//! progress until the next fact, which is not stored. A block is allocated once, and so is each
//! number, over any restart.

use ai_now_protocol::Event;

use super::database::{Store, json, signed, unsigned};
use super::engine::{Connection, Query, columns, query};
use super::{locks, sql};
use crate::domain::{Node, Owner, Principal, StoreError};

/// A stored event.
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

/// Whether a number is free for progress.
pub fn is_free_for_progress(seq: u64) -> bool {
    !seq.is_multiple_of(BLOCK)
}

struct FactRow {
    generation_id: String,
    event: EventRow,
}

columns!(FactRow { generation_id } { event });

struct BlockRow {
    id: i64,
    last_block: u64,
}

columns!(BlockRow { id, last_block });

struct EventRow {
    seq: u64,
    json: String,
}

columns!(EventRow { seq, json });

impl Store {
    /// Appends a fact about a generation that a node runs, and returns its number. `None`: it is no
    /// longer active, or another node runs it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn append_event(
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
                    if !is_run_by(connection, &id, node).await? {
                        return Ok(None);
                    }
                    append(connection, &id, &event).await.map(Some)
                })
            })
            .await
    }

    /// Claims more numbers for a generation's progress, and returns the one before the first of
    /// them. `None`: it has ended, or another node runs it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn claim_numbers(&self, id: &str, node: Node) -> Result<Option<u64>, StoreError> {
        let id = id.to_owned();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    locks::account_of_generation(connection, &id).await?;
                    if !is_run_by(connection, &id, node).await? {
                        return Ok(None);
                    }
                    claim(connection, &id).await.map(Some)
                })
            })
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
        let rows: Vec<FactRow> = query(sql::FACTS_OF_OWNER_AFTER)
            .bind(owner.key_id)
            .bind(owner.visitor_id)
            .bind(signed(after.max(FIRST - 1)))
            .bind(limit)
            .fetch_all(&self.reader)
            .await?;
        rows.into_iter().map(|row| Ok((row.generation_id, row.event.try_into()?))).collect()
    }

    /// The highest number of an owner's facts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn last_number(&self, owner: &Principal) -> Result<u64, StoreError> {
        let (sql, id) = match owner.visitor_id {
            Some(visitor_id) => (sql::LAST_BLOCK_OF_VISITOR, visitor_id),
            None => (sql::LAST_BLOCK_OF_KEY, owner.key_id),
        };
        let block: i64 = query(sql).bind(id).fetch_one(&self.reader).await?;
        Ok(unsigned(block) * BLOCK)
    }

    /// The highest number of each owner's facts. Owners that are gone are left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn last_numbers(&self, owners: &[Owner]) -> Result<Vec<(Owner, u64)>, StoreError> {
        let (of_visitors, of_keys): (Vec<_>, Vec<_>) =
            owners.iter().partition(|(_, visitor_id)| visitor_id.is_some());
        let mut numbers = Vec::with_capacity(owners.len());
        for (sql, some) in
            [(sql::LAST_BLOCKS_OF_VISITORS, of_visitors), (sql::LAST_BLOCKS_OF_KEYS, of_keys)]
        {
            let of_id = |&&(key_id, visitor_id): &&Owner| visitor_id.unwrap_or(key_id);
            for some in some.chunks(sql::IDS_AT_ONCE) {
                // No row has the id 0, which fills the rest up.
                let ids = some.iter().map(of_id).chain(std::iter::repeat(0));
                let asked = ids.take(sql::IDS_AT_ONCE).fold(query(sql), Query::bind);
                let rows: Vec<BlockRow> = asked.fetch_all(&self.reader).await?;
                numbers.extend(rows.iter().filter_map(|row| {
                    let owner = some.iter().find(|owner| of_id(owner) == row.id)?;
                    Some((**owner, row.last_block * BLOCK))
                }));
            }
        }
        Ok(numbers)
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
        let rows: Vec<EventRow> = query(sql::EVENTS_AFTER)
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
        let event = event.map_err(|error| StoreError::Database(error.into()))?;
        Ok(Self { seq: row.seq, event })
    }
}

/// Whether a generation is active, and this node runs it.
pub(super) async fn is_run_by(
    connection: &mut Connection,
    id: &str,
    node: Node,
) -> Result<bool, StoreError> {
    let asked = query(sql::GENERATION_IS_RUN_BY).bind(id).bind(node.0);
    Ok(asked.fetch_optional::<i64>(connection).await?.is_some())
}

/// Appends a fact, and returns its number.
pub(super) async fn append(
    connection: &mut Connection,
    id: &str,
    event: &Event,
) -> Result<u64, StoreError> {
    let seq = next_block(connection, id).await?;
    let fact = fact(id, seq, event)?;
    let count = query(sql::COUNT_EVENT).bind(signed(seq)).bind(id);
    connection.together(vec![fact, count]).await?;
    Ok(seq)
}

/// The statement that stores a fact under its number.
pub(super) fn fact(id: &str, seq: u64, event: &Event) -> Result<Query, StoreError> {
    Ok(query(sql::INSERT_EVENT).bind(id).bind(signed(seq)).bind(json(event)?))
}

/// Allocates the next block of its owner's numbers to a generation, and returns the first.
pub(super) async fn claim(connection: &mut Connection, id: &str) -> Result<u64, StoreError> {
    let seq = next_block(connection, id).await?;
    query(sql::SET_LAST_SEQ).bind(signed(seq)).bind(id).execute(connection).await?;
    Ok(seq)
}

/// The first number of the next block of an owner.
pub(super) async fn next_block_of(
    connection: &mut Connection,
    owner: &Principal,
) -> Result<u64, StoreError> {
    let next = match owner.visitor_id {
        Some(visitor_id) => query(sql::NEXT_BLOCK_OF_THIS_VISITOR).bind(visitor_id),
        None => query(sql::NEXT_BLOCK_OF_THIS_KEY).bind(owner.key_id),
    };
    let block: i64 = next.fetch_one(connection).await?;
    Ok(unsigned(block) * BLOCK)
}

/// The first number of the next block of a generation's owner.
async fn next_block(connection: &mut Connection, id: &str) -> Result<u64, StoreError> {
    let of_visitor: Option<i64> =
        query(sql::NEXT_BLOCK_OF_VISITOR).bind(id).fetch_optional(&mut *connection).await?;
    let block = match of_visitor {
        Some(block) => block,
        None => query(sql::NEXT_BLOCK_OF_KEY).bind(id).fetch_one(connection).await?,
    };
    Ok(unsigned(block) * BLOCK)
}
