//! Luma Agents, Luma's current interface (Ray 3.2), after its SDK (`luma-agents` 0.5.0). Its keys
//! begin with `luma-api-`; those of [`super::luma`] do not work here.

use ai_now_protocol::options::{ASPECT_RATIO, IMAGE, RESOLUTION, SECONDS};
use ai_now_protocol::{Code, Detail, MediaKind, Model, Scalar, Scalars};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;

use super::adapter::{
    Adapter, Handle, Probe, ServiceRequest, UpstreamStatus, id, merged, paced_by_settings,
    result_url, text,
};
use crate::providers::error::ErrorKind;
use crate::providers::options::set;
use crate::providers::provider::Job;
use crate::providers::service::Service;
use crate::providers::settings::checks::{SettingError, at_least_one};
use crate::providers::settings::limits::LimitSettings;
use crate::providers::takes::{Takes, Unfit};

/// The settings of a provider of kind `luma_agents`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Luma's name of the model: `ray-3.2`.
    pub model: String,
    /// More fields of the request, as Luma names them. Tables are merged with what is built in.
    pub input: toml::Table,
    /// The pause between two polls of a job, in milliseconds.
    pub poll_ms: u64,
    /// How often a job that failed there for a reason that may pass is submitted anew.
    pub resubmit: u32,
    /// Whether failed jobs are known to cost nothing, which is documented nowhere: then they are submitted
    /// anew, or another provider is asked.
    pub failures_are_free: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            model: "ray-3.2".into(),
            input: toml::Table::new(),
            poll_ms: 3000,
            resubmit: 0,
            failures_are_free: false,
        }
    }
}

/// The longest prompt.
const PROMPT_MAX_UNITS: usize = 6000;

/// The lengths that it makes, in seconds. Only the first may begin with a picture.
const LENGTHS: &[i64] = &[5, 10];

/// The aspect ratios that it makes.
const RATIOS: &[&str] = &["16:9", "9:16", "1:1", "4:3", "3:4", "21:9"];

/// The sizes that it makes.
const SIZES: &[&str] = &["360p", "540p", "720p", "1080p"];

/// The fields for a film job's options.
fn video_fields(job: &Job) -> Map<String, Value> {
    let mut video = Map::new();
    if job.model.kind != MediaKind::Video {
        return video;
    }
    let seconds = if job.picture.is_some() { Some(LENGTHS[0]) } else { job.seconds(LENGTHS) };
    set(&mut video, "duration", seconds.map(|seconds| format!("{seconds}s")));
    set(&mut video, "resolution", job.resolution(SIZES));
    let start = job.picture.as_ref().map(
        |picture| json!({"data": picture.base64(), "media_type": picture.format.content_type()}),
    );
    set(&mut video, "start_frame", start);
    video
}

impl Service for Settings {
    fn base_url(&self) -> &'static str {
        "https://agents.lumalabs.ai/v1"
    }

    fn key_env(&self) -> &'static str {
        "LUMA_AGENTS_API_KEY"
    }

    /// Picture models are requested by another `type` in `input`.
    fn makes(&self, kind: MediaKind) -> bool {
        kind != MediaKind::Audio
    }

    fn takes(&self, model: &Model, option: &str) -> Takes {
        let film = model.kind == MediaKind::Video;
        match option {
            SECONDS if film => Takes::numbers(LENGTHS),
            ASPECT_RATIO => Takes::texts(RATIOS),
            RESOLUTION if film => Takes::texts(SIZES),
            _ => Takes::if_it(option == IMAGE && film),
        }
    }

    fn conflict(&self, model: &Model, options: &Scalars) -> Option<Unfit> {
        let default = || model.option(SECONDS)?.default.as_ref();
        let seconds = options.get(SECONDS).or_else(default).and_then(Scalar::as_integer);
        let too_long = options.contains_key(IMAGE) && seconds.is_some_and(|secs| secs > LENGTHS[0]);
        too_long.then(|| {
            let text = format!("{}, with a picture", LENGTHS[0]);
            let allowed = Detail::new(Code::AllowedWithPicture, text).with("value", LENGTHS[0]);
            Unfit::new(SECONDS, allowed)
        })
    }

    fn check(&self) -> Result<(), SettingError> {
        at_least_one("poll_ms", self.poll_ms)
    }
}

impl Adapter for Settings {
    paced_by_settings!();

    fn prompt_max_units(&self, _: &Job) -> usize {
        PROMPT_MAX_UNITS
    }

    fn submit(&self, job: &Job, _: &LimitSettings) -> ServiceRequest {
        let (mut built_in, mut of_job) = (Map::new(), Map::new());
        built_in.insert("model".into(), json!(self.model));
        let ratio = job.aspect_ratio(RATIOS);
        set(&mut of_job, "aspect_ratio", ratio);
        if job.model.kind == MediaKind::Video {
            built_in.insert("type".into(), json!("video"));
            built_in.insert("aspect_ratio".into(), json!("16:9"));
            built_in.insert("video".into(), json!({"duration": "5s", "resolution": "720p"}));
        } else {
            built_in.insert("type".into(), json!("image"));
        }
        of_job.insert("prompt".into(), json!(job.phrased()));
        let video = video_fields(job);
        if !video.is_empty() {
            of_job.insert("video".into(), video.into());
        }
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
                    // The job was not begun.
                    "rate_limited" => ErrorKind::Transient,
                    _ => UpstreamStatus::passing(self.failures_are_free),
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

    /// There is no such request: a generation that can't exist is requested.
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
            ("generation_failed", ErrorKind::Permanent),
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

    #[test]
    fn options_are_said_in_lumas_words() {
        let options = [
            (SECONDS, Scalar::Integer(8)),
            (ASPECT_RATIO, "4:5".into()),
            (RESOLUTION, "4k".into()),
        ];
        let job = Job::example(MediaKind::Video, &options);
        let body = |job: &Job| Settings::default().submit(job, &LimitSettings::default()).body;
        let expected = json!({"model": "ray-3.2", "type": "video", "prompt": "A lake",
            "aspect_ratio": "3:4", "video": {"duration": "10s", "resolution": "1080p"}});
        assert_eq!(body(&job), Some(expected));
        let expected = json!({"model": "ray-3.2", "type": "video", "prompt": "A lake",
            "aspect_ratio": "3:4", "video": {"duration": "5s", "resolution": "1080p",
            "start_frame": {"data": "cG5n", "media_type": "image/png"}}});
        assert_eq!(body(&job.with_picture()), Some(expected));
        let picture = body(&Job::example(MediaKind::Picture, &options)).unwrap();
        assert_eq!((&picture["type"], &picture["video"]), (&json!("image"), &Value::Null));
    }
}
