//! What happened in some days, added up for whoever looks at all of it: by day, by model and provider. It must
//! not know how that is shown.

use super::database::{Store, signed};
use super::engine::{columns, query};
use super::sql;
use crate::domain::{Cost, StoreError};

/// The generations of a day with one outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayTotal {
    /// The day (UTC), in days since 1970.
    pub day: u64,
    /// `completed`, `failed`, `cancelled` or `refunded`.
    pub outcome: String,
    /// How many.
    pub generations: u64,
    /// What was charged for them, in tokens; below 0 for refunds.
    pub tokens: i64,
}

columns!(DayTotal { day, outcome, generations, tokens });

/// The generations of a model at a provider with one outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelProviderTotal {
    /// The model's id.
    pub model: String,
    /// The provider's name in the settings.
    pub provider: String,
    /// `completed`, `failed` or `cancelled`.
    pub outcome: String,
    /// How many.
    pub generations: u64,
    /// For how many of them the duration is known.
    pub timed: u64,
    /// Their total duration, from acceptance on.
    pub took_ms: u64,
}

columns!(ModelProviderTotal { model, provider, outcome, generations, timed, took_ms });

struct DayCostRow {
    day: u64,
    currency: String,
    micros: u64,
}

columns!(DayCostRow { day, currency, micros });

impl Store {
    /// The outcomes of each day (UTC) from this one on.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn days_since(&self, day: u64) -> Result<Vec<DayTotal>, StoreError> {
        query(sql::USAGE_BY_DAY).bind(signed(day)).fetch_all(&self.reader).await
    }

    /// The models at providers from this day on (UTC), each with its outcomes.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn by_model_and_provider_since(
        &self,
        day: u64,
    ) -> Result<Vec<ModelProviderTotal>, StoreError> {
        query(sql::USAGE_BY_MODEL_AND_PROVIDER).bind(signed(day)).fetch_all(&self.reader).await
    }

    /// The cost at providers of the generations that ended from this day on (UTC), by day.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn costs_since(&self, day: u64) -> Result<Vec<(u64, Cost)>, StoreError> {
        let rows: Vec<DayCostRow> =
            query(sql::COSTS_BY_DAY).bind(signed(day)).fetch_all(&self.reader).await?;
        let day_cost = |DayCostRow { day, currency, micros }| (day, Cost { currency, micros });
        Ok(rows.into_iter().map(day_cost).collect())
    }
}
