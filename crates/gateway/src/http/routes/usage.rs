//! `GET /api/usage`: the usage day by day. A row for each day (UTC), key, model, provider and
//! outcome; a key's owner sees that key's rows, an administrator all.

use std::ops::RangeInclusive;

use axum::BoxError;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::admin::money::{Price, Sum};
use super::page;
use crate::clock::{date_of, day_of, now_ms};
use crate::config::Config;
use crate::csv;
use crate::domain::{Cost, Principal, safe_json};
use crate::http::allowed;
use crate::http::error::{JSON, Problem};
use crate::http::openapi::{Keyed, Queried};
use crate::http::state::App;
use crate::store::{Store, StoreError, USAGE_COLUMNS, Usage};

/// The period, and the form.
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

/// The usage of a period.
#[derive(Serialize, ToSchema)]
pub(crate) struct UsageReport {
    /// The first day.
    from: String,
    /// The last day.
    to: String,
    /// How many generations ended in these days.
    generations: u64,
    /// What was charged for them, in tokens, less what was given back.
    tokens: i64,
    /// What a token is worth. For administrators only, if configured.
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<Price>,
    /// A row for each day, key, model, provider and outcome.
    // They are written one by one, before the sums of them are known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = true)]
    rows: Vec<UsageRow>,
}

/// How many generations of one kind ended on a day, and what was charged for them.
#[derive(Serialize, ToSchema)]
struct UsageRow {
    /// The day (UTC).
    day: String,
    /// The key's name.
    key: String,
    /// The model's id. Empty: an earlier version did not record it.
    model: String,
    /// The provider's name in the gateway's settings. Empty: none was asked, or it is unknown.
    provider: String,
    /// How they ended: `completed`, `failed` or `cancelled`; or `refunded` later.
    #[schema(pattern = "^(completed|failed|cancelled|refunded)$")]
    outcome: String,
    /// How many.
    generations: u64,
    /// What was charged for them, in tokens; below 0 for refunds.
    tokens: i64,
    /// Their cost at providers, in each currency. For administrators only.
    #[serde(skip_serializing_if = "Option::is_none")]
    costs: Option<Vec<Sum>>,
}

impl UsageRow {
    fn of(usage: Usage, costs: Option<Vec<Cost>>) -> Self {
        Self {
            day: date_of(usage.day),
            key: usage.key_name,
            model: usage.model,
            provider: usage.provider,
            outcome: usage.outcome,
            generations: usage.generations,
            tokens: usage.tokens,
            costs: costs.map(|costs| costs.into_iter().map(Sum::from).collect()),
        }
    }
}

/// The usage of the caller's own generations, by day (UTC), model, provider and outcome.
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
            "A session can't read the usage. Use the secret key.",
        ));
    }
    report(&app, &period, Some(principal.key_id), Reader::Owner).await
}

/// The most days of one report.
const DAYS_MAX: u64 = 366;

/// The days of the period, the last included.
fn days(period: &Period) -> Result<RangeInclusive<u64>, Problem> {
    let to = page::day("to", period.to.as_deref())?.unwrap_or_else(|| day_of(now_ms()));
    let from = page::day("from", period.from.as_deref())?.unwrap_or(to.saturating_sub(30));
    if from > to || to - from >= DAYS_MAX {
        return Err(Problem::invalid_parameter("from", allowed::period(DAYS_MAX)));
    }
    Ok(from..=to)
}

/// The reader of a report.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// A key's owner.
    Owner,
    /// An administrator, who sees costs and money, too.
    Administrator,
}

/// The usage of a period, of one key or of all.
pub(crate) async fn report(
    app: &App,
    period: &Period,
    key_id: Option<i64>,
    reader: Reader,
) -> Result<Response, Problem> {
    let days = days(period)?;
    let known = [("json", false), ("csv", true)];
    let as_csv = page::format(period.format.as_deref(), known)?;
    Ok(if as_csv { csv_of(app, days, key_id, reader) } else { json_of(app, days, key_id, reader) })
}

/// The rows of a day, with their costs where the reader sees them.
async fn read(
    store: &Store,
    day: u64,
    key_id: Option<i64>,
    reader: Reader,
) -> Result<Vec<(Usage, Option<Vec<Cost>>)>, StoreError> {
    Ok(match reader {
        Reader::Owner => {
            let rows = store.usage_of_day(day, key_id).await?;
            rows.into_iter().map(|usage| (usage, None)).collect()
        }
        Reader::Administrator => {
            let rows = store.usage_and_costs_of_day(day, key_id).await?;
            rows.into_iter().map(|(usage, costs)| (usage, Some(costs))).collect()
        }
    })
}

/// A [`UsageReport`], a day at a time: the rows, then the sums of them.
fn json_of(app: &App, days: RangeInclusive<u64>, key_id: Option<i64>, reader: Reader) -> Response {
    let report = UsageReport {
        from: date_of(*days.start()),
        to: date_of(*days.end()),
        generations: 0,
        tokens: 0,
        price: Price::of(&app.config).filter(|_| reader == Reader::Administrator),
        rows: Vec::new(),
    };
    let store = app.store.clone();
    let begun = Some((days, report, r#"{"rows":["#.to_owned(), ""));
    let parts = stream::try_unfold(begun, move |rest| {
        let store = store.clone();
        async move {
            let Some((mut days, mut report, mut text, mut comma)) = rest else {
                return Ok(None::<(Bytes, _)>);
            };
            let Some(day) = days.next() else {
                // Without its opening brace: it goes on after the rows.
                let sums = safe_json(&report)?.split_off(1);
                return Ok(Some((format!("{text}],{sums}").into(), None)));
            };
            for (usage, costs) in read(&store, day, key_id, reader).await? {
                text.push_str(comma);
                comma = ",";
                report.generations += usage.generations;
                report.tokens += usage.tokens;
                text.push_str(&safe_json(&UsageRow::of(usage, costs))?);
            }
            Ok::<_, BoxError>(Some((text.into(), Some((days, report, String::new(), comma)))))
        }
    });
    ([(header::CONTENT_TYPE, JSON)], Body::from_stream(parts)).into_response()
}

/// The same as CSV, a day at a time.
fn csv_of(app: &App, days: RangeInclusive<u64>, key_id: Option<i64>, reader: Reader) -> Response {
    let mut columns = USAGE_COLUMNS.to_vec();
    if reader == Reader::Administrator {
        columns.extend(["cost", "value"]);
    }
    let app = app.clone();
    let lines = stream::try_unfold((days, csv::line(&columns)), move |(mut days, mut text)| {
        let app = app.clone();
        async move {
            let Some(day) = days.next() else {
                return Ok(None::<(Bytes, _)>);
            };
            for (usage, costs) in read(&app.store, day, key_id, reader).await? {
                let mut fields = usage.fields().to_vec();
                if let Some(costs) = costs {
                    fields.extend([written(&costs), value(&app.config, usage.tokens)]);
                }
                let fields: Vec<_> = fields.iter().map(String::as_str).collect();
                text.push_str(&csv::line(&fields));
            }
            Ok::<_, StoreError>(Some((text.into(), (days, String::new()))))
        }
    });
    ([(header::CONTENT_TYPE, csv::CONTENT_TYPE)], Body::from_stream(lines)).into_response()
}

/// Sums of money in one CSV field.
fn written(costs: &[Cost]) -> String {
    costs.iter().map(Cost::to_string).collect::<Vec<_>>().join("; ")
}

/// What tokens are worth, if configured: `EUR 0.30`, and `EUR -0.30` for refunds.
fn value(config: &Config, tokens: i64) -> String {
    let Some(price) = config.token_price else { return String::new() };
    let value = price.of(tokens);
    let sum = Cost { currency: config.currency.clone(), micros: value.unsigned_abs() }.to_string();
    if value < 0 { sum.replacen(' ', " -", 1) } else { sum }
}
