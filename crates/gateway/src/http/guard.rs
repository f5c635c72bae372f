//! What holds for every request: its limits, its answer's headers, its line in the log.

use std::time::Instant;

use ai_now_protocol::Code;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument as _;

use super::origin;
use crate::http::error::{JSON, Problem};
use crate::http::state::App;
use crate::secret;

/// The longest path and query that is read.
const URI_BYTES: usize = 8 * 1024;

/// The header of every answer that names the request in the log.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest part of a path that is logged, in characters.
const LOGGED_PATH_CHARS: usize = 200;

/// A path as it may stand in a log. The name of a media file holds words of a prompt, and whoever
/// knows it may load the file. Nobody writes pages of a log with one request.
fn logged_path(path: &str) -> String {
    if path.starts_with("/media/") {
        return "/media/…".to_owned();
    }
    if path.starts_with("/uploads/") {
        return "/uploads/…".to_owned();
    }
    short(path)
}

/// A text of a client's, cut where it gets long.
fn short(text: &str) -> String {
    match text.char_indices().nth(LOGGED_PATH_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Logs a request by path, without its query: that may hold a ticket.
pub(super) async fn log(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = &secret::name()[..12];
    let (method, path) = (short(request.method().as_str()), logged_path(request.uri().path()));
    let span = tracing::info_span!("request", id);
    let begun = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status().as_u16();
    app.metrics.responded(status);
    let millis = begun.elapsed().as_millis();
    let refused = status >= 400;
    let (admitted, unlogged) = if refused { app.refusals.admits() } else { (true, 0) };
    if unlogged > 0 {
        tracing::warn!(unlogged, "refused requests were not logged");
    }
    // `{:?}` writes control characters as escapes: nobody writes lines of their own.
    if admitted {
        span.in_scope(|| tracing::info!(%method, ?path, status, millis, "answered"));
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// Refuses what is too large or too much, and gives each answer the headers that keep browsers
/// from reading more into it than it is.
pub(super) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = match admit(&app, &request) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    response = in_our_shape(response);
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        // The page brings its own policy; for all else, nothing is needed and nothing allowed.
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; sandbox"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Errors that did not come from our own hands, such as those of the framework's readers of paths
/// and queries, may say back what was sent; they get our words, and keep their other headers.
fn in_our_shape(response: Response) -> Response {
    let status = response.status();
    let json = response.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == JSON);
    if json || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    if status.is_server_error() {
        return Problem::internal().into_response();
    }
    let sentence =
        "The request cannot be understood. Compare its address and headers with the API document.";
    let problem = match status {
        StatusCode::NOT_FOUND => Problem::new(status, Code::NoSuchRoute, sentence),
        StatusCode::METHOD_NOT_ALLOWED => Problem::new(status, Code::MethodNotAllowed, sentence),
        StatusCode::RANGE_NOT_SATISFIABLE => {
            Problem::new(status, Code::RangeNotSatisfiable, sentence)
        }
        _ => Problem::new(status, Code::InvalidRequest, sentence),
    };
    let mut ours = problem.into_response();
    for (name, value) in response.headers() {
        if !matches!(*name, header::CONTENT_TYPE | header::CONTENT_LENGTH) {
            ours.headers_mut().insert(name, value.clone());
        }
    }
    ours
}

fn admit(app: &App, request: &Request) -> Result<(), Problem> {
    let limits = &app.config.limits;
    if size(request.headers()) > limits.header_bytes {
        return Err(Problem::new(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Code::HeadersTooLarge,
            "The request's headers are too large. Send fewer or shorter ones.",
        ));
    }
    // RFC 9112, 3.2: what a proxy before us took for the host may be another one than we do.
    let hosts = request.headers().get_all(header::HOST).iter().count();
    if hosts > 1 || (hosts == 0 && request.version() == Version::HTTP_11) {
        return Err(Problem::bad_request(
            Code::InvalidRequest,
            "The request must have one Host header.",
        ));
    }
    let uri = request.uri();
    if uri.path().len() + uri.query().map_or(0, str::len) > URI_BYTES {
        return Err(Problem::new(
            StatusCode::URI_TOO_LONG,
            Code::AddressTooLong,
            "The address is too long. No address here is that long.",
        ));
    }
    let address = origin::client_address(app, request.headers(), request.extensions());
    Ok(app.limits.request_from(address)?)
}

fn size(headers: &HeaderMap) -> usize {
    headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum()
}

/// What the API answers is of this moment and for this client.
pub(super) async fn never_cached(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response
        .headers_mut()
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_has_no_media_names_and_no_long_paths() {
        assert_eq!(logged_path("/api/ping"), "/api/ping");
        assert_eq!(logged_path("/media/a-secret-wish-abc.mp3"), "/media/…");
        let long = logged_path(&format!("/{}", "é".repeat(4000)));
        assert_eq!(long.chars().count(), LOGGED_PATH_CHARS + 1);
    }
}
