//! Luma Dream Machine, the older of Luma's two interfaces (`/dream-machine/v1`), after the
//! description and the SDK that Luma publishes (`lumaai` 1.21). Luma keeps it as legacy; newer
//! models are only at [`super::luma_agents`].

use ai_now_protocol::options::{ASPECT_RATIO, IMAGE, RESOLUTION, SECONDS};
use ai_now_protocol::{MediaKind, Model};
use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;

use super::adapter::{
    Adapter, Handle, Probe, ServiceRequest, UpstreamStatus, id, merged, paced_by_settings,
    result_url, text,
};
use crate::providers::options::set;
use crate::providers::provider::Job;
use crate::providers::service::Service;
use crate::providers::settings::checks::{SettingError, at_least_one};
use crate::providers::settings::limits::LimitSettings;
use crate::providers::takes::Takes;

/// The settings of a provider of kind `luma`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Luma's name of the model: `ray-2`, `ray-flash-2`.
    pub model: String,
    /// More fields of the request, as Luma names them.
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
            model: "ray-2".into(),
            input: toml::Table::new(),
            poll_ms: 3000,
            resubmit: 0,
            failures_are_free: false,
        }
    }
}

/// The lengths that it makes, in seconds.
const LENGTHS: &[i64] = &[5, 9];

/// The aspect ratios that it makes.
const RATIOS: &[&str] = &["16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "9:21"];

/// The sizes that it makes.
const SIZES: &[&str] = &["540p", "720p", "1080p", "4k"];

impl Service for Settings {
    fn base_url(&self) -> &'static str {
        "https://api.lumalabs.ai/dream-machine/v1"
    }

    fn key_env(&self) -> &'static str {
        "LUMAAI_API_KEY"
    }

    fn makes(&self, kind: MediaKind) -> bool {
        kind == MediaKind::Video
    }

    fn takes(&self, _: &Model, option: &str) -> Takes {
        match option {
            SECONDS => Takes::numbers(LENGTHS),
            ASPECT_RATIO => Takes::texts(RATIOS),
            RESOLUTION => Takes::texts(SIZES),
            _ => Takes::if_it(option == IMAGE),
        }
    }

    /// Luma's `keyframes` take nothing but a `url`.
    fn loads_pictures(&self) -> bool {
        true
    }

    fn check(&self) -> Result<(), SettingError> {
        at_least_one("poll_ms", self.poll_ms)
    }
}

impl Adapter for Settings {
    paced_by_settings!();

    fn submit(&self, job: &Job, _: &LimitSettings) -> ServiceRequest {
        let built_in = [("model".into(), json!(self.model)), ("duration".into(), json!("5s"))];
        let mut of_job = Map::new();
        of_job.insert("prompt".into(), json!(job.phrased()));
        set(&mut of_job, "duration", job.seconds(LENGTHS).map(|seconds| format!("{seconds}s")));
        set(&mut of_job, "aspect_ratio", job.aspect_ratio(RATIOS));
        set(&mut of_job, "resolution", job.resolution(SIZES));
        let url = job.picture.as_ref().and_then(|picture| picture.url.as_deref());
        let frames = url.map(|url| json!({"frame0": {"type": "image", "url": url}}));
        set(&mut of_job, "keyframes", frames);
        let body = merged(built_in.into_iter().collect(), &self.input, of_job);
        ServiceRequest::post("/generations/video", body)
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
            "dreaming" => UpstreamStatus::RUNNING,
            "completed" => UpstreamStatus::Done(result_url(answer, &["/assets/video"])),
            "failed" => {
                let reason = text(answer, "/failure_reason").unwrap_or_default();
                UpstreamStatus::failed(reason, &[], UpstreamStatus::passing(self.failures_are_free))
            }
            other => UpstreamStatus::Unknown(other.to_owned()),
        })
    }

    /// Luma says that this deletes the generation, not that it stops a running one.
    fn cancel(&self, handle: &Handle) -> Option<ServiceRequest> {
        Some(ServiceRequest::new(Method::DELETE, format!("/generations/{}", handle.id)))
    }

    fn probe(&self) -> Probe {
        Probe { request: ServiceRequest::get("/credits"), good: &[200] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::error::ErrorKind;
    use ai_now_protocol::Scalar;

    #[test]
    fn states() {
        let failed = |reason: &str, kind| UpstreamStatus::Failed { reason: reason.into(), kind };
        let film = "https://cdn.example/a.mp4";
        for (answer, expected) in [
            (json!({"state": "queued"}), Some(UpstreamStatus::QUEUED)),
            (json!({"state": "dreaming"}), Some(UpstreamStatus::RUNNING)),
            (
                json!({"state": "completed", "assets": {"video": film}}),
                Some(UpstreamStatus::Done(Some(film.into()))),
            ),
            (json!({"state": "completed", "assets": null}), Some(UpstreamStatus::Done(None))),
            (
                json!({"state": "failed", "failure_reason": "busy"}),
                Some(failed("busy", ErrorKind::Permanent)),
            ),
            (
                json!({"state": "failed", "failure_reason": "Prompt failed moderation"}),
                Some(failed("Prompt failed moderation", ErrorKind::ContentPolicy)),
            ),
            (json!({"state": "odd"}), Some(UpstreamStatus::Unknown("odd".into()))),
            (json!({"state": 7}), None),
            (json!(["queued"]), None),
        ] {
            assert_eq!(Settings::default().read(&answer), expected, "{answer}");
        }
        let free = Settings { failures_are_free: true, ..Settings::default() };
        let busy = json!({"state": "failed", "failure_reason": "busy"});
        assert_eq!(free.read(&busy), Some(failed("busy", ErrorKind::Transient)));
    }

    #[test]
    fn options_are_said_in_lumas_words() {
        let options = [
            (SECONDS, Scalar::Integer(10)),
            (ASPECT_RATIO, "9:21".into()),
            (RESOLUTION, "1080p".into()),
        ];
        let settings: Settings =
            toml::from_str("input = { duration = '5s', loop = true }").unwrap();
        let job = Job::example(MediaKind::Video, &options);
        let body = settings.submit(&job, &LimitSettings::default()).body;
        let expected = json!({"model": "ray-2", "prompt": "A lake", "duration": "9s",
            "aspect_ratio": "9:21", "resolution": "1080p", "loop": true});
        assert_eq!(body, Some(expected));
        let of_picture = settings.submit(&job.with_picture(), &LimitSettings::default()).body;
        let url = "https://gateway.example/uploads/a.png?ticket=t";
        let frames = json!({"frame0": {"type": "image", "url": url}});
        assert_eq!(of_picture.unwrap()["keyframes"], frames);
    }
}
