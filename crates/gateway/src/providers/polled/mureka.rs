//! Mureka: songs and instrumental music, after the vendor's own program (`mureka-mcp` 0.0.13) and a
//! transcription of its API's description. `docs/providers/mureka.md` says what is less certain.

use ai_now_protocol::options::{INSTRUMENTAL, LYRICS};
use ai_now_protocol::{MediaKind, Model};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use url::Url;

use super::adapter::{
    Adapter, Handle, Probe, ServiceRequest, UpstreamStatus, id, merged, paced_by_settings,
    result_url, text,
};
use crate::providers::http::Answer;
use crate::providers::options::set;
use crate::providers::provider::Job;
use crate::providers::service::Service;
use crate::providers::settings::checks::{SettingError, at_least_one};
use crate::providers::settings::limits::LimitSettings;
use crate::providers::submission::{self, Rejection};
use crate::providers::takes::Takes;

/// The settings of a provider of kind `mureka`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Mureka's name of the model; `auto` leaves it to Mureka.
    pub model: String,
    /// What is made from a prompt without lyrics.
    pub lyrics: Lyrics,
    /// More fields of the request, as Mureka names them.
    pub input: toml::Table,
    /// The pause between two polls of a job, in milliseconds.
    pub poll_ms: u64,
    /// How often a job that failed there for a reason that may pass is submitted anew.
    pub resubmit: u32,
    /// Whether failed jobs are known to cost nothing, which is documented nowhere: then they are submitted
    /// anew, or another provider is asked.
    pub failures_are_free: bool,
}

/// What is made from a prompt without lyrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lyrics {
    /// A song, whose lyrics Mureka writes.
    Write,
    /// Instrumental music.
    Leave,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            model: "auto".into(),
            lyrics: Lyrics::Write,
            input: toml::Table::new(),
            poll_ms: 3000,
            resubmit: 0,
            failures_are_free: false,
        }
    }
}

/// The longest prompt of a song with lyrics, and of instrumental music.
const PROMPT_MAX_UNITS: usize = 1024;

/// The longest prompt of a song whose lyrics Mureka writes.
const EASY_PROMPT_MAX_UNITS: usize = 2000;

/// What is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Work {
    /// A song with these lyrics.
    Song,
    /// A song, whose lyrics Mureka writes.
    EasySong,
    /// Instrumental music.
    Instrumental,
}

impl Work {
    fn submit_at(self) -> &'static str {
        match self {
            Self::Song => "/v1/song/generate",
            Self::EasySong => "/v1/song/easy-generate",
            Self::Instrumental => "/v1/instrumental/generate",
        }
    }

    /// The path of its state, without the id.
    fn query_at(self) -> &'static str {
        match self {
            Self::Song | Self::EasySong => "/v1/song/query",
            Self::Instrumental => "/v1/instrumental/query",
        }
    }
}

impl Settings {
    fn work(&self, job: &Job) -> Work {
        match (job.instrumental(), job.lyrics(), self.lyrics) {
            (Some(true), ..) => Work::Instrumental,
            (_, Some(_), _) => Work::Song,
            (Some(false), None, _) | (None, None, Lyrics::Write) => Work::EasySong,
            (None, None, Lyrics::Leave) => Work::Instrumental,
        }
    }
}

impl Service for Settings {
    fn base_url(&self) -> &'static str {
        "https://api.mureka.ai"
    }

    fn key_env(&self) -> &'static str {
        "MUREKA_API_KEY"
    }

    fn makes(&self, kind: MediaKind) -> bool {
        kind == MediaKind::Audio
    }

    fn takes(&self, _: &Model, option: &str) -> Takes {
        Takes::if_it([LYRICS, INSTRUMENTAL].contains(&option))
    }

    fn check(&self) -> Result<(), SettingError> {
        at_least_one("poll_ms", self.poll_ms)
    }
}

impl Adapter for Settings {
    paced_by_settings!();

    fn prompt_max_units(&self, job: &Job) -> usize {
        match self.work(job) {
            Work::EasySong => EASY_PROMPT_MAX_UNITS,
            Work::Song | Work::Instrumental => PROMPT_MAX_UNITS,
        }
    }

    fn submit(&self, job: &Job, _: &LimitSettings) -> ServiceRequest {
        let (mut built_in, mut of_job) = (Map::new(), Map::new());
        built_in.insert("model".into(), json!(self.model));
        // Two are made by default, and each is charged.
        built_in.insert("n".into(), json!(1));
        of_job.insert("prompt".into(), json!(job.phrased()));
        let work = self.work(job);
        if work == Work::Song {
            set(&mut of_job, "lyrics", job.lyrics());
        }
        let body = merged(built_in, &self.input, of_job);
        ServiceRequest::post(work.submit_at(), body)
    }

    /// 429 is for too many requests and for a used up balance; only the message distinguishes them.
    fn refused(&self, answer: &Answer) -> Option<Rejection> {
        let refusal = submission::refused(answer, submission::not_taken)?;
        let said = submission::said_in(&answer.json()).to_ascii_lowercase();
        let about_balance =
            ["balance", "quota", "credit", "recharge", "top up", "top-up", "insufficient"];
        Some(match answer.status.as_u16() {
            429 if about_balance.iter().any(|word| said.contains(word)) => Rejection::AccountUsedUp,
            // It is not available in this gateway's country, or not to this account.
            403 if refusal == Rejection::KeyRefused => Rejection::NotSetUp,
            _ => refusal,
        })
    }

    fn accepted(&self, job: &Job, answer: &Value, _: &Url) -> Option<Handle> {
        let handle = id(answer, "/id")?;
        let status = format!("{}/{}", self.work(job).query_at(), handle.id);
        Some(Handle { status: Some(status), ..handle })
    }

    fn status(&self, handle: &Handle) -> ServiceRequest {
        ServiceRequest::get(handle.status.clone().unwrap_or_default())
    }

    fn read(&self, answer: &Value) -> Option<UpstreamStatus> {
        let reason = text(answer, "/failed_reason").unwrap_or_default();
        let kind = UpstreamStatus::passing(self.failures_are_free);
        Some(match text(answer, "/status")? {
            "preparing" | "queued" => UpstreamStatus::QUEUED,
            "running" | "streaming" => UpstreamStatus::RUNNING,
            "succeeded" => UpstreamStatus::Done(result_url(answer, &["/choices/0/url"])),
            "failed" => UpstreamStatus::failed(reason, &[], kind),
            "timeouted" => {
                let reason = if reason.is_empty() { "it took too long there" } else { reason };
                UpstreamStatus::failed(reason, &[], kind)
            }
            "cancelled" => UpstreamStatus::cancelled_there(),
            other => UpstreamStatus::Unknown(other.to_owned()),
        })
    }

    /// There is no such request.
    fn cancel(&self, _: &Handle) -> Option<ServiceRequest> {
        None
    }

    fn probe(&self) -> Probe {
        Probe { request: ServiceRequest::get("/v1/account/billing"), good: &[200] }
    }
}

#[cfg(test)]
mod tests {
    use ai_now_protocol::Scalar;
    use http::{HeaderMap, StatusCode};

    use super::*;
    use crate::providers::error::ErrorKind;

    #[test]
    fn states() {
        let failed =
            |reason: &str, kind| Some(UpstreamStatus::Failed { reason: reason.into(), kind });
        let song = "https://cdn.example/a.mp3";
        for (answer, expected) in [
            (json!({"status": "preparing"}), Some(UpstreamStatus::QUEUED)),
            (json!({"status": "queued"}), Some(UpstreamStatus::QUEUED)),
            (json!({"status": "running"}), Some(UpstreamStatus::RUNNING)),
            (json!({"status": "streaming"}), Some(UpstreamStatus::RUNNING)),
            (
                json!({"status": "succeeded", "choices": [{"index": 0, "url": song}]}),
                Some(UpstreamStatus::Done(Some(song.into()))),
            ),
            (json!({"status": "succeeded", "choices": []}), Some(UpstreamStatus::Done(None))),
            (
                json!({"status": "failed", "failed_reason": "busy"}),
                failed("busy", ErrorKind::Permanent),
            ),
            (
                json!({"status": "failed", "failed_reason": "lyrics: sensitive content"}),
                failed("lyrics: sensitive content", ErrorKind::ContentPolicy),
            ),
            (
                json!({"status": "timeouted"}),
                failed("it took too long there", ErrorKind::Permanent),
            ),
            (json!({"status": "cancelled"}), Some(UpstreamStatus::cancelled_there())),
            (json!({"status": "reviewing"}), Some(UpstreamStatus::Unknown("reviewing".into()))),
            (json!({}), None),
        ] {
            assert_eq!(Settings::default().read(&answer), expected, "{answer}");
        }
        let free = Settings { failures_are_free: true, ..Settings::default() };
        for status in ["failed", "timeouted"] {
            let answer = json!({"status": status, "failed_reason": "busy"});
            assert_eq!(free.read(&answer), failed("busy", ErrorKind::Transient), "{status}");
        }
    }

    #[test]
    fn a_balance_that_is_used_up_is_no_matter_of_speed() {
        let refused = |status: u16, message: &str| {
            let body = json!({"error": {"message": message}}).to_string().into();
            let status = StatusCode::from_u16(status).unwrap();
            Settings::default().refused(&Answer { status, headers: HeaderMap::new(), body })
        };
        assert_eq!(refused(429, "Rate limit reached"), Some(Rejection::NotTaken));
        assert_eq!(refused(429, "You exceeded your quota"), Some(Rejection::AccountUsedUp));
        assert_eq!(refused(403, "Country not supported"), Some(Rejection::NotSetUp));
        assert_eq!(refused(401, "Bad key"), Some(Rejection::KeyRefused));
        assert_eq!(refused(400, "lyrics are too long"), Some(Rejection::Input));
    }

    #[test]
    fn what_is_asked_for_decides_where() {
        let ask = |lyrics: Lyrics, options: &[(&'static str, Scalar)]| {
            let settings = Settings { lyrics, ..Settings::default() };
            let job = Job::example(MediaKind::Audio, options);
            let request = settings.submit(&job, &LimitSettings::default());
            let base = Url::parse(settings.base_url()).unwrap();
            let handle = settings.accepted(&job, &json!({"id": "1"}), &base).unwrap();
            let words = request.body.unwrap().get("lyrics").cloned();
            (request.at, settings.status(&handle).at, words)
        };
        let (song, easy) = ("/v1/song/generate", "/v1/song/easy-generate");
        let (instrumental, of_song, of_instrumental) =
            ("/v1/instrumental/generate", "/v1/song/query/1", "/v1/instrumental/query/1");
        let lyrics = (LYRICS, Scalar::from("La la"));
        for (setting, options, at, status, words) in [
            (Lyrics::Write, vec![], easy, of_song, None),
            (Lyrics::Leave, vec![], instrumental, of_instrumental, None),
            (Lyrics::Leave, vec![lyrics.clone()], song, of_song, Some(json!("La la"))),
            (Lyrics::Write, vec![(LYRICS, " ".into())], easy, of_song, None),
            (
                Lyrics::Write,
                vec![(INSTRUMENTAL, true.into()), lyrics],
                instrumental,
                of_instrumental,
                None,
            ),
            (Lyrics::Leave, vec![(INSTRUMENTAL, false.into())], easy, of_song, None),
        ] {
            let expected = (at.to_owned(), status.to_owned(), words);
            assert_eq!(ask(setting, &options), expected, "{setting:?} {options:?}");
        }
    }
}
