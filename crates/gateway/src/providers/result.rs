//! Taking over a result: from the address that a provider names, onto this machine, with checks of
//! its host, size, kind and content.

use std::io;
use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use ai_now_protocol::{Format, MediaKind};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{Method, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use tokio::io::AsyncWriteExt as _;
use tokio::time::{sleep, timeout};
use url::Url;

use super::error::ProviderError;
use super::http::{Call, Http, TransportError};
use super::provider::{MediaContent, Output, Task};
use super::settings::connection::ConnectionSettings;
use super::settings::limits::LimitSettings;
use crate::media::{self, ContentError, Media, Unfinished};
use crate::metrics::Metrics;
use crate::patience::{self, patiently};
use crate::system_error::cause_in_words;

/// What is accepted as a result.
#[derive(Clone, Debug)]
pub(super) struct Taking {
    /// The requested kind.
    pub(super) kind: MediaKind,
    /// The allowed hosts; empty: any.
    pub(super) hosts: Vec<String>,
    /// The largest size.
    pub(super) max_bytes: u64,
    /// How long loading may stall.
    pub(super) idle: Duration,
}

/// Why a result was not accepted.
#[derive(Debug, thiserror::Error)]
pub(super) enum ResultError {
    /// It did not come. It may another time.
    #[error("it could not be loaded ({0})")]
    NoAnswer(#[source] TransportError),
    /// It was refused. It may come another time.
    #[error("it could not be loaded (status {0})")]
    Status(u16),
    /// It stopped coming. It may come another time.
    #[error("it could not be loaded (it stood still)")]
    StoodStill,
    /// It broke off. It may come whole another time.
    #[error("it could not be loaded ({0})")]
    BrokeOff(String),
    /// What is said to be its address is none that may be asked.
    #[error("its address is refused: {0}")]
    Address(&'static str),
    /// Redirects are not followed.
    #[error("it is elsewhere, and redirects are not followed")]
    Redirected,
    /// Its content type is a text.
    #[error("it is a text, not a media file")]
    Text,
    /// It is too large.
    #[error("it is larger than {0} MiB")]
    TooLarge(u64),
    /// Its content can't be played or shown, or is incomplete.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// It is of another kind.
    #[error("it is {}, which was not asked for", .0.content_type())]
    OtherKind(Format),
    /// A program named something that is not a regular file.
    #[error("what it names is not a file")]
    NotAFile,
    /// A program named a file that does not exist.
    #[error("the file that it names is not there")]
    NoFile,
    /// A program named a file that it did not make.
    #[error("the file that it names is not in its working directory")]
    FileElsewhere,
    /// It could not be stored here.
    #[error("it could not be stored here")]
    Disk(#[from] io::Error),
}

impl ResultError {
    /// Whether a retry may succeed: some servers answer while they still write the file.
    fn may_pass(&self) -> bool {
        matches!(
            self,
            Self::NoAnswer(_)
                | Self::Status(_)
                | Self::StoodStill
                | Self::BrokeOff(_)
                | Self::Content(ContentError::Cut)
        )
    }
}

impl Taking {
    /// A result of this kind, from any host, which stalls no longer than the default request
    /// timeout.
    pub(super) fn new(kind: MediaKind, limits: &LimitSettings) -> Self {
        let max_bytes = limits.result_max_mib * 1024 * 1024;
        Self {
            kind,
            hosts: Vec::new(),
            max_bytes,
            idle: ConnectionSettings::default().request_limit(),
        }
    }

    /// Whether results may come from this host.
    fn admits(&self, host: &str) -> bool {
        self.hosts.is_empty()
            || self.hosts.iter().any(|allowed| match allowed.strip_prefix('.') {
                Some(domain) => host
                    .strip_suffix(domain)
                    .is_some_and(|sub| sub.is_empty() || sub.ends_with('.')),
                None => host == allowed,
            })
    }

    pub(super) fn check_size(&self, size_bytes: u64) -> Result<(), ResultError> {
        if size_bytes > self.max_bytes {
            return Err(ResultError::TooLarge(self.max_bytes / (1024 * 1024)));
        }
        Ok(())
    }

    /// The format of a file, if it is complete and playable, and of the requested kind.
    ///
    /// It blocks for as long as the disk takes.
    pub(super) fn inspect(&self, path: &Path) -> Result<Format, ResultError> {
        let format = media::inspect(path).map_err(|error| match error {
            ContentError::Io(error) => ResultError::Disk(error),
            other => other.into(),
        })?;
        if format.kind() == self.kind { Ok(format) } else { Err(ResultError::OtherKind(format)) }
    }

    /// The same for a temporary file of ours, without blocking other tasks.
    async fn look_into(&self, file: Unfinished) -> Result<(Unfinished, Format), ResultError> {
        let taking = self.clone();
        let looking = tokio::task::spawn_blocking(move || {
            taking.inspect(file.path()).map(|format| (file, format))
        });
        // A parser that panics found a file that no browser should get.
        looking.await.unwrap_or(Err(ResultError::Content(ContentError::Broken)))
    }
}

/// Loads a result into a file, checking its host, size, kind and content.
async fn take(
    http: &Http,
    url: &str,
    taking: &Taking,
    media: &Media,
) -> Result<(Unfinished, Format), ResultError> {
    if let Some(data) = url.strip_prefix("data:") {
        return take_data(data, taking, media).await;
    }
    let url = Url::parse(url).map_err(|_| ResultError::Address("it is not an address"))?;
    http.check(&url).map_err(ResultError::Address)?;
    if !taking.admits(url.host_str().unwrap_or_default()) {
        let why = "its host is not one of those that results may come from";
        return Err(ResultError::Address(why));
    }
    // Without the key: the host may be anyone's.
    let call = Call { method: Method::GET, url, headers: Vec::new(), body: None };
    let response = http.open(call, taking.idle).await.map_err(|error| match error {
        TransportError::PrivateAddress => ResultError::Address("it is at a private address"),
        other => ResultError::NoAnswer(other),
    })?;
    let (status, length) = (response.status(), response.body().size_hint().exact());
    if status.is_redirection() {
        return Err(ResultError::Redirected);
    }
    if status != StatusCode::OK {
        return Err(ResultError::Status(status.as_u16()));
    }
    let declared = response.headers().get(header::CONTENT_TYPE);
    let declared = declared.and_then(|value| value.to_str().ok()).unwrap_or_default();
    if declared.starts_with("text/") || declared.starts_with("application/json") {
        return Err(ResultError::Text);
    }
    taking.check_size(length.unwrap_or(0))?;
    let file = media.unfinished();
    write(response.into_body(), taking, &file).await?;
    taking.look_into(file).await
}

/// Takes a small result that the answer itself contains: a data URI (RFC 2397) in base64. `data`:
/// the part after the scheme.
async fn take_data(
    data: &str,
    taking: &Taking,
    media: &Media,
) -> Result<(Unfinished, Format), ResultError> {
    let wrong = || ResultError::Address("it is no data in base64");
    let (declared, text) = data.split_once(',').ok_or_else(wrong)?;
    if !declared.ends_with(";base64") {
        return Err(wrong());
    }
    let bytes = STANDARD.decode(text.trim()).map_err(|_| wrong())?;
    taking.check_size(bytes.len() as u64)?;
    let file = media.unfinished();
    tokio::fs::write(file.path(), bytes).await?;
    taking.look_into(file).await
}

async fn write(
    mut body: Incoming,
    taking: &Taking,
    unfinished: &Unfinished,
) -> Result<(), ResultError> {
    let mut file = tokio::fs::File::create_new(unfinished.path()).await?;
    let (mut head, mut size) = (Vec::new(), 0_u64);
    loop {
        let next = timeout(taking.idle, body.frame()).await;
        let frame = match next {
            Err(_) => return Err(ResultError::StoodStill),
            Ok(None) => break,
            Ok(Some(frame)) => {
                frame.map_err(|error| ResultError::BrokeOff(cause_in_words(&error)))?
            }
        };
        let Ok(bytes) = frame.into_data() else { continue };
        size += bytes.len() as u64;
        taking.check_size(size)?;
        if head.len() < media::HEAD_BYTES {
            head.extend_from_slice(&bytes[..bytes.len().min(media::HEAD_BYTES)]);
            if head.len() >= media::HEAD_BYTES && !media::begins_like_media(&head) {
                return Err(ContentError::Unknown.into());
            }
        }
        file.write_all(&bytes).await?;
    }
    file.flush().await?;
    Ok(())
}

/// How often a result that did not arrive whole is loaded again.
const TAKE_TRIES: u32 = 4;

/// Loads a result onto this machine; repeatedly if it arrives incomplete.
pub(super) async fn take_over(
    name: &str,
    http: &Http,
    url: &str,
    taking: &Taking,
    task: &Task,
    metrics: &Metrics,
) -> Result<Output, ProviderError> {
    let (mut tries, waiting) = (0, OnceLock::new());
    loop {
        // It was made, and perhaps paid for: it is loaded again until the disk takes it.
        let taking = || async {
            match take(http, url, taking, &task.media).await {
                Err(ResultError::Disk(error)) => {
                    waiting.get_or_init(|| metrics.result_waits());
                    Err(error)
                }
                taken => Ok(taken),
            }
        };
        let taken = patiently(&task.stop, &task.job.id, "a result", taking).await;
        let problem = match taken.map_err(|_| ProviderError::Stopped)? {
            Ok((file, format)) => {
                let content = MediaContent::File(file);
                return Ok(Output {
                    content,
                    format,
                    note: None,
                    procedural: false,
                    billed_ms: None,
                });
            }
            Err(problem) => problem,
        };
        tracing::warn!(provider = name, generation = task.job.id, %problem, "no result");
        tries += 1;
        if !problem.may_pass() || tries >= TAKE_TRIES {
            // Something was made and paid for there: no other provider is asked.
            return Err(ProviderError::unusable_result(name, problem));
        }
        sleep(patience::pause(Duration::from_millis(500), tries)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::{MediaSettings, Users};

    #[test]
    fn result_hosts() {
        let taking = |hosts: &[&str]| Taking {
            kind: MediaKind::Video,
            hosts: hosts.iter().map(ToString::to_string).collect(),
            max_bytes: 1,
            idle: Duration::ZERO,
        };
        assert!(taking(&[]).admits("any.example"));
        let some = taking(&["a.example", ".b.example"]);
        for good in ["a.example", "b.example", "x.b.example"] {
            assert!(some.admits(good), "{good}");
        }
        for bad in ["x.a.example", "xb.example", "b.example.evil", ""] {
            assert!(!some.admits(bad), "{bad}");
        }
    }

    #[tokio::test]
    async fn data_in_an_answer_is_checked_like_a_file() {
        let dir = tempfile::tempdir().unwrap();
        let (media, _) =
            media::open(&MediaSettings::default(), dir.path(), Users::One).await.unwrap();
        let taking = Taking {
            kind: MediaKind::Video,
            hosts: Vec::new(),
            max_bytes: 4096,
            idle: Duration::ZERO,
        };
        let files = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/files/");
        let [film, song, hevc] = ["film.mp4", "song.mp3", "hevc.mp4"]
            .map(|name| std::fs::read(format!("{files}{name}")).unwrap());
        let data = |bytes: &[u8]| format!("video/mp4;base64,{}", STANDARD.encode(bytes));
        let (file, format) = take_data(&data(&film), &taking, &media).await.unwrap();
        assert_eq!((format, std::fs::read(file.path()).unwrap()), (Format::Mp4, film.clone()));
        for (data, why) in [
            (data(&song), "not asked for"),
            (data(&hevc), "HEVC (H.265), which browsers don't play"),
            (data(&film[..film.len() / 2]), "not whole"),
            (data(b"ID3\x04\0\0\0\0\0\0<html>"), "not a media file"),
            (data(b"<script>"), "not a media file"),
            (data(&[0; 5000]), "larger than"),
            ("video/mp4,plain".into(), "no data in base64"),
            ("video/mp4;base64,%%%".into(), "no data in base64"),
            ("video/mp4;base64".into(), "no data in base64"),
        ] {
            let error = take_data(&data, &taking, &media).await.unwrap_err().to_string();
            assert!(error.contains(why), "{data}: {error}");
        }
    }
}
