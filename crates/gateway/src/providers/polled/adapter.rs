//! What differs between services that are asked again and again: how a job is asked for, and how
//! their answers read. It must not know when they are asked, nor what is done with the answers.

use axum::http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::driver::Polled;
use super::{fal, luma, replicate, runway};
use crate::providers::settings::Kind;
use crate::providers::{ErrorKind, Job, content_policy};

/// A service's way of speaking.
pub(super) trait Adapter: Send + Sync {
    /// How the key is sent: the scheme of `Authorization`.
    fn scheme(&self) -> &'static str {
        "Bearer"
    }

    /// Where a job is asked for, and with what.
    fn submit(&self, to: &Polled, fields: Map<String, Value>) -> (String, Value);

    /// What the service calls the job, out of its answer. `None`: it can't be understood.
    fn taken(&self, to: &Polled, answer: &Value) -> Option<Handle>;

    /// Where to ask how far it is.
    fn status_url(&self, to: &Polled, handle: &Handle) -> String;

    /// What the answer to that means. `None`: it can't be understood.
    fn read(&self, answer: &Value) -> Option<UpstreamStatus>;

    /// How to cancel it.
    fn cancel(&self, to: &Polled, handle: &Handle) -> Option<(Method, String)>;

    /// A request that costs nothing and shows whether the service can be used, and which answers
    /// show that the key is good.
    fn probe(&self, to: &Polled) -> Probe;
}

/// A request that costs nothing.
pub(super) struct Probe {
    pub(super) method: Method,
    pub(super) url: String,
    /// The statuses that a good key gets. Empty: the request shows nothing about the key.
    pub(super) good: &'static [u16],
}

/// What a service calls a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Handle {
    pub(super) id: String,
    /// Where to ask, where the service says so itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<String>,
    /// Where the result is told, where that is another place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) response: Option<String>,
    /// Where to cancel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cancel: Option<String>,
}

/// Where a job stands at a service.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum UpstreamStatus {
    /// It waits there.
    Queued {
        /// How many are before it.
        position: Option<u32>,
    },
    /// It is being made.
    Running {
        /// The part that is done.
        progress: Option<f64>,
        /// What is being done.
        step: Option<&'static str>,
    },
    /// It is done; the same answer holds the result.
    Done,
    /// It is done; the result is to be asked for at the handle's `response`.
    Ready,
    /// There will be no result.
    Failed {
        /// Why, in the service's words.
        reason: String,
        /// What may be done about it.
        kind: ErrorKind,
    },
}

/// The adapter of a kind. `None`: it is not asked again and again.
pub(super) fn of(kind: Kind) -> Option<&'static dyn Adapter> {
    match kind {
        Kind::Luma => Some(&luma::Luma),
        Kind::Runway => Some(&runway::Runway),
        Kind::Fal => Some(&fal::Fal),
        Kind::Replicate => Some(&replicate::Replicate),
        Kind::AiNow | Kind::Command => None,
    }
}

/// The fields of a request: what the settings add beats what is built in, the prompt beats both.
pub(super) fn fields(to: &Polled, job: &Job, built_in: &[(&str, Value)]) -> Map<String, Value> {
    let mut fields = Map::new();
    for (name, value) in built_in {
        fields.insert((*name).to_owned(), value.clone());
    }
    for (name, value) in &to.input {
        fields.insert(name.clone(), value.clone());
    }
    fields.insert(to.prompt_field.clone(), job.phrased().into());
    if !to.seed_field.is_empty() {
        fields.insert(to.seed_field.clone(), job.seed.into());
    }
    fields
}

/// What a request has besides, where the settings say nothing.
pub(super) fn built_in(kind: Kind) -> Vec<(&'static str, Value)> {
    match kind {
        Kind::Luma => vec![("duration", json!("5s"))],
        Kind::Runway => vec![("ratio", json!("1280:720")), ("duration", json!(5))],
        Kind::AiNow | Kind::Fal | Kind::Replicate | Kind::Command => Vec::new(),
    }
}

/// A text of an answer.
pub(super) fn text<'a>(answer: &'a Value, pointer: &str) -> Option<&'a str> {
    answer.pointer(pointer)?.as_str()
}

/// An id that can stand in a path as it is.
pub(super) fn id(answer: &Value, pointer: &str) -> Option<Handle> {
    let id = text(answer, pointer)?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    let good = (1..=128).contains(&id.len()) && id.bytes().all(plain);
    good.then(|| Handle { id: id.to_owned(), status: None, response: None, cancel: None })
}

/// The reason of a failure, and what kind it is: one about safety, or one that may pass.
pub(super) fn failed(reason: &str) -> UpstreamStatus {
    let safety = content_policy::is_about_safety(reason);
    let kind = if safety { ErrorKind::ContentPolicy } else { ErrorKind::Transient };
    UpstreamStatus::Failed { reason: reason.to_owned(), kind }
}

/// Where a result is: a text, the first of a list, or an object with a `url`.
pub(super) fn result_url<'a>(answer: &'a Value, pointers: &[String]) -> Option<&'a str> {
    let found = pointers.iter().filter_map(|pointer| answer.pointer(pointer));
    found.filter_map(url_in).next()
}

fn url_in(value: &Value) -> Option<&str> {
    match value {
        Value::String(url) => Some(url.as_str()).filter(|url| !url.is_empty()),
        Value::Array(list) => list.iter().find_map(url_in),
        Value::Object(object) => object.get("url").and_then(Value::as_str),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_found_in_their_usual_shapes() {
        let pointers = ["/video/url".to_owned(), "/output".to_owned()];
        let find = |json: Value| result_url(&json, &pointers).map(ToOwned::to_owned);
        for json in [
            json!({"video": {"url": "u"}}),
            json!({"output": "u"}),
            json!({"output": ["u", "v"]}),
            json!({"output": {"url": "u"}}),
            json!({"output": [{"url": "u"}]}),
            json!({"video": null, "output": "u"}),
        ] {
            assert_eq!(find(json.clone()).as_deref(), Some("u"), "{json}");
        }
        for json in [json!({}), json!(null), json!({"output": ""}), json!({"output": [1]})] {
            assert_eq!(find(json.clone()), None, "{json}");
        }
    }

    #[test]
    fn an_id_stays_within_its_path() {
        let read = |value: &str| id(&json!({"id": value}), "/id").is_some();
        assert!(read("f81d4fae-7dec-11d0_A"));
        for bad in ["", "..", "a/b", "a?b", "a#b", "a%2fb", "a b", "é", &"x".repeat(129)] {
            assert!(!read(bad), "{bad}");
        }
    }

    /// Each documented state, and what is none.
    #[test]
    fn states() {
        use ErrorKind::{ContentPolicy, Permanent, Transient};
        let running = |progress| Some(UpstreamStatus::Running { progress, step: None });
        let queued = |position| Some(UpstreamStatus::Queued { position });
        let failed =
            |reason: &str, kind| Some(UpstreamStatus::Failed { reason: reason.into(), kind });
        let table: Vec<(&dyn Adapter, Value, Option<UpstreamStatus>)> = vec![
            (&luma::Luma, json!({"state": "queued"}), queued(None)),
            (
                &luma::Luma,
                json!({"state": "dreaming"}),
                Some(UpstreamStatus::Running { progress: None, step: Some("dreaming") }),
            ),
            (&luma::Luma, json!({"state": "completed"}), Some(UpstreamStatus::Done)),
            (
                &luma::Luma,
                json!({"state": "failed", "failure_reason": "busy"}),
                failed("busy", Transient),
            ),
            (
                &luma::Luma,
                json!({"state": "failed", "failure_reason": "Prompt failed moderation"}),
                failed("Prompt failed moderation", ContentPolicy),
            ),
            (&luma::Luma, json!({"state": "odd"}), None),
            (&luma::Luma, json!(["queued"]), None),
            (&runway::Runway, json!({"status": "PENDING"}), queued(None)),
            (&runway::Runway, json!({"status": "THROTTLED"}), queued(None)),
            (&runway::Runway, json!({"status": "RUNNING", "progress": 0.5}), running(Some(0.5))),
            (&runway::Runway, json!({"status": "RUNNING", "progress": 50}), running(Some(0.5))),
            (&runway::Runway, json!({"status": "RUNNING", "progress": -3}), running(None)),
            (&runway::Runway, json!({"status": "RUNNING"}), running(None)),
            (&runway::Runway, json!({"status": "SUCCEEDED"}), Some(UpstreamStatus::Done)),
            (
                &runway::Runway,
                json!({"status": "CANCELLED"}),
                failed("it was cancelled there", Permanent),
            ),
            (
                &runway::Runway,
                json!({"status": "FAILED", "failure": "no", "failureCode": "SAFETY.INPUT.TEXT"}),
                failed("no", ContentPolicy),
            ),
            (
                &runway::Runway,
                json!({"status": "FAILED", "failure": "no", "failureCode": "INTERNAL"}),
                failed("no", Transient),
            ),
            (
                &runway::Runway,
                json!({"status": "FAILED", "failure": "no", "failureCode": "INPUT_PREPROCESSING.X"}),
                failed("no", Transient),
            ),
            (&fal::Fal, json!({"status": "IN_QUEUE", "queue_position": 3}), queued(Some(3))),
            (&fal::Fal, json!({"status": "IN_QUEUE"}), queued(None)),
            (
                &fal::Fal,
                json!({"status": "IN_PROGRESS", "logs": [{"message": "1%"}, {"message": "25%|#"}]}),
                running(Some(0.25)),
            ),
            (&fal::Fal, json!({"status": "IN_PROGRESS", "logs": null}), running(None)),
            (&fal::Fal, json!({"status": "COMPLETED"}), Some(UpstreamStatus::Ready)),
            (
                &fal::Fal,
                json!({"status": "COMPLETED", "error": "x", "error_type": "content_policy_violation"}),
                failed("x", ContentPolicy),
            ),
            (&fal::Fal, json!("COMPLETED"), None),
            (&replicate::Replicate, json!({"status": "starting"}), queued(None)),
            (
                &replicate::Replicate,
                json!({"status": "processing", "logs": "10%\n40%"}),
                running(Some(0.4)),
            ),
            (&replicate::Replicate, json!({"status": "succeeded"}), Some(UpstreamStatus::Done)),
            (
                &replicate::Replicate,
                json!({"status": "failed", "error": "NSFW content detected"}),
                failed("NSFW content detected", ContentPolicy),
            ),
            (
                &replicate::Replicate,
                json!({"status": "failed", "error": null}),
                failed("", Transient),
            ),
            (
                &replicate::Replicate,
                json!({"status": "canceled"}),
                failed("it was cancelled there", Permanent),
            ),
            (
                &replicate::Replicate,
                json!({"status": "aborted"}),
                failed("it was aborted there", Transient),
            ),
            (&replicate::Replicate, json!({"status": 7}), None),
        ];
        for (adapter, answer, expected) in table {
            assert_eq!(adapter.read(&answer), expected, "{answer}");
        }
    }
}
