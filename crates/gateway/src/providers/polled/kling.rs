//! Kling, after its own developer pages. There is no official SDK to compare with: this file is as
//! reliable as those pages, and `docs/providers/kling.md` says which parts are less certain.

use std::time::{SystemTime, UNIX_EPOCH};

use ai_now_protocol::options::{ASPECT_RATIO, IMAGE, RESOLUTION, SECONDS};
use ai_now_protocol::{MediaKind, Model};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::Sha256;
use url::Url;

use super::adapter::{
    Adapter, Handle, Probe, ServiceRequest, UpstreamStatus, id, merged, paced_by_settings,
    result_url, text,
};
use crate::media::PictureFormat;
use crate::providers::error::ErrorKind;
use crate::providers::http::Answer;
use crate::providers::options::set;
use crate::providers::provider::Job;
use crate::providers::service::Service;
use crate::providers::settings::checks::{SettingError, at_least_one, model_path};
use crate::providers::settings::limits::LimitSettings;
use crate::providers::submission::{self, Rejection};
use crate::providers::takes::Takes;
use crate::service_key::Key;

/// The settings of a provider of kind `kling`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Kling's name of the model: `kling-3.0`, `kling-3.0-turbo`, `kling-2.6`, `kling-2.5-turbo`.
    pub model: String,
    /// The access key of an older key pair. With it, the provider's key is the pair's secret key,
    /// and a token is made for each request. Such pairs work for models up to 3.0.
    pub access_key: Option<String>,
    /// More fields of the request, as Kling names them. Tables are merged with what is built in.
    pub input: toml::Table,
    /// The pause between two polls of a job, in milliseconds.
    pub poll_ms: u64,
    /// How often a job with a transient failure is resubmitted. Kling does not charge for failed
    /// jobs.
    pub resubmit: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            model: "kling-3.0".into(),
            access_key: None,
            input: toml::Table::new(),
            poll_ms: 5000,
            resubmit: 0,
        }
    }
}

/// How long a token is valid.
const TOKEN_SECS: u64 = 1800;

/// How far our clock may be ahead of theirs.
const CLOCK_SECS: u64 = 5;

/// The aspect ratios that it makes.
const RATIOS: &[&str] = &["16:9", "9:16", "1:1"];

impl Settings {
    /// The lengths that the model makes, in seconds.
    fn seconds(&self) -> &'static [i64] {
        if self.model.starts_with("kling-2") {
            &[5, 10]
        } else {
            &[3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
        }
    }

    /// Our own name of a job there, by which it is found again. Where a job that failed is submitted anew, it
    /// would have the name of the one before: such jobs have none.
    fn external_id(&self, job: &Job) -> Option<String> {
        (self.resubmit == 0).then(|| format!("{}-{}", job.id, self.model.replace('.', "_")))
    }

    /// The sizes that the model makes.
    fn sizes(&self) -> &'static [&'static str] {
        if self.model == "kling-3.0" { &["720p", "1080p", "4k"] } else { &["720p", "1080p"] }
    }
}

impl Service for Settings {
    fn base_url(&self) -> &'static str {
        "https://api-singapore.klingai.com"
    }

    fn key_env(&self) -> &'static str {
        if self.access_key.is_some() { "KLING_SECRET_KEY" } else { "KLING_API_KEY" }
    }

    fn makes(&self, kind: MediaKind) -> bool {
        kind == MediaKind::Video
    }

    fn takes(&self, _: &Model, option: &str) -> Takes {
        match option {
            SECONDS => Takes::numbers(self.seconds()),
            ASPECT_RATIO => Takes::texts(RATIOS),
            RESOLUTION => Takes::texts(self.sizes()),
            _ => Takes::if_it(option == IMAGE),
        }
    }

    fn picture_formats(&self) -> &'static [PictureFormat] {
        &[PictureFormat::Jpeg, PictureFormat::Png]
    }

    fn check(&self) -> Result<(), SettingError> {
        model_path(&self.model)?;
        at_least_one("poll_ms", self.poll_ms)
    }
}

impl Adapter for Settings {
    paced_by_settings!();

    fn prompt_max_units(&self, _: &Job) -> usize {
        if self.model.starts_with("kling-2") { 2500 } else { 3072 }
    }

    fn authorization(&self, key: &Key, now: SystemTime) -> String {
        match &self.access_key {
            None => format!("Bearer {}", key.reveal()),
            Some(access_key) => format!("Bearer {}", token(access_key, key, now)),
        }
    }

    fn submit(&self, job: &Job, _: &LimitSettings) -> ServiceRequest {
        let (mut built_in, mut of_job) = (Map::new(), Map::new());
        let settings = json!({"resolution": "720p", "aspect_ratio": "16:9", "duration": 5});
        built_in.insert("settings".into(), settings);
        let mut chosen = Map::new();
        set(&mut chosen, "duration", job.seconds(self.seconds()));
        set(&mut chosen, "resolution", job.resolution(self.sizes()));
        let path = match &job.picture {
            None => {
                set(&mut chosen, "aspect_ratio", job.aspect_ratio(RATIOS));
                of_job.insert("prompt".into(), json!(job.phrased()));
                "text-to-video"
            }
            Some(picture) => {
                // The picture has its own aspect ratio.
                built_in["settings"]
                    .as_object_mut()
                    .map(|settings| settings.remove("aspect_ratio"));
                let contents = json!([
                    {"type": "prompt", "text": job.phrased()},
                    {"type": "first_frame", "url": picture.base64()},
                ]);
                of_job.insert("contents".into(), contents);
                "image-to-video"
            }
        };
        of_job.insert("settings".into(), chosen.into());
        if let Some(id) = self.external_id(job) {
            of_job.insert("options".into(), json!({"external_task_id": id}));
        }
        let body = merged(built_in, &self.input, of_job);
        ServiceRequest::post(format!("/{path}/{}", self.model), body)
    }

    /// The code is more specific than the status: a 2xx may be an error, and 429 has two meanings.
    fn refused(&self, answer: &Answer) -> Option<Rejection> {
        let code = code(&answer.json());
        Some(match code {
            None => return submission::refused(answer, submission::not_taken),
            Some(0) if answer.status.is_success() => return None,
            Some(1000..=1004 | 1304) => Rejection::KeyRefused,
            Some(1100..=1102) => Rejection::AccountUsedUp,
            Some(1103 | 1202 | 1203) => Rejection::NotSetUp,
            Some(1300 | 1301) => Rejection::ContentPolicy,
            Some(1302 | 1303 | 5000..=5002) => Rejection::NotTaken,
            Some(_) => {
                submission::refused(answer, submission::not_taken).unwrap_or(Rejection::Input)
            }
        })
    }

    fn find(&self, job: &Job) -> Option<ServiceRequest> {
        let id = self.external_id(job)?;
        Some(ServiceRequest::get(format!("/tasks?external_task_ids={id}")))
    }

    fn found(&self, answer: &Value) -> Option<Option<Handle>> {
        match code(answer)? {
            0 if answer.pointer("/data/0").is_some() => Some(Some(id(answer, "/data/0/id")?)),
            0 | 1202 | 1203 => Some(None),
            _ => None,
        }
    }

    fn accepted(&self, _: &Job, answer: &Value, _: &Url) -> Option<Handle> {
        id(answer, "/data/id")
    }

    fn status(&self, handle: &Handle) -> ServiceRequest {
        ServiceRequest::get(format!("/tasks?task_ids={}", handle.id))
    }

    fn read(&self, answer: &Value) -> Option<UpstreamStatus> {
        match code(answer) {
            None | Some(0) => {}
            Some(1202 | 1203) => return Some(gone_wrong("the job is not there any more")),
            Some(1000..=1004 | 1304) => {
                return Some(gone_wrong("the gateway's key is not accepted any more"));
            }
            Some(1100..=1103) => {
                return Some(gone_wrong("the gateway's account there can't be used"));
            }
            // Too fast, or a fault that passes: what became of the job is told later.
            Some(_) => return None,
        }
        Some(match text(answer, "/data/0/status")? {
            "submitted" => UpstreamStatus::QUEUED,
            "processing" => UpstreamStatus::RUNNING,
            "succeeded" => UpstreamStatus::Done(result_url(answer, &["/data/0/outputs"])),
            "failed" => {
                let reason = text(answer, "/data/0/message").unwrap_or_default();
                UpstreamStatus::failed(reason, &[], ErrorKind::Transient)
            }
            other => UpstreamStatus::Unknown(other.to_owned()),
        })
    }

    /// There is no such request.
    fn cancel(&self, _: &Handle) -> Option<ServiceRequest> {
        None
    }

    /// There is no such request: a task that can't exist is requested.
    fn probe(&self) -> Probe {
        Probe { request: ServiceRequest::get("/tasks?task_ids=0"), good: &[200, 400, 404] }
    }
}

/// Nothing more will be heard of a job that was taken. It may be made, and nobody else is paid for it.
fn gone_wrong(reason: &str) -> UpstreamStatus {
    UpstreamStatus::Failed { reason: reason.into(), kind: ErrorKind::Permanent }
}

/// The code that each answer has.
fn code(answer: &Value) -> Option<i64> {
    answer.pointer("/code")?.as_i64()
}

/// A token for a request that is sent now (JWT, RFC 7519, signed with HS256).
fn token(access_key: &str, secret: &Key, now: SystemTime) -> String {
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let header = json!({"alg": "HS256", "typ": "JWT"});
    let claims = json!({
        "iss": access_key,
        "exp": now + TOKEN_SECS,
        "nbf": now.saturating_sub(CLOCK_SECS),
    });
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let signed = format!("{}.{}", part(&header), part(&claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.reveal().as_bytes())
        .expect("HMAC takes a key of any length");
    mac.update(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use ai_now_protocol::Scalar;
    use http::{HeaderMap, StatusCode};

    use super::*;

    #[test]
    fn states() {
        let at = |status: &str| json!({"code": 0, "data": [{"id": "1", "status": status}]});
        let film = "https://cdn.example/a.mp4";
        let done = json!({"code": 0, "data": [{"status": "succeeded",
            "outputs": [{"type": "video", "id": "2", "url": film, "watermark_url": "w"}]}]});
        let failed =
            |reason: &str, kind| Some(UpstreamStatus::Failed { reason: reason.into(), kind });
        let ended =
            |message: &str| json!({"code": 0, "data": [{"status": "failed", "message": message}]});
        for (answer, expected) in [
            (at("submitted"), Some(UpstreamStatus::QUEUED)),
            (at("processing"), Some(UpstreamStatus::RUNNING)),
            (done, Some(UpstreamStatus::Done(Some(film.into())))),
            (at("succeeded"), Some(UpstreamStatus::Done(None))),
            (ended("busy"), failed("busy", ErrorKind::Transient)),
            (ended("flagged"), failed("flagged", ErrorKind::ContentPolicy)),
            (at("succeed"), Some(UpstreamStatus::Unknown("succeed".into()))),
            (json!({"code": 1303, "message": "too many"}), None),
            (json!({"code": 5001, "message": "down"}), None),
            (
                json!({"code": 1004, "message": "expired"}),
                failed("the gateway's key is not accepted any more", ErrorKind::Permanent),
            ),
            (
                json!({"code": 1304, "message": "not from here"}),
                failed("the gateway's key is not accepted any more", ErrorKind::Permanent),
            ),
            (
                json!({"code": 1102, "message": "used up"}),
                failed("the gateway's account there can't be used", ErrorKind::Permanent),
            ),
            (
                json!({"code": 1203, "message": "no such task"}),
                failed("the job is not there any more", ErrorKind::Permanent),
            ),
            (json!({"code": 0, "data": []}), None),
        ] {
            assert_eq!(Settings::default().read(&answer), expected, "{answer}");
        }
    }

    #[test]
    fn the_code_says_what_an_answer_means() {
        let refused = |status: u16, body: Value| {
            let status = StatusCode::from_u16(status).unwrap();
            let (headers, body) = (HeaderMap::new(), body.to_string().into());
            Settings::default().refused(&Answer { status, headers, body })
        };
        let coded = |status, code: i64| refused(status, json!({"code": code, "message": "no"}));
        assert_eq!(refused(200, json!({"code": 0, "data": {"id": "1"}})), None);
        for (status, code, expected) in [
            (401, 1004, Rejection::KeyRefused),
            (429, 1102, Rejection::AccountUsedUp),
            (200, 1101, Rejection::AccountUsedUp),
            (403, 1103, Rejection::NotSetUp),
            (400, 1201, Rejection::Input),
            (200, 1201, Rejection::Input),
            (404, 1203, Rejection::NotSetUp),
            (400, 1301, Rejection::ContentPolicy),
            (429, 1303, Rejection::NotTaken),
            (403, 1304, Rejection::KeyRefused),
            (503, 5001, Rejection::NotTaken),
        ] {
            assert_eq!(coded(status, code), Some(expected), "{status} {code}");
        }
        assert_eq!(refused(502, json!("<html>")), Some(Rejection::NotTaken));
        assert_eq!(refused(401, json!({})), Some(Rejection::KeyRefused));
    }

    /// The result of Python's `hmac` and `base64` for the same bytes.
    const TOKEN: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.\
        eyJleHAiOjE4MDAwMDE4MDAsImlzcyI6ImFrIiwibmJmIjoxNzk5OTk5OTk1fQ.\
        XCoYaob7CXI9OFtrogwavpV1msntT6BnNl1V5qujKh8";

    #[test]
    fn a_token_is_signed_and_timed() {
        let now = UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        let token = token("ak", &Key::new("sk"), now);
        assert_eq!(token, TOKEN);
        let claims = token.split('.').nth(1).unwrap();
        let claims: Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
        assert_eq!(claims, json!({"iss": "ak", "exp": 1_800_001_800, "nbf": 1_799_999_995}));
    }

    #[test]
    fn options_are_said_in_klings_words() {
        let options = [
            (SECONDS, Scalar::Integer(8)),
            (ASPECT_RATIO, "4:5".into()),
            (RESOLUTION, "4k".into()),
        ];
        let job = Job::example(MediaKind::Video, &options);
        let submit = |model: &str, job: &Job| {
            let input = toml::from_str("settings = { audio = 'off', duration = 3 }").unwrap();
            let settings = Settings { model: model.into(), input, ..Settings::default() };
            let request = settings.submit(job, &LimitSettings::default());
            (request.at, request.body.unwrap())
        };
        let (at, body) = submit("kling-3.0", &job);
        assert_eq!(at, "/text-to-video/kling-3.0");
        assert_eq!(
            body,
            json!({"prompt": "A lake", "settings": {"resolution": "4k",
            "aspect_ratio": "1:1", "duration": 8, "audio": "off"},
            "options": {"external_task_id": "job-kling-3_0"}})
        );
        let (_, body) = submit("kling-2.6", &job);
        assert_eq!(body["settings"]["duration"], 10);
        assert_eq!(body["settings"]["resolution"], "1080p");
        let (at, body) = submit("kling-3.0-turbo", &job.with_picture());
        assert_eq!(at, "/image-to-video/kling-3.0-turbo");
        assert_eq!(
            body,
            json!({
                "contents": [{"type": "prompt", "text": "A lake"}, {"type": "first_frame", "url": "cG5n"}],
                "settings": {"resolution": "1080p", "duration": 8, "audio": "off"},
                "options": {"external_task_id": "job-kling-3_0-turbo"},
            })
        );
    }
}
