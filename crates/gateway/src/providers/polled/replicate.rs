//! Replicate, after its published HTTP API.

use axum::http::Method;
use serde_json::{Map, Value, json};

use super::adapter::{Adapter, Handle, Probe, UpstreamStatus, failed, id, text};
use super::driver::Polled;
use crate::providers::ErrorKind;
use crate::providers::content_policy;

pub(super) struct Replicate;

impl Adapter for Replicate {
    fn submit(&self, to: &Polled, fields: Map<String, Value>) -> (String, Value) {
        match to.model.split_once(':') {
            Some((_, version)) => {
                (format!("{}/predictions", to.base), json!({"version": version, "input": fields}))
            }
            None => {
                (format!("{}/models/{}/predictions", to.base, to.model), json!({"input": fields}))
            }
        }
    }

    fn taken(&self, _: &Polled, answer: &Value) -> Option<Handle> {
        id(answer, "/id")
    }

    fn status_url(&self, to: &Polled, handle: &Handle) -> String {
        format!("{}/predictions/{}", to.base, handle.id)
    }

    fn read(&self, answer: &Value) -> Option<UpstreamStatus> {
        let ended = |reason: &str, kind| UpstreamStatus::Failed { reason: reason.into(), kind };
        Some(match text(answer, "/status")? {
            "starting" => UpstreamStatus::Queued { position: None },
            "processing" => {
                let progress = text(answer, "/logs").and_then(content_policy::percentage);
                UpstreamStatus::Running { progress, step: None }
            }
            "succeeded" => UpstreamStatus::Done,
            "failed" => failed(text(answer, "/error").unwrap_or_default()),
            "canceled" => ended("it was cancelled there", ErrorKind::Permanent),
            "aborted" => ended("it was aborted there", ErrorKind::Transient),
            _ => return None,
        })
    }

    fn cancel(&self, to: &Polled, handle: &Handle) -> Option<(Method, String)> {
        Some((Method::POST, format!("{}/cancel", self.status_url(to, handle))))
    }

    fn probe(&self, to: &Polled) -> Probe {
        Probe { method: Method::GET, url: format!("{}/predictions", to.base), good: &[200] }
    }
}
