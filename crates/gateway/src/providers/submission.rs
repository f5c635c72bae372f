//! Submitting a job to a provider: it is sent until it is taken, but never so that it could be made
//! three times.
//!
//! The intent is recorded before anything is sent. A submission whose outcome is unknown (the
//! answer was cut, the gateway was killed) is repeated at most once; one that was clearly not taken
//! is repeated after a pause. It must not know any provider's API.

use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::connection::Connection;
use super::content_policy;
use super::error::{ErrorKind, ProviderError};
use super::http::{Answer, TransportError};
use super::provider::Task;
use super::retry_after::retry_after;
use crate::patience;
use crate::service_key::Key;

/// How many submissions with an unknown outcome there may be.
const UNCLEAR_MAX: u32 = 2;

/// If the provider asks for a longer pause than this, another one is asked instead.
const PAUSE_MAX: Duration = Duration::from_secs(120);

/// How long a cancellation request may take.
pub(super) const CANCEL_LIMIT: Duration = Duration::from_secs(10);

/// What an answer says about a submission that it does not confirm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rejection {
    /// The job may have been taken.
    Unclear,
    /// The job was not taken, but may be later.
    NotTaken,
    /// The job was not taken, and the service asks not to retry.
    NotAgain,
    /// The key is not valid there.
    KeyRefused,
    /// The account there is used up.
    AccountUsedUp,
    /// There is no such address or model, or we have no access to it.
    NotSetUp,
    /// The request itself is not valid.
    Input,
    /// The content policy does not allow it.
    ContentPolicy,
}

/// What came back of a submission that nobody confirmed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unconfirmed {
    /// No answer.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// Just a status.
    #[error("it answers with status {0}")]
    Status(u16),
    /// A success of which nothing can be understood.
    #[error("its answer can't be understood")]
    NotUnderstood,
    /// A success that should be a stream.
    #[error("its answer is not an event stream")]
    NoStream,
}

/// Why a submission did not end with a job.
pub(super) enum SubmissionError {
    /// Perhaps it did.
    Unclear(Unconfirmed),
    /// It did not, but may later.
    NotTaken {
        /// For the log.
        why: Unconfirmed,
        /// How long the provider asks to wait.
        after: Option<Duration>,
    },
    /// The job was not taken, and will not be.
    Rejected(ProviderError),
}

impl From<TransportError> for SubmissionError {
    fn from(error: TransportError) -> Self {
        if error.was_sent() {
            Self::Unclear(error.into())
        } else {
            Self::NotTaken { why: error.into(), after: None }
        }
    }
}

/// The provider, and the limits of its retries.
pub(super) struct Submitter<'a> {
    pub(super) connection: &'a Connection,
    /// Whether a submission that is sent again makes no second job.
    pub(super) idempotent: bool,
    /// When the last attempt must end.
    pub(super) limit: Instant,
}

impl Submitter<'_> {
    /// Sends until it is taken. `unclear`: how many earlier submissions have an unknown outcome.
    pub(super) async fn submit<'s, T>(
        &self,
        task: &Task,
        mut unclear: u32,
        send: &(dyn Fn() -> BoxFuture<'s, Result<T, SubmissionError>> + Sync),
    ) -> Result<T, ProviderError> {
        let Connection { name, settings, metrics, .. } = self.connection;
        let mut tries = 0;
        loop {
            if task.stop.is_cancelled() {
                return Err(ProviderError::Stopped);
            }
            if unclear >= UNCLEAR_MAX && !self.idempotent {
                return Err(ProviderError::unclear(name));
            }
            task.record.intend().await?;
            // Not interrupted: a job that was taken without our knowledge could not even be
            // cancelled.
            let (why, after) = match send().await {
                Ok(taken) => return Ok(taken),
                Err(SubmissionError::Unclear(why)) => {
                    unclear += 1;
                    (why, None)
                }
                Err(SubmissionError::NotTaken { why, after }) => {
                    task.record.not_taken().await?;
                    (why, after)
                }
                Err(SubmissionError::Rejected(error)) => {
                    task.record.not_taken().await?;
                    return Err(error);
                }
            };
            tracing::warn!(provider = name, generation = task.job.id, %why, "not submitted");
            let pause = patience::pause(settings.retry(), tries).max(after.unwrap_or_default());
            let too_long = pause > PAUSE_MAX || Instant::now() + pause > self.limit;
            if tries >= settings.retries || too_long {
                return Err(ProviderError::not_available(name, unclear > 0));
            }
            tries += 1;
            metrics.provider_retried(name);
            tokio::select! {
                () = sleep(pause) => {}
                () = task.stop.cancelled() => return Err(ProviderError::Stopped),
            }
        }
    }
}

/// The statuses after which most services' own clients submit again: the job was not taken. 504 is
/// not among them: a proxy waited for the service's answer in vain, so the request did arrive.
pub(super) fn not_taken(status: u16) -> bool {
    matches!(status, 408 | 409 | 429 | 500..=503 | 505..)
}

/// What an error answer says about a submission. `None`: the answer is a success. `not_taken`: the
/// statuses after which it is certain that this service has not taken the job.
pub(super) fn refused(answer: &Answer, not_taken: fn(u16) -> bool) -> Option<Rejection> {
    if answer.status.is_success() {
        return None;
    }
    let json = answer.json();
    let codes = codes_in(&json);
    let about_policy = content_policy::is_named_in(&said_in(&json))
        || codes.iter().any(|code| content_policy::is_named_in(code));
    let used_up = codes.iter().any(|code| USED_UP.contains(&code.as_str()));
    let should_retry = answer.headers.get("x-should-retry").map(http::HeaderValue::as_bytes);
    Some(match (answer.status.as_u16(), should_retry) {
        (402 | 418, _) => Rejection::AccountUsedUp,
        (400..=499, _) if used_up => Rejection::AccountUsedUp,
        (_, Some(b"true")) => Rejection::NotTaken,
        (408 | 409 | 429 | 500.., Some(b"false")) => Rejection::NotAgain,
        (status, _) if not_taken(status) => Rejection::NotTaken,
        (408 | 409 | 429 | 500.., _) => Rejection::Unclear,
        (401 | 403, _) if !about_policy => Rejection::KeyRefused,
        (300..=399 | 404 | 405, _) => Rejection::NotSetUp,
        _ if about_policy => Rejection::ContentPolicy,
        _ => Rejection::Input,
    })
}

/// Machine codes for a used up account. The documented API answers 418 where others answer 402.
const USED_UP: [&str; 4] =
    ["budget_exhausted", "insufficient_quota", "quota_exceeded", "insufficient_credits"];

/// The error for an answer's rejection.
pub(super) fn error(name: &str, key: &Key, answer: &Answer, refusal: Rejection) -> SubmissionError {
    let status = answer.status.as_u16();
    let why = || Unconfirmed::Status(status);
    SubmissionError::Rejected(match refusal {
        Rejection::Unclear => return SubmissionError::Unclear(why()),
        Rejection::NotTaken => {
            let after = retry_after(&answer.headers);
            return SubmissionError::NotTaken { why: why(), after };
        }
        Rejection::NotAgain => {
            tracing::warn!(provider = name, status, "not taken, and not to be asked again");
            ProviderError::not_available(name, false)
        }
        Rejection::KeyRefused => ProviderError::key_refused(name),
        Rejection::AccountUsedUp => ProviderError::account_used_up(name),
        Rejection::NotSetUp => {
            tracing::error!(provider = name, status, "no such address or model there");
            ProviderError::not_set_up(name)
        }
        Rejection::Input => ProviderError::input(name, &said_in(&answer.json()), Some(key)),
        Rejection::ContentPolicy => {
            let said = said_in(&answer.json());
            ProviderError::failed(name, &said, Some(key), ErrorKind::ContentPolicy)
        }
    })
}

/// The reason in an error answer, wherever services put it.
pub(super) fn said_in(answer: &Value) -> String {
    match answer {
        Value::String(text) => text.clone(),
        // A list of validation errors: the first is enough.
        Value::Array(list) => list.first().map_or_else(String::new, said_in),
        Value::Object(object) => ["error", "detail", "message", "msg", "title"]
            .iter()
            .filter_map(|name| object.get(*name))
            .map(said_in)
            .find(|text| !text.is_empty())
            .unwrap_or_default(),
        _ => String::new(),
    }
}

/// The machine codes in an error answer, wherever services put them.
pub(super) fn codes_in(answer: &Value) -> Vec<String> {
    let mut codes = Vec::new();
    collect_codes(answer, &mut codes);
    codes
}

fn collect_codes(answer: &Value, codes: &mut Vec<String>) {
    match answer {
        Value::Array(list) => list.iter().for_each(|item| collect_codes(item, codes)),
        Value::Object(object) => {
            for name in ["type", "code", "error_type", "failure_code", "failureCode", "status"] {
                if let Some(Value::String(code)) = object.get(name) {
                    codes.push(code.clone());
                }
            }
            for name in ["error", "detail"] {
                if let Some(inner) = object.get(name) {
                    collect_codes(inner, codes);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};
    use serde_json::json;

    use super::*;

    #[test]
    fn reasons_are_found_wherever_they_are() {
        for answer in [
            json!("no"),
            json!({"error": "no"}),
            json!({"detail": [{"loc": ["body"], "msg": "no"}]}),
            json!({"error": {"message": "no"}}),
            json!({"error": "", "title": "no"}),
            json!({"status": "Error", "message": "no"}),
        ] {
            assert_eq!(said_in(&answer), "no", "{answer}");
        }
        assert_eq!(said_in(&json!({"a": 1})), "");
    }

    #[test]
    fn codes_are_found_wherever_they_are() {
        for answer in [
            json!({"type": "x"}),
            json!({"error": {"code": "x", "message": "no"}}),
            json!({"error": "no", "error_type": "x"}),
            json!({"detail": [{"msg": "no", "type": "x"}]}),
            json!({"failure_code": "x"}),
            json!({"detail": {"status": "x", "message": "no"}}),
        ] {
            assert_eq!(codes_in(&answer), ["x"], "{answer}");
        }
        assert_eq!(codes_in(&json!({"code": 7, "input": {"type": "x"}})), [""; 0]);
    }

    #[test]
    fn what_an_answer_says_about_a_submission() {
        let all =
            |status: u16, body: Value, should_retry: Option<&str>, not_taken: fn(u16) -> bool| {
                let mut headers = HeaderMap::new();
                if let Some(value) = should_retry {
                    headers.insert("x-should-retry", value.parse().unwrap());
                }
                let status = StatusCode::from_u16(status).unwrap();
                refused(&Answer { status, headers, body: body.to_string().into() }, not_taken)
            };
        let plain = |status, body| all(status, body, None, not_taken);
        assert_eq!(plain(201, json!({})), None);
        for (status, expected) in [
            (302, Rejection::NotSetUp),
            (400, Rejection::Input),
            (401, Rejection::KeyRefused),
            (402, Rejection::AccountUsedUp),
            (403, Rejection::KeyRefused),
            (404, Rejection::NotSetUp),
            (408, Rejection::NotTaken),
            (409, Rejection::NotTaken),
            (418, Rejection::AccountUsedUp),
            (422, Rejection::Input),
            (429, Rejection::NotTaken),
            (500, Rejection::NotTaken),
            (503, Rejection::NotTaken),
            (504, Rejection::Unclear),
        ] {
            assert_eq!(plain(status, json!({})), Some(expected), "{status}");
        }
        let coded = |status, code: &str| plain(status, json!({"error": {"code": code}}));
        assert_eq!(coded(400, "moderation_blocked"), Some(Rejection::ContentPolicy));
        assert_eq!(coded(403, "content_policy_violation"), Some(Rejection::ContentPolicy));
        assert_eq!(coded(429, "insufficient_quota"), Some(Rejection::AccountUsedUp));
        assert_eq!(coded(401, "quota_exceeded"), Some(Rejection::AccountUsedUp));
        assert_eq!(all(500, json!({}), None, |s| s == 429), Some(Rejection::Unclear));
        assert_eq!(all(503, json!({}), Some("false"), not_taken), Some(Rejection::NotAgain));
        assert_eq!(all(504, json!({}), Some("true"), not_taken), Some(Rejection::NotTaken));
        assert_eq!(all(400, json!({}), Some("false"), not_taken), Some(Rejection::Input));
    }
}
