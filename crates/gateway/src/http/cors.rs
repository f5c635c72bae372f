//! CORS: which pages of other origins may use the API, and with which headers.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::request::Parts;
use axum::http::{HeaderName, Method, header};
use tower_http::cors::{AllowOrigin, Any, CorsLayer};

use super::guard::REQUEST_ID;
use super::state::App;

/// How long a browser may cache a preflight.
const MAX_AGE: Duration = Duration::from_secs(600);

/// How many origins are remembered.
const REMEMBERED: usize = 1000;

/// The origins of publishable keys that were seen lately. While the records can't be read, their pages
/// hear so, and when to come back; else they would take the gateway for unreachable.
#[derive(Clone, Default)]
struct SeenOrigins(Arc<Mutex<HashSet<String>>>);

impl SeenOrigins {
    /// What is known now, or, where nobody can say, what was known last.
    fn known<E>(&self, origin: &str, found: Result<bool, E>) -> bool {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match found {
            Ok(true) => {
                if seen.len() >= REMEMBERED {
                    seen.clear();
                }
                if !seen.contains(origin) {
                    seen.insert(origin.to_owned());
                }
                true
            }
            Ok(false) => {
                seen.remove(origin);
                false
            }
            Err(_) => seen.contains(origin),
        }
    }
}

/// Lets pages of the configured origins, and of publishable keys' origins, use the API.
pub(super) fn api(app: App) -> CorsLayer {
    let seen = SeenOrigins::default();
    let allowed = AllowOrigin::async_predicate(move |origin, _: &Parts| {
        let (app, seen) = (app.clone(), seen.clone());
        async move {
            let Ok(origin) = origin.to_str() else { return false };
            app.config.origins.iter().any(|allowed| allowed == origin)
                || seen.known(origin, app.store.origin_has_key(origin).await)
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

/// Lets any page load results: knowing a file's name is permission enough. A player on another
/// origin requests ranges, and needs the total size.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_was_allowed_stays_so_while_nobody_can_say() {
        let seen = SeenOrigins::default();
        let known = |origin: &str, found| seen.known::<()>(origin, found);
        assert!(!known("https://a.example", Err(())));
        assert!(known("https://a.example", Ok(true)) && known("https://a.example", Err(())));
        assert!(!known("https://b.example", Err(())));
        assert!(!known("https://a.example", Ok(false)) && !known("https://a.example", Err(())));
        for number in 0..3 * REMEMBERED {
            known(&format!("https://{number}.example"), Ok(true));
        }
        assert!(seen.0.lock().unwrap().len() <= REMEMBERED);
    }
}
