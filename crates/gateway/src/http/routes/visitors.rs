//! `DELETE /api/visitors/{subject}`: ends a visitor's access, for a site's server.

use ai_now_protocol::Code;
use axum::extract::{Path, State};
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::system::json;
use crate::http::error::Problem;
use crate::http::extract::{Caller, missing};
use crate::http::openapi::Keyed;
use crate::http::origin::client_address;
use crate::http::state::App;
use crate::store::{Actor, KeyInfo};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct Who {
    /// The visitor's subject.
    subject: String,
}

/// How many visitors were ended.
#[derive(Serialize, ToSchema)]
#[schema(as = EndedVisitors)]
pub(crate) struct Ended {
    /// How many visitors had this subject.
    ended: usize,
}

/// Ends a visitor's access: all of their sessions and tickets become invalid.
///
/// Only a secret key may do so, for the visitors of its account. Active generations go on. A new
/// session for the same subject admits them again.
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
    extensions: Extensions,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = Caller::of(&app, &headers).await?.ok_or_else(missing)?;
    let Caller::Key(KeyInfo { id, name, account_id, publishable: None, .. }) = caller else {
        return Err(Problem::forbidden(
            Code::SecretKeyRequired,
            "Only a secret key can end visitors. Ask from your server.",
        ));
    };
    app.limits.request_of(id, None)?;
    let source = client_address(&app, &headers, &extensions).to_string();
    let store = app.store.acting_as(Actor { name, source });
    let ended = store.end_visitors(account_id, subject).await?;
    Ok(json(StatusCode::OK, &Ended { ended }))
}
