//! fal's queue, after its SDKs (`fal-client` 1.0.3, `@fal-ai/client` 1.10.1) and its documentation. The
//! addresses that it returns are used; none is built.

use std::time::SystemTime;

use ai_now_protocol::MediaKind;
use ai_now_protocol::options::{ASPECT_RATIO, IMAGE, INSTRUMENTAL, LYRICS, RESOLUTION, SECONDS};
use axum::http::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use super::adapter::{
    Adapter, Handle, Probe, ServiceRequest, UpstreamStatus, merged, paced_by_settings, result_url,
    text,
};
use crate::providers::content_policy;
use crate::providers::error::ErrorKind;
use crate::providers::http::Answer;
use crate::providers::options::{self, OptionField, OptionFields, Spelling, option_fields};
use crate::providers::provider::Job;
use crate::providers::service::Service;
use crate::providers::settings::checks::{SettingError, at_least_one, model_path, pointers};
use crate::providers::settings::key::Key;
use crate::providers::settings::limits::LimitSettings;
use crate::providers::submission::{self, Refusal};
use crate::providers::text::percentage;

/// What a provider of kind `fal` is told.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// fal's name of the model: `fal-ai/pika/v2.2/text-to-video`.
    pub model: String,
    /// More fields of the request, as the model names them.
    #[serde(default)]
    pub input: toml::Table,
    /// The field that takes the prompt.
    #[serde(default = "prompt")]
    pub prompt_field: String,
    /// The field that takes the seed. Empty: none does. Default: `seed`, where the model is not known
    /// to have none.
    pub seed_field: Option<String>,
    /// The fields that take the options of a model, by the options' ids; for models that are known,
    /// they change what is built in.
    #[serde(default)]
    pub options: OptionFields,
    /// The model that makes a film of a picture. Empty: `model` does.
    #[serde(default)]
    pub image_model: String,
    /// Where the result's address is in the answer, as JSON pointers (RFC 6901); the first that
    /// points at something counts.
    #[serde(default = "results")]
    pub result: Vec<String>,
    /// The longest prompt with its style's words, in UTF-16 units. 0: no limit.
    #[serde(default)]
    pub prompt_max_units: usize,
    /// How long to wait between two questions about a job, in milliseconds.
    #[serde(default = "poll_ms")]
    pub poll_ms: u64,
    /// How often a job that failed there for a reason that may pass is submitted anew. The queue
    /// itself repeats a job up to ten times.
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

/// The beginnings of the names of models that have no field `seed`: an unknown field may be refused.
const SEEDLESS: &[&str] =
    &["fal-ai/kling-video/", "fal-ai/minimax-music", "fal-ai/elevenlabs/music", "CassetteAI/"];

/// An option's id, the field that takes it, how it is written, and the values that are allowed.
type Known = (&'static str, &'static str, Spelling, &'static [&'static str]);

/// The fields of models that are known, by the beginning of their names; the first that fits counts.
const KNOWN: &[(&str, &[Known])] = &[
    (
        "fal-ai/pika/",
        &[
            (SECONDS, "duration", Spelling::Plain, &["5", "10"]),
            (
                ASPECT_RATIO,
                "aspect_ratio",
                Spelling::Plain,
                &["16:9", "9:16", "1:1", "4:5", "5:4", "3:2", "2:3"],
            ),
            (RESOLUTION, "resolution", Spelling::Plain, &["720p", "1080p"]),
            (IMAGE, "image_url", Spelling::Plain, &[]),
        ],
    ),
    (
        "fal-ai/kling-video/",
        &[
            (SECONDS, "duration", Spelling::Text, &["5", "10"]),
            (ASPECT_RATIO, "aspect_ratio", Spelling::Plain, &["16:9", "9:16", "1:1"]),
            (IMAGE, "start_image_url", Spelling::Plain, &[]),
        ],
    ),
    (
        "fal-ai/elevenlabs/music",
        &[
            (SECONDS, "music_length_ms", Spelling::Milliseconds, &[]),
            (INSTRUMENTAL, "force_instrumental", Spelling::Plain, &[]),
            (LYRICS, "prompt", Spelling::Plain, &[]),
        ],
    ),
    ("fal-ai/minimax-music", &[(LYRICS, "lyrics_prompt", Spelling::Plain, &[])]),
    ("CassetteAI/music-generator", &[(SECONDS, "duration", Spelling::Plain, &[])]),
];

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

    fn check(&self) -> Result<(), SettingError> {
        model_path(&self.model)?;
        if !self.model.contains('/') {
            return Err(SettingError::new("model", "it must be like “owner/name”"));
        }
        if !self.image_model.is_empty() {
            model_path(&self.image_model)?;
        }
        options::check(&self.options)?;
        pointers("result", &self.result)?;
        at_least_one("poll_ms", self.poll_ms)
    }
}

impl Settings {
    /// The fields that take options: those that are known for the model, changed by the settings.
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

    fn submit(&self, job: &Job, _: &LimitSettings) -> ServiceRequest {
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
        ServiceRequest::post(format!("/{model}"), body)
    }

    /// fal's own client repeats these, and 504 of what stands before the queue, which may have been
    /// heard all the same.
    fn refused(&self, answer: &Answer) -> Option<Refusal> {
        submission::refused(answer, |status| matches!(status, 408 | 409 | 429 | 502 | 503))
    }

    fn accepted(&self, _: &Job, answer: &Value, base: &Url) -> Option<Handle> {
        // The key goes wherever these point: to the configured host, or nowhere.
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
                    // With or without an error: the other address says what became of it.
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

    /// Nothing that is documented and free takes an ordinary key: this shows that somebody is there.
    fn probe(&self) -> Probe {
        Probe { request: ServiceRequest::new(Method::HEAD, "/"), good: &[] }
    }
}

fn is_machine_error(code: &str) -> bool {
    MACHINE_ERRORS.iter().any(|beginning| code.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use ai_now_protocol::Scalar;
    use axum::http::{HeaderMap, StatusCode};

    use super::*;

    fn settings() -> Settings {
        toml::from_str("model = 'owner/model'").unwrap()
    }

    fn failed(reason: &str, kind: ErrorKind) -> Option<UpstreamStatus> {
        Some(UpstreamStatus::Failed { reason: reason.into(), kind })
    }

    #[test]
    fn states() {
        let queued = |position| Some(UpstreamStatus::Queued { position });
        let running = |progress| Some(UpstreamStatus::Running { progress });
        for (answer, expected) in [
            (json!({"status": "IN_QUEUE", "queue_position": 3}), queued(Some(3))),
            (json!({"status": "IN_QUEUE"}), queued(None)),
            (
                json!({"status": "IN_PROGRESS", "logs": [{"message": "1%"}, {"message": "25%|#"}]}),
                running(Some(0.25)),
            ),
            (json!({"status": "IN_PROGRESS", "logs": null}), running(None)),
            (json!({"status": "COMPLETED"}), Some(UpstreamStatus::ResultAtResponse)),
            (
                json!({"status": "COMPLETED", "error": "x", "error_type": "odd"}),
                Some(UpstreamStatus::ResultAtResponse),
            ),
            (
                json!({"status": "COMPLETED", "error": "x", "error_type": "content_policy_violation"}),
                failed("x", ErrorKind::ContentPolicy),
            ),
            (
                json!({"status": "COMPLETED", "error": "x", "error_type": "runner_disconnected"}),
                failed("x", ErrorKind::Transient),
            ),
            (json!({"status": "PAUSED"}), Some(UpstreamStatus::Unknown("PAUSED".into()))),
            (json!("COMPLETED"), None),
        ] {
            assert_eq!(settings().read(&answer), expected, "{answer}");
        }
    }

    #[test]
    fn results_and_errors_of_models() {
        let read = |status: u16, body: Value, headers: &[(&'static str, &'static str)]| {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.insert(*name, value.parse().unwrap());
            }
            let status = StatusCode::from_u16(status).unwrap();
            settings().read_result(&Answer { status, headers: map, body: body.to_string().into() })
        };
        let detail = |kind: &str| json!({"detail": [{"loc": ["body"], "msg": "no", "type": kind}]});
        let done = |url: Option<&str>| Some(UpstreamStatus::Done(url.map(Into::into)));
        assert_eq!(read(200, json!({"video": {"url": "u"}}), &[]), done(Some("u")));
        assert_eq!(read(200, json!({}), &[]), done(None));
        assert_eq!(read(202, json!({}), &[]), Some(UpstreamStatus::RUNNING));
        for (kind, expected) in [
            ("content_policy_violation", ErrorKind::ContentPolicy),
            ("image_too_small", ErrorKind::Permanent),
            ("value_error", ErrorKind::Permanent),
        ] {
            assert_eq!(read(422, detail(kind), &[]), failed("no", expected), "{kind}");
        }
        let retryable = [("x-fal-retryable", "true")];
        assert_eq!(read(422, detail("x"), &retryable), failed("no", ErrorKind::Transient));
        assert_eq!(read(500, detail("x"), &[]), failed("no", ErrorKind::Transient));
        let typed = [("x-fal-error-type", "request_timeout")];
        assert_eq!(read(504, json!({}), &typed), failed("", ErrorKind::Transient));
        assert_eq!(read(400, json!({"detail": "bad"}), &[]), failed("bad", ErrorKind::Permanent));
    }

    #[test]
    fn only_models_that_have_a_seed_are_sent_one() {
        let of =
            |model: &str| Settings { model: model.into(), ..settings() }.seed_field().to_owned();
        assert_eq!(of("fal-ai/pika/v2.2/text-to-video"), "seed");
        for model in ["fal-ai/kling-video/v3/pro/text-to-video", "fal-ai/elevenlabs/music"] {
            assert_eq!(of(model), "", "{model}");
        }
        let named = Settings { seed_field: Some("noise".into()), ..settings() };
        assert_eq!(named.seed_field(), "noise");
    }

    #[test]
    fn options_go_into_the_fields_that_the_model_has() {
        let options = [
            (SECONDS, Scalar::Integer(8)),
            (ASPECT_RATIO, "21:9".into()),
            (RESOLUTION, "4k".into()),
            (INSTRUMENTAL, false.into()),
            (LYRICS, "La la".into()),
        ];
        let submit = |toml: &str, job: &Job| {
            let settings: Settings = toml::from_str(toml).unwrap();
            assert_eq!(settings.check(), Ok(()));
            let request = settings.submit(job, &LimitSettings::default());
            (request.at, request.body.unwrap())
        };
        let job = Job::example(MediaKind::Video, &options);
        for (toml, expected) in [
            (
                "model = 'fal-ai/pika/v2.2/text-to-video'\ninput = { duration = 5 }",
                json!({"prompt": "A lake", "seed": 7, "duration": 10, "aspect_ratio": "16:9",
                    "resolution": "1080p"}),
            ),
            (
                "model = 'fal-ai/kling-video/v3/pro/text-to-video'\n\
                 [options.seconds]\nfield = 'duration'\nspelling = 'text'",
                json!({"prompt": "A lake", "duration": "8", "aspect_ratio": "16:9"}),
            ),
            (
                "model = 'fal-ai/elevenlabs/music'",
                json!({"prompt": "A lake\n\nLyrics:\nLa la", "music_length_ms": 8000,
                    "force_instrumental": false}),
            ),
            (
                "model = 'fal-ai/minimax-music/v2'",
                json!({"prompt": "A lake", "lyrics_prompt": "La la"}),
            ),
            ("model = 'owner/model'", json!({"prompt": "A lake", "seed": 7})),
        ] {
            assert_eq!(submit(toml, &job).1, expected, "{toml}");
        }
        let toml = "model = 'fal-ai/pika/v2.2/text-to-video'\n\
                    image_model = 'fal-ai/pika/v2.2/image-to-video'";
        let (at, body) = submit(toml, &Job::example(MediaKind::Video, &[]).with_picture());
        assert_eq!(at, "/fal-ai/pika/v2.2/image-to-video");
        assert_eq!(body["image_url"], "data:image/png;base64,cG5n");
        assert_eq!(submit(toml, &job).0, "/fal-ai/pika/v2.2/text-to-video");
    }
}
