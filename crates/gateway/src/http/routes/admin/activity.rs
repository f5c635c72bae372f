//! `/api/admin/activity`: the activity log, read page by page or exported as a whole.

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::clock::DAY_MS;
use crate::csv;
use crate::http::administrator::Viewer;
use crate::http::error::Problem;
use crate::http::openapi::{Keyed, Queried};
use crate::http::routes::page::{self, Page, next};
use crate::http::routes::system::json;
use crate::http::state::App;
use crate::store::{Activity, ActivityFilter, Store, StoreError};

/// A logged change.
#[derive(Serialize, ToSchema)]
struct ActivityEntry {
    /// Its number. Later changes have higher ones.
    id: i64,
    /// When it was made, in milliseconds since 1970.
    at_ms: u64,
    /// The actor: an administrator's name, a user of the command line, or `gateway`.
    actor: String,
    /// The network address it came from, or `command line`.
    source: String,
    /// What was done, such as `key.grant`.
    action: String,
    /// The name of the object that was changed.
    subject: String,
    /// The value before. Absent: there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    before: Option<Value>,
    /// The value after.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    after: Option<Value>,
}

impl From<Activity> for ActivityEntry {
    fn from(row: Activity) -> Self {
        // The table's constraint admits only JSON.
        let value = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
        Self {
            id: row.id,
            at_ms: row.at_ms,
            actor: row.actor,
            source: row.source,
            action: row.action,
            subject: row.subject,
            before: value(row.before),
            after: value(row.after),
        }
    }
}

/// A page of the activity log.
#[derive(Serialize, ToSchema)]
struct ActivityPage {
    /// The changes, the newest first.
    entries: Vec<ActivityEntry>,
    /// Where the next page begins. Absent: this is the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Which changes.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// With this in the name of who made it. Letters from A to Z are found in either case, here and below.
    actor: Option<String>,
    /// With this in what was done, such as `key.` or `grant`.
    action: Option<String>,
    /// With this in the name of what it was done to.
    subject: Option<String>,
    /// Made on this day (UTC) or later, like `2026-01-31`.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<String>,
    /// Made on this day (UTC) or earlier.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<String>,
}

impl Filter {
    fn read(self) -> Result<ActivityFilter, Problem> {
        let (from, to) =
            (page::day("from", self.from.as_deref())?, page::day("to", self.to.as_deref())?);
        Ok(ActivityFilter {
            actor: self.actor.unwrap_or_default(),
            action: self.action.unwrap_or_default(),
            subject: self.subject.unwrap_or_default(),
            from_ms: from.unwrap_or(0) * DAY_MS,
            before_ms: to.map(|day| (day + 1) * DAY_MS),
        })
    }
}

/// The changes that were made, by whom and from where, or those that are looked for; the newest first.
#[utoipa::path(
    get,
    path = "/activity",
    operation_id = "listActivity",
    tag = "admin",
    params(Page, Filter),
    responses((status = 200, description = "A page of the log.", body = ActivityPage), Keyed, Queried),
    security(("admin" = []))
)]
pub(crate) async fn list(
    State(app): State<App>,
    _: Viewer,
    Query(page): Query<Page>,
    Query(filter): Query<Filter>,
) -> Result<Response, Problem> {
    let (before, limit) = (page.before()?, page.limit()?);
    let filter = filter.read()?;
    let mut rows = app.store.activity_before(&filter, before, limit.saturating_add(1)).await?;
    let next = next(&mut rows, limit, |row| row.id.to_string());
    let entries = rows.into_iter().map(ActivityEntry::from).collect();
    Ok(json(StatusCode::OK, &ActivityPage { entries, next }))
}

/// The form of the export.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Export {
    /// `csv`, or `jsonl`: one JSON object per line. Absent: `csv`.
    #[param(pattern = "^(csv|jsonl)$")]
    format: Option<String>,
}

#[derive(Clone, Copy)]
enum Form {
    Csv,
    JsonLines,
}

const COLUMNS: [&str; 8] =
    ["id", "at_ms", "actor", "source", "action", "subject", "before", "after"];

/// How many entries are read at once.
const CHUNK: u32 = 500;

/// The whole activity log, or the changes that are looked for, the oldest first, as CSV or JSON lines.
#[utoipa::path(
    get,
    path = "/activity/export",
    operation_id = "exportActivity",
    tag = "admin",
    params(Export, Filter),
    responses(
        (status = 200, description = "The log.", content(
            (String = "text/csv"),
            (String = "application/jsonl"),
        )),
        Keyed,
        Queried,
    ),
    security(("admin" = []))
)]
pub(crate) async fn export(
    State(app): State<App>,
    _: Viewer,
    Query(Export { format }): Query<Export>,
    Query(filter): Query<Filter>,
) -> Result<Response, Problem> {
    let reading = Reading { store: app.store.clone(), filter: filter.read()? };
    let known = [
        ("csv", (Form::Csv, csv::CONTENT_TYPE)),
        ("jsonl", (Form::JsonLines, "application/jsonl")),
    ];
    let (form, kind) = page::format(format.as_deref(), known)?;
    let head = match form {
        Form::Csv => csv::line(&COLUMNS),
        Form::JsonLines => String::new(),
    };
    let lines = stream::try_unfold((reading, 0, head), move |(reading, after, head)| {
        chunk(reading, after, head, form)
    });
    Ok(([(header::CONTENT_TYPE, kind)], Body::from_stream(lines)).into_response())
}

/// What is read, and where.
struct Reading {
    store: Store,
    filter: ActivityFilter,
}

/// The next lines, and where those after them begin.
async fn chunk(
    reading: Reading,
    after: i64,
    mut text: String,
    form: Form,
) -> Result<Option<(Bytes, (Reading, i64, String))>, StoreError> {
    let rows = reading.store.activity_after(&reading.filter, after, CHUNK).await?;
    let last = rows.last().map_or(after, |row| row.id);
    for row in rows {
        match form {
            Form::Csv => text.push_str(&csv_line(row)),
            Form::JsonLines => {
                text.push_str(&crate::http::error::json(&ActivityEntry::from(row)));
                text.push('\n');
            }
        }
    }
    Ok((!text.is_empty()).then(|| (text.into(), (reading, last, String::new()))))
}

fn csv_line(row: Activity) -> String {
    let Activity { id, at_ms, actor, source, action, subject, before, after } = row;
    let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
    csv::line(&[
        &id.to_string(),
        &at_ms.to_string(),
        &actor,
        &source,
        &action,
        &subject,
        &before,
        &after,
    ])
}
