//! What differs between polled services: how a job is submitted, and what their answers mean. An
//! adapter must not know when it is called, nor what is done with its results.

use std::time::{Duration, SystemTime};

use http::{HeaderName, HeaderValue, Method};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use crate::providers::content_policy;
use crate::providers::error::ErrorKind;
use crate::providers::http::Answer;
use crate::providers::provider::Job;
use crate::providers::service::Service;
use crate::providers::settings::limits::LimitSettings;
use crate::providers::submission::{self, Rejection};
use crate::providers::text::is_plain_id;
use crate::service_key::Key;

/// [`Adapter::poll`] and [`Adapter::resubmit`] of settings that have `poll_ms` and `resubmit`.
macro_rules! paced_by_settings {
    () => {
        fn poll(&self) -> std::time::Duration {
            std::time::Duration::from_millis(self.poll_ms)
        }

        fn resubmit(&self) -> u32 {
            self.resubmit
        }
    };
}
pub(super) use paced_by_settings;

/// The protocol of a polled service. Implemented by the service's own settings.
pub(in crate::providers) trait Adapter: Service + Send + Sync {
    /// The pause between two polls of a job.
    fn poll(&self) -> Duration;

    /// How often a job with a transient failure is resubmitted.
    fn resubmit(&self) -> u32;

    /// The longest prompt that it accepts, a style's words included, in UTF-16 units. 0: no limit.
    fn prompt_max_units(&self, _job: &Job) -> usize {
        0
    }

    /// The value of `Authorization`, for each request: a constant key, or a token that is made for
    /// the request.
    fn authorization(&self, key: &Key, _now: SystemTime) -> String {
        format!("Bearer {}", key.reveal())
    }

    /// Further headers of each request.
    fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        Vec::new()
    }

    /// The request that submits a job.
    fn submit(&self, job: &Job, limits: &LimitSettings) -> ServiceRequest;

    /// What an answer to a submission says if the job was not taken. `None`: it was.
    fn refused(&self, answer: &Answer) -> Option<Rejection> {
        submission::refused(answer, submission::not_taken)
    }

    /// How a job is looked for whose submission nobody confirmed. `None`: it can't be.
    fn find(&self, _job: &Job) -> Option<ServiceRequest> {
        None
    }

    /// What the answer to that says: the job, or that there is none. `None`: it can't be understood.
    fn found(&self, _answer: &Value) -> Option<Option<Handle>> {
        None
    }

    /// What the service calls a job that it took. `None`: the answer can't be understood.
    fn accepted(&self, job: &Job, answer: &Value, base: &Url) -> Option<Handle>;

    /// The request for a job's state.
    fn status(&self, handle: &Handle) -> ServiceRequest;

    /// The state in an answer. `None`: the answer can't be understood.
    fn read(&self, answer: &Value) -> Option<UpstreamStatus>;

    /// How long the service has worked on a finished job, if it reports that and bills by it.
    fn billed_ms(&self, _answer: &Value) -> Option<u64> {
        None
    }

    /// The state in an answer at [`UpstreamStatus::ResultAtResponse`]. `None`: the answer can't be
    /// understood.
    fn read_result(&self, answer: &Answer) -> Option<UpstreamStatus> {
        self.read(&answer.json())
    }

    /// The request that cancels a job. `None`: it can't be cancelled.
    fn cancel(&self, handle: &Handle) -> Option<ServiceRequest>;

    /// Whether this answer to a cancellation says that there is nothing left to cancel.
    fn cancelled_too_late(&self, answer: &Answer) -> bool {
        answer.status == 404
    }

    /// A request that costs nothing and shows whether the service can be used.
    fn probe(&self) -> Probe;
}

/// A request to a service.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::providers) struct ServiceRequest {
    pub(super) method: Method,
    /// A path below the service's address, beginning with a slash; or an absolute address that the
    /// service returned.
    pub(super) at: String,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: Option<Value>,
}

impl ServiceRequest {
    pub(super) fn new(method: Method, at: impl Into<String>) -> Self {
        Self { method, at: at.into(), headers: Vec::new(), body: None }
    }

    pub(super) fn get(at: impl Into<String>) -> Self {
        Self::new(Method::GET, at)
    }

    pub(super) fn post(at: impl Into<String>, body: impl Into<Value>) -> Self {
        Self { body: Some(body.into()), ..Self::new(Method::POST, at) }
    }
}

/// A request that costs nothing.
pub(in crate::providers) struct Probe {
    pub(super) request: ServiceRequest,
    /// The statuses that a valid key gets. Empty: the request shows nothing about the key.
    pub(super) good: &'static [u16],
}

/// A job's id and addresses at a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::providers) struct Handle {
    pub(super) id: String,
    /// The address of its state, if the service returned one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<String>,
    /// The address of its result, if that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) response: Option<String>,
    /// The address that cancels it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) cancel: Option<String>,
}

/// The state of a job at a service.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::providers) enum UpstreamStatus {
    /// It is queued.
    Queued {
        /// How many jobs are before it.
        position: Option<u32>,
    },
    /// It is being made.
    Running {
        /// The fraction that is done.
        progress: Option<f64>,
    },
    /// It is done. The result's address; `None`: the answer has none.
    Done(Option<String>),
    /// It is done; the result is to be requested at the handle's `response`.
    ResultAtResponse,
    /// It failed or was cancelled.
    Failed {
        /// The service's reason.
        reason: String,
        /// What may be done about it.
        kind: ErrorKind,
    },
    /// A state that is not documented.
    Unknown(String),
}

impl UpstreamStatus {
    /// It is queued, at an unknown position.
    pub(super) const QUEUED: Self = Self::Queued { position: None };

    /// It is being made, with unknown progress.
    pub(super) const RUNNING: Self = Self::Running { progress: None };

    /// It failed. The kind is [`ErrorKind::ContentPolicy`] if the reason or one of the codes is
    /// about that, and else `kind`.
    pub(super) fn failed(reason: &str, codes: &[&str], kind: ErrorKind) -> Self {
        let mut texts = codes.iter().chain([&reason]);
        let about_policy = texts.any(|text| content_policy::is_named_in(text));
        let kind = if about_policy { ErrorKind::ContentPolicy } else { kind };
        Self::Failed { reason: reason.to_owned(), kind }
    }

    /// The kind of a failure that may pass. Where it may have been charged, nobody else is paid for it: only
    /// where failures are known to be `free`, another try is made.
    pub(super) fn passing(free: bool) -> ErrorKind {
        if free { ErrorKind::Transient } else { ErrorKind::Permanent }
    }

    /// It was cancelled, and not by us.
    pub(super) fn cancelled_there() -> Self {
        Self::Failed { reason: "it was cancelled there".into(), kind: ErrorKind::Permanent }
    }
}

/// The fields of a request: settings override built-in fields, the job overrides both.
pub(super) fn merged(
    built_in: Map<String, Value>,
    input: &toml::Table,
    job: Map<String, Value>,
) -> Map<String, Value> {
    let mut fields = built_in;
    for (name, value) in input {
        // A date of TOML becomes its text.
        let value = serde_json::to_value(value).unwrap_or(Value::Null);
        merge(&mut fields, name, value);
    }
    for (name, value) in job {
        merge(&mut fields, &name, value);
    }
    fields
}

/// Sets a field. Objects are merged, so that one field in the settings leaves the others.
fn merge(fields: &mut Map<String, Value>, name: &str, value: Value) {
    match (fields.get_mut(name), value) {
        (Some(Value::Object(old)), Value::Object(new)) => {
            for (name, value) in new {
                merge(old, &name, value);
            }
        }
        (_, value) => {
            fields.insert(name.to_owned(), value);
        }
    }
}

/// A text in an answer.
pub(super) fn text<'a>(answer: &'a Value, pointer: &str) -> Option<&'a str> {
    answer.pointer(pointer)?.as_str()
}

/// An id that is safe in a path.
pub(super) fn id(answer: &Value, pointer: &str) -> Option<Handle> {
    let id = text(answer, pointer)?;
    is_plain_id(id).then(|| Handle {
        id: id.to_owned(),
        status: None,
        response: None,
        cancel: None,
    })
}

/// The address of a result: a text, the first of a list, or an object with a `url`. The first
/// pointer that finds one counts.
pub(super) fn result_url<P: AsRef<str>>(answer: &Value, pointers: &[P]) -> Option<String> {
    let found = pointers.iter().filter_map(|pointer| answer.pointer(pointer.as_ref()));
    found.filter_map(url_in).next().map(ToOwned::to_owned)
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
    use serde_json::json;

    use super::*;

    #[test]
    fn results_are_found_in_their_usual_shapes() {
        let find = |json: Value| result_url(&json, &["/video/url", "/output"]);
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

    #[test]
    fn the_job_beats_the_settings_and_they_beat_what_is_built_in() {
        let object = |json: Value| json.as_object().unwrap().clone();
        let input = toml::from_str("b = 2\nc = 2\nin = { y = 2, z = 2 }").unwrap();
        let built_in = object(json!({"a": 1, "b": 1, "in": {"x": 1, "y": 1}}));
        let fields = merged(built_in, &input, object(json!({"c": 3, "in": {"z": 3}})));
        let expected = json!({"a": 1, "b": 2, "c": 3, "in": {"x": 1, "y": 2, "z": 3}});
        assert_eq!(Value::from(fields), expected);
    }
}
