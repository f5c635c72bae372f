//! fal's queue, after its published documents. The addresses that it returns are used; none is
//! built.

use axum::http::Method;
use serde_json::{Map, Value};
use url::Url;

use super::adapter::{Adapter, Handle, Probe, UpstreamStatus, failed, text};
use super::driver::Polled;
use crate::providers::ErrorKind;
use crate::providers::content_policy;

pub(super) struct Fal;

impl Adapter for Fal {
    fn scheme(&self) -> &'static str {
        "Key"
    }

    fn submit(&self, to: &Polled, fields: Map<String, Value>) -> (String, Value) {
        (format!("{}/{}", to.base, to.model), fields.into())
    }

    fn taken(&self, to: &Polled, answer: &Value) -> Option<Handle> {
        // Our key goes wherever these point: to the configured host, or nowhere.
        let own = |pointer: &str| {
            let url = Url::parse(text(answer, pointer)?).ok()?;
            let same = url.origin() == to.origin && url.username().is_empty();
            same.then(|| url.to_string())
        };
        Some(Handle {
            id: text(answer, "/request_id")?.chars().take(128).collect(),
            status: Some(own("/status_url")?),
            response: Some(own("/response_url")?),
            cancel: own("/cancel_url"),
        })
    }

    fn status_url(&self, _: &Polled, handle: &Handle) -> String {
        let url = handle.status.as_deref().unwrap_or_default();
        let link = if url.contains('?') { '&' } else { '?' };
        format!("{url}{link}logs=1")
    }

    fn read(&self, answer: &Value) -> Option<UpstreamStatus> {
        Some(match text(answer, "/status")? {
            "IN_QUEUE" => {
                let position = answer.pointer("/queue_position").and_then(Value::as_u64);
                UpstreamStatus::Queued { position: position.and_then(|p| u32::try_from(p).ok()) }
            }
            "IN_PROGRESS" => {
                let logs = answer.pointer("/logs").and_then(Value::as_array);
                let last = logs.and_then(|logs| {
                    logs.iter()
                        .rev()
                        .find_map(|log| content_policy::percentage(text(log, "/message")?))
                });
                UpstreamStatus::Running { progress: last, step: None }
            }
            "COMPLETED" => match text(answer, "/error") {
                None => UpstreamStatus::Ready,
                Some(error) => {
                    let kind = text(answer, "/error_type").unwrap_or_default();
                    if content_policy::is_about_safety(kind) {
                        UpstreamStatus::Failed {
                            reason: error.to_owned(),
                            kind: ErrorKind::ContentPolicy,
                        }
                    } else {
                        failed(error)
                    }
                }
            },
            _ => return None,
        })
    }

    fn cancel(&self, _: &Polled, handle: &Handle) -> Option<(Method, String)> {
        handle.cancel.clone().map(|url| (Method::PUT, url))
    }

    /// Nothing that is documented and free needs a key: this shows that somebody is there.
    fn probe(&self, to: &Polled) -> Probe {
        Probe { method: Method::HEAD, url: format!("{}/", to.base), good: &[] }
    }
}
