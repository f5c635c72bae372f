//! `DELETE /api/visitors/{subject}`: a site's server ends one visitor.

use ai_now_protocol::Code;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::system::json;
use crate::http::error::Problem;
use crate::http::extract::{Caller, missing};
use crate::http::openapi::Keyed;
use crate::http::state::App;
use crate::store::KeyInfo;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct Who {
    /// The visitor, as the site calls them.
    subject: String,
}

/// How many were ended.
#[derive(Serialize, ToSchema)]
#[schema(as = EndedVisitors)]
pub(crate) struct Ended {
    /// How many visitors were called so.
    ended: usize,
}

/// Ends a visitor: none of their sessions, and none of their tickets, is good any more.
///
/// Only a secret key may, for the visitors of its account. What is under way goes to its end. A new
/// session for the same subject lets them in again.
#[utoipa::path(
    delete,
    path = "/visitors/{subject}",
    operation_id = "endVisitor",
    tag = "account",
    params(Who),
    responses((status = 200, description = "How many were ended.", body = Ended), Keyed),
    security(("key" = []))
)]
pub(crate) async fn end(
    State(app): State<App>,
    Path(Who { subject }): Path<Who>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = Caller::of(&app, &headers).await?.ok_or_else(missing)?;
    let Caller::Key(KeyInfo { id, account_id, publishable: None, .. }) = caller else {
        return Err(Problem::forbidden(
            Code::SecretKeyRequired,
            "Only a secret key can end visitors. Ask from your server.",
        ));
    };
    app.limits.request_of(id, None)?;
    let ended = app.store.end_visitors(account_id, subject).await?;
    Ok(json(StatusCode::OK, &Ended { ended }))
}
