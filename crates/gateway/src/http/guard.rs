//! What applies to every request: its limits, the headers of its answer, its line in the log.

use std::time::Instant;

use ai_now_protocol::Code;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;
use tracing::Instrument as _;

use super::origin;
use crate::http::error::{JSON, Problem};
use crate::http::state::App;
use crate::media::format_of;
use crate::secret;

/// The longest accepted path and query.
const URI_BYTES: usize = 8 * 1024;

/// How many headers a request may have, whatever their size.
const HEADERS: usize = 256;

/// The header of every answer with the request's id in the log.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest part of a path that is logged, in characters.
const LOGGED_PATH_CHARS: usize = 200;

/// A path as it may stand in a log. The name of a media file holds words of a prompt, and whoever
/// knows it may load the file: it is cut out, however the path to it is written, and also where a proxy
/// has left a prefix before it. Nobody writes pages of a log with one request.
fn logged_path(path: &str) -> String {
    let is_capability = |part: &str| {
        let part = percent_decode_str(part).decode_utf8_lossy();
        ["media", "uploads"].iter().any(|folder| part.to_ascii_lowercase().contains(folder))
    };
    let is_name = |part: &str| format_of(part.trim_end_matches('/')).is_some();
    let mut end = 0;
    for part in path.split_inclusive('/') {
        end += part.len();
        if is_capability(part) && end < path.len() {
            return short(&format!("{}/…", path[..end].trim_end_matches('/')));
        }
        // The whole rest may be one part whose slashes are encoded, or a name without its folder.
        if is_capability(part) && part.contains('%') || is_name(part) {
            return short(&format!("{}…", &path[..end - part.len()]));
        }
    }
    short(path)
}

/// What stands in the addresses of routes, as far as a refused request's address says which one it was for.
const PARTS_OF_ROUTES: &[&str] = &[
    "",
    "activity",
    "admin",
    "again",
    "api",
    "balance",
    "cancel",
    "catalog",
    "deliveries",
    "events",
    "generate",
    "generations",
    "healthz",
    "keys",
    "ledger",
    "media",
    "models",
    "openapi.json",
    "overview",
    "providers",
    "readyz",
    "sessions",
    "uploads",
    "usage",
    "visitors",
    "webhooks",
];

/// The beginning of a refused request's path: whatever is no part of a route's address is somebody's own
/// words, perhaps a prompt's, or the name of a file in a spelling that leads nowhere. A generation's id is
/// nobody's.
fn known_part(path: &str) -> String {
    let is_known = |part: &str| {
        let is_id = part.len() == ID_CHARS
            && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
        is_id || PARTS_OF_ROUTES.contains(&part)
    };
    let mut end = 0;
    for part in path.split_inclusive('/') {
        if !is_known(part.trim_end_matches('/')) {
            return format!("{}…", &path[..end]);
        }
        end += part.len();
    }
    path.to_owned()
}

/// How long the id of a generation is.
const ID_CHARS: usize = 26;

/// A method's name, if it is one; anybody can make one up.
fn known_method(method: &Method) -> &str {
    match *method {
        Method::GET
        | Method::HEAD
        | Method::POST
        | Method::PUT
        | Method::DELETE
        | Method::OPTIONS
        | Method::PATCH
        | Method::CONNECT
        | Method::TRACE => method.as_str(),
        _ => "…",
    }
}

/// A client's text, cut at a maximal length.
fn short(text: &str) -> String {
    match text.char_indices().nth(LOGGED_PATH_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Logs a request by path, without its query, which may contain a ticket.
pub(super) async fn log(State(app): State<App>, request: Request, next: Next) -> Response {
    let id = &secret::name()[..12];
    let method = known_method(request.method()).to_owned();
    let path = logged_path(request.uri().path());
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
    let path = if refused { known_part(&path) } else { path };
    // `{:?}` escapes control characters, so that a client can't forge lines of the log.
    if admitted {
        span.in_scope(|| tracing::info!(%method, ?path, status, millis, "answered"));
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// Rejects requests that are too large or too many, and adds the security headers to each answer.
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
        // Pages bring their own policy; for everything else nothing is needed and nothing allowed.
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'; sandbox"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// Errors of the framework, such as those about paths and queries, may repeat what was sent. They
/// get a body of ours, and keep their other headers.
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
    let headers = request.headers();
    if headers.len() > HEADERS || size(headers) > limits.header_bytes {
        return Err(Problem::new(
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Code::HeadersTooLarge,
            "The request's headers are too large. Send fewer or shorter ones.",
        ));
    }
    // RFC 9112, 3.2: a proxy may have used another of the hosts than we would.
    let hosts = headers.get_all(header::HOST).iter();
    let hosts =
        hosts.map(|host| host.as_bytes().split(|byte| *byte == b',').count()).sum::<usize>();
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

/// Answers of the API are current and for this client only, so they must not be cached.
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
    use ai_now_protocol::Format;

    use super::*;
    use crate::media::new_name;

    #[test]
    fn a_log_has_no_media_names_and_no_long_paths() {
        assert_eq!(logged_path("/api/ping"), "/api/ping");
        let named = format!("/{}", new_name("a secret wish", Format::Mp3));
        for (path, logged) in [
            ("/media/a-secret-wish-abc.mp3", "/media/…"),
            ("//media/a-secret-wish-abc.mp3", "//media/…"),
            ("/media//a-secret-wish-abc.mp3", "/media/…"),
            ("/tool/media/a-secret-wish-abc.mp3", "/tool/media/…"),
            ("/Media/a-secret-wish-abc.mp3", "/Media/…"),
            ("/%6dedia/a-secret-wish-abc.mp3", "/%6dedia/…"),
            ("/media%2Fa-secret-wish-abc.mp3", "/…"),
            ("/x/media%5ca-secret-wish-abc.mp3", "/x/…"),
            ("/api/../media/a/b", "/api/../media/…"),
            (named.as_str(), "/…"),
            ("/uploads/abc.png", "/uploads/…"),
            ("/api/uploads", "/api/uploads"),
            ("/media", "/media"),
        ] {
            assert_eq!(logged_path(path), logged);
        }
        for (path, logged) in [
            ("/api/generate/a%20secret%20wish", "/api/generate/…"),
            ("/api/generations/", "/api/generations/"),
            ("/api/generations/y4j4ywdkx9az8ve72aimugxxwb/events", "same"),
            ("/api/a-secret-wish", "/api/…"),
            ("/a-secret-wish-abc%2emp3", "/…"),
            ("/a secret wish/b", "/…"),
            ("a-secret-wish", "…"),
            ("/media/…", "/media/…"),
            ("/", "/"),
            ("", ""),
        ] {
            assert_eq!(known_part(path), if logged == "same" { path } else { logged });
        }
        for (method, logged) in [("GET", "GET"), ("PATCH", "PATCH"), ("a-secret-wish", "…")] {
            assert_eq!(known_method(&method.parse().unwrap()), logged);
        }
        let long = logged_path(&format!("/{}", "é".repeat(4000)));
        assert_eq!(long.chars().count(), LOGGED_PATH_CHARS + 1);
    }
}
