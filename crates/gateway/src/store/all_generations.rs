//! The generations of all keys, and the movements of an account, for administrators.

use ai_now_protocol::api::State;

use super::database::{Store, signed, unsigned};
use super::engine::{columns, query};
use super::generations::{GenerationRow, state_name};
use super::sql;
use crate::domain::StoreError;

/// A filter of generations. Fields that are `None` match everything.
#[derive(Clone, Debug, Default)]
pub struct GenerationFilter {
    /// Of this key.
    pub key_id: Option<i64>,
    /// Of this model.
    pub model: Option<String>,
    /// In this state.
    pub state: Option<State>,
    /// With this text in the prompt.
    pub text: Option<String>,
    /// Accepted at this moment or after it.
    pub from_ms: u64,
    /// Accepted before this moment.
    pub before_ms: Option<u64>,
    /// Made by this provider, being made by it, or last attempted by it.
    pub provider: Option<String>,
}

/// A generation, and the key that it belongs to.
#[derive(Clone, Debug)]
pub struct KeyedGeneration {
    /// The name of the key that it was submitted with.
    pub key_name: String,
    /// The provider that made it or was the last to try, by its name in the settings. Empty: none
    /// yet.
    pub provider: String,
    /// What was charged for it, in tokens.
    pub charged: u32,
    /// The generation.
    pub row: GenerationRow,
}

columns!(KeyedGeneration { key_name, provider, charged } { row });

/// A movement of tokens.
#[derive(Clone, Debug)]
pub struct LedgerEntry {
    /// Its number. Later ones have higher ones.
    pub id: i64,
    /// When it was recorded.
    pub at_ms: u64,
    /// `grant`, `adjustment`, `hold`, `capture`, `release` or `refund`.
    pub kind: String,
    /// How many tokens.
    pub tokens: u64,
    /// The generation that it is for.
    pub generation_id: Option<String>,
    /// The reason that an administrator gave for it.
    pub reason: Option<String>,
}

columns!(LedgerEntry { id, at_ms, kind, tokens, generation_id, reason });

impl Store {
    /// Up to `limit` generations of all keys, the newest first, after this position. A position is
    /// a moment of acceptance and an id.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn all_generations_before(
        &self,
        filter: &GenerationFilter,
        (created_at_ms, id): (u64, &str),
        limit: u32,
    ) -> Result<Vec<KeyedGeneration>, StoreError> {
        // Every id sorts after the empty text: no generation of that moment is included.
        let (created_at_ms, id) = match filter.before_ms {
            Some(before_ms) if before_ms <= created_at_ms => (before_ms, ""),
            _ => (created_at_ms, id),
        };
        let statement = match &filter.text {
            Some(_) => sql::GENERATIONS_WITH_TEXT_BEFORE,
            None => sql::ALL_GENERATIONS_BEFORE,
        };
        let asked = query(statement)
            .bind(signed(created_at_ms))
            .bind(id)
            .bind(filter.key_id)
            .bind(&filter.model)
            .bind(filter.state.map(state_name))
            .bind(&filter.provider)
            .bind(signed(filter.from_ms))
            .bind(limit);
        let asked = match &filter.text {
            Some(text) => asked.bind(text),
            None => asked,
        };
        asked.fetch_all(&self.reader).await
    }

    /// How many tokens were given back for a generation. `None`: it was not refunded.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn refund_of(&self, id: &str) -> Result<Option<u64>, StoreError> {
        let tokens: Option<i64> =
            query(sql::REFUND_OF_GENERATION).bind(id).fetch_optional(&self.reader).await?;
        Ok(tokens.map(unsigned))
    }

    /// A generation, and the key that it belongs to.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keyed_generation(&self, id: &str) -> Result<Option<KeyedGeneration>, StoreError> {
        let row = query(sql::KEYED_GENERATION).bind(id);
        row.fetch_optional(&self.reader).await
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
        let rows = query(sql::LEDGER_BEFORE).bind(account_id).bind(id).bind(limit);
        rows.fetch_all(&self.reader).await
    }
}
