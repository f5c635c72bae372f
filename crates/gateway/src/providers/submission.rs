//! Asking a provider for a job: once, or so often until it is taken, but never so that it could
//! be made three times.
//!
//! The intent is written down before anything is sent. A submission of which nobody knows whether
//! it was taken — the answer was cut, the gateway was killed — is repeated once, not more; one
//! that was clearly not taken is repeated after a pause. It must not know any provider's API.

use std::time::Duration;

use axum::http::StatusCode;
use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::http::{Answer, Trouble};
use super::settings::{Key, ProviderSettings};
use super::{ErrorKind, ProviderError, Task, backoff, content_policy};
use crate::metrics::Metrics;
use crate::store::StoreError;

/// How many submissions of which nobody knows whether they were taken there may be.
const UNCLEAR_MAX: u32 = 2;

/// Where the provider asks for a longer pause than this, somebody else is asked instead.
const PAUSE_MAX: Duration = Duration::from_secs(120);

/// How long a service may take to hear that a job is not wanted any more.
pub(super) const ABANDON: Duration = Duration::from_secs(10);

/// Why a submission was not taken.
pub(super) enum Refusal {
    /// Perhaps it was.
    Unclear(String),
    /// It was not, but may be later.
    Later {
        /// For the log.
        why: String,
        /// How long the provider asks to wait.
        after: Option<Duration>,
    },
    /// It was not, and will not be.
    Never(ProviderError),
}

impl From<Trouble> for Refusal {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::NotSent(_) => Self::Later { why: trouble.to_string(), after: None },
            Trouble::Unclear(why) => Self::Unclear(why),
        }
    }
}

/// Who is asked, and how patiently.
pub(super) struct Asking<'a> {
    pub(super) name: &'a str,
    pub(super) settings: &'a ProviderSettings,
    pub(super) metrics: &'a Metrics,
    /// When all patience ends.
    pub(super) limit: Instant,
}

impl Asking<'_> {
    /// Sends until it is taken. `unclear`: how many submissions were begun before, of which nobody
    /// knows whether they were taken.
    pub(super) async fn submit<'s, T>(
        &self,
        task: &Task,
        mut unclear: u32,
        send: &(dyn Fn() -> BoxFuture<'s, Result<T, Refusal>> + Sync),
    ) -> Result<T, ProviderError> {
        let mut tries = 0;
        loop {
            if task.stop.is_cancelled() {
                return Err(ProviderError::Stopped);
            }
            if unclear >= UNCLEAR_MAX && !self.settings.idempotent {
                return Err(ProviderError::permanent(format!(
                    "{} was asked twice and never said whether it takes the job. Try again later.",
                    self.name
                )));
            }
            task.record.intend().await.map_err(|error| unwritten(&error))?;
            // Not interrupted: a job that was taken, and nobody here heard it, could not even be
            // cancelled.
            let (why, after) = match send().await {
                Ok(taken) => return Ok(taken),
                Err(Refusal::Unclear(why)) => {
                    unclear += 1;
                    (why, None)
                }
                Err(Refusal::Later { why, after }) => {
                    task.record.not_taken().await.map_err(|error| unwritten(&error))?;
                    (why, after)
                }
                Err(Refusal::Never(failure)) => {
                    task.record.not_taken().await.map_err(|error| unwritten(&error))?;
                    return Err(failure);
                }
            };
            tracing::warn!(provider = self.name, generation = task.job.id, why, "not submitted");
            let pause = backoff::pause(self.settings.retry(), tries).max(after.unwrap_or_default());
            let too_long = pause > PAUSE_MAX || Instant::now() + pause > self.limit;
            if tries >= self.settings.retries || too_long {
                let message = format!("{} is not available just now. Try again later.", self.name);
                // Where something may be in the making, nobody else is asked.
                let kind = if unclear == 0 { ErrorKind::Transient } else { ErrorKind::Permanent };
                return Err(ProviderError::Failed { kind, message });
            }
            tries += 1;
            self.metrics.provider_retried(self.name);
            tokio::select! {
                () = sleep(pause) => {}
                () = task.stop.cancelled() => return Err(ProviderError::Stopped),
            }
        }
    }
}

/// What an answer that is no success means for a submission.
pub(super) fn refusal(name: &str, key: Option<&Key>, answer: &Answer) -> Refusal {
    let said = said_in(&answer.json());
    let status = answer.status;
    let about_safety = content_policy::is_about_safety(&said);
    match status.as_u16() {
        // Whoever stands before it waited for its answer in vain: the request did arrive.
        504 => Refusal::Unclear("it answers with status 504".into()),
        408 | 409 | 429 | 500.. => Refusal::Later {
            why: format!("it answers with status {}", status.as_u16()),
            after: backoff::retry_after(&answer.headers),
        },
        401 | 403 if !about_safety => Refusal::Never(key_refused(name)),
        // The documented API says 418 where others say 402.
        402 | 418 => {
            tracing::error!(provider = name, "the account there is used up");
            let message = "is used up. Tell whoever runs this gateway.";
            Refusal::Never(ProviderError::unavailable(format!(
                "The gateway's account at {name} {message}"
            )))
        }
        300..=399 | 404 | 405 => Refusal::Never(moved(name, status)),
        _ => {
            let kind = if about_safety { ErrorKind::ContentPolicy } else { ErrorKind::Permanent };
            Refusal::Never(failed(name, &said, key, kind))
        }
    }
}

/// The failure of a provider that does not take our key.
pub(super) fn key_refused(name: &str) -> ProviderError {
    tracing::error!(provider = name, "the key was refused");
    ProviderError::unavailable(format!(
        "{name} does not accept the gateway's key. Tell whoever runs this gateway."
    ))
}

/// The failure of a provider that is not where, or has not what, the settings say.
pub(super) fn moved(name: &str, status: StatusCode) -> ProviderError {
    tracing::error!(provider = name, %status, "no such address or model there");
    ProviderError::unavailable(format!(
        "{name} is not set up well. Tell whoever runs this gateway."
    ))
}

/// A failure in a provider's own words, made fit to be shown.
pub(super) fn failed(
    name: &str,
    reason: &str,
    key: Option<&Key>,
    kind: ErrorKind,
) -> ProviderError {
    let reason = content_policy::plain(reason, key);
    if kind == ErrorKind::ContentPolicy {
        return ProviderError::content_policy(&reason);
    }
    let because = if reason.is_empty() { String::new() } else { format!(": {reason}") };
    ProviderError::Failed { kind, message: format!("{name} could not make it{because}.") }
}

/// The failure of a provider that did not end in its time. Something may have been made.
pub(super) fn too_slow(name: &str, settings: &ProviderSettings) -> ProviderError {
    let limit = match settings.timeout_secs.div_ceil(60) {
        1 => "a minute".to_owned(),
        minutes => format!("{minutes} minutes"),
    };
    ProviderError::permanent(format!("{name} took longer than {limit}. Try again later."))
}

/// The failure of a gateway that can't write down what it is about to do. Nothing was sent.
pub(super) fn unwritten(error: &StoreError) -> ProviderError {
    tracing::error!(%error, "a submission record can't be used");
    ProviderError::permanent("The gateway could not write its records. Try again later.")
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

#[cfg(test)]
mod tests {
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
}
