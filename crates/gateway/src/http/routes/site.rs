//! The built widget: its page and its files, as they lie in the directory.

use std::path::Path;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;
use tower::ServiceExt as _;
use tower_http::services::ServeDir;

use crate::http::error::{unknown, wrong_method};
use crate::http::file_request;
use crate::http::state::App;

/// What the page may do: run the widget's own files, load what the gateway serves, be embedded
/// anywhere. Nothing inline, nothing from elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
     style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; \
     connect-src 'self' blob:; worker-src 'self'; frame-src 'self'; font-src 'self'; \
     manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *";

/// Whether a path, with all symbolic links followed, is still within the directory. What isn't there
/// is nowhere else.
async fn stays_within(web: &Path, path: &str) -> bool {
    let Ok(path) = percent_decode_str(path).decode_utf8() else { return false };
    let Ok(root) = tokio::fs::canonicalize(web).await else { return false };
    match tokio::fs::canonicalize(root.join(path.trim_start_matches('/'))).await {
        Ok(real) => real.starts_with(root),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    }
}

/// Anything that is no route: a file of the widget, or nothing.
pub(crate) async fn serve(State(app): State<App>, request: Request) -> Response {
    let Some(web) = &app.config.web else { return unknown().await.into_response() };
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut response = wrong_method().await.into_response();
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET,HEAD"));
        return response;
    }
    // What begins with a dot was not meant to be served.
    if !file_request::is_public(request.uri().path()) {
        return unknown().await.into_response();
    }
    if !stays_within(web, request.uri().path()).await {
        return unknown().await.into_response();
    }
    let kept = kept(request.uri().path());
    let files = ServeDir::new(web).precompressed_br().precompressed_gzip();
    let Ok(found) = files.oneshot(request).await;
    if !found.status().is_success() && !found.status().is_redirection() {
        return match found.status() {
            StatusCode::RANGE_NOT_SATISFIABLE | StatusCode::PRECONDITION_FAILED => {
                found.map(Body::new)
            }
            _ => unknown().await.into_response(),
        };
    }
    let mut response = found.map(Body::new);
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, kept),
        // Pages elsewhere embed the widget by its files.
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::VARY, "Accept-Encoding"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    response
}

/// How long browsers keep a file: for good where its name bears the hash of its contents, as
/// `cargo xtask dist` names what the shell loads; a day where it is a picture, which nothing depends
/// on. The rest they ask for each time, and mostly hear "not modified".
fn kept(path: &str) -> &'static str {
    let name = path.rsplit('/').next().unwrap_or_default();
    let mut parts = name.rsplit('.');
    let (extension, hash) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let is_hash = hash.len() == HASH_CHARS
        && hash.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if is_hash && parts.next().is_some() {
        "public, max-age=31536000, immutable"
    } else if matches!(extension, "jpg" | "svg") {
        "public, max-age=86400"
    } else {
        "no-cache"
    }
}

/// So many characters of its hash stand in a file's name: see `xtask/src/release.rs`.
const HASH_CHARS: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_never_changes_is_kept_for_good() {
        for path in ["/a_bg.ab-_efghijklmnop.wasm", "/locales/de.0123456789abcdef.json"] {
            assert!(kept(path).contains("immutable"), "{path}");
        }
        for path in ["/", "/ai-now.js", "/0123456789abcdef.js", "/a.0123456789abcde.js", "/a.b.js"]
        {
            assert_eq!(kept(path), "no-cache", "{path}");
        }
        assert_eq!(kept("/styles/run-retro.jpg"), "public, max-age=86400");
    }
}
