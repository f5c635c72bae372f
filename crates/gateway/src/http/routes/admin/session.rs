//! `/api/admin/session`: signing in to the administrators' page, and signing out.

use ai_now_protocol::Code;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{Extensions, HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::AdminSelf;
use crate::http::administrator::{Viewer, idle};
use crate::http::body::Json;
use crate::http::error::Problem;
use crate::http::openapi::{Keyed, Sent};
use crate::http::origin::{base, client_address};
use crate::http::page_session;
use crate::http::routes::system::json;
use crate::http::state::App;
use crate::store::Actor;

/// The credentials.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    /// An administrator's key.
    #[schema(pattern = "^ak_")]
    key: String,
}

/// The administrator who is signed in.
#[derive(Serialize, ToSchema)]
struct SignedIn {
    #[serde(flatten)]
    admin: AdminSelf,
    /// After how many seconds without a request the session ends.
    idle_secs: u32,
}

/// Opens a session of the administrators' page, as a cookie that no script can read.
///
/// Requires the header `X-AI-Now-Admin: 1`, as does every change that is made with the session.
#[utoipa::path(
    post,
    path = "/session",
    operation_id = "signIn",
    tag = "admin",
    params(("X-AI-Now-Admin" = Option<String>, Header, description = "`1`: the page itself asks.")),
    request_body = SignIn,
    responses(
        (
            status = 200,
            description = "Who is signed in.",
            body = SignedIn,
            headers(("Set-Cookie" = String, description = "The session.")),
        ),
        Keyed,
        Sent,
    ),
    security(())
)]
pub(crate) async fn sign_in(
    State(app): State<App>,
    extensions: Extensions,
    headers: HeaderMap,
    Json(SignIn { key }): Json<SignIn>,
) -> Result<Response, Problem> {
    let base = base(&app, &headers, &extensions);
    page_session::check(&Method::POST, &headers, &base)?;
    let admin = app.store.admin_by_secret(&key).await?.ok_or_else(|| {
        Problem::unauthorized(
            Code::InvalidKey,
            "This is no administrator's key, or it was revoked. `ai-now-gateway admins create` \
             makes one.",
        )
    })?;
    app.limits.request_of_admin(admin.id)?;
    let source = client_address(&app, &headers, &extensions).to_string();
    let actor = Actor { name: admin.name.clone(), source };
    app.store.acting_as(actor).write_down("admin.sign_in", admin.name.clone()).await?;
    let token = app.store.open_admin_session(&admin, idle(&app)).await?;
    let answer =
        SignedIn { admin: AdminSelf::of(&app, &admin), idle_secs: app.config.admin_session_secs };
    Ok(with_cookie(json(StatusCode::OK, &answer), Some(&token), &base))
}

/// Ends the session of the administrators' page whose cookie is sent.
#[utoipa::path(
    delete,
    path = "/session",
    operation_id = "signOut",
    tag = "admin",
    responses((status = 204, description = "The session has ended."), Keyed),
    security(("admin" = []))
)]
pub(crate) async fn sign_out(
    State(app): State<App>,
    _: Viewer,
    extensions: Extensions,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let base = base(&app, &headers, &extensions);
    if let Some(token) = page_session::token(&headers, &base) {
        app.store.end_admin_session(token).await?;
    }
    Ok(with_cookie(StatusCode::NO_CONTENT.into_response(), None, &base))
}

fn with_cookie(mut response: Response, token: Option<&str>, base: &str) -> Response {
    if let Some(cookie) = page_session::cookie(token, base) {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}
