//! Luma Dream Machine, after the description of its API that it publishes.

use axum::http::Method;
use serde_json::{Map, Value};

use super::adapter::{Adapter, Handle, Probe, UpstreamStatus, failed, id, text};
use super::driver::Polled;

pub(super) struct Luma;

impl Adapter for Luma {
    fn submit(&self, to: &Polled, mut fields: Map<String, Value>) -> (String, Value) {
        fields.insert("model".into(), to.model.clone().into());
        (format!("{}/generations/video", to.base), fields.into())
    }

    fn taken(&self, _: &Polled, answer: &Value) -> Option<Handle> {
        id(answer, "/id")
    }

    fn status_url(&self, to: &Polled, handle: &Handle) -> String {
        format!("{}/generations/{}", to.base, handle.id)
    }

    fn read(&self, answer: &Value) -> Option<UpstreamStatus> {
        Some(match text(answer, "/state")? {
            "queued" => UpstreamStatus::Queued { position: None },
            "dreaming" => UpstreamStatus::Running { progress: None, step: Some("dreaming") },
            "completed" => UpstreamStatus::Done,
            "failed" => failed(text(answer, "/failure_reason").unwrap_or_default()),
            _ => return None,
        })
    }

    fn cancel(&self, to: &Polled, handle: &Handle) -> Option<(Method, String)> {
        Some((Method::DELETE, self.status_url(to, handle)))
    }

    fn probe(&self, to: &Polled) -> Probe {
        Probe { method: Method::GET, url: format!("{}/credits", to.base), good: &[200] }
    }
}
