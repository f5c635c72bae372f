//! `/api/admin/activity`: the activity log, read page by page and exported whole.

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::page::{Page, next};
use crate::csv;
use crate::http::administrator::Viewer;
use crate::http::error::Problem;
use crate::http::openapi::{Keyed, Queried};
use crate::http::routes::system::json;
use crate::http::state::App;
use crate::store::{Activity, Store, StoreError};

/// A change that somebody made.
#[derive(Serialize, ToSchema)]
struct ActivityEntry {
    /// Its number. Later changes have higher ones.
    id: i64,
    /// When it was made, in milliseconds since 1970.
    at_ms: u64,
    /// Who made it: an administrator's name, a user of the command line, or `gateway`.
    actor: String,
    /// From where: a network address, or `command line`.
    source: String,
    /// What was done, such as `key.grant`.
    action: String,
    /// What it was done to, by name.
    subject: String,
    /// What was so before. Absent: nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    before: Option<Value>,
    /// What was so after that.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    after: Option<Value>,
}

impl From<Activity> for ActivityEntry {
    fn from(row: Activity) -> Self {
        // The table's own check admits JSON alone.
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

/// The changes that were made, by whom and from where; the newest first.
#[utoipa::path(
    get,
    path = "/activity",
    operation_id = "listActivity",
    tag = "admin",
    params(Page),
    responses((status = 200, description = "A page of the log.", body = ActivityPage), Keyed, Queried),
    security(("admin" = []))
)]
pub(crate) async fn list(
    State(app): State<App>,
    _: Viewer,
    Query(page): Query<Page>,
) -> Result<Response, Problem> {
    let (before, limit) = (page.before()?, page.limit()?);
    let mut rows = app.store.activity_before(before, limit.saturating_add(1)).await?;
    let next = next(&mut rows, limit, |row| row.id);
    let entries = rows.into_iter().map(ActivityEntry::from).collect();
    Ok(json(StatusCode::OK, &ActivityPage { entries, next }))
}

/// In which form.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Export {
    /// `csv`, or `jsonl`: one JSON object a line. Absent: `csv`.
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

/// How many lines are read at once.
const CHUNK: u32 = 500;

/// The whole activity log, the oldest change first, as CSV or JSON lines.
#[utoipa::path(
    get,
    path = "/activity/export",
    operation_id = "exportActivity",
    tag = "admin",
    params(Export),
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
) -> Result<Response, Problem> {
    let (form, kind) = match format.as_deref() {
        None | Some("csv") => (Form::Csv, csv::CONTENT_TYPE),
        Some("jsonl") => (Form::JsonLines, "application/jsonl"),
        Some(_) => return Err(Problem::invalid_parameter("format", "`csv` or `jsonl`")),
    };
    let head = match form {
        Form::Csv => csv::line(&COLUMNS),
        Form::JsonLines => String::new(),
    };
    let lines = stream::try_unfold((app.store.clone(), 0, head), move |(store, after, head)| {
        chunk(store, after, head, form)
    });
    Ok(([(header::CONTENT_TYPE, kind)], Body::from_stream(lines)).into_response())
}

/// The next lines, and where those after them begin.
async fn chunk(
    store: Store,
    after: i64,
    mut text: String,
    form: Form,
) -> Result<Option<(Bytes, (Store, i64, String))>, StoreError> {
    let rows = store.activity_after(after, CHUNK).await?;
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
    Ok((!text.is_empty()).then(|| (text.into(), (store, last, String::new()))))
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
