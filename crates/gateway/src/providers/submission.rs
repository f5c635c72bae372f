//! Submitting a job to a provider: once, or so often until it is taken, but never so that it could
//! be made three times.
//!
//! The intent is written down before anything is sent. A submission of which nobody knows whether
//! it was taken (the answer was cut, the gateway was killed) is repeated once, not more; one that was
//! clearly not taken is repeated after a pause. It must not know any provider's API.

use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::connection::Connection;
use super::error::{ErrorKind, ProviderError};
use super::http::{Answer, TransportError};
use super::provider::Task;
use super::settings::key::Key;
use super::{backoff, content_policy};

/// How many submissions of which nobody knows whether they were taken there may be.
const UNCLEAR_MAX: u32 = 2;

/// Where the provider asks for a longer pause than this, another one is asked instead.
const PAUSE_MAX: Duration = Duration::from_secs(120);

/// How long a service may take to hear that a job is not wanted any more.
pub(super) const CANCEL_LIMIT: Duration = Duration::from_secs(10);

/// What an answer says about a submission that it does not confirm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Perhaps the job was taken.
    Unclear,
    /// It was not taken, but may be later.
    NotTaken,
    /// It was not taken, and the service asks not to be asked again.
    NotAgain,
    /// The key is not good there.
    KeyRefused,
    /// The account there is used up.
    AccountUsedUp,
    /// There is no such address or model, or it is not for us.
    NotSetUp,
    /// The request itself is wrong.
    Input,
    /// The content policy does not allow it.
    ContentPolicy,
}

/// Why a submission did not end with a job.
pub(super) enum SubmissionError {
    /// Perhaps it did.
    Unclear(String),
    /// It did not, but may later.
    NotTaken {
        /// For the log.
        why: String,
        /// How long the provider asks to wait.
        after: Option<Duration>,
    },
    /// It did not, and will not.
    Rejected(ProviderError),
}

impl From<TransportError> for SubmissionError {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::NotSent(_) => Self::NotTaken { why: error.to_string(), after: None },
            TransportError::Unclear(why) => Self::Unclear(why),
        }
    }
}

/// Who is asked, and how patiently.
pub(super) struct Submitter<'a> {
    pub(super) connection: &'a Connection,
    /// Whether a submission that is sent again is made once all the same.
    pub(super) idempotent: bool,
    /// When all patience ends.
    pub(super) limit: Instant,
}

impl Submitter<'_> {
    /// Sends until it is taken. `unclear`: how many submissions were begun before, of which nobody
    /// knows whether they were taken.
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
            // Not interrupted: a job that was taken, and nobody here heard it, could not even be
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
            tracing::warn!(provider = name, generation = task.job.id, why, "not submitted");
            let pause = backoff::pause(settings.retry(), tries).max(after.unwrap_or_default());
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
/// not among them, as whoever stands before the service waited for its answer in vain: the request
/// did arrive.
pub(super) fn not_taken(status: u16) -> bool {
    matches!(status, 408 | 409 | 429 | 500..=503 | 505..)
}

/// What an answer that is no success says about a submission. `None`: it is a success. `not_taken`:
/// the statuses of this service after which it is sure that the job was not taken.
pub(super) fn refused(answer: &Answer, not_taken: fn(u16) -> bool) -> Option<Refusal> {
    if answer.status.is_success() {
        return None;
    }
    let json = answer.json();
    let codes = codes_in(&json);
    let about_policy = content_policy::is_named_in(&said_in(&json))
        || codes.iter().any(|code| content_policy::is_named_in(code));
    let used_up = codes.iter().any(|code| USED_UP.contains(&code.as_str()));
    let should_retry = answer.headers.get("x-should-retry").map(axum::http::HeaderValue::as_bytes);
    Some(match (answer.status.as_u16(), should_retry) {
        (402 | 418, _) => Refusal::AccountUsedUp,
        (400..=499, _) if used_up => Refusal::AccountUsedUp,
        (_, Some(b"true")) => Refusal::NotTaken,
        (408 | 409 | 429 | 500.., Some(b"false")) => Refusal::NotAgain,
        (status, _) if not_taken(status) => Refusal::NotTaken,
        (408 | 409 | 429 | 500.., _) => Refusal::Unclear,
        (401 | 403, _) if !about_policy => Refusal::KeyRefused,
        (300..=399 | 404 | 405, _) => Refusal::NotSetUp,
        _ if about_policy => Refusal::ContentPolicy,
        _ => Refusal::Input,
    })
}

/// Machine codes that say that an account is used up. The documented API says 418 where others say
/// 402.
const USED_UP: [&str; 4] =
    ["budget_exhausted", "insufficient_quota", "quota_exceeded", "insufficient_credits"];

/// The error that an answer's refusal is.
pub(super) fn error(name: &str, key: &Key, answer: &Answer, refusal: Refusal) -> SubmissionError {
    let status = answer.status.as_u16();
    let why = || format!("it answers with status {status}");
    SubmissionError::Rejected(match refusal {
        Refusal::Unclear => return SubmissionError::Unclear(why()),
        Refusal::NotTaken => {
            let after = backoff::retry_after(&answer.headers);
            return SubmissionError::NotTaken { why: why(), after };
        }
        Refusal::NotAgain => {
            tracing::warn!(provider = name, status, "not taken, and not to be asked again");
            ProviderError::not_available(name, false)
        }
        Refusal::KeyRefused => ProviderError::key_refused(name),
        Refusal::AccountUsedUp => ProviderError::account_used_up(name),
        Refusal::NotSetUp => {
            tracing::error!(provider = name, status, "no such address or model there");
            ProviderError::not_set_up(name)
        }
        Refusal::Input => ProviderError::input(name, &said_in(&answer.json()), Some(key)),
        Refusal::ContentPolicy => {
            let said = said_in(&answer.json());
            ProviderError::failed(name, &said, Some(key), ErrorKind::ContentPolicy)
        }
    })
}

/// The reason in an error answer, wherever services put it.
pub(super) fn said_in(answer: &Value) -> String {
    match answer {
        Value::String(text) => text.clone(),
        // A list of complaints, as of a form: the first is enough.
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
    use axum::http::{HeaderMap, StatusCode};
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
            (302, Refusal::NotSetUp),
            (400, Refusal::Input),
            (401, Refusal::KeyRefused),
            (402, Refusal::AccountUsedUp),
            (403, Refusal::KeyRefused),
            (404, Refusal::NotSetUp),
            (408, Refusal::NotTaken),
            (409, Refusal::NotTaken),
            (418, Refusal::AccountUsedUp),
            (422, Refusal::Input),
            (429, Refusal::NotTaken),
            (500, Refusal::NotTaken),
            (503, Refusal::NotTaken),
            (504, Refusal::Unclear),
        ] {
            assert_eq!(plain(status, json!({})), Some(expected), "{status}");
        }
        let coded = |status, code: &str| plain(status, json!({"error": {"code": code}}));
        assert_eq!(coded(400, "moderation_blocked"), Some(Refusal::ContentPolicy));
        assert_eq!(coded(403, "content_policy_violation"), Some(Refusal::ContentPolicy));
        assert_eq!(coded(429, "insufficient_quota"), Some(Refusal::AccountUsedUp));
        assert_eq!(coded(401, "quota_exceeded"), Some(Refusal::AccountUsedUp));
        assert_eq!(all(500, json!({}), None, |s| s == 429), Some(Refusal::Unclear));
        assert_eq!(all(503, json!({}), Some("false"), not_taken), Some(Refusal::NotAgain));
        assert_eq!(all(504, json!({}), Some("true"), not_taken), Some(Refusal::NotTaken));
        assert_eq!(all(400, json!({}), Some("false"), not_taken), Some(Refusal::Input));
    }
}
