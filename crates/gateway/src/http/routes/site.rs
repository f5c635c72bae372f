//! The built widget: its page and files, from a directory; and the administrators' page in the
//! folder `admin`, on the listener that answers administrators.

use std::io::{self, ErrorKind};
use std::path::Path;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;
use tower_http::services::ServeDir;

use crate::http::error::{Problem, unknown, wrong_method};
use crate::http::file_request;
use crate::http::state::App;

/// The page's policy: it may run the widget's own files, load what the gateway serves, and be
/// embedded anywhere. Nothing inline, nothing from elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
     style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; \
     connect-src 'self' blob:; worker-src 'self'; frame-src 'self'; font-src 'self'; \
     manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *";

/// The policy of the administrators' page: it may run its own files, call this gateway, and show
/// what it serves. No page may frame it.
const ADMIN_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; \
     style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'";

/// The folder of the administrators' page.
const ADMIN_FOLDER: &str = "admin";

/// Whether a path belongs to the administrators' page, in any spelling: some file systems are
/// case-insensitive.
fn is_admin(path: &str) -> bool {
    let Ok(path) = percent_decode_str(path).decode_utf8() else { return false };
    path.split('/').nth(1).is_some_and(|folder| folder.eq_ignore_ascii_case(ADMIN_FOLDER))
}

/// A page's policy, extended where results come from an object store.
fn with_results_from(policy: &HeaderValue, origin: &str) -> Option<HeaderValue> {
    let directives = policy.to_str().ok()?.split("; ").map(|directive| {
        let loads = ["img-src ", "media-src ", "connect-src "];
        if loads.iter().any(|name| directive.starts_with(name)) {
            format!("{directive} {origin}")
        } else {
            directive.to_owned()
        }
    });
    HeaderValue::from_str(&directives.collect::<Vec<_>>().join("; ")).ok()
}

/// Whether a path is within the directory after resolving all symbolic links. A missing file is not
/// outside.
///
/// # Errors
/// Where nobody can say.
async fn stays_within(web: &Path, path: &str) -> io::Result<bool> {
    let Ok(path) = percent_decode_str(path).decode_utf8() else { return Ok(false) };
    let root = tokio::fs::canonicalize(web).await?;
    match tokio::fs::canonicalize(root.join(path.trim_start_matches('/'))).await {
        Ok(real) => Ok(real.starts_with(root)),
        Err(error) if is_missing(&error) => Ok(true),
        Err(error) => Err(error),
    }
}

/// Whether there is no such file. A file that can't be read now is there.
fn is_missing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename
    )
}

/// The answer where a file, or the whole directory, can't be read.
fn unreadable(error: &io::Error) -> Response {
    tracing::error!(%error, "a file of the page could not be read");
    Problem::overloaded("The file can't be read right now. Try again in a moment.").into_response()
}

/// The fallback for all addresses without a route: a file of the widget, or 404. The
/// administrators' page is included if they have no listener of their own.
pub(crate) async fn serve(State(app): State<App>, request: Request) -> Response {
    if app.config.admin_listen.is_some() && is_admin(request.uri().path()) {
        return unknown().await.into_response();
    }
    file(&app, request).await
}

/// The fallback of the administrators' listener: their page only.
pub(crate) async fn serve_admin(State(app): State<App>, request: Request) -> Response {
    if !is_admin(request.uri().path()) {
        return unknown().await.into_response();
    }
    file(&app, request).await
}

async fn file(app: &App, request: Request) -> Response {
    let Some(web) = &app.config.web else { return unknown().await.into_response() };
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut response = wrong_method().await.into_response();
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET,HEAD"));
        return response;
    }
    // Hidden files are not served.
    if !file_request::is_public(request.uri().path()) {
        return unknown().await.into_response();
    }
    match stays_within(web, request.uri().path()).await {
        Ok(true) => {}
        Ok(false) => return unknown().await.into_response(),
        Err(error) => return unreadable(&error),
    }
    let is_admin = is_admin(request.uri().path());
    if is_admin && request.uri().path().trim_start_matches('/') == ADMIN_FOLDER {
        // Relative: a proxy may serve the gateway under a path.
        return (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, "admin/")]).into_response();
    }
    let kept = kept(request.uri().path());
    let folder = folder_address(request.uri());
    let mut files = ServeDir::new(web).precompressed_br().precompressed_gzip();
    let found = match files.try_call(request).await {
        Ok(found) => found,
        Err(error) if is_missing(&error) => return unknown().await.into_response(),
        Err(error) => return unreadable(&error),
    };
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
    if let Some(location) = headers.get_mut(header::LOCATION)
        && let Ok(folder) = HeaderValue::from_str(&folder)
    {
        *location = folder;
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    let own: &[(&str, &str)] = if is_admin { &ADMIN_HEADERS } else { &HEADERS };
    for (name, value) in own {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if let Some(origin) = app.media.signed_origin()
        && let Some(policy) = headers.get_mut(header::CONTENT_SECURITY_POLICY)
        && let Some(wider) = with_results_from(policy, &origin)
    {
        *policy = wider;
    }
    response
}

/// The address of a folder that was asked for without a slash at its end, relative to what was asked for:
/// a proxy may serve the gateway below a path.
fn folder_address(uri: &Uri) -> String {
    let name = uri.path().rsplit('/').next().unwrap_or_default();
    match uri.query() {
        Some(query) => format!("./{name}/?{query}"),
        None => format!("./{name}/"),
    }
}

/// Pages of other origins embed the widget by its files.
const HEADERS: [(&str, &str); 3] = [
    ("content-security-policy", POLICY),
    ("access-control-allow-origin", "*"),
    ("cross-origin-resource-policy", "cross-origin"),
];

/// Pages of other origins can't use the administrators' page.
const ADMIN_HEADERS: [(&str, &str); 4] = [
    ("content-security-policy", ADMIN_POLICY),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("x-robots-tag", "noindex"),
];

/// How long browsers cache a file: for ever if its name contains the hash of its contents, as
/// `cargo xtask dist` names what the shell loads; a day for pictures, on which nothing depends.
/// Other files are revalidated each time, mostly with "not modified".
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

/// The length of the hash in a file's name: see `xtask/src/release.rs`.
const HASH_CHARS: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_from_the_one_store_too() {
        let wider = with_results_from(&HeaderValue::from_static(POLICY), "https://s3.example");
        let wider = wider.unwrap();
        let wider = wider.to_str().unwrap();
        for source in
            ["img-src 'self' blob: data:", "media-src 'self' blob:", "connect-src 'self' blob:"]
        {
            assert!(wider.contains(&format!("; {source} https://s3.example;")), "{wider}");
        }
        assert!(wider.contains("; script-src 'self' 'wasm-unsafe-eval'; style-src 'self';"));
    }

    #[test]
    fn the_administrators_page_is_known_however_its_path_is_written() {
        for path in ["/admin", "/admin/", "/admin/admin.js", "/%61dmin/", "/Admin/x"] {
            assert!(is_admin(path), "{path}");
        }
        for path in ["/", "/administer", "/a/admin", "/admin.js", "/media/admin"] {
            assert!(!is_admin(path), "{path}");
        }
    }

    /// Never one of another host, nor one that a prefix would be lost from.
    #[test]
    fn a_folder_is_beside_what_was_asked_for() {
        for (asked, told) in [
            ("/examples", "./examples/"),
            ("/examples?a=//b", "./examples/?a=//b"),
            ("/a/b", "./b/"),
            ("//evil.example", "./evil.example/"),
            ("/javascript:x", "./javascript:x/"),
        ] {
            assert_eq!(folder_address(&asked.parse().unwrap()), told);
        }
    }

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
