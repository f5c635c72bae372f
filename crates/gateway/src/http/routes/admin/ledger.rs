//! `GET /api/admin/keys/{name}/ledger`: every movement of tokens of a key's account.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::keys::{Which, refusal};
use crate::http::administrator::Viewer;
use crate::http::error::Problem;
use crate::http::openapi::{Keyed, Located};
use crate::http::routes::page::{Page, next};
use crate::http::routes::system::json;
use crate::http::state::App;
use crate::store::LedgerEntry;

/// A movement of tokens.
#[derive(Serialize, ToSchema)]
struct Movement {
    /// Its number. Later ones have higher ones.
    id: i64,
    /// When it was recorded, in milliseconds since 1970.
    at_ms: u64,
    /// `grant`: tokens were added; `hold`: they were reserved for a generation; `capture`: they
    /// were spent for it; `release`: they were returned; `refund`: they were returned after they
    /// were spent; `adjustment`: they were taken back.
    #[schema(pattern = "^(grant|adjustment|hold|capture|release|refund)$")]
    kind: String,
    /// How many tokens.
    tokens: u64,
    /// The generation that it is for. It may be removed already.
    #[serde(skip_serializing_if = "Option::is_none")]
    generation: Option<String>,
    /// The reason that an administrator gave for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl From<LedgerEntry> for Movement {
    fn from(entry: LedgerEntry) -> Self {
        let LedgerEntry { id, at_ms, kind, tokens, generation_id: generation, reason } = entry;
        Self { id, at_ms, kind, tokens, generation, reason }
    }
}

/// A page of an account's movements.
#[derive(Serialize, ToSchema)]
struct LedgerPage {
    /// The movements, the newest first.
    entries: Vec<Movement>,
    /// Where the next page begins. Absent: this is the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Every movement of tokens of a key's account, the newest first.
///
/// A publishable key has no account of its own: this is its owner's.
#[utoipa::path(
    get,
    path = "/keys/{name}/ledger",
    operation_id = "getKeyLedger",
    tag = "admin",
    params(Which, Page),
    responses(
        (status = 200, description = "A page of the ledger.", body = LedgerPage),
        Keyed,
        Located,
    ),
    security(("admin" = []))
)]
pub(crate) async fn show(
    State(app): State<App>,
    _: Viewer,
    Path(Which { name }): Path<Which>,
    Query(page): Query<Page>,
) -> Result<Response, Problem> {
    let (before, limit) = (page.before()?, page.limit()?);
    let account = app.store.key_by_name(&name).await.map_err(refusal)?.account_id;
    let mut rows = app.store.ledger_before(account, before, limit.saturating_add(1)).await?;
    let next = next(&mut rows, limit, |row| row.id.to_string());
    let entries = rows.into_iter().map(Movement::from).collect();
    Ok(json(StatusCode::OK, &LedgerPage { entries, next }))
}
