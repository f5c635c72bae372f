//! `GET /media/{name}`: the files, whole or in part. Whoever knows a name may load it.

use std::collections::BTreeMap;
use std::io::SeekFrom;
use std::time::SystemTime;

use ai_now_protocol::{Code, Format};
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;
use serde::Deserialize;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;
use utoipa::openapi::{self, Content, RefOr, ResponseBuilder};
use utoipa::{IntoParams, IntoResponses, PartialSchema as _};

use crate::http::error::Problem;
use crate::http::file_request::{self, Wanted};
use crate::http::openapi::{Binary, InParts, Located, text_header};
use crate::http::state::App;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MediaQuery {
    /// Present: to be saved, not shown.
    download: Option<String>,
}

/// How much of a file is read at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// A result, whole or in part, in whichever format it has.
struct MediaFile;

impl IntoResponses for MediaFile {
    fn responses() -> BTreeMap<String, RefOr<openapi::Response>> {
        let answer = |about: &str, headers: &[(&str, &str)]| {
            let mut answer = ResponseBuilder::new().description(about);
            for format in Format::all() {
                answer =
                    answer.content(format.content_type(), Content::new(Some(Binary::schema())));
            }
            for (name, about) in headers {
                answer = answer.header(*name, text_header(about));
            }
            RefOr::T(answer.build())
        };
        let version = ("ETag", "The file's version; it never changes.");
        let whole = [
            version,
            ("Last-Modified", "When it was made."),
            ("Accept-Ranges", "`bytes`"),
            ("Content-Disposition", "Where a download was asked for."),
        ];
        let part = [version, ("Content-Range", "Which part: `bytes 0-9/1234`.")];
        BTreeMap::from([
            ("200".to_owned(), answer("The file.", &whole)),
            ("206".to_owned(), answer("The part that was asked for.", &part)),
        ])
    }
}

/// A result, whole or in part. Whoever knows its name may load it.
#[utoipa::path(
    get,
    path = "/media/{name}",
    operation_id = "getMedia",
    tag = "generations",
    params(
        ("name" = String, Path, description = "The file's name, as it stands in its address."),
        MediaQuery,
        ("Range" = Option<String>, Header, description = "One part of the file, as in RFC 9110."),
        ("If-Range" = Option<String>, Header, description = "The part only of this version."),
        ("If-None-Match" = Option<String>, Header, description = "The versions that are there."),
        ("If-Modified-Since" = Option<String>, Header, description = "The version's date."),
    ),
    responses(
        MediaFile,
        (status = 304, description = "The version that is there is the right one."),
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
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (path, format) = app.media.file(&name).ok_or_else(unknown)?;
    // Held for as long as the file is open: descriptors are kept for work and results.
    let reading = app.media_readers.clone().try_acquire_owned().map_err(|_| overloaded())?;
    let mut file = tokio::fs::File::open(&path).await.map_err(|error| unreadable(&error))?;
    let metadata = file.metadata().await.map_err(|error| unreadable(&error))?;
    let size = metadata.len();
    let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    // A name is given once and its file never changes: the name is its own tag.
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
    let range = match wanted(&headers, size, &tag, &modified_text) {
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
        if first > 0 {
            file.seek(SeekFrom::Start(first)).await.map_err(|error| {
                tracing::error!(%error, "a media file could not be read");
                Problem::internal()
            })?;
        }
        let stream = ReaderStream::with_capacity(file.take(length), CHUNK_BYTES);
        let stream = stream.inspect(move |_| _ = &reading);
        *response.body_mut() = Body::from_stream(stream);
    }
    Ok(response)
}

/// The headers that every answer about a file has.
fn described(tag: &str, modified: &str, format: Format) -> Result<Response, Problem> {
    let mut response = Response::new(Body::empty());
    let headers = response.headers_mut();
    for (header, value) in [
        (header::ETAG, tag),
        (header::LAST_MODIFIED, modified),
        (header::ACCEPT_RANGES, "bytes"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::CONTENT_TYPE, format.content_type()),
        // Opened by itself, a browser shows the file in a page of its own making.
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; media-src 'self'; img-src 'self'; style-src 'unsafe-inline'; \
             sandbox",
        ),
    ] {
        headers.insert(header, text(value)?);
    }
    // A picture or a sound is to be shown on any page that knows its name.
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    Ok(response)
}

/// The answer to a part that the file doesn't have.
fn not_satisfiable(size: u64) -> Result<Response, Problem> {
    let problem = Problem::new(
        StatusCode::RANGE_NOT_SATISFIABLE,
        Code::RangeNotSatisfiable,
        "The file has no such part. The Content-Range header tells its size.",
    );
    let mut response = problem.into_response();
    response.headers_mut().insert(header::CONTENT_RANGE, text(&format!("bytes */{size}"))?);
    Ok(response)
}

/// Only a file that isn't there is not there: one that can't be opened just now will be again.
fn unreadable(error: &std::io::Error) -> Problem {
    if error.kind() == std::io::ErrorKind::NotFound {
        return unknown();
    }
    tracing::error!(%error, "a media file could not be opened");
    overloaded()
}

fn overloaded() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        Code::Overloaded,
        "The file can't be read right now. Try again in a moment.",
    )
    .retry_after(std::time::Duration::from_secs(5))
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

/// Whether the client has this file already (RFC 9110, 13.1.2 and 13.1.3).
fn unchanged(headers: &HeaderMap, tag: &str, modified: SystemTime) -> bool {
    if let Some(tags) = headers.get(header::IF_NONE_MATCH) {
        let tags = tags.to_str().unwrap_or_default().split(',').map(str::trim);
        return tags.into_iter().any(|t| t == "*" || t.strip_prefix("W/").unwrap_or(t) == tag);
    }
    let since = headers.get(header::IF_MODIFIED_SINCE).and_then(|since| since.to_str().ok());
    let since = since.and_then(|since| httpdate::parse_http_date(since).ok());
    // The header knows whole seconds only.
    let secs = |time: SystemTime| {
        time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
    };
    since.is_some_and(|since| secs(modified) <= secs(since))
}

fn wanted(headers: &HeaderMap, size: u64, tag: &str, modified: &str) -> Wanted {
    let Some(range) = headers.get(header::RANGE).and_then(|range| range.to_str().ok()) else {
        return Wanted::All;
    };
    // A part of another version than the client has would spoil what it has.
    let same = headers.get(header::IF_RANGE).is_none_or(|version| {
        version.as_bytes() == tag.as_bytes() || version.as_bytes() == modified.as_bytes()
    });
    if same { file_request::part(range, size) } else { Wanted::All }
}
