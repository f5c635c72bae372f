//! Runway, after its own SDK (`runwayml` 5.24) and its documentation.

use ai_now_protocol::options::{ASPECT_RATIO, IMAGE, RESOLUTION, SECONDS, SEED};
use ai_now_protocol::{Code, Detail, MediaKind, Model, Scalar, Scalars};
use http::{HeaderName, HeaderValue, Method};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;

use super::adapter::{
    Adapter, Handle, Probe, ServiceRequest, UpstreamStatus, id, merged, paced_by_settings,
    result_url, text,
};
use crate::providers::error::ErrorKind;
use crate::providers::options::set;
use crate::providers::picture::Picture;
use crate::providers::provider::Job;
use crate::providers::service::Service;
use crate::providers::settings::checks::{SettingError, at_least_one};
use crate::providers::settings::limits::LimitSettings;
use crate::providers::sizes::{is_such, nearest};
use crate::providers::takes::{Takes, Unfit};

/// The settings of a provider of kind `runway`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Runway's name of the model.
    pub model: String,
    /// More fields of the request, as Runway names them.
    pub input: toml::Table,
    /// The pause between two polls of a job, in milliseconds.
    pub poll_ms: u64,
    /// How often a job with a transient failure is resubmitted.
    pub resubmit: u32,
    /// Whether a failed task whose cost Runway does not tell is known to cost nothing: then it is submitted
    /// anew, or another provider is asked.
    pub failures_are_free: bool,
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
            // "At most every five seconds", and a little more for clock differences.
            poll_ms: 5200,
            resubmit: 0,
            failures_are_free: false,
            api_version: "2024-11-06".into(),
            prompt_max_units: None,
        }
    }
}

/// What a model accepts. A model that is not in the table gets the prompt, and `input`.
struct Rules {
    /// The prefix of the model's name.
    model: &'static str,
    /// The lengths that it accepts, in seconds. Empty: the field is not known.
    seconds: &'static [i64],
    /// The sizes that it accepts, the preferred one first. Empty: it has no such field, or another.
    ratios: &'static [&'static str],
    /// Whether it has the field `seed`.
    seed: bool,
    /// The longest prompt, in UTF-16 units.
    prompt_max_units: usize,
}

/// The first row whose prefix matches counts.
const RULES: &[Rules] = &[
    Rules {
        model: "gen4.5",
        seconds: &[2, 3, 4, 5, 6, 7, 8, 9, 10],
        ratios: &["1280:720", "720:1280"],
        seed: true,
        prompt_max_units: 1000,
    },
    Rules {
        model: OF_PICTURES,
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

/// Makes films of pictures alone.
const OF_PICTURES: &str = "gen4_turbo";

/// What Runway's own models take where they begin with a picture.
const GEN4_PICTURE_RATIOS: &[&str] =
    &["1280:720", "720:1280", "1104:832", "960:960", "832:1104", "1584:672"];

/// What a model that is not in the table gets.
const OTHER: Rules =
    Rules { model: "", seconds: &[], ratios: &[], seed: false, prompt_max_units: 0 };

/// How long a film is where nobody says.
const DEFAULT_SECONDS: i64 = 5;

impl Rules {
    /// The sizes that it accepts if it starts from a picture.
    fn picture_ratios(&self) -> &'static [&'static str] {
        if self.model.starts_with("gen4") { GEN4_PICTURE_RATIOS } else { self.ratios }
    }

    /// The sizes that it takes with a picture, or without one.
    fn ratios(&self, with_picture: bool) -> &'static [&'static str] {
        if with_picture { self.picture_ratios() } else { self.ratios }
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

    fn takes(&self, _: &Model, option: &str) -> Takes {
        let rules = self.rules();
        match option {
            SECONDS => Takes::numbers(rules.seconds),
            ASPECT_RATIO | RESOLUTION => {
                Takes::texts(&[rules.ratios(true), rules.ratios(false)].concat())
            }
            _ => Takes::if_it(option == IMAGE || (option == SEED && rules.seed)),
        }
    }

    /// A shape and a size are one field; which there are depends on whether there is a picture.
    fn conflict(&self, _: &Model, options: &Scalars) -> Option<Unfit> {
        let with_picture = options.contains_key(IMAGE);
        if self.model.starts_with(OF_PICTURES) && !with_picture {
            let text = "the id of an uploaded picture, which this model needs";
            return Some(Unfit::new(IMAGE, Detail::new(Code::AllowedUpload, text)));
        }
        let text = |id: &str| options.get(id).and_then(Scalar::as_text);
        let (ratio, resolution) = (text(ASPECT_RATIO), text(RESOLUTION));
        let such =
            |size: &str, wanted: Option<&str>| wanted.is_none_or(|wanted| is_such(size, wanted));
        let sizes = self.rules().ratios(with_picture);
        if sizes.is_empty() || sizes.iter().any(|s| such(s, ratio) && such(s, resolution)) {
            return None;
        }
        let id = if ratio.is_some() { ASPECT_RATIO } else { RESOLUTION };
        let values = sizes.join(", ");
        let text = format!("a shape and size of {values}");
        Some(Unfit::new(id, Detail::new(Code::AllowedValues, text).with("values", values)))
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
        let ratios = rules.ratios(job.picture.is_some());
        let (mut built_in, mut of_job) = (Map::new(), Map::new());
        built_in.insert("model".into(), json!(self.model));
        set(&mut built_in, "ratio", ratios.first().copied());
        set(&mut built_in, "duration", nearest(DEFAULT_SECONDS, rules.seconds));
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
                // Whether it is a fraction of 1 or of 100 is not documented; the examples are
                // fractions of 1.
                let progress = answer.pointer("/progress").and_then(Value::as_f64);
                let progress = progress.map(|p| if p > 1.0 { p / 100.0 } else { p });
                let progress = progress.filter(|p| (0.0..=1.0).contains(p));
                UpstreamStatus::Running { progress }
            }
            "SUCCEEDED" => UpstreamStatus::Done(result_url(answer, &["/output"])),
            "CANCELLED" => UpstreamStatus::cancelled_there(),
            "FAILED" => failed(answer, self.failures_are_free),
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
fn failed(answer: &Value, free: bool) -> UpstreamStatus {
    let reason = text(answer, "/failure").unwrap_or_default();
    let code = text(answer, "/failureCode").unwrap_or_default();
    let credits = answer.pointer("/cost/credits").and_then(Value::as_f64);
    let charged = credits.map_or(!free, |credits| credits > 0.0);
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
            assert_eq!(failed(code, None), ErrorKind::Permanent, "{code}");
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
