//! `GET /api/admin/overview`: what happened in the last days and what happens now, on one page.

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::money::{Price, Sum};
use super::providers::{AdminProvider, statuses};
use crate::clock::{date_of, day_of, now_ms};
use crate::domain::Cost;
use crate::http::administrator::Viewer;
use crate::http::error::Problem;
use crate::http::openapi::{Keyed, Queried};
use crate::http::routes::page;
use crate::http::routes::system::json;
use crate::http::state::App;
use crate::store::{DayTotal, ModelProviderTotal, StoreError};

/// The most days of an overview.
pub(in crate::http::routes) const DAYS_MAX: u32 = 366;

/// Of how many days.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Days {
    /// How many days (UTC), today among them, from 1 to 366.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 366, default = 30)]
    days: Option<String>,
}

/// How generations ended, and what they came to.
#[derive(Clone, Default, Serialize, ToSchema)]
struct Outcomes {
    /// How many have a result.
    completed: u64,
    /// How many have none.
    failed: u64,
    /// How many were cancelled.
    cancelled: u64,
    /// How many were refunded.
    refunded: u64,
    /// What was charged, in tokens, less what was given back.
    tokens: i64,
    /// What these tokens are worth, in millionths of a unit of the price's currency. Absent: the
    /// settings don't say.
    #[serde(skip_serializing_if = "Option::is_none")]
    value_micros: Option<i64>,
    /// What they cost at providers, in each currency.
    costs: Vec<Sum>,
}

/// A day (UTC).
#[derive(Serialize, ToSchema)]
struct Day {
    /// The day, like `2026-01-31`.
    day: String,
    #[serde(flatten)]
    outcomes: Outcomes,
}

/// What became of a model at a provider.
#[derive(Default, Serialize, ToSchema)]
struct ModelProviderTotals {
    /// The model's id. Empty: an earlier version did not write it down.
    model: String,
    /// The provider's name in the settings. Empty: none was asked, or it is not known.
    provider: String,
    /// How many have a result.
    completed: u64,
    /// How many have none.
    failed: u64,
    /// How many were cancelled.
    cancelled: u64,
    /// How long a completed one took on average from its acceptance on, in milliseconds. Absent: it is
    /// not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    mean_ms: Option<u64>,
}

/// What happened, and what happens.
#[derive(Serialize, ToSchema)]
struct Overview {
    /// The days, the oldest first, each of them.
    days: Vec<Day>,
    /// All days together.
    total: Outcomes,
    /// The same days by model and provider.
    by_model_and_provider: Vec<ModelProviderTotals>,
    /// What happens now.
    now: Now,
    /// What a token is worth. Absent: the settings don't say.
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<Price>,
}

/// What happens now.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
pub(crate) struct Now {
    /// How many generations are under way, at all gateways that share the store.
    pub(super) active: usize,
    /// How many of them a provider makes, at this gateway.
    pub(super) running: usize,
    /// How many wait for a provider, at this gateway.
    pub(super) waiting: usize,
    /// The providers that models are routed to.
    pub(super) providers: Vec<AdminProvider>,
}

impl Now {
    pub(super) async fn of(app: &App) -> Result<Self, StoreError> {
        let active = app.generations.under_way().await?;
        let providers = statuses(app);
        let sum = |count: fn(&AdminProvider) -> usize| providers.iter().map(count).sum();
        Ok(Self {
            active,
            running: sum(|provider| provider.running),
            waiting: sum(|provider| provider.waiting),
            providers,
        })
    }
}

/// What happened in the last days, and what happens now.
#[utoipa::path(
    get,
    path = "/overview",
    operation_id = "getOverview",
    tag = "admin",
    params(Days),
    responses((status = 200, description = "The overview.", body = Overview), Keyed, Queried),
    security(("admin" = []))
)]
pub(crate) async fn show(
    State(app): State<App>,
    _: Viewer,
    Query(Days { days }): Query<Days>,
) -> Result<Response, Problem> {
    let count = page::number("days", days.as_deref(), 30, DAYS_MAX)?;
    let today = day_of(now_ms());
    let first = today + 1 - u64::from(count);
    let mut days: BTreeMap<u64, Outcomes> =
        (first..=today).map(|day| (day, Outcomes::default())).collect();
    let mut total = Outcomes::default();
    for row in app.store.days_since(first).await? {
        total.add(&row);
        days.entry(row.day).or_default().add(&row);
    }
    for (day, cost) in app.store.costs_since(first).await? {
        total.add_cost(&cost);
        days.entry(day).or_default().add_cost(&cost);
    }
    let price = app.config.token_price;
    for outcomes in days.values_mut().chain([&mut total]) {
        outcomes.value_micros = price.map(|price| price.of(outcomes.tokens));
    }
    let day = |(day, outcomes)| Day { day: date_of(day), outcomes };
    let overview = Overview {
        days: days.into_iter().map(day).collect(),
        total,
        by_model_and_provider: by_model_and_provider(
            app.store.by_model_and_provider_since(first).await?,
        ),
        now: Now::of(&app).await?,
        price: Price::of(&app.config),
    };
    Ok(json(StatusCode::OK, &overview))
}

impl Outcomes {
    fn add(&mut self, DayTotal { outcome, generations, tokens, .. }: &DayTotal) {
        self.tokens += tokens;
        let count = match outcome.as_str() {
            "completed" => &mut self.completed,
            "failed" => &mut self.failed,
            "cancelled" => &mut self.cancelled,
            _ => &mut self.refunded,
        };
        *count += generations;
    }

    fn add_cost(&mut self, Cost { currency, micros }: &Cost) {
        match self.costs.iter_mut().find(|sum| sum.currency == *currency) {
            Some(sum) => sum.micros += micros,
            None => self.costs.push(Sum { currency: currency.clone(), micros: *micros }),
        }
    }
}

/// A row for each model at each provider.
fn by_model_and_provider(rows: Vec<ModelProviderTotal>) -> Vec<ModelProviderTotals> {
    let mut totals: BTreeMap<(String, String), ModelProviderTotals> = BTreeMap::new();
    for row in rows {
        let total = totals.entry((row.model.clone(), row.provider.clone())).or_default();
        (total.model, total.provider) = (row.model, row.provider);
        match row.outcome.as_str() {
            "completed" => {
                total.completed += row.generations;
                total.mean_ms = row.took_ms.checked_div(row.timed);
            }
            "failed" => total.failed += row.generations,
            _ => total.cancelled += row.generations,
        }
    }
    totals.into_values().collect()
}
