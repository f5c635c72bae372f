//! Generations: begun, finished, read, forgotten. How one is accepted is told in `acceptance`.
//!
//! Each change of state is one change of the store: tokens, state, event and media together.

use ai_now_protocol::Event;
use ai_now_protocol::api::State;
use sqlx::SqliteConnection;

use super::events::append;
use super::ledger::{self, Payer, Settlement};
use super::{Store, StoreError, signed, unsigned};
use crate::clock::now_ms;
use crate::domain::{NewGeneration, Outcome, Principal};

/// A generation as it is kept.
#[derive(Clone, Debug)]
pub struct GenerationRow {
    /// Its id.
    pub id: String,
    /// Whose it is: the key, and the visitor of it.
    pub owner: (i64, Option<i64>),
    /// Where it stands.
    pub state: State,
    /// The model's id.
    pub model: String,
    /// The prompt.
    pub prompt: String,
    /// The style's value.
    pub style: Option<String>,
    /// The seed.
    pub seed: u32,
    /// Whether the result is a procedural sketch.
    pub procedural: bool,
    /// What it costs, in tokens.
    pub price: u32,
    /// When it was accepted.
    pub created_at_ms: u64,
    /// When it was finished.
    pub finished_at_ms: Option<u64>,
    /// The name of its media file.
    pub media_name: Option<String>,
    /// What the maker says about the result.
    pub note: Option<String>,
    /// Why there is no result.
    pub message: Option<String>,
}

impl GenerationRow {
    /// The row of a generation that is just being accepted.
    pub fn queued(new: &NewGeneration) -> Self {
        Self {
            id: new.id.clone(),
            owner: (new.owner.key_id, new.owner.visitor_id),
            state: State::Queued,
            model: new.model.clone(),
            prompt: new.prompt.clone(),
            style: new.style.clone(),
            seed: new.seed,
            procedural: new.procedural,
            price: new.price,
            created_at_ms: now_ms(),
            finished_at_ms: None,
            media_name: None,
            note: None,
            message: None,
        }
    }
}

/// The condition of the index on unfinished generations is repeated in full, or it is not used.
const PUT_BACK: &str = "UPDATE generations SET state = 'queued'
    WHERE state IN ('queued', 'running') AND state = 'running'";
const UNFINISHED: &str = "SELECT g.*, NULL AS media_name FROM generations g
    WHERE state IN ('queued', 'running') ORDER BY created_at_ms, id";
const FINISHED_BEFORE: &str = "SELECT g.id, m.name FROM generations g
    LEFT JOIN media m ON m.generation_id = g.id
    WHERE g.finished_at_ms IS NOT NULL AND g.finished_at_ms < ? LIMIT ?";
const MEDIA_NAMED: &str = "SELECT 1 FROM media WHERE name = ?";

impl Store {
    /// Marks a queued generation as running. `false`: it is queued no more.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn begin(&self, id: &str, event: Event) -> Result<bool, StoreError> {
        let id = id.to_owned();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let changed = sqlx::query(
                        "UPDATE generations SET state = 'running' WHERE id = ? AND state = 'queued'",
                    )
                    .bind(&id)
                    .execute(&mut *connection)
                    .await?;
                    if changed.rows_affected() == 0 {
                        return Ok(false);
                    }
                    append(connection, &id, &event).await?;
                    Ok(true)
                })
            })
            .await
    }

    /// Puts generations that were running back into the queue, after a start or before an end.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn put_back_running(&self) -> Result<(), StoreError> {
        self.writer
            .write(|connection| {
                Box::pin(async move {
                    sqlx::query(PUT_BACK).execute(connection).await?;
                    Ok(())
                })
            })
            .await
    }

    /// Ends a generation. `false`: it had ended before, and nothing was done. Of a race between
    /// two ends, just one gets `true`.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn finish(&self, id: &str, outcome: Outcome) -> Result<bool, StoreError> {
        let id = id.to_owned();
        self.writer
            .write(move |connection| {
                Box::pin(async move { finish(connection, &id, outcome).await })
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
        let row = sqlx::query(
            "SELECT g.*, m.name AS media_name FROM generations g
             LEFT JOIN media m ON m.generation_id = g.id
             WHERE g.id = ? AND g.key_id = ? AND g.visitor_id IS ?",
        )
        .bind(id)
        .bind(owner.key_id)
        .bind(owner.visitor_id)
        .fetch_optional(&self.reader)
        .await?;
        Ok(row.map(|row| generation(&row)).transpose()?)
    }

    /// A generation, whoever's it is: for the gateway's own work.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn generation(&self, id: &str) -> Result<Option<GenerationRow>, StoreError> {
        let row = sqlx::query(
            "SELECT g.*, m.name AS media_name FROM generations g
             LEFT JOIN media m ON m.generation_id = g.id WHERE g.id = ?",
        )
        .bind(id)
        .fetch_optional(&self.reader)
        .await?;
        Ok(row.map(|row| generation(&row)).transpose()?)
    }

    /// The generations that are queued or running, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn unfinished(&self) -> Result<Vec<GenerationRow>, StoreError> {
        let rows = sqlx::query(UNFINISHED).fetch_all(&self.reader).await?;
        Ok(rows.iter().map(generation).collect::<Result<_, _>>()?)
    }

    /// Whether a file of this name belongs to a completed generation.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn media_is_known(&self, name: &str) -> Result<bool, StoreError> {
        let found: Option<i64> =
            sqlx::query_scalar(MEDIA_NAMED).bind(name).fetch_optional(&self.reader).await?;
        Ok(found.is_some())
    }

    /// Forgets up to `limit` generations that ended before a moment, with their events, and
    /// returns how many, and the names of their media files, which are now nobody's. What they
    /// cost stays in the ledger.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_finished(
        &self,
        before_ms: u64,
        limit: u32,
    ) -> Result<(usize, Vec<String>), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let old: Vec<(String, Option<String>)> = sqlx::query_as(FINISHED_BEFORE)
                        .bind(signed(before_ms))
                        .bind(limit)
                        .fetch_all(&mut *connection)
                        .await?;
                    for (id, _) in &old {
                        sqlx::query("DELETE FROM generations WHERE id = ?")
                            .bind(id)
                            .execute(&mut *connection)
                            .await?;
                    }
                    Ok((old.len(), old.into_iter().filter_map(|(_, name)| name).collect()))
                })
            })
            .await
    }
}

async fn finish(
    connection: &mut SqliteConnection,
    id: &str,
    outcome: Outcome,
) -> Result<bool, StoreError> {
    let (state, note, message, procedural) = match &outcome {
        Outcome::Completed { note, procedural, .. } => {
            (State::Completed, note.as_deref(), None, Some(*procedural))
        }
        Outcome::Ended { state, message, .. } => (*state, None, Some(message.as_str()), None),
    };
    let ended: Option<(i64, Option<i64>, u32)> = sqlx::query_as(
        "UPDATE generations SET state = ?, finished_at_ms = ?, note = ?, message = ?,
             procedural = coalesce(?, procedural)
         WHERE id = ? AND state IN ('queued', 'running')
         RETURNING account_id, visitor_id, price",
    )
    .bind(state_name(state))
    .bind(signed(now_ms()))
    .bind(note)
    .bind(message)
    .bind(procedural)
    .bind(id)
    .fetch_optional(&mut *connection)
    .await?;
    let Some((account_id, visitor_id, price)) = ended else { return Ok(false) };
    let payer = Payer { account_id, visitor_id };
    let (settlement, event) = match &outcome {
        Outcome::Completed { media_name, size_bytes, event, .. } => {
            sqlx::query("INSERT INTO media (generation_id, name, size_bytes) VALUES (?, ?, ?)")
                .bind(id)
                .bind(media_name)
                .bind(signed(*size_bytes))
                .execute(&mut *connection)
                .await?;
            (Settlement::Capture, event)
        }
        Outcome::Ended { event, .. } => (Settlement::Release, event),
    };
    ledger::settle(connection, payer, price, id, settlement).await?;
    append(connection, id, event).await?;
    Ok(true)
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

fn state_of(name: &str) -> State {
    let all = [State::Queued, State::Running, State::Completed, State::Cancelled];
    // The table's own check admits no other name.
    all.into_iter().find(|state| state_name(*state) == name).unwrap_or(State::Failed)
}

fn generation(row: &sqlx::sqlite::SqliteRow) -> Result<GenerationRow, sqlx::Error> {
    use sqlx::Row as _;
    Ok(GenerationRow {
        id: row.try_get("id")?,
        owner: (row.try_get("key_id")?, row.try_get("visitor_id")?),
        state: state_of(row.try_get("state")?),
        model: row.try_get("model")?,
        prompt: row.try_get("prompt")?,
        style: row.try_get("style")?,
        seed: row.try_get("seed")?,
        procedural: row.try_get("procedural")?,
        price: row.try_get("price")?,
        created_at_ms: unsigned(row.try_get("created_at_ms")?),
        finished_at_ms: row.try_get::<Option<i64>, _>("finished_at_ms")?.map(unsigned),
        media_name: row.try_get("media_name")?,
        note: row.try_get("note")?,
        message: row.try_get("message")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::acceptance::{SUBMITTED, UNDER_WAY, USED_TODAY};

    /// However many generations are kept, a start, an acceptance and the housekeeping look only at
    /// those that they are about.
    #[tokio::test]
    async fn no_query_reads_all_generations() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path(), crate::metrics::Metrics::default()).await.unwrap();
        let all =
            [PUT_BACK, UNFINISHED, FINISHED_BEFORE, MEDIA_NAMED, SUBMITTED, UNDER_WAY, USED_TODAY];
        for query in all {
            let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {query}"));
            let plan: Vec<(i64, i64, i64, String)> =
                sqlx::query_as(explain).fetch_all(&store.reader).await.unwrap();
            assert!(!plan.is_empty());
            for (_, _, _, step) in plan {
                // An index that holds the unfinished alone may be read from end to end.
                let bounded = step.contains("USING INDEX generations_unfinished");
                assert!(bounded || !step.starts_with("SCAN"), "{query}: {step}");
            }
        }
        store.close().await;
    }
}
