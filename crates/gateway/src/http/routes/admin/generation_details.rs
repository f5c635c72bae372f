//! One generation with its full history, for support.

use ai_now_protocol::api::Generation;
use ai_now_protocol::{Event, Message};
use serde::Serialize;
use utoipa::ToSchema;

use super::money::Sum;
use crate::domain::Cost;
use crate::http::error::Problem;
use crate::http::routes::generation_id::unknown;
use crate::http::routes::generations::generation;
use crate::http::state::App;
use crate::store::{FailedAttempt, JobCostRow, KeyedGeneration, StoredEvent};

/// A generation, and the key that it belongs to.
#[derive(Serialize, ToSchema)]
pub(super) struct AdminGeneration {
    /// The name of the key that it was submitted with.
    key: String,
    /// Whether a visitor with a session of that key submitted it.
    visitor: bool,
    /// The provider that made it or was the last to try, by its name in the settings. Empty: none
    /// yet.
    provider: String,
    /// What was charged for it, in tokens.
    charged: u32,
    /// The generation, as its owner sees it.
    generation: Generation,
}

/// A generation with its history.
#[derive(Serialize, ToSchema)]
pub(crate) struct GenerationDetails {
    #[serde(flatten)]
    generation: AdminGeneration,
    /// How many tokens were given back. Absent: it was not refunded.
    #[serde(skip_serializing_if = "Option::is_none")]
    refunded: Option<u64>,
    /// Its events, in order. Progress is not kept.
    happened: Vec<NumberedEvent>,
    /// The failed attempts of providers, in order.
    failed_attempts: Vec<Attempt>,
    /// What its jobs cost at providers, in order.
    costs: Vec<JobCost>,
}

/// An event with its number.
#[derive(Serialize, ToSchema)]
struct NumberedEvent {
    /// Its number in the stream.
    number: u64,
    /// The event. An address in it is a path on this gateway.
    event: Event,
}

/// A failed attempt of a provider.
#[derive(Serialize, ToSchema)]
struct Attempt {
    /// The provider's name in the settings.
    provider: String,
    /// When the job was given to it, in milliseconds since 1970.
    begun_at_ms: u64,
    /// When the attempt ended.
    ended_at_ms: u64,
    /// The kind of error: `transient`, `unavailable`, `permanent` or `content_policy`.
    error: String,
    /// The error's message.
    message: Message,
}

/// What one job cost.
#[derive(Serialize, ToSchema)]
struct JobCost {
    /// The provider's name in the settings.
    provider: String,
    #[serde(flatten)]
    sum: Sum,
    /// `estimated` from the settings, or `billed` as the provider reported.
    #[schema(pattern = "^(estimated|billed)$")]
    basis: String,
    /// When it was recorded, in milliseconds since 1970.
    at_ms: u64,
}

/// How many events of one generation are returned at most.
const EVENTS: u32 = 200;

/// The generation with this id and its history.
///
/// # Errors
/// 404 if there is none.
pub(super) async fn details(app: &App, id: &str, base: &str) -> Result<GenerationDetails, Problem> {
    let found = app.store.keyed_generation(id).await?.ok_or_else(unknown)?;
    let events = app.store.events_after(id, 0, EVENTS).await?.into_iter();
    let attempts = app.store.failed_attempts(id).await?.into_iter();
    let costs = app.store.job_costs(id).await?.into_iter();
    Ok(GenerationDetails {
        generation: admin_generation(app, found, base)?,
        refunded: app.store.refund_of(id).await?,
        happened: events.map(NumberedEvent::from).collect(),
        failed_attempts: attempts.map(Attempt::from).collect(),
        costs: costs.map(JobCost::from).collect(),
    })
}

/// A generation as administrators see it in lists.
///
/// # Errors
/// 500 if its media address is invalid.
pub(super) fn admin_generation(
    app: &App,
    found: KeyedGeneration,
    base: &str,
) -> Result<AdminGeneration, Problem> {
    let KeyedGeneration { key_name: key, provider, charged, row, .. } = found;
    let visitor = row.visitor_id.is_some();
    Ok(AdminGeneration { key, visitor, provider, charged, generation: generation(app, row, base)? })
}

impl From<StoredEvent> for NumberedEvent {
    fn from(StoredEvent { seq: number, event }: StoredEvent) -> Self {
        Self { number, event }
    }
}

impl From<FailedAttempt> for Attempt {
    fn from(attempt: FailedAttempt) -> Self {
        let FailedAttempt { provider, begun_at_ms, ended_at_ms, error, message } = attempt;
        Self { provider, begun_at_ms, ended_at_ms, error, message }
    }
}

impl From<JobCostRow> for JobCost {
    fn from(row: JobCostRow) -> Self {
        let JobCostRow { provider, currency, micros, basis, at_ms } = row;
        Self { provider, sum: Cost { currency, micros }.into(), basis, at_ms }
    }
}
