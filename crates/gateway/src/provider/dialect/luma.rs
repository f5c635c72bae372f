//! Luma Dream Machine, after the description of its API that it publishes.

use axum::http::Method;
use serde_json::{Map, Value};

use super::{Dialect, Handle, Probe, Upstream, failed, id, text};
use crate::provider::polled::Polled;

pub(super) struct Luma;

impl Dialect for Luma {
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

    fn read(&self, answer: &Value) -> Option<Upstream> {
        Some(match text(answer, "/state")? {
            "queued" => Upstream::Queued { position: None },
            "dreaming" => Upstream::Running { progress: None, step: Some("dreaming") },
            "completed" => Upstream::Done,
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
