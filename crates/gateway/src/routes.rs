//! The routes: HTTP in, HTTP out. They translate; they decide nothing about a generation.

mod body;
mod events;
mod generations;
mod guard;
mod media;
mod origin;
mod sessions;
mod site;
mod system;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;

use crate::problem::{Problem, from_panic};
use crate::server::App;

/// All that the gateway answers.
pub fn router(app: App) -> Router {
    let api = Router::new()
        .route("/ping", get(system::ping))
        .route("/catalog", get(system::catalog))
        .route("/balance", get(system::balance))
        .route("/sessions", post(sessions::open))
        .route("/generate", post(generations::generate))
        .route("/generations", post(generations::create))
        .route("/generations/{id}", get(generations::show).delete(generations::cancel))
        .route("/generations/{id}/events", get(generations::events))
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn(guard::never_cached))
        .layer(origin::cors(app.clone()));
    Router::new()
        .nest("/api", api)
        .route("/media/{name}", get(media::serve))
        .route("/healthz", get(system::healthz))
        .route("/readyz", get(system::readyz))
        .fallback(site::serve)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(app.clone(), guard::guard))
        .layer(CatchPanicLayer::custom(from_panic))
        .layer(from_fn_with_state(app.clone(), guard::log))
        .with_state(app)
}

/// What the metrics listener answers.
pub fn metrics(app: App) -> Router {
    let text = |State(app): State<App>| async move {
        let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
        let text = app.metrics.text(app.studio.under_way());
        ([(header::CONTENT_TYPE, kind)], text).into_response()
    };
    Router::new().route("/metrics", get(text)).fallback(unknown).with_state(app)
}

async fn unknown() -> Problem {
    Problem::not_found("There is nothing at this address. The API's routes begin with /api/.")
}

async fn wrong_method() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "This address does not take that method. The Allow header names those it takes.",
    )
}
