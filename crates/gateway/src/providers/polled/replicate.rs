//! Replicate, after its SDKs (`replicate` 1.0.7 and 1.4.0) and its published HTTP API.

use ai_now_protocol::{MediaKind, Model};
use http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;

use super::adapter::{
    Adapter, Handle, Probe, ServiceRequest, UpstreamStatus, id, merged, paced_by_settings,
    result_url, text,
};
use crate::providers::error::ErrorKind;
use crate::providers::http::Answer;
use crate::providers::options::{self, OptionFields, option_fields};
use crate::providers::provider::Job;
use crate::providers::service::Service;
use crate::providers::settings::checks::{SettingError, at_least_one, model_path, pointers};
use crate::providers::settings::limits::LimitSettings;
use crate::providers::submission::{self, Rejection};
use crate::providers::takes::Takes;
use crate::providers::text::percentage;

/// The settings of a provider of kind `replicate`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Replicate's name of the model: `owner/name`, or `owner/name:version`.
    pub model: String,
    /// More fields of the model's input, as the model names them.
    #[serde(default)]
    pub input: toml::Table,
    /// The field of the prompt.
    #[serde(default = "prompt")]
    pub prompt_field: String,
    /// The field of the seed. Empty: there is none.
    #[serde(default)]
    pub seed_field: String,
    /// The fields of a model's options, by the options' ids.
    #[serde(default)]
    pub options: OptionFields,
    /// Where the result's address is in the answer, as JSON pointers (RFC 6901); the first that
    /// finds something counts.
    #[serde(default = "results")]
    pub result: Vec<String>,
    /// The longest prompt with its style's words, in UTF-16 units. 0: no limit.
    #[serde(default)]
    pub prompt_max_units: usize,
    /// The pause between two polls of a job, in milliseconds.
    #[serde(default = "poll_ms")]
    pub poll_ms: u64,
    /// How often a job with a transient failure is resubmitted.
    #[serde(default)]
    pub resubmit: u32,
    /// Whether failed jobs are known to cost nothing, even where they ran: then they are submitted anew, or
    /// another provider is asked.
    #[serde(default)]
    pub failures_are_free: bool,
    /// Whether `model` is a deployment of one's own.
    #[serde(default)]
    pub deployment: bool,
}

fn prompt() -> String {
    "prompt".into()
}

fn results() -> Vec<String> {
    vec!["/output".into()]
}

fn poll_ms() -> u64 {
    2000
}

impl Service for Settings {
    fn base_url(&self) -> &'static str {
        "https://api.replicate.com/v1"
    }

    fn key_env(&self) -> &'static str {
        "REPLICATE_API_TOKEN"
    }

    fn makes(&self, _: MediaKind) -> bool {
        true
    }

    fn tells_billed_time(&self) -> bool {
        true
    }

    fn takes(&self, _: &Model, option: &str) -> Takes {
        options::taken_by(&self.options, &self.seed_field, option)
    }

    fn check(&self) -> Result<(), SettingError> {
        model_path(&self.model)?;
        if !self.model.contains('/') {
            return Err(SettingError::new("model", "it must be like “owner/name”"));
        }
        if self.deployment && self.model.contains(':') {
            return Err(SettingError::new("model", "a deployment has no version"));
        }
        options::check(&self.options)?;
        pointers("result", &self.result)?;
        at_least_one("poll_ms", self.poll_ms)
    }
}

impl Settings {
    /// Time that a model ran is charged, whatever became of it.
    fn kind_of_failure(&self, answer: &Value) -> ErrorKind {
        let ran = self.billed_ms(answer).is_some_and(|ms| ms > 0);
        UpstreamStatus::passing(self.failures_are_free || !ran)
    }
}

impl Adapter for Settings {
    paced_by_settings!();

    fn prompt_max_units(&self, _: &Job) -> usize {
        self.prompt_max_units
    }

    fn submit(&self, job: &Job, limits: &LimitSettings) -> ServiceRequest {
        let mut of_job = option_fields(job, &self.options);
        of_job.insert(self.prompt_field.clone(), json!(job.phrased()));
        if !self.seed_field.is_empty() {
            of_job.insert(self.seed_field.clone(), json!(job.seed()));
        }
        let input = merged(Map::new(), &self.input, of_job);
        let mut request = match self.model.split_once(':') {
            Some((_, version)) => {
                ServiceRequest::post("/predictions", json!({"version": version, "input": input}))
            }
            None => {
                let place = if self.deployment { "deployments" } else { "models" };
                let at = format!("/{place}/{}/predictions", self.model);
                ServiceRequest::post(at, json!({"input": input}))
            }
        };
        // A job that would run longer is no longer wanted, and should not be paid for.
        let limit = HeaderValue::from_str(&format!("{}s", limits.timeout_secs.max(5)));
        request.headers.extend(limit.map(|l| (HeaderName::from_static("cancel-after"), l)));
        request
    }

    /// Replicate's own client repeats a submission only after 429: after a 5xx it is unknown
    /// whether the job was taken.
    fn refused(&self, answer: &Answer) -> Option<Rejection> {
        submission::refused(answer, |status| status == 429)
    }

    fn accepted(&self, _: &Job, answer: &Value, _: &Url) -> Option<Handle> {
        id(answer, "/id")
    }

    fn status(&self, handle: &Handle) -> ServiceRequest {
        ServiceRequest::get(format!("/predictions/{}", handle.id))
    }

    fn read(&self, answer: &Value) -> Option<UpstreamStatus> {
        let ended = |reason: &str, kind| UpstreamStatus::Failed { reason: reason.into(), kind };
        Some(match text(answer, "/status")? {
            "starting" => UpstreamStatus::QUEUED,
            "processing" => {
                let progress = text(answer, "/logs").and_then(percentage);
                UpstreamStatus::Running { progress }
            }
            // An hour after its end.
            "succeeded" if answer.pointer("/data_removed") == Some(&Value::Bool(true)) => {
                ended("the result has been removed there", ErrorKind::Permanent)
            }
            "succeeded" => UpstreamStatus::Done(result_url(answer, &self.result)),
            "failed" => {
                let reason = text(answer, "/error").unwrap_or_default();
                UpstreamStatus::failed(reason, &[], self.kind_of_failure(answer))
            }
            "canceled" => UpstreamStatus::cancelled_there(),
            "aborted" => ended("it was aborted there", self.kind_of_failure(answer)),
            other => UpstreamStatus::Unknown(other.to_owned()),
        })
    }

    fn billed_ms(&self, answer: &Value) -> Option<u64> {
        let seconds = answer.pointer("/metrics/predict_time")?.as_f64()?;
        (0.0..1e9).contains(&seconds).then(|| (seconds * 1000.0).ceil() as u64)
    }

    fn cancel(&self, handle: &Handle) -> Option<ServiceRequest> {
        let at = format!("/predictions/{}/cancel", handle.id);
        Some(ServiceRequest::new(http::Method::POST, at))
    }

    fn probe(&self) -> Probe {
        Probe { request: ServiceRequest::get("/account"), good: &[200] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states() {
        let settings: Settings = toml::from_str("model = 'owner/model'").unwrap();
        let failed =
            |reason: &str, kind| Some(UpstreamStatus::Failed { reason: reason.into(), kind });
        for (answer, expected) in [
            (json!({"status": "starting"}), Some(UpstreamStatus::QUEUED)),
            (
                json!({"status": "processing", "logs": "10%\n40%"}),
                Some(UpstreamStatus::Running { progress: Some(0.4) }),
            ),
            (
                json!({"status": "succeeded", "output": ["u"]}),
                Some(UpstreamStatus::Done(Some("u".into()))),
            ),
            (
                json!({"status": "succeeded", "output": null, "data_removed": true}),
                failed("the result has been removed there", ErrorKind::Permanent),
            ),
            (
                json!({"status": "failed", "error": "NSFW content detected"}),
                failed("NSFW content detected", ErrorKind::ContentPolicy),
            ),
            (json!({"status": "failed", "error": null}), failed("", ErrorKind::Transient)),
            (
                json!({"status": "failed", "error": "no", "metrics": {"predict_time": 0.0}}),
                failed("no", ErrorKind::Transient),
            ),
            (
                json!({"status": "failed", "error": "no", "metrics": {"predict_time": 0.4}}),
                failed("no", ErrorKind::Permanent),
            ),
            (
                json!({"status": "aborted", "metrics": {"predict_time": 2}}),
                failed("it was aborted there", ErrorKind::Permanent),
            ),
            (json!({"status": "canceled"}), Some(UpstreamStatus::cancelled_there())),
            (json!({"status": "aborted"}), failed("it was aborted there", ErrorKind::Transient)),
            (json!({"status": "new"}), Some(UpstreamStatus::Unknown("new".into()))),
            (json!({"status": 7}), None),
        ] {
            assert_eq!(settings.read(&answer), expected, "{answer}");
        }
        let free = Settings { failures_are_free: true, ..settings };
        let ran = json!({"status": "failed", "error": "no", "metrics": {"predict_time": 2.5}});
        assert_eq!(free.read(&ran), failed("no", ErrorKind::Transient));
    }

    #[test]
    fn a_deployment_has_a_path_of_its_own() {
        for (toml, at) in [
            ("model = 'owner/name'", "/models/owner/name/predictions"),
            ("model = 'owner/name:v1'", "/predictions"),
            ("model = 'owner/name'\ndeployment = true", "/deployments/owner/name/predictions"),
        ] {
            let settings: Settings = toml::from_str(toml).unwrap();
            assert_eq!(settings.check(), Ok(()));
            let job = Job::example(MediaKind::Picture, &[]);
            assert_eq!(settings.submit(&job, &LimitSettings::default()).at, at);
        }
        let settings: Settings =
            toml::from_str("model = 'owner/name:v1'\ndeployment = true").unwrap();
        assert!(settings.check().is_err());
    }
}
