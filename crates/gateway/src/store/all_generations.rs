//! The generations of all keys, and the movements of an account, for administrators.

use ai_now_protocol::api::State;

use super::database::{Store, signed};
use super::generations::{GenerationRow, state_name};
use super::sql;
use crate::domain::StoreError;

/// Which generations are looked for. What is `None` is not asked about.
#[derive(Clone, Debug, Default)]
pub struct GenerationFilter {
    /// Of this key.
    pub key_id: Option<i64>,
    /// Of this model.
    pub model: Option<String>,
    /// That stand like this.
    pub state: Option<State>,
    /// With this text in the prompt.
    pub text: Option<String>,
    /// Accepted at this moment or after it.
    pub from_ms: u64,
}

/// A generation, and whose it is.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct KeyedGeneration {
    /// The name of the key that it was submitted with.
    pub key_name: String,
    /// The generation.
    #[sqlx(flatten)]
    pub row: GenerationRow,
}

/// A movement of tokens.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LedgerEntry {
    /// Its number. Later ones have higher ones.
    pub id: i64,
    /// When it was made.
    #[sqlx(try_from = "i64")]
    pub at_ms: u64,
    /// `grant`, `hold`, `capture` or `release`.
    pub kind: String,
    /// How many tokens.
    #[sqlx(try_from = "i64")]
    pub tokens: u64,
    /// The generation that it is for.
    pub generation_id: Option<String>,
}

impl Store {
    /// Up to `limit` generations of all keys, the newest first, that come after the one at this
    /// place. Places are a moment of acceptance and an id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn all_generations_before(
        &self,
        filter: &GenerationFilter,
        (created_at_ms, id): (u64, &str),
        limit: u32,
    ) -> Result<Vec<KeyedGeneration>, StoreError> {
        let rows = sqlx::query_as(sql::ALL_GENERATIONS_BEFORE)
            .bind(signed(created_at_ms))
            .bind(id)
            .bind(filter.key_id)
            .bind(&filter.model)
            .bind(filter.state.map(state_name))
            .bind(&filter.text)
            .bind(signed(filter.from_ms))
            .bind(limit)
            .fetch_all(&self.reader)
            .await?;
        Ok(rows)
    }

    /// A generation, and whose it is.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keyed_generation(&self, id: &str) -> Result<Option<KeyedGeneration>, StoreError> {
        let row = sqlx::query_as(sql::KEYED_GENERATION).bind(id);
        Ok(row.fetch_optional(&self.reader).await?)
    }

    /// Up to `limit` movements of an account before this number, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ledger_before(
        &self,
        account_id: i64,
        id: i64,
        limit: u32,
    ) -> Result<Vec<LedgerEntry>, StoreError> {
        let rows = sqlx::query_as(sql::LEDGER_BEFORE).bind(account_id).bind(id).bind(limit);
        Ok(rows.fetch_all(&self.reader).await?)
    }
}
