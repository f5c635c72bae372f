//! `GET /media/{name}`: the files, whole or in ranges. Knowing a name is permission to load the
//! file.

use std::collections::BTreeMap;
use std::time::SystemTime;

use ai_now_protocol::{Code, Format};
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use serde::Deserialize;
use utoipa::openapi::{self, Content, RefOr, ResponseBuilder};
use utoipa::{IntoParams, IntoResponses, PartialSchema as _};

use crate::http::error::Problem;
use crate::http::file_request::{self, Wanted};
use crate::http::openapi::{Binary, InParts, Located, header as described_header, optional_header};
use crate::http::origin::client_address;
use crate::http::state::App;
use crate::media::{IMMUTABLE, format_of};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MediaQuery {
    /// Present: to be downloaded, not shown.
    download: Option<String>,
}

/// A result, whole or a range of it, in its format.
struct MediaFile;

impl IntoResponses for MediaFile {
    fn responses() -> BTreeMap<String, RefOr<openapi::Response>> {
        let answer = |about: &str| {
            let mut answer = ResponseBuilder::new()
                .description(about)
                .header("ETag", described_header::<String>("The file's version; it never changes."))
                .header("Last-Modified", described_header::<String>("When it was made."))
                .header("Accept-Ranges", described_header::<String>("`bytes`"))
                .header("Content-Disposition", optional_header("Present for a download."));
            for format in Format::all() {
                answer =
                    answer.content(format.content_type(), Content::new(Some(Binary::schema())));
            }
            answer
        };
        let part = described_header::<String>("The range: `bytes 0-9/1234`.");
        let part = answer("The requested range.").header("Content-Range", part);
        BTreeMap::from([
            ("200".to_owned(), RefOr::T(answer("The file.").build())),
            ("206".to_owned(), RefOr::T(part.build())),
        ])
    }
}

/// A result, whole or a range of it. Knowing its name is permission to load it.
#[utoipa::path(
    get,
    path = "/media/{name}",
    operation_id = "getMedia",
    tag = "generations",
    params(
        ("name" = String, Path, description = "The file's name, as in its address."),
        MediaQuery,
        ("Range" = Option<String>, Header, description = "A range of the file, as in RFC 9110."),
        ("If-Range" = Option<String>, Header, description = "Return the range only of this version."),
        ("If-None-Match" = Option<String>, Header, description = "The versions that the client has."),
        ("If-Modified-Since" = Option<String>, Header, description = "The version's date."),
    ),
    responses(
        MediaFile,
        (
            status = 307,
            description = "The file is in an object store, and may be loaded from there for a while.",
            headers(("Location" = String, description = "Where. The address is signed.")),
        ),
        (status = 304, description = "The client's version is current."),
        Located,
        InParts,
    ),
    security(())
)]
pub(crate) async fn serve(
    State(app): State<App>,
    Path(name): Path<String>,
    Query(query): Query<MediaQuery>,
    method: Method,
    extensions: Extensions,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let format = format_of(&name).ok_or_else(unknown)?;
    // A signed address is valid for one method, so requests about the file are answered here.
    if method == Method::GET
        && let Some(elsewhere) = redirected(&app, &name, query.download.is_some()).await?
    {
        return Ok(elsewhere);
    }
    // Held while the file is open: file descriptors are reserved for other work, too.
    let address = client_address(&app, &headers, &extensions);
    let reading = app.limits.media_reader(address).ok_or_else(overloaded)?;
    let file = match app.media.open(&name).await {
        Ok(file) => file,
        Err(error) => return Err(unopened(&app, &name, &error).await?),
    };
    let (size, modified) = (file.size_bytes, file.modified);
    // Names are unique and files never change: the name is the entity tag.
    let tag = format!("\"{name}\"");
    let modified_text = httpdate::fmt_http_date(modified);

    let mut response = described(&tag, &modified_text, format)?;
    if query.download.is_some() {
        let value = format!("attachment; filename=\"{name}\"");
        response.headers_mut().insert(header::CONTENT_DISPOSITION, text(&value)?);
    }
    if unchanged(&headers, &tag, modified) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response.headers_mut().remove(header::CONTENT_TYPE);
        return Ok(response);
    }
    let range = match wanted(&method, &headers, size, &tag, &modified_text) {
        Wanted::All => None,
        Wanted::Part(first, last) => Some((first, last)),
        Wanted::Nothing => return not_satisfiable(size),
    };
    let (first, length) = range.map_or((0, size), |(first, last)| (first, last - first + 1));
    response.headers_mut().insert(header::CONTENT_LENGTH, length.into());
    if let Some((first, last)) = range {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let value = format!("bytes {first}-{last}/{size}");
        response.headers_mut().insert(header::CONTENT_RANGE, text(&value)?);
    }
    if method != Method::HEAD {
        let contents = file.read(first, length).await.map_err(|error| unreadable(&error))?;
        let stream = contents.inspect(move |chunk| {
            _ = &reading;
            if let Err(error) = chunk {
                tracing::warn!(%error, "a media file was not read to its end");
            }
        });
        *response.body_mut() = Body::from_stream(stream);
    }
    Ok(response)
}

/// Redirects to the object store, if configured. The records say whether the file exists: the
/// store's own error would be unknown to our clients.
async fn redirected(app: &App, name: &str, download: bool) -> Result<Option<Response>, Problem> {
    let signed = app.media.signed_url(name, download).await;
    let Some((url, lifetime)) = signed.map_err(|error| unreadable(&error))? else {
        return Ok(None);
    };
    if !app.store.media_is_known(name).await? {
        return Err(unknown());
    }
    let mut response = StatusCode::TEMPORARY_REDIRECT.into_response();
    // A client that uses the cached redirect has at least half of the address's lifetime left.
    let kept = format!("private, max-age={}", lifetime.as_secs() / 2);
    response.headers_mut().insert(header::LOCATION, text(&url)?);
    response.headers_mut().insert(header::CACHE_CONTROL, text(&kept)?);
    // The page that shows the file knows its name already; the target of the redirect adds nothing.
    let referrer = HeaderValue::from_static("no-referrer");
    response.headers_mut().insert(header::REFERRER_POLICY, referrer);
    Ok(Some(response))
}

/// The headers that every answer about a file has.
fn described(tag: &str, modified: &str, format: Format) -> Result<Response, Problem> {
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    for (header, value) in [
        (header::ETAG, tag),
        (header::LAST_MODIFIED, modified),
        (header::ACCEPT_RANGES, "bytes"),
        (header::CACHE_CONTROL, IMMUTABLE),
        (header::CONTENT_TYPE, format.content_type()),
        // If it is opened by itself, a browser shows the file in a page that the browser makes.
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'; \
             sandbox",
        ),
    ] {
        headers.insert(header, text(value)?);
    }
    // A picture or a sound may be shown on any page that knows its name.
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    Ok(response)
}

/// The answer to a range that the file does not have.
fn not_satisfiable(size: u64) -> Result<Response, Problem> {
    let problem = Problem::new(
        StatusCode::RANGE_NOT_SATISFIABLE,
        Code::RangeNotSatisfiable,
        "The file has no such range. The Content-Range header gives its size.",
    );
    let mut response = problem.into_response();
    response.headers_mut().insert(header::CONTENT_RANGE, text(&format!("bytes */{size}"))?);
    Ok(response)
}

/// Only a missing file is "not found": one that can't be opened now may be opened later.
fn unreadable(error: &std::io::Error) -> Problem {
    if error.kind() == std::io::ErrorKind::NotFound {
        return unknown();
    }
    tracing::error!(%error, "a media file could not be opened");
    overloaded()
}

/// A file of which there are records is missing with its disk, and comes back with it.
async fn unopened(app: &App, name: &str, error: &std::io::Error) -> Result<Problem, Problem> {
    if error.kind() == std::io::ErrorKind::NotFound && app.store.media_is_known(name).await? {
        tracing::error!("a media file of which there are records is missing from its storage");
        return Ok(overloaded());
    }
    Ok(unreadable(error))
}

fn overloaded() -> Problem {
    Problem::overloaded("The file can't be read right now. Try again in a moment.")
}

fn unknown() -> Problem {
    Problem::not_found(
        Code::NoSuchFile,
        "There is no such file. Results are kept for some days only.",
    )
}

fn text(value: &str) -> Result<HeaderValue, Problem> {
    HeaderValue::from_str(value).map_err(|_| Problem::internal())
}

/// Whether the client has this version already (RFC 9110, 13.1.2 and 13.1.3).
fn unchanged(headers: &HeaderMap, tag: &str, modified: SystemTime) -> bool {
    if let Some(tags) = headers.get(header::IF_NONE_MATCH) {
        let tags = tags.to_str().unwrap_or_default().split(',').map(str::trim);
        return tags.into_iter().any(|t| t == "*" || t.strip_prefix("W/").unwrap_or(t) == tag);
    }
    let since = headers.get(header::IF_MODIFIED_SINCE).and_then(|since| since.to_str().ok());
    let since = since.and_then(|since| httpdate::parse_http_date(since).ok());
    // The header has a resolution of a second.
    let secs = |time: SystemTime| {
        time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
    };
    since.is_some_and(|since| secs(modified) <= secs(since))
}

/// The requested range. Ranges are for GET only (RFC 9110, 14.2): other methods are about the whole
/// file.
fn wanted(method: &Method, headers: &HeaderMap, size: u64, tag: &str, modified: &str) -> Wanted {
    if method != Method::GET {
        return Wanted::All;
    }
    let Some(range) = headers.get(header::RANGE).and_then(|range| range.to_str().ok()) else {
        return Wanted::All;
    };
    // A range of a different version would corrupt what the client has.
    let same = headers.get(header::IF_RANGE).is_none_or(|version| {
        version.as_bytes() == tag.as_bytes() || version.as_bytes() == modified.as_bytes()
    });
    if same { file_request::part(range, size) } else { Wanted::All }
}
