//! fal's queue, after its SDKs (`fal-client` 1.0.3, `@fal-ai/client` 1.10.1) and its documentation.
//! The addresses that it returns are used; none is constructed.

mod models;

use std::collections::BTreeMap;
use std::time::SystemTime;

use ai_now_protocol::options::LYRICS;
use ai_now_protocol::{Code, Detail, MediaKind, Model, Scalar, Scalars};
use http::{HeaderName, HeaderValue, Method};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;

use self::models::{KNOWN, LYRICS_MIN_CHARS, LYRICS_PROMPT, NEEDS_LYRICS, SEEDLESS};
use super::adapter::{
    Adapter, Handle, Probe, ServiceRequest, UpstreamStatus, merged, paced_by_settings, result_url,
    text,
};
use crate::media::PictureFormat;
use crate::providers::content_policy;
use crate::providers::error::ErrorKind;
use crate::providers::http::Answer;
use crate::providers::options::{self, OptionField, OptionFields, option_fields};
use crate::providers::provider::Job;
use crate::providers::service::Service;
use crate::providers::settings::checks::{SettingError, at_least_one, model_path, pointers};
use crate::providers::settings::limits::LimitSettings;
use crate::providers::submission::{self, Rejection};
use crate::providers::takes::{Takes, Unfit};
use crate::providers::text::percentage;
use crate::service_key::Key;

/// The settings of a provider of kind `fal`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// fal's name of the model: `fal-ai/pika/v2.2/text-to-video`.
    pub model: String,
    /// More fields of the request, as the model names them.
    #[serde(default)]
    pub input: toml::Table,
    /// The field of the prompt.
    #[serde(default = "prompt")]
    pub prompt_field: String,
    /// The field of the seed. Empty: there is none. Default: `seed`, unless the model is known to
    /// have none.
    pub seed_field: Option<String>,
    /// The fields of a model's options, by the options' ids; for known models, they change the
    /// built-in ones.
    #[serde(default)]
    pub options: OptionFields,
    /// More headers of a submission, as fal names them: `x-fal-queue-priority`, `x-fal-store-io`, ….
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The model that makes a film of a picture. Empty: `model` does.
    #[serde(default)]
    pub image_model: String,
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
    /// How often a job with a transient failure is resubmitted. The queue itself repeats a job up
    /// to ten times.
    #[serde(default)]
    pub resubmit: u32,
}

fn prompt() -> String {
    "prompt".into()
}

fn results() -> Vec<String> {
    ["/video/url", "/audio/url", "/audio_file/url", "/image/url", "/images/0/url"]
        .map(Into::into)
        .into()
}

fn poll_ms() -> u64 {
    2000
}

/// How long a job may wait for its begin, in seconds.
const TIMEOUT: &str = "x-fal-request-timeout";

/// Errors of the queue and of the machines, not of the request. Nothing is charged.
const MACHINE_ERRORS: &[&str] = &["request_timeout", "startup_timeout", "runner_"];

impl Service for Settings {
    fn base_url(&self) -> &'static str {
        "https://queue.fal.run"
    }

    fn key_env(&self) -> &'static str {
        "FAL_KEY"
    }

    fn makes(&self, _: MediaKind) -> bool {
        true
    }

    fn takes(&self, _: &Model, option: &str) -> Takes {
        options::taken_by(&self.options(), self.seed_field(), option)
    }

    /// Without lyrics such a model refuses what was accepted.
    fn conflict(&self, _: &Model, options: &Scalars) -> Option<Unfit> {
        if !self.model.starts_with(NEEDS_LYRICS) || self.input.contains_key(LYRICS_PROMPT) {
            return None;
        }
        let lyrics = options.get(LYRICS).and_then(Scalar::as_text).unwrap_or_default();
        let missing = lyrics.trim().chars().count() < LYRICS_MIN_CHARS;
        missing.then(|| {
            let text = format!("a text of at least {LYRICS_MIN_CHARS} characters");
            let min = u32::try_from(LYRICS_MIN_CHARS).unwrap_or(u32::MAX);
            Unfit::new(LYRICS, Detail::new(Code::AllowedLonger, text).with("min", min))
        })
    }

    fn picture_formats(&self) -> &'static [PictureFormat] {
        &[PictureFormat::Jpeg, PictureFormat::Png]
    }

    fn check(&self) -> Result<(), SettingError> {
        model_path(&self.model)?;
        if !self.model.contains('/') {
            return Err(SettingError::new("model", "it must be like “owner/name”"));
        }
        if !self.image_model.is_empty() {
            model_path(&self.image_model)?;
        }
        for (name, value) in &self.headers {
            let is_good = name.starts_with("x-fal-") && HeaderName::try_from(name).is_ok();
            if !is_good || HeaderValue::from_str(value).is_err() {
                return Err(SettingError::new("headers", "each is like “x-fal-…” in lower case"));
            }
        }
        options::check(&self.options)?;
        pointers("result", &self.result)?;
        at_least_one("poll_ms", self.poll_ms)
    }
}

impl Settings {
    /// The fields of options: those of the known model, changed by the settings.
    fn options(&self) -> OptionFields {
        let known = KNOWN.iter().find(|(beginning, _)| self.model.starts_with(beginning));
        let known = known.map_or(&[][..], |(_, fields)| fields);
        let mut fields: OptionFields = known
            .iter()
            .map(|(id, field, spelling, allowed)| {
                ((*id).to_owned(), OptionField::new(field, *spelling, allowed))
            })
            .collect();
        fields.extend(self.options.clone());
        fields
    }

    /// What fal is told about a submission beside its body. What does not begin in time is not begun at all:
    /// nobody waits for it any more.
    fn headers(&self, limits: &LimitSettings) -> Vec<(HeaderName, HeaderValue)> {
        let mut headers = BTreeMap::from([(TIMEOUT.to_owned(), limits.timeout_secs.to_string())]);
        headers.extend(self.headers.clone());
        let header = |(name, value): (String, String)| {
            Some((name.parse().ok()?, HeaderValue::from_str(&value).ok()?))
        };
        headers.into_iter().filter_map(header).collect()
    }

    fn seed_field(&self) -> &str {
        let seedless = SEEDLESS.iter().any(|beginning| self.model.starts_with(beginning));
        self.seed_field.as_deref().unwrap_or(if seedless { "" } else { "seed" })
    }
}

impl Adapter for Settings {
    paced_by_settings!();

    fn prompt_max_units(&self, _: &Job) -> usize {
        self.prompt_max_units
    }

    fn authorization(&self, key: &Key, _: SystemTime) -> String {
        format!("Key {}", key.reveal())
    }

    fn submit(&self, job: &Job, limits: &LimitSettings) -> ServiceRequest {
        let fields = self.options();
        let mut of_job = option_fields(job, &fields);
        let lyrics = fields.get(LYRICS).filter(|field| field.field == self.prompt_field);
        let prompt = match job.lyrics().filter(|_| lyrics.is_some()) {
            Some(lyrics) => format!("{}\n\nLyrics:\n{lyrics}", job.phrased()),
            None => job.phrased(),
        };
        of_job.insert(self.prompt_field.clone(), json!(prompt));
        if !self.seed_field().is_empty() {
            of_job.insert(self.seed_field().to_owned(), json!(job.seed()));
        }
        let body = merged(Map::new(), &self.input, of_job);
        let of_picture = job.picture.is_some() && !self.image_model.is_empty();
        let model = if of_picture { &self.image_model } else { &self.model };
        let mut request = ServiceRequest::post(format!("/{model}"), body);
        request.headers = self.headers(limits);
        request
    }

    /// fal's own client repeats these, and 504 of a proxy before the queue, although that one may
    /// have been received.
    fn refused(&self, answer: &Answer) -> Option<Rejection> {
        submission::refused(answer, |status| matches!(status, 408 | 409 | 429 | 502 | 503))
    }

    fn accepted(&self, _: &Job, answer: &Value, base: &Url) -> Option<Handle> {
        // The key is sent to the configured host only, wherever these point.
        let own = |pointer: &str| {
            let url = Url::parse(text(answer, pointer)?).ok()?;
            let same = url.origin() == base.origin() && url.username().is_empty();
            same.then(|| url.to_string())
        };
        Some(Handle {
            id: text(answer, "/request_id")?.chars().take(128).collect(),
            status: Some(own("/status_url")?),
            response: Some(own("/response_url")?),
            cancel: own("/cancel_url"),
        })
    }

    fn status(&self, handle: &Handle) -> ServiceRequest {
        let url = handle.status.as_deref().unwrap_or_default();
        let link = if url.contains('?') { '&' } else { '?' };
        ServiceRequest::get(format!("{url}{link}logs=1"))
    }

    fn read(&self, answer: &Value) -> Option<UpstreamStatus> {
        Some(match text(answer, "/status")? {
            "IN_QUEUE" => {
                let position = answer.pointer("/queue_position").and_then(Value::as_u64);
                UpstreamStatus::Queued { position: position.and_then(|p| u32::try_from(p).ok()) }
            }
            "IN_PROGRESS" => {
                let logs = answer.pointer("/logs").and_then(Value::as_array);
                let progress = logs.and_then(|logs| {
                    let messages = logs.iter().rev().filter_map(|log| text(log, "/message"));
                    messages.filter_map(percentage).next()
                });
                UpstreamStatus::Running { progress }
            }
            "COMPLETED" => {
                let error_type = text(answer, "/error_type").unwrap_or_default();
                match text(answer, "/error") {
                    Some(error) if is_machine_error(error_type) => {
                        UpstreamStatus::failed(error, &[], ErrorKind::Transient)
                    }
                    Some(error) if content_policy::is_named_in(error_type) => {
                        UpstreamStatus::failed(error, &[error_type], ErrorKind::Permanent)
                    }
                    // With or without an error: the other address has the outcome.
                    _ => UpstreamStatus::ResultAtResponse,
                }
            }
            other => UpstreamStatus::Unknown(other.to_owned()),
        })
    }

    /// Either the output, or the error that the model ended with.
    fn read_result(&self, answer: &Answer) -> Option<UpstreamStatus> {
        let json = answer.json();
        let status = answer.status.as_u16();
        if answer.status.is_success() {
            return Some(match status {
                202 => UpstreamStatus::RUNNING,
                _ => UpstreamStatus::Done(result_url(&json, &self.result)),
            });
        }
        let header = |name| answer.headers.get(name).and_then(|value| value.to_str().ok());
        let mut codes = submission::codes_in(&json);
        codes.extend(header("x-fal-error-type").map(ToOwned::to_owned));
        let codes: Vec<_> = codes.iter().map(String::as_str).collect();
        // A 5xx is never charged. Anything else is about the request, and may have been.
        let passes = status >= 500
            || header("x-fal-retryable") == Some("true")
            || codes.iter().any(|code| is_machine_error(code));
        let kind = if passes { ErrorKind::Transient } else { ErrorKind::Permanent };
        Some(UpstreamStatus::failed(&submission::said_in(&json), &codes, kind))
    }

    fn cancel(&self, handle: &Handle) -> Option<ServiceRequest> {
        handle.cancel.clone().map(|url| ServiceRequest::new(Method::PUT, url))
    }

    fn cancelled_too_late(&self, answer: &Answer) -> bool {
        let completed = || text(&answer.json(), "/status") == Some("ALREADY_COMPLETED");
        answer.status == 404 || (answer.status == 400 && completed())
    }

    /// No documented free request takes an ordinary key: this shows that the service answers.
    fn probe(&self) -> Probe {
        Probe { request: ServiceRequest::new(Method::HEAD, "/"), good: &[] }
    }
}

fn is_machine_error(code: &str) -> bool {
    MACHINE_ERRORS.iter().any(|beginning| code.starts_with(beginning))
}

#[cfg(test)]
mod tests;
