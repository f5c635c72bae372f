//! Request bodies: JSON of a bounded size, read within a bounded time, or a sentence about what is
//! wrong. Errors repeat nothing that was sent.

use std::time::Duration;

use ai_now_protocol::Code;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::http::error::Problem;
use crate::http::state::App;

/// A JSON body. The content type must say so.
pub(crate) struct Json<T>(pub(crate) T);

/// A JSON body that may be absent.
pub(crate) struct MaybeJson<T>(pub(crate) Option<T>);

impl<T: DeserializeOwned> FromRequest<App> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        check_type(request.headers())?;
        Ok(Self(parse(&read(request, app).await?)?))
    }
}

impl<T: DeserializeOwned> FromRequest<App> for MaybeJson<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let checked = check_type(request.headers());
        let bytes = read(request, app).await?;
        if bytes.is_empty() {
            return Ok(Self(None));
        }
        checked?;
        Ok(Self(Some(parse(&bytes)?)))
    }
}

fn check_type(headers: &HeaderMap) -> Result<(), Problem> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = given.and_then(|given| given.split(';').next()).unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Code::UnsupportedContentType,
        "The body must be JSON. Send it with “Content-Type: application/json”.",
    ))
}

async fn read(request: Request, app: &App) -> Result<Bytes, Problem> {
    let limits = &app.config.limits;
    read_up_to(request, limits.body_bytes, Duration::from_secs(limits.body_secs)).await
}

/// Reads a body of any type.
///
/// # Errors
/// [`Problem`] if it is too large, too slow, or cut off.
pub(crate) async fn read_up_to(
    request: Request,
    max_bytes: usize,
    limit: Duration,
) -> Result<Bytes, Problem> {
    let too_large = || {
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            Code::BodyTooLarge,
            format!("The body is too large; at most {max_bytes} bytes are possible."),
        )
        .with("max_bytes", max_bytes as u64)
    };
    let announced = request.headers().get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > max_bytes as u64) {
        return Err(too_large());
    }
    let body: Limited<Body> = Limited::new(request.into_body(), max_bytes);
    match tokio::time::timeout(limit, body.collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => {
            Err(Problem::bad_request(Code::BodyIncomplete, "The body was cut off. Send it again."))
        }
        Err(_) => Err(Problem::new(
            StatusCode::REQUEST_TIMEOUT,
            Code::BodyTimeout,
            "The body did not arrive in time. Send it again.",
        )),
    }
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    // Serde would accept an array of the fields as well.
    if bytes.trim_ascii_start().starts_with(b"[") {
        return Err(invalid(1, 1, "The body must be a JSON object: {…}.".into()));
    }
    serde_json::from_slice(bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let sentence = match error.classify() {
            Category::Data => format!(
                "A field of the body is of the wrong type (line {line}, column \
                 {column}). Compare it with the API document."
            ),
            Category::Syntax | Category::Eof | Category::Io => {
                format!("The body is not valid JSON (line {line}, column {column}).")
            }
        };
        invalid(line, column, sentence)
    })
}

fn invalid(line: usize, column: usize, sentence: String) -> Problem {
    Problem::bad_request(Code::InvalidBody, sentence)
        .with("line", line as u64)
        .with("column", column as u64)
}
