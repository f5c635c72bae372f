//! Runway, after its own SDK.

use axum::http::Method;
use serde_json::{Map, Value};

use super::adapter::{Adapter, Handle, Probe, UpstreamStatus, failed, id, text};
use super::driver::Polled;
use crate::providers::ErrorKind;

pub(super) struct Runway;

impl Adapter for Runway {
    fn submit(&self, to: &Polled, mut fields: Map<String, Value>) -> (String, Value) {
        fields.insert("model".into(), to.model.clone().into());
        (format!("{}/v1/text_to_video", to.base), fields.into())
    }

    fn taken(&self, _: &Polled, answer: &Value) -> Option<Handle> {
        id(answer, "/id")
    }

    fn status_url(&self, to: &Polled, handle: &Handle) -> String {
        format!("{}/v1/tasks/{}", to.base, handle.id)
    }

    fn read(&self, answer: &Value) -> Option<UpstreamStatus> {
        Some(match text(answer, "/status")? {
            "PENDING" | "THROTTLED" => UpstreamStatus::Queued { position: None },
            "RUNNING" => {
                // Whether it is a part of 1 or of 100 is documented nowhere.
                let progress = answer.pointer("/progress").and_then(Value::as_f64);
                let progress = progress.map(|p| if p > 1.0 { p / 100.0 } else { p });
                let progress = progress.filter(|p| (0.0..=1.0).contains(p));
                UpstreamStatus::Running { progress, step: None }
            }
            "SUCCEEDED" => UpstreamStatus::Done,
            "CANCELLED" => UpstreamStatus::Failed {
                reason: "it was cancelled there".into(),
                kind: ErrorKind::Permanent,
            },
            "FAILED" => {
                let reason = text(answer, "/failure").unwrap_or_default();
                let code = text(answer, "/failureCode").unwrap_or_default();
                if code.starts_with("SAFETY") {
                    UpstreamStatus::Failed {
                        reason: reason.to_owned(),
                        kind: ErrorKind::ContentPolicy,
                    }
                } else {
                    failed(reason)
                }
            }
            _ => return None,
        })
    }

    fn cancel(&self, to: &Polled, handle: &Handle) -> Option<(Method, String)> {
        Some((Method::DELETE, self.status_url(to, handle)))
    }

    /// There is no documented request for it: a task that can't exist is asked for.
    fn probe(&self, to: &Polled) -> Probe {
        let url = format!("{}/v1/tasks/00000000-0000-4000-8000-000000000000", to.base);
        Probe { method: Method::GET, url, good: &[404] }
    }
}
