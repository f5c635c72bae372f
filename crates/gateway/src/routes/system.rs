//! Small answers: alive, ready, the catalog, the balance.

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::auth::{Caller, Principal, missing};
use crate::problem::{self, Problem};
use crate::server::App;

/// An answer in JSON.
pub(super) fn json(status: StatusCode, value: &impl serde::Serialize) -> Response {
    (status, [(header::CONTENT_TYPE, problem::JSON)], problem::json(value)).into_response()
}

/// `GET /api/ping` (documented). Any key or session that is good may ask.
pub(super) async fn ping(
    State(app): State<App>,
    headers: axum::http::HeaderMap,
) -> Result<&'static str, Problem> {
    Caller::of(&app, &headers).await?.ok_or_else(missing)?;
    Ok("pong")
}

/// `GET /api/catalog`: what is offered. Prices are no secret; no key is needed.
pub(super) async fn catalog(State(app): State<App>) -> Response {
    let mut response = json(StatusCode::OK, app.studio.catalog());
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// `GET /api/balance`: what the caller can spend.
pub(super) async fn balance(
    State(app): State<App>,
    principal: Principal,
) -> Result<Response, Problem> {
    Ok(json(StatusCode::OK, &balance_of(&app, &principal).await?))
}

pub(super) async fn balance_of(
    app: &App,
    principal: &Principal,
) -> Result<ai_now_protocol::api::Balance, Problem> {
    Ok(match principal.visitor_id {
        Some(visitor_id) => app.store.visitor_balance(principal.account_id, visitor_id).await?,
        None => app.store.balance(principal.account_id).await?,
    })
}

/// `GET /healthz`: the process answers.
pub(super) async fn healthz() -> &'static str {
    "ok"
}

/// `GET /readyz`: it can do its work.
pub(super) async fn readyz(State(app): State<App>) -> Result<&'static str, Problem> {
    if app.stopping.is_cancelled() {
        return Err(stopping());
    }
    app.store.ping().await?;
    Ok("ready")
}

/// The answer while the gateway ends.
pub(super) fn stopping() -> Problem {
    let wait = std::time::Duration::from_secs(2);
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "The gateway is restarting. Try again soon.")
        .retry_after(wait)
}
