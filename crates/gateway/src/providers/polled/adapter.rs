//! What differs between polled services: how a job is submitted, and what their answers mean. An
//! adapter must not know when it is asked, nor what is done with what it says.

use std::time::{Duration, SystemTime};

use axum::http::{HeaderName, HeaderValue, Method};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use crate::providers::content_policy;
use crate::providers::error::ErrorKind;
use crate::providers::http::Answer;
use crate::providers::provider::Job;
use crate::providers::service::Service;
use crate::providers::settings::key::Key;
use crate::providers::settings::limits::LimitSettings;
use crate::providers::submission::{self, Refusal};
use crate::providers::text::is_plain_id;

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

/// How a polled service is spoken to. It is implemented by the service's own settings.
pub(in crate::providers) trait Adapter: Service + Send + Sync {
    /// How long to wait between two questions about a job.
    fn poll(&self) -> Duration;

    /// How often a job that failed there for a reason that may pass is submitted anew.
    fn resubmit(&self) -> u32;

    /// The longest prompt that it takes, a style's words among it, in UTF-16 units. 0: no limit.
    fn prompt_max_units(&self, _job: &Job) -> usize {
        0
    }

    /// What `Authorization` says. It is asked for each request: a key that never changes, or a token
    /// that is made for this request.
    fn authorization(&self, key: &Key, _now: SystemTime) -> String {
        format!("Bearer {}", key.reveal())
    }

    /// The headers that each request has besides.
    fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        Vec::new()
    }

    /// How a job is submitted.
    fn submit(&self, job: &Job, limits: &LimitSettings) -> ServiceRequest;

    /// What the answer to that is, where the job was not taken. `None`: it was.
    fn refused(&self, answer: &Answer) -> Option<Refusal> {
        submission::refused(answer, submission::not_taken)
    }

    /// What the service calls a job that it took. `None`: the answer can't be understood.
    fn accepted(&self, job: &Job, answer: &Value, base: &Url) -> Option<Handle>;

    /// How the state of a job is asked for.
    fn status(&self, handle: &Handle) -> ServiceRequest;

    /// What the answer to that means. `None`: it can't be understood.
    fn read(&self, answer: &Value) -> Option<UpstreamStatus>;

    /// How long the service has worked on a job that is done, where it says so and counts by it.
    fn billed_ms(&self, _answer: &Value) -> Option<u64> {
        None
    }

    /// What the answer at [`UpstreamStatus::ResultAtResponse`] means. `None`: it can't be understood.
    fn read_result(&self, answer: &Answer) -> Option<UpstreamStatus> {
        self.read(&answer.json())
    }

    /// How a job is cancelled. `None`: it can't be.
    fn cancel(&self, handle: &Handle) -> Option<ServiceRequest>;

    /// Whether this answer to a cancellation says that there is nothing left to cancel.
    fn cancelled_too_late(&self, answer: &Answer) -> bool {
        answer.status == 404
    }

    /// A request that costs nothing and shows whether the service can be used.
    fn probe(&self) -> Probe;
}

/// A request at a service.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::providers) struct ServiceRequest {
    pub(super) method: Method,
    /// A path below the service's address, beginning with a slash; or a whole address that the
    /// service itself named.
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
    /// The statuses that a good key gets. Empty: the request shows nothing about the key.
    pub(super) good: &'static [u16],
}

/// What a service calls a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::providers) struct Handle {
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
pub(in crate::providers) enum UpstreamStatus {
    /// It waits there.
    Queued {
        /// How many are before it.
        position: Option<u32>,
    },
    /// It is being made.
    Running {
        /// The part that is done.
        progress: Option<f64>,
    },
    /// It is done. Where the result is; `None`: the answer doesn't say.
    Done(Option<String>),
    /// It is done; the result is to be asked for at the handle's `response`.
    ResultAtResponse,
    /// There will be no result.
    Failed {
        /// Why, in the service's words.
        reason: String,
        /// What may be done about it.
        kind: ErrorKind,
    },
    /// A state that no document names.
    Unknown(String),
}

impl UpstreamStatus {
    /// It waits there; how many are before it is not known.
    pub(super) const QUEUED: Self = Self::Queued { position: None };

    /// It is being made; how far it is, is not known.
    pub(super) const RUNNING: Self = Self::Running { progress: None };

    /// It failed. The kind is [`ErrorKind::ContentPolicy`] where the reason or one of the codes is
    /// about that, and else `kind`.
    pub(super) fn failed(reason: &str, codes: &[&str], kind: ErrorKind) -> Self {
        let mut texts = codes.iter().chain([&reason]);
        let about_policy = texts.any(|text| content_policy::is_named_in(text));
        let kind = if about_policy { ErrorKind::ContentPolicy } else { kind };
        Self::Failed { reason: reason.to_owned(), kind }
    }

    /// It was cancelled, and not by us.
    pub(super) fn cancelled_there() -> Self {
        Self::Failed { reason: "it was cancelled there".into(), kind: ErrorKind::Permanent }
    }
}

/// The fields of a request: what the settings add beats what is built in, the job beats both.
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

/// Sets a field. Objects are merged, so that one field of `settings` leaves the others.
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

/// A text of an answer.
pub(super) fn text<'a>(answer: &'a Value, pointer: &str) -> Option<&'a str> {
    answer.pointer(pointer)?.as_str()
}

/// An id that can stand in a path as it is.
pub(super) fn id(answer: &Value, pointer: &str) -> Option<Handle> {
    let id = text(answer, pointer)?;
    is_plain_id(id).then(|| Handle {
        id: id.to_owned(),
        status: None,
        response: None,
        cancel: None,
    })
}

/// Where a result is: a text, the first of a list, or an object with a `url`. The first pointer that
/// points at one counts.
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
