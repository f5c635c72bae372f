//! Runway, after its own SDK (`runwayml` 5.24) and its documentation.

use ai_now_protocol::MediaKind;
use axum::http::{HeaderName, HeaderValue, Method};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use url::Url;

use super::adapter::{
    Adapter, Handle, Probe, ServiceRequest, UpstreamStatus, id, merged, paced_by_settings,
    result_url, text,
};
use crate::providers::error::ErrorKind;
use crate::providers::options::{nearest, set};
use crate::providers::provider::{Job, Picture};
use crate::providers::service::Service;
use crate::providers::settings::checks::{SettingError, at_least_one};
use crate::providers::settings::limits::LimitSettings;

/// What a provider of kind `runway` is told.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Runway's name of the model.
    pub model: String,
    /// More fields of the request, as Runway names them.
    pub input: toml::Table,
    /// How long to wait between two questions about a job, in milliseconds.
    pub poll_ms: u64,
    /// How often a job that failed there for a reason that may pass is submitted anew.
    pub resubmit: u32,
    /// The version of the API, which each request names.
    pub api_version: String,
    /// The longest prompt with its style's words, in UTF-16 units. 0: no limit. Default: by model.
    pub prompt_max_units: Option<usize>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            model: "gen4.5".into(),
            input: toml::Table::new(),
            // "At most every five seconds", and a little more for a clock that is off.
            poll_ms: 5200,
            resubmit: 0,
            api_version: "2024-11-06".into(),
            prompt_max_units: None,
        }
    }
}

/// What a model takes. What is sent to one that is not in the table is the prompt, and `input`.
struct Rules {
    /// The beginning of the model's name.
    model: &'static str,
    /// The lengths that it takes, in seconds. Empty: the field is not known.
    seconds: &'static [i64],
    /// The sizes that it takes, the preferred one first. Empty: it has no such field, or another.
    ratios: &'static [&'static str],
    /// Whether it has the field `seed`.
    seed: bool,
    /// The longest prompt, in UTF-16 units.
    prompt_max_units: usize,
}

/// The first row whose name a model begins with counts.
const RULES: &[Rules] = &[
    Rules {
        model: "gen4.5",
        seconds: &[2, 3, 4, 5, 6, 7, 8, 9, 10],
        ratios: &["1280:720", "720:1280"],
        seed: true,
        prompt_max_units: 1000,
    },
    // Of pictures only.
    Rules {
        model: "gen4_turbo",
        seconds: &[2, 3, 4, 5, 6, 7, 8, 9, 10],
        ratios: &["1280:720", "720:1280"],
        seed: true,
        prompt_max_units: 1000,
    },
    Rules {
        model: "veo3.1",
        seconds: &[4, 6, 8],
        ratios: &["1280:720", "720:1280", "1920:1080", "1080:1920"],
        seed: true,
        prompt_max_units: 1000,
    },
    Rules {
        model: "kling2.5_turbo_pro",
        seconds: &[5, 10],
        ratios: &["1280:720", "720:1280", "720:720", "1920:1080", "1080:1920", "1440:1440"],
        seed: false,
        prompt_max_units: 0,
    },
    Rules {
        model: "kling3.0_standard",
        seconds: &[3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        ratios: &["1280:720", "720:1280", "960:960"],
        seed: false,
        prompt_max_units: 0,
    },
    Rules {
        model: "kling3.0_pro",
        seconds: &[3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        ratios: &["1920:1080", "1080:1920", "1440:1440"],
        seed: false,
        prompt_max_units: 0,
    },
    Rules { model: "seedance2_5", seconds: &[], ratios: &[], seed: true, prompt_max_units: 15_000 },
    Rules { model: "seedance2", seconds: &[], ratios: &[], seed: true, prompt_max_units: 3500 },
    Rules { model: "h3_max", seconds: &[], ratios: &[], seed: true, prompt_max_units: 0 },
    Rules {
        model: "happyhorse_1_0",
        seconds: &[],
        ratios: &[],
        seed: false,
        prompt_max_units: 2500,
    },
];

/// What Runway's own models take where they begin with a picture.
const GEN4_PICTURE_RATIOS: &[&str] =
    &["1280:720", "720:1280", "1104:832", "960:960", "832:1104", "1584:672"];

/// What is sent to a model that is not in the table.
const OTHER: Rules =
    Rules { model: "", seconds: &[], ratios: &[], seed: false, prompt_max_units: 0 };

/// How long a film is where nobody says.
const SECONDS: i64 = 5;

impl Rules {
    /// The sizes that it takes where it begins with a picture.
    fn picture_ratios(&self) -> &'static [&'static str] {
        if self.model.starts_with("gen4") { GEN4_PICTURE_RATIOS } else { self.ratios }
    }
}

impl Settings {
    fn rules(&self) -> &'static Rules {
        RULES.iter().find(|rules| self.model.starts_with(rules.model)).unwrap_or(&OTHER)
    }
}

impl Service for Settings {
    fn base_url(&self) -> &'static str {
        "https://api.dev.runwayml.com"
    }

    fn key_env(&self) -> &'static str {
        "RUNWAYML_API_SECRET"
    }

    fn makes(&self, kind: MediaKind) -> bool {
        kind == MediaKind::Video
    }

    fn check(&self) -> Result<(), SettingError> {
        if HeaderValue::from_str(&self.api_version).is_err() {
            return Err(SettingError::new("api_version", "no header can have this value"));
        }
        at_least_one("poll_ms", self.poll_ms)
    }
}

impl Adapter for Settings {
    paced_by_settings!();

    fn prompt_max_units(&self, _: &Job) -> usize {
        self.prompt_max_units.unwrap_or(self.rules().prompt_max_units)
    }

    fn headers(&self) -> Vec<(HeaderName, HeaderValue)> {
        let version = HeaderValue::from_str(&self.api_version);
        version.map(|v| (HeaderName::from_static("x-runway-version"), v)).into_iter().collect()
    }

    fn submit(&self, job: &Job, _: &LimitSettings) -> ServiceRequest {
        let rules = self.rules();
        let ratios = if job.picture.is_some() { rules.picture_ratios() } else { rules.ratios };
        let (mut built_in, mut of_job) = (Map::new(), Map::new());
        built_in.insert("model".into(), json!(self.model));
        set(&mut built_in, "ratio", ratios.first().copied());
        set(&mut built_in, "duration", nearest(SECONDS, rules.seconds));
        of_job.insert("promptText".into(), json!(job.phrased()));
        set(&mut of_job, "ratio", job.size(ratios));
        set(&mut of_job, "duration", job.seconds(rules.seconds));
        set(&mut of_job, "promptImage", job.picture.as_ref().map(Picture::data_uri));
        if rules.seed {
            of_job.insert("seed".into(), json!(job.seed()));
        }
        let at = if job.picture.is_some() { "/v1/image_to_video" } else { "/v1/text_to_video" };
        ServiceRequest::post(at, merged(built_in, &self.input, of_job))
    }

    fn accepted(&self, _: &Job, answer: &Value, _: &Url) -> Option<Handle> {
        id(answer, "/id")
    }

    fn status(&self, handle: &Handle) -> ServiceRequest {
        ServiceRequest::get(format!("/v1/tasks/{}", handle.id))
    }

    fn read(&self, answer: &Value) -> Option<UpstreamStatus> {
        Some(match text(answer, "/status")? {
            "PENDING" | "THROTTLED" => UpstreamStatus::QUEUED,
            "RUNNING" => {
                // Whether it is a part of 1 or of 100 is documented nowhere; the examples are parts
                // of 1.
                let progress = answer.pointer("/progress").and_then(Value::as_f64);
                let progress = progress.map(|p| if p > 1.0 { p / 100.0 } else { p });
                let progress = progress.filter(|p| (0.0..=1.0).contains(p));
                UpstreamStatus::Running { progress }
            }
            "SUCCEEDED" => UpstreamStatus::Done(result_url(answer, &["/output"])),
            "CANCELLED" => UpstreamStatus::cancelled_there(),
            "FAILED" => failed(answer),
            other => UpstreamStatus::Unknown(other.to_owned()),
        })
    }

    fn cancel(&self, handle: &Handle) -> Option<ServiceRequest> {
        Some(ServiceRequest::new(Method::DELETE, format!("/v1/tasks/{}", handle.id)))
    }

    fn probe(&self) -> Probe {
        Probe { request: ServiceRequest::get("/v1/organization"), good: &[200] }
    }
}

/// A failed task. What Runway charged for is not paid for once more elsewhere.
fn failed(answer: &Value) -> UpstreamStatus {
    let reason = text(answer, "/failure").unwrap_or_default();
    let code = text(answer, "/failureCode").unwrap_or_default();
    let credits = answer.pointer("/cost/credits").and_then(Value::as_f64);
    let charged = credits.is_some_and(|credits| credits > 0.0);
    // `SAFETY.INPUT.TEXT`, but also `INPUT_PREPROCESSING.SAFETY.TEXT`.
    let kind = if code.split('.').any(|part| part == "SAFETY") {
        ErrorKind::ContentPolicy
    } else if code.starts_with("ASSET.INVALID") || charged {
        ErrorKind::Permanent
    } else {
        ErrorKind::Transient
    };
    UpstreamStatus::failed(reason, &[], kind)
}

#[cfg(test)]
mod tests {
    use ai_now_protocol::Scalar;
    use ai_now_protocol::options::{ASPECT_RATIO, RESOLUTION, SECONDS};

    use super::*;

    #[test]
    fn states() {
        let running = |progress| Some(UpstreamStatus::Running { progress });
        let failed = |code: &str, credits: Option<u32>| {
            let status = Settings::default().read(&json!({
                "status": "FAILED", "failure": "no", "failureCode": code,
                "cost": {"credits": credits},
            }));
            match status {
                Some(UpstreamStatus::Failed { reason, kind }) if reason == "no" => kind,
                other => panic!("{other:?}"),
            }
        };
        for (answer, expected) in [
            (json!({"status": "PENDING"}), Some(UpstreamStatus::QUEUED)),
            (json!({"status": "THROTTLED"}), Some(UpstreamStatus::QUEUED)),
            (json!({"status": "RUNNING", "progress": 0.5}), running(Some(0.5))),
            (json!({"status": "RUNNING", "progress": 50}), running(Some(0.5))),
            (json!({"status": "RUNNING", "progress": -3}), running(None)),
            (json!({"status": "RUNNING"}), running(None)),
            (
                json!({"status": "SUCCEEDED", "output": ["https://a.example/b"]}),
                Some(UpstreamStatus::Done(Some("https://a.example/b".into()))),
            ),
            (json!({"status": "CANCELLED"}), Some(UpstreamStatus::cancelled_there())),
            (json!({"status": "NEW"}), Some(UpstreamStatus::Unknown("NEW".into()))),
            (json!({"status": null}), None),
        ] {
            assert_eq!(Settings::default().read(&answer), expected, "{answer}");
        }
        for code in ["SAFETY.INPUT.TEXT", "SAFETY.OUTPUT.VIDEO", "INPUT_PREPROCESSING.SAFETY.TEXT"]
        {
            assert_eq!(failed(code, None), ErrorKind::ContentPolicy, "{code}");
        }
        assert_eq!(failed("ASSET.INVALID", None), ErrorKind::Permanent);
        for code in ["", "INTERNAL", "INTERNAL.BAD_OUTPUT.CODE01", "THIRD_PARTY.UNAVAILABLE"] {
            assert_eq!(failed(code, None), ErrorKind::Transient, "{code}");
            assert_eq!(failed(code, Some(0)), ErrorKind::Transient, "{code}");
            assert_eq!(failed(code, Some(60)), ErrorKind::Permanent, "{code} was charged");
        }
    }

    #[test]
    fn each_model_is_sent_what_it_takes() {
        let options = [
            (SECONDS, Scalar::Integer(7)),
            (ASPECT_RATIO, "9:16".into()),
            (RESOLUTION, "1080p".into()),
        ];
        let submit = |model: &str, job: &Job| {
            let settings = Settings { model: model.into(), ..Settings::default() };
            let request = settings.submit(job, &LimitSettings::default());
            let mut body = request.body.unwrap();
            assert_eq!(body["promptText"], "A lake");
            let body = body.as_object_mut().unwrap();
            (body.remove("ratio"), body.remove("duration"), body.remove("seed"), request.at)
        };
        let text = "/v1/text_to_video";
        let job = Job::example(MediaKind::Video, &options);
        for (model, ratio, seconds, seed) in [
            ("gen4.5", Some("720:1280"), Some(7), Some(7)),
            ("veo3.1_fast", Some("1080:1920"), Some(8), Some(7)),
            ("kling2.5_turbo_pro", Some("1080:1920"), Some(5), None),
            ("kling3.0_pro", Some("1080:1920"), Some(7), None),
            ("h3_max", None, None, Some(7)),
            ("hailuo3", None, None, None),
        ] {
            let expected = (
                ratio.map(Value::from),
                seconds.map(Value::from),
                seed.map(Value::from),
                text.into(),
            );
            assert_eq!(submit(model, &job), expected, "{model}");
        }
        let square = Job::example(MediaKind::Video, &[(ASPECT_RATIO, "1:1".into())]).with_picture();
        let (ratio, seconds, _, at) = submit("gen4.5", &square);
        assert_eq!((ratio, seconds), (Some(json!("960:960")), Some(json!(5))));
        assert_eq!(at, "/v1/image_to_video");
    }
}
