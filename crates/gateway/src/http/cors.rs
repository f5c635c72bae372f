//! Which pages of other origins may use the API (CORS), and with which headers.

use std::time::Duration;

use axum::http::request::Parts;
use axum::http::{HeaderName, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::state::App;

/// Lets pages of the configured origins, and of publishable keys' origins, use the API.
pub(super) fn layer(app: App) -> CorsLayer {
    let allowed = AllowOrigin::async_predicate(move |origin, _: &Parts| {
        let app = app.clone();
        async move {
            let Ok(origin) = origin.to_str() else { return false };
            app.config.origins.iter().any(|allowed| allowed == origin)
                || app.store.origin_has_key(origin).await.unwrap_or(false)
        }
    });
    let name = HeaderName::from_static;
    CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            name("idempotency-key"),
            name("last-event-id"),
        ])
        .expose_headers([
            header::CONTENT_LOCATION,
            header::LOCATION,
            header::RETRY_AFTER,
            name("idempotent-replayed"),
            name("x-request-id"),
        ])
        .max_age(Duration::from_secs(600))
}
