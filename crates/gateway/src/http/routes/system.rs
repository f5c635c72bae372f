//! Small answers: alive, ready, catalog, balance.

use ai_now_protocol::api::Balance;
use ai_now_protocol::{Catalog, Code};
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::domain::Principal;
use crate::http::error::{self, Problem};
use crate::http::extract::{Caller, missing};
use crate::http::openapi::{Keyed, Stored};
use crate::http::state::App;

/// An answer in JSON.
pub(crate) fn json(status: StatusCode, value: &impl serde::Serialize) -> Response {
    (status, [(header::CONTENT_TYPE, error::JSON)], error::json(value)).into_response()
}

/// Answers `pong` to a client with a valid key or session.
#[utoipa::path(
    get,
    path = "/ping",
    operation_id = "ping",
    tag = "documented",
    responses((status = 200, description = "`pong`", body = String), Keyed),
    security(("key" = []))
)]
pub(crate) async fn ping(
    State(app): State<App>,
    headers: axum::http::HeaderMap,
) -> Result<&'static str, Problem> {
    Caller::of(&app, &headers).await?.ok_or_else(missing)?;
    Ok("pong")
}

/// The models that are offered, with styles and prices.
///
/// Prices are public: no key is needed.
#[utoipa::path(
    get,
    path = "/catalog",
    operation_id = "getCatalog",
    tag = "generations",
    responses((status = 200, description = "The catalog.", body = Catalog)),
    security(())
)]
pub(crate) async fn catalog(State(app): State<App>) -> Response {
    let mut response = json(StatusCode::OK, &app.generations.catalog_now());
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// What the caller can spend.
///
/// A visitor with a budget sees the budget as its balance.
#[utoipa::path(
    get,
    path = "/balance",
    operation_id = "getBalance",
    tag = "account",
    responses((status = 200, description = "The balance.", body = Balance), Keyed),
    security(("key" = []))
)]
pub(crate) async fn balance(
    State(app): State<App>,
    principal: Principal,
) -> Result<Response, Problem> {
    Ok(json(StatusCode::OK, &balance_of(&app, &principal).await?))
}

pub(crate) async fn balance_of(app: &App, principal: &Principal) -> Result<Balance, Problem> {
    Ok(match principal.visitor_id {
        Some(visitor_id) => app.store.visitor_balance(principal.account_id, visitor_id).await?,
        None => app.store.balance(principal.account_id).await?,
    })
}

/// The process answers.
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "getHealth",
    tag = "operating",
    responses((status = 200, description = "`ok`", body = String)),
    security(())
)]
pub(crate) async fn healthz() -> &'static str {
    "ok"
}

/// The gateway is ready: its store and media storage accept writes.
///
/// While the disk is full or read-only, the answer is 503.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "getReadiness",
    tag = "operating",
    responses((status = 200, description = "`ready`", body = String), Stored),
    security(())
)]
pub(crate) async fn readyz(State(app): State<App>) -> Result<&'static str, Problem> {
    if app.stopping.is_cancelled() {
        return Err(stopping());
    }
    app.readiness.check(&app.store, &app.media).await?;
    Ok("ready")
}

/// The answer while the gateway shuts down.
pub(crate) fn stopping() -> Problem {
    let wait = std::time::Duration::from_secs(2);
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        Code::Restarting,
        "The gateway is restarting. Try again soon.",
    )
    .retry_after(wait)
}
