//! `GET /api/usage`: what generations came to, day by day. A row for each day (UTC), key, model,
//! provider and outcome; a key's own owner sees that key's rows, an administrator all.

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::system::json;
use crate::clock::{date_of, day_of, now_ms, parse_date};
use crate::csv;
use crate::domain::Principal;
use crate::http::error::Problem;
use crate::http::openapi::{Keyed, Queried};
use crate::http::state::App;
use crate::store::{Store, StoreError, USAGE_COLUMNS, Usage};

/// Of which days, in which form.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Period {
    /// The first day (UTC), like `2026-01-31`. Absent: 30 days before the last.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<String>,
    /// The last day (UTC). Absent: today.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<String>,
    /// `json`, or `csv`. Absent: `json`.
    #[param(pattern = "^(json|csv)$")]
    format: Option<String>,
}

/// What generations came to.
#[derive(Serialize, ToSchema)]
pub(crate) struct UsageReport {
    /// The first day.
    from: String,
    /// The last day.
    to: String,
    /// How many generations ended in these days.
    generations: u64,
    /// What was charged for them, in tokens.
    tokens: u64,
    /// A row for each day, key, model, provider and outcome.
    rows: Vec<UsageRow>,
}

/// How many generations of one kind ended on a day, and what was charged for them.
#[derive(Serialize, ToSchema)]
struct UsageRow {
    /// The day (UTC).
    day: String,
    /// The key's name.
    key: String,
    /// The model's id. Empty: an earlier version did not write it down.
    model: String,
    /// The provider's name in the gateway's settings. Empty: none was asked, or it is not known.
    provider: String,
    /// How they ended: `completed`, `failed` or `cancelled`.
    #[schema(pattern = "^(completed|failed|cancelled)$")]
    outcome: String,
    /// How many.
    generations: u64,
    /// What was charged for them, in tokens.
    tokens: u64,
}

impl From<Usage> for UsageRow {
    fn from(usage: Usage) -> Self {
        Self {
            day: date_of(usage.day),
            key: usage.key_name,
            model: usage.model,
            provider: usage.provider,
            outcome: usage.outcome,
            generations: usage.generations,
            tokens: usage.tokens,
        }
    }
}

/// What the caller's own generations came to, by day (UTC), model, provider and outcome.
///
/// Days are those on which generations ended. It outlives the generations themselves.
#[utoipa::path(
    get,
    path = "/usage",
    operation_id = "getUsage",
    tag = "account",
    params(Period),
    responses(
        (status = 200, description = "The usage.", content(
            (UsageReport = "application/json"),
            (String = "text/csv"),
        )),
        Keyed,
        Queried,
    ),
    security(("key" = []))
)]
pub(crate) async fn own(
    State(app): State<App>,
    principal: Principal,
    Query(period): Query<Period>,
) -> Result<Response, Problem> {
    if principal.visitor_id.is_some() {
        return Err(Problem::forbidden(
            ai_now_protocol::Code::SecretKeyRequired,
            "A session sees no usage. Ask with the secret key.",
        ));
    }
    report(&app, &period, Some(principal.key_id)).await
}

/// The most days of one report.
const DAYS_MAX: u64 = 366;

/// The days that are asked for, the last among them.
fn days(period: &Period) -> Result<std::ops::RangeInclusive<u64>, Problem> {
    let day = |name, text: &Option<String>, default| match text {
        None => Ok(default),
        Some(text) => {
            let wrong = || Problem::invalid_parameter(name, "a day like `2026-01-31`");
            parse_date(text).ok_or_else(wrong)
        }
    };
    let to = day("to", &period.to, day_of(now_ms()))?;
    let from = day("from", &period.from, to.saturating_sub(30))?;
    if from > to || to - from >= DAYS_MAX {
        let allowed = "a day at most 365 days before the last, and not after it";
        return Err(Problem::invalid_parameter("from", allowed));
    }
    Ok(from..=to)
}

/// The usage of a period, of one key or of all.
pub(crate) async fn report(
    app: &App,
    period: &Period,
    key_id: Option<i64>,
) -> Result<Response, Problem> {
    let days = days(period)?;
    match period.format.as_deref() {
        None | Some("json") => {}
        Some("csv") => return Ok(csv_of(app.store.clone(), days, key_id)),
        Some(_) => return Err(Problem::invalid_parameter("format", "`json` or `csv`")),
    }
    let (from, to) = (date_of(*days.start()), date_of(*days.end()));
    let (mut rows, mut generations, mut tokens) = (Vec::new(), 0, 0);
    for day in days {
        for usage in app.store.usage_of_day(day, key_id).await? {
            generations += usage.generations;
            tokens += usage.tokens;
            rows.push(usage.into());
        }
    }
    Ok(json(StatusCode::OK, &UsageReport { from, to, generations, tokens, rows }))
}

/// The same as CSV, a day at a time.
fn csv_of(store: Store, days: std::ops::RangeInclusive<u64>, key_id: Option<i64>) -> Response {
    let head = csv::line(&USAGE_COLUMNS);
    let lines = stream::try_unfold((days, head), move |(mut days, mut text)| {
        let store = store.clone();
        async move {
            let Some(day) = days.next() else {
                return Ok(None::<(Bytes, _)>);
            };
            for usage in store.usage_of_day(day, key_id).await? {
                text.push_str(&csv::line(&usage.fields().each_ref().map(String::as_str)));
            }
            Ok::<_, StoreError>(Some((text.into(), (days, String::new()))))
        }
    });
    ([(header::CONTENT_TYPE, csv::CONTENT_TYPE)], Body::from_stream(lines)).into_response()
}
