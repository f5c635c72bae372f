//! What both submitting routes have in common: the idempotency key, and the mapping of refusals to
//! answers. It must not know the answer to an accepted submission.

use std::net::IpAddr;
use std::time::Duration;

use ai_now_protocol::api::IDEMPOTENCY_KEY;
use ai_now_protocol::{Code, GenerateRequest};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use utoipa::IntoParams;

use super::system::stopping;
use crate::domain::Principal;
use crate::domain::{Acceptance, SubmitError};
use crate::http::error::Problem;
use crate::http::state::App;

const IDEMPOTENT_REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// The longest accepted idempotency key.
pub(super) const KEY_MAX_BYTES: usize = 255;

/// The idempotency of a submission: its `Idempotency-Key`, if it has one.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub(crate) struct Repeatable {
    /// Makes the submission idempotent: the same key and body, for at least 7 days, is the same
    /// generation. One that was cancelled before a provider had taken it is forgotten sooner: after
    /// `cancelled_retention_secs`.
    #[param(
        rename = "Idempotency-Key",
        min_length = 1,
        max_length = 255,
        pattern = "^[!-~]([ -~]*[!-~])?$"
    )]
    key: Option<String>,
}

impl<S: Sync> FromRequestParts<S> for Repeatable {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self { key: idempotency_key(&parts.headers)? })
    }
}

/// The key in the header: a quoted string, as the draft says, or the plain text that most clients
/// send.
fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut given = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = given.next() else { return Ok(None) };
    let key = value
        .to_str()
        .ok()
        .map(str::trim)
        .filter(|key| (1..=KEY_MAX_BYTES).contains(&key.len()) && !key.contains('\t'))
        .filter(|_| given.next().is_none());
    let key = key.ok_or_else(|| {
        Problem::bad_request(
            Code::InvalidIdempotencyKey,
            "The Idempotency-Key must be one text of 1 to 255 visible ASCII characters.",
        )
    })?;
    Ok(Some(key.to_owned()))
}

/// Accepts a generation, or answers why not.
pub(crate) async fn accept(
    app: &App,
    principal: Principal,
    Repeatable { key }: Repeatable,
    address: IpAddr,
    request: GenerateRequest,
) -> Result<Acceptance, Problem> {
    let permit = app.limits.generation(address);
    Ok(app.generations.accept(principal, request, key, permit).await?)
}

impl From<SubmitError> for Problem {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Invalid(invalid) => invalid.into(),
            SubmitError::TooFewTokens { price, available } => Self::new(
                StatusCode::IM_A_TEAPOT,
                Code::TooFewTokens,
                format!(
                    "This costs {price} {} and {available} {} available. Choose something that \
                     costs less, or get more tokens.",
                    if price == 1 { "token" } else { "tokens" },
                    if available == 1 { "is" } else { "are" },
                ),
            )
            .with("price", price)
            .with("available", available),
            SubmitError::NoSuchUpload => Self::not_found(
                Code::NoSuchUpload,
                "There is no such uploaded picture, or it is not yours. Upload it again.",
            ),
            SubmitError::KeyReused => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                Code::IdempotencyKeyReused,
                "This Idempotency-Key was used for another request. Use a new one.",
            ),
            SubmitError::TooManyAtOnce => Self::too_many(
                Code::TooManyGenerations,
                "Too many of your generations are active. Wait until one has ended.",
                Duration::from_secs(10),
            ),
            SubmitError::DayUsedUp => Self::too_many(
                Code::DayUsedUp,
                "The visitors of this site have used up their tokens of today. Come back later.",
                Duration::from_secs(3600),
            ),
            SubmitError::ModelNotAllowed { model } => Self::new(
                StatusCode::FORBIDDEN,
                Code::ModelNotAllowed,
                format!("This key may not use the model `{model}`. Choose another model."),
            )
            .with("model", model),
            SubmitError::CapReached { month: true, wait_ms } => Self::too_many(
                Code::MonthUsedUp,
                "This key has reached its monthly limit. The next month begins on the 1st at \
                 00:00 UTC.",
                Duration::from_millis(wait_ms),
            ),
            SubmitError::CapReached { month: false, wait_ms } => Self::too_many(
                Code::DayUsedUp,
                "This key has reached its daily limit. The next day begins at 00:00 UTC.",
                Duration::from_millis(wait_ms),
            ),
            SubmitError::QueueFull => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                Code::QueueFull,
                "Too many generations are waiting. Nothing was charged. Try again in a minute.",
            )
            .retry_after(Duration::from_secs(60)),
            SubmitError::Stopping => stopping(),
            SubmitError::Store(error) => error.into(),
        }
    }
}

/// Says that it had been accepted before.
pub(crate) fn mark_replayed(response: &mut Response, accepted: &Acceptance) {
    if accepted.replayed {
        response.headers_mut().insert(IDEMPOTENT_REPLAYED, HeaderValue::from_static("true"));
    }
}
