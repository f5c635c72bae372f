//! Errors: the one type for every error answer of the gateway, and its JSON.
//!
//! `{"status":"Error","code":"…","message":"…"}` with a fitting status (documented, "Error
//! Handling"). Each has a code of the protocol's table with exactly the parameters that the table
//! names. Internal causes are logged here, once, and never sent.

use std::borrow::Cow;
use std::time::Duration;

use ai_now_protocol::{Code, Detail, ErrorBody, Invalid, Message, Scalar};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::domain::{StoreError, safe_json};
use crate::limits::LimitExceeded;

/// An error answer.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    message: Message,
    retry_after_secs: Option<u64>,
}

impl Problem {
    /// An error answer with this status, code, and English sentence, which says what to do next.
    pub fn new(status: StatusCode, code: Code, sentence: impl Into<Cow<'static, str>>) -> Self {
        Self { status, message: Message::new(code, sentence), retry_after_secs: None }
    }

    /// Adds a parameter of the code.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Scalar>) -> Self {
        self.message = self.message.with(name, value);
        self
    }

    /// Tells the client when to retry; in a second at the earliest.
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after_secs = Some(wait.as_secs_f64().ceil().max(1.0) as u64);
        self
    }

    /// 400: the request can't be understood, or asks for something that does not exist.
    pub fn bad_request(code: Code, sentence: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, sentence)
    }

    /// 400: a field or parameter can't have this value. The words of `allowed` end the sentence “it must
    /// be”.
    pub fn invalid_parameter(name: &'static str, allowed: Detail) -> Self {
        let sentence = format!("`{name}` must be {}.", allowed.text);
        let mut problem = Self::bad_request(Code::InvalidParameter, sentence).with("name", name);
        problem.message = problem.message.detail(allowed);
        problem
    }

    /// 401: no key, or an invalid one.
    pub fn unauthorized(code: Code, sentence: &'static str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, sentence)
    }

    /// 403: a valid key that does not permit this.
    pub fn forbidden(code: Code, sentence: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, sentence)
    }

    /// 404: it does not exist, or belongs to another owner.
    pub fn not_found(code: Code, sentence: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, sentence)
    }

    /// 429: a limit is reached.
    pub fn too_many(code: Code, sentence: impl Into<Cow<'static, str>>, wait: Duration) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, code, sentence).retry_after(wait)
    }

    /// 503: the store is unavailable.
    pub fn store_unavailable() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            Code::StoreUnavailable,
            "The gateway can't read or write its records right now. Nothing was charged for this \
             request. Try again in a moment.",
        )
        .retry_after(Duration::from_secs(5))
    }

    /// 503: a change was sent to the store, and whether it was kept is not known.
    pub fn outcome_unknown() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            Code::OutcomeUnknown,
            "The gateway lost its records while it wrote this down: it may have been done, or not. Look \
             before you repeat it. A submission with an Idempotency-Key can be repeated safely.",
        )
        .retry_after(Duration::from_secs(5))
    }

    /// 503: this generation was accepted, and its events can't be read right now.
    pub fn accepted_without_events(id: &str) -> Self {
        let sentence = format!(
            "The generation {id} was accepted, and its events can't be read right now. Don't submit it \
             again; find it at /api/generations/{id}."
        );
        Self::new(StatusCode::SERVICE_UNAVAILABLE, Code::OutcomeUnknown, sentence)
            .retry_after(Duration::from_secs(5))
    }

    /// 503: something that is there can't be had right now.
    pub fn overloaded(sentence: &'static str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, Code::Overloaded, sentence)
            .retry_after(Duration::from_secs(5))
    }

    /// 500: a fault of the gateway.
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            Code::Internal,
            "Something went wrong here. Nothing was charged for this request. Try again; if it \
             happens again, tell the operator of this gateway.",
        )
    }
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        Self { status: StatusCode::BAD_REQUEST, message: invalid.message(), retry_after_secs: None }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the store did not do what was asked");
        match error {
            StoreError::OutcomeUnknown(_) => Self::outcome_unknown(),
            _ => Self::store_unavailable(),
        }
    }
}

impl From<LimitExceeded> for Problem {
    fn from(limit: LimitExceeded) -> Self {
        match limit {
            LimitExceeded::Requests { wait } => Self::too_many(
                Code::TooManyRequests,
                "Too many requests. Wait a moment, then try again.",
                wait,
            ),
            LimitExceeded::Uploads => Self::too_many(
                Code::Overloaded,
                "Too many pictures are being sent at the moment. Try again in a moment.",
                Duration::from_secs(5),
            ),
            LimitExceeded::Streams => Self::too_many(
                Code::TooManyStreams,
                "Too many event streams are open. Close some, then open this one again.",
                Duration::from_secs(5),
            ),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        debug_assert!(self.message.is_in_table(), "{:?}", self.message);
        debug_assert!(!self.message.has_prose(), "{:?}", self.message);
        let body = json(&ErrorBody::from(self.message));
        let mut response = (self.status, [(header::CONTENT_TYPE, JSON)], body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(secs) = self.retry_after_secs {
            headers.insert(header::RETRY_AFTER, secs.into());
        }
        response
    }
}

/// The content type of JSON.
pub const JSON: &str = "application/json";

/// A value as an answer's JSON.
pub fn json(value: &impl serde::Serialize) -> String {
    safe_json(value).unwrap_or_else(|error| {
        tracing::error!(%error, "an answer could not be written as JSON");
        r#"{"status":"Error","code":"internal","message":"The answer could not be written."}"#
            .into()
    })
}

/// The answer for unknown addresses.
pub(super) async fn unknown() -> Problem {
    Problem::not_found(
        Code::NoSuchRoute,
        "There is nothing at this address. The API's routes begin with /api/.",
    )
}

/// The answer for methods that a route does not support.
pub(super) async fn wrong_method() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        Code::MethodNotAllowed,
        "This address does not support that method. The Allow header lists those it supports.",
    )
}

/// Answers a handler's panic like any other fault. The hook has logged the panic itself.
pub fn from_panic(_: Box<dyn std::any::Any + Send>) -> Response {
    Problem::internal().into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reads_as_markup() {
        let text = json(&ErrorBody::from(Message::text("<script>alert('&')</script>")));
        assert!(!text.contains(['<', '>', '&']), "{text}");
        let back: ErrorBody = serde_json::from_str(&text).unwrap();
        assert_eq!(back.message, "<script>alert('&')</script>");
    }

    #[test]
    fn what_is_not_known_is_not_said_to_have_cost_nothing() {
        let said = |error: StoreError| Problem::from(error).message;
        let unknown = said(StoreError::OutcomeUnknown("the server did not come back".into()));
        assert!(unknown.is(Code::OutcomeUnknown), "{unknown:?}");
        assert!(!unknown.text.contains("Nothing was charged"), "{unknown:?}");
        let known = said(StoreError::NotWritten("the server ended it".into()));
        assert!(known.is(Code::StoreUnavailable), "{known:?}");
        assert!(known.text.contains("Nothing was charged"), "{known:?}");
    }

    #[test]
    fn a_wait_is_at_least_a_second_and_never_too_short() {
        let header = |millis| {
            let problem =
                Problem::too_many(Code::TooManyRequests, "x", Duration::from_millis(millis));
            problem.into_response().headers()[header::RETRY_AFTER].to_str().unwrap().to_owned()
        };
        assert_eq!([0, 1, 1000, 1001].map(header), ["1", "1", "1", "2"]);
    }
}
