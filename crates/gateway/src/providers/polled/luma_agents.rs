//! Luma Agents, Luma's present interface (Ray 3.2), after its SDK (`luma-agents` 0.5.0). Its keys begin
//! with `luma-api-`; those of [`super::luma`] do not work here.

use std::time::Duration;

use ai_now_protocol::MediaKind;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use super::adapter::{
    Adapter, Handle, Probe, ServiceRequest, UpstreamStatus, id, merged, result_url, text,
};
use crate::providers::services::Service;
use crate::providers::settings::{LimitSettings, SettingError, at_least_one};
use crate::providers::{ErrorKind, Job};

/// What a provider of kind `luma_agents` is told.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Luma's name of the model: `ray-3.2`.
    pub model: String,
    /// More fields of the request, as Luma names them. Tables are merged with what is built in.
    pub input: toml::Table,
    /// How long to wait between two questions about a job, in milliseconds.
    pub poll_ms: u64,
    /// How often a job that failed there for a reason that may pass is submitted anew. Whether Luma
    /// charges for failed jobs is documented nowhere.
    pub resubmit: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self { model: "ray-3.2".into(), input: toml::Table::new(), poll_ms: 3000, resubmit: 0 }
    }
}

/// The longest prompt.
const PROMPT_MAX_UNITS: usize = 6000;

impl Service for Settings {
    fn base_url(&self) -> &'static str {
        "https://agents.lumalabs.ai/v1"
    }

    fn key_env(&self) -> &'static str {
        "LUMA_AGENTS_API_KEY"
    }

    /// Its picture models are asked for by another `type` in `input`.
    fn makes(&self, kind: MediaKind) -> bool {
        kind != MediaKind::Audio
    }

    fn check(&self) -> Result<(), SettingError> {
        at_least_one("poll_ms", self.poll_ms)
    }
}

impl Adapter for Settings {
    fn poll(&self) -> Duration {
        Duration::from_millis(self.poll_ms)
    }

    fn resubmit(&self) -> u32 {
        self.resubmit
    }

    fn prompt_max_units(&self, _: &Job) -> usize {
        PROMPT_MAX_UNITS
    }

    fn submit(&self, job: &Job, _: &LimitSettings) -> ServiceRequest {
        let (mut built_in, mut of_job) = (Map::new(), Map::new());
        built_in.insert("model".into(), json!(self.model));
        if job.model.kind == MediaKind::Video {
            built_in.insert("type".into(), json!("video"));
            built_in.insert("aspect_ratio".into(), json!("16:9"));
            built_in.insert("video".into(), json!({"duration": "5s", "resolution": "720p"}));
        } else {
            built_in.insert("type".into(), json!("image"));
        }
        of_job.insert("prompt".into(), json!(job.phrased()));
        ServiceRequest::post("/generations", merged(built_in, &self.input, of_job))
    }

    fn accepted(&self, _: &Job, answer: &Value, _: &Url) -> Option<Handle> {
        id(answer, "/id")
    }

    fn status(&self, handle: &Handle) -> ServiceRequest {
        ServiceRequest::get(format!("/generations/{}", handle.id))
    }

    fn read(&self, answer: &Value) -> Option<UpstreamStatus> {
        Some(match text(answer, "/state")? {
            "queued" => UpstreamStatus::QUEUED,
            "processing" => UpstreamStatus::RUNNING,
            "completed" => UpstreamStatus::Done(result_url(answer, &["/output"])),
            "failed" => {
                let reason = text(answer, "/failure_reason").unwrap_or_default();
                let code = text(answer, "/failure_code").unwrap_or_default();
                let kind = match code {
                    "budget_exhausted" => ErrorKind::Unavailable,
                    // It may have been made and paid for.
                    "output_not_found" => ErrorKind::Permanent,
                    "image_too_large" | "unsupported_format" | "corrupt_input"
                    | "invalid_request" => ErrorKind::Permanent,
                    _ => ErrorKind::Transient,
                };
                UpstreamStatus::failed(reason, &[code], kind)
            }
            other => UpstreamStatus::Unknown(other.to_owned()),
        })
    }

    /// There is no such request.
    fn cancel(&self, _: &Handle) -> Option<ServiceRequest> {
        None
    }

    /// There is no request for it: a generation that can't exist is asked for.
    fn probe(&self) -> Probe {
        let at = "/generations/00000000-0000-4000-8000-000000000000";
        Probe { request: ServiceRequest::get(at), good: &[404] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states() {
        let read = |answer: &Value| Settings::default().read(answer);
        let film = "https://cdn.example/a.mp4";
        for (answer, expected) in [
            (json!({"state": "queued"}), Some(UpstreamStatus::QUEUED)),
            (json!({"state": "processing"}), Some(UpstreamStatus::RUNNING)),
            (
                json!({"state": "completed", "output": [{"url": film}]}),
                Some(UpstreamStatus::Done(Some(film.into()))),
            ),
            (json!({"state": "completed", "output": []}), Some(UpstreamStatus::Done(None))),
            (json!({"state": "dreaming"}), Some(UpstreamStatus::Unknown("dreaming".into()))),
            (json!({}), None),
        ] {
            assert_eq!(read(&answer), expected, "{answer}");
        }
        for (code, expected) in [
            ("content_moderated", ErrorKind::ContentPolicy),
            ("generation_failed", ErrorKind::Transient),
            ("rate_limited", ErrorKind::Transient),
            ("budget_exhausted", ErrorKind::Unavailable),
            ("output_not_found", ErrorKind::Permanent),
            ("image_too_large", ErrorKind::Permanent),
            ("unsupported_format", ErrorKind::Permanent),
            ("corrupt_input", ErrorKind::Permanent),
            ("invalid_request", ErrorKind::Permanent),
        ] {
            let answer = json!({"state": "failed", "failure_reason": "no", "failure_code": code});
            let expected = UpstreamStatus::Failed { reason: "no".into(), kind: expected };
            assert_eq!(read(&answer), Some(expected), "{code}");
        }
    }
}
