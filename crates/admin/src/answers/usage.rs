//! The live state, and the usage, in tokens and in money.

use ai_now_protocol::api::State;
use serde::Deserialize;

use super::money::{Price, Sum};
use super::operation::AdminProvider;

answers! {
    /// What happened lately, and what happens now.
    Overview {
        /// The days, the oldest first.
        days: Vec<Day>,
        /// All days together.
        total: Outcomes,
        /// The same days by model and provider.
        by_model_and_provider: Vec<ModelProviderTotals>,
        /// What happens now.
        now: Now,
        /// What a token is worth.
        price: Option<Price>,
    }

    /// A day (UTC).
    Day {
        /// The day, like `2026-01-31`.
        day: String,
        /// What was charged, less what was given back.
        tokens: i64,
        /// What that is worth, in millionths of a unit of the price's currency.
        value_micros: Option<i64>,
    }

    /// How generations ended, and what they came to.
    Outcomes {
        /// How many have a result.
        completed: u64,
        /// How many have none.
        failed: u64,
        /// How many were cancelled.
        cancelled: u64,
        /// How many were refunded.
        refunded: u64,
        /// What was charged, less what was given back.
        tokens: i64,
        /// What that is worth, in millionths of a unit of the price's currency.
        value_micros: Option<i64>,
        /// What they cost at providers.
        costs: Vec<Sum>,
    }

    /// What became of a model at a provider.
    ModelProviderTotals {
        /// The model's id.
        model: String,
        /// The provider's name.
        provider: String,
        /// How many have a result.
        completed: u64,
        /// How many have none.
        failed: u64,
        /// How many were cancelled.
        cancelled: u64,
        /// How long one took on average.
        mean_ms: Option<u64>,
    }

    /// What happens now.
    Now {
        /// How many generations are under way.
        active: u64,
        /// How many of them a provider makes.
        running: u64,
        /// How many wait for a provider.
        waiting: u64,
        /// The providers.
        providers: Vec<AdminProvider>,
    }

    /// What generations came to.
    UsageReport {
        /// The first day.
        from: String,
        /// The last day.
        to: String,
        /// How many ended.
        generations: u64,
        /// What was charged.
        tokens: i64,
        /// What a token is worth.
        price: Option<Price>,
        /// A row for each day, key, model, provider and outcome.
        rows: Vec<UsageRow>,
    }

    /// What generations of one kind came to on a day.
    UsageRow {
        /// The day, in UTC.
        day: String,
        /// The key's name.
        key: String,
        /// The model's id.
        model: String,
        /// The provider's name.
        provider: String,
        /// How they ended.
        outcome: String,
        /// How many.
        generations: u64,
        /// What was charged.
        tokens: i64,
        /// What they cost at providers.
        costs: Option<Vec<Sum>>,
    }
}

/// A generation that was accepted, or has ended.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ChangedGeneration {
    /// Its id.
    pub id: String,
    /// The model's id.
    pub model: String,
    /// Its state.
    pub state: State,
}

/// A live event of the stream. The document repeats the fields of each kind.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AdminEvent {
    /// The current load.
    Now(Now),
    /// A generation was accepted, or has ended.
    Generation(ChangedGeneration),
    /// Another event: read the lists again.
    #[serde(other)]
    Missed,
}
