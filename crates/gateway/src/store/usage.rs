//! The usage: counted in the transaction that accepts or ends a generation, by day, key, model,
//! provider and outcome; read by the day. It outlives the generations.

use std::collections::HashMap;

use super::database::{Store, signed};
use super::engine::{Query, columns, query};
use super::sql;
use crate::clock::{date_of, day_of};
use crate::domain::{Cost, StoreError};

/// How many generations of one kind ended on a day, and what was charged for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usage {
    /// The day (UTC), in days since 1970.
    pub day: u64,
    /// The key's name.
    pub key_name: String,
    /// The model's id. Empty: an earlier version did not record it.
    pub model: String,
    /// The provider's name in the settings. Empty: none was asked, or it is unknown.
    pub provider: String,
    /// `completed`, `failed`, `cancelled` or `refunded`.
    pub outcome: String,
    /// How many generations.
    pub generations: u64,
    /// What was charged for them, in tokens; below 0 for refunds.
    pub tokens: i64,
}

columns!(Usage { day, key_name, model, provider, outcome, generations, tokens });

/// The columns of a usage table, in order. Later versions may add more.
pub const USAGE_COLUMNS: [&str; 7] =
    ["day", "key", "model", "provider", "outcome", "generations", "tokens"];

impl Usage {
    /// The values of [`USAGE_COLUMNS`].
    pub fn fields(&self) -> [String; 7] {
        let Self { day, key_name, model, provider, outcome, generations, tokens } = self;
        [
            date_of(*day),
            key_name.clone(),
            model.clone(),
            provider.clone(),
            outcome.clone(),
            generations.to_string(),
            tokens.to_string(),
        ]
    }
}

impl Store {
    /// The usage of a day (UTC), of all keys or of one, in a stable order.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn usage_of_day(
        &self,
        day: u64,
        key_id: Option<i64>,
    ) -> Result<Vec<Usage>, StoreError> {
        let rows = query(sql::USAGE_OF_DAY).bind(signed(day)).bind(key_id);
        rows.fetch_all(&self.reader).await
    }

    /// The same, with the cost of each row's generations at providers: one sum for each currency,
    /// and none if the cost is unknown.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn usage_and_costs_of_day(
        &self,
        day: u64,
        key_id: Option<i64>,
    ) -> Result<Vec<(Usage, Vec<Cost>)>, StoreError> {
        let rows = query(sql::COSTS_OF_DAY).bind(signed(day)).bind(key_id);
        let costs: Vec<CostOfDay> = rows.fetch_all(&self.reader).await?;
        let mut by_row: HashMap<_, Vec<Cost>> = HashMap::new();
        for CostOfDay { key_name, model, provider, outcome, currency, micros } in costs {
            let row = [key_name, model, provider, outcome];
            by_row.entry(row).or_default().push(Cost { currency, micros });
        }
        let with_costs = |usage: Usage| {
            let row = [&usage.key_name, &usage.model, &usage.provider, &usage.outcome];
            let costs = by_row.remove(&row.map(String::clone));
            (usage, costs.unwrap_or_default())
        };
        Ok(self.usage_of_day(day, key_id).await?.into_iter().map(with_costs).collect())
    }
}

/// The cost of the generations of a usage row in one currency.
struct CostOfDay {
    key_name: String,
    model: String,
    provider: String,
    outcome: String,
    currency: String,
    micros: u64,
}

columns!(CostOfDay { key_name, model, provider, outcome, currency, micros });

/// The statement that counts a generation which is being accepted.
pub(super) fn accepted(key_id: i64, price: u32, at_ms: u64) -> Query {
    query(sql::COUNT_ACCEPTED).bind(key_id).bind(signed(day_of(at_ms))).bind(price)
}

/// The statements that count a generation which has just ended.
pub(super) fn ended(id: &str) -> [Query; 3] {
    [sql::COUNT_ENDED, sql::COUNT_COSTS, sql::COUNT_RELEASED].map(|sql| query(sql).bind(id))
}
