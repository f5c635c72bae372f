//! Which pages of other origins may use the API (CORS), and with which headers.

use std::time::Duration;

use axum::http::request::Parts;
use axum::http::{HeaderName, Method, header};
use tower_http::cors::{AllowOrigin, Any, CorsLayer};

use super::guard::REQUEST_ID;
use super::state::App;

/// For how long a browser may remember what it was allowed.
const MAX_AGE: Duration = Duration::from_secs(600);

/// Lets pages of the configured origins, and of publishable keys' origins, use the API.
pub(super) fn api(app: App) -> CorsLayer {
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
            REQUEST_ID,
        ])
        .max_age(MAX_AGE)
}

/// Lets any page load the results: whoever knows a file's name may have it. A player on another
/// origin asks for parts, and wants to know how large the whole is.
pub(super) fn media() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::HEAD])
        .allow_headers([
            header::RANGE,
            header::IF_RANGE,
            header::IF_NONE_MATCH,
            header::IF_MODIFIED_SINCE,
        ])
        .expose_headers([
            header::ACCEPT_RANGES,
            header::CONTENT_DISPOSITION,
            header::CONTENT_LENGTH,
            header::CONTENT_RANGE,
            header::ETAG,
            header::RETRY_AFTER,
        ])
        .max_age(MAX_AGE)
}
