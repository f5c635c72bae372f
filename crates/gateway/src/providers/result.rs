//! Taking over a result: from wherever a provider says it is, into our own media directory, with
//! its host, size, kind and content checked on the way.

use std::io;
use std::path::Path;
use std::time::Duration;

use ai_now_protocol::{Format, MediaKind};
use axum::http::{Method, StatusCode, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use tokio::io::AsyncWriteExt as _;
use tokio::time::{sleep, timeout};
use url::Url;

use super::backoff;
use super::error::ProviderError;
use super::http::{Call, Http, TransportError, causes};
use super::provider::{MediaContent, Output, Task};
use super::settings::connection::ConnectionSettings;
use super::settings::limits::LimitSettings;
use crate::media::{self, ContentError, MediaDir, Unfinished};
use crate::metrics::Metrics;

/// What is taken as a result.
#[derive(Clone, Debug)]
pub(super) struct Taking {
    /// The kind that was asked for.
    pub(super) kind: MediaKind,
    /// Where it may come from: these hosts, or any where there are none.
    pub(super) hosts: Vec<String>,
    /// How large it may be.
    pub(super) max_bytes: u64,
    /// For how long it may stand still.
    pub(super) idle: Duration,
}

/// Why a result was not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum ResultError {
    /// It did not come, or not whole. It may another time.
    #[error("it could not be loaded ({0})")]
    Incomplete(String),
    /// What is said to be its address is none that may be asked.
    #[error("its address is refused: {0}")]
    Address(String),
    /// Redirects are not followed.
    #[error("it is elsewhere, and redirects are not followed")]
    Redirected,
    /// It says itself that it is a text.
    #[error("it is a text, not a media file")]
    Text,
    /// It is too large.
    #[error("it is larger than {0} MiB")]
    TooLarge(u64),
    /// What is in it can't be played or shown, or is not whole.
    #[error(transparent)]
    Content(#[from] ContentError),
    /// It is of another kind.
    #[error("it is {}, which was not asked for", .0.content_type())]
    OtherKind(Format),
    /// What a program names is no plain file.
    #[error("what it names is not a file")]
    NotAFile,
    /// A program names a file that is not there.
    #[error("the file that it names is not there")]
    NoFile,
    /// A program names a file that it did not make.
    #[error("the file that it names is not in its working directory")]
    FileElsewhere,
    /// It could not be written down here.
    #[error("it could not be stored here")]
    Disk(#[from] io::Error),
}

impl ResultError {
    /// Whether it may come well another time: some servers answer while they still write.
    fn may_pass(&self) -> bool {
        matches!(self, Self::Incomplete(_) | Self::Content(ContentError::Cut))
    }
}

impl Taking {
    /// A result of this kind, from anywhere, that stands still no longer than a request may take
    /// where the settings say nothing.
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

    /// The format of a file, if all of it is there and can be played, and it is of the kind that was
    /// asked for.
    ///
    /// It blocks for as long as the disk takes.
    pub(super) fn inspect(&self, path: &Path) -> Result<Format, ResultError> {
        let format = media::inspect(path).map_err(|error| match error {
            ContentError::Io(error) => ResultError::Disk(error),
            other => other.into(),
        })?;
        if format.kind() == self.kind { Ok(format) } else { Err(ResultError::OtherKind(format)) }
    }

    /// The same for a file of our own that is just written, while others go on.
    async fn look_into(&self, file: Unfinished) -> Result<(Unfinished, Format), ResultError> {
        let taking = self.clone();
        let looking = tokio::task::spawn_blocking(move || {
            taking.inspect(file.path()).map(|format| (file, format))
        });
        // A parser that panics met a file that nobody should have to play.
        looking.await.unwrap_or(Err(ResultError::Content(ContentError::Broken)))
    }
}

/// Loads a result into a file: its host, size, kind and content are checked on the way.
async fn take(
    http: &Http,
    url: &str,
    taking: &Taking,
    media: &MediaDir,
) -> Result<(Unfinished, Format), ResultError> {
    if let Some(data) = url.strip_prefix("data:") {
        return take_data(data, taking, media).await;
    }
    let refused = |why: &str| ResultError::Address(why.to_owned());
    let url = Url::parse(url).map_err(|_| refused("it is not an address"))?;
    http.check(&url).map_err(refused)?;
    if !taking.admits(url.host_str().unwrap_or_default()) {
        return Err(refused("its host is not one of those that results may come from"));
    }
    // Without any key: whose host this is, nobody promises.
    let call = Call { method: Method::GET, url, headers: Vec::new(), body: None };
    let response = http.open(call, taking.idle).await.map_err(|error| match error {
        TransportError::NotSent(why) if why.contains("private address") => refused(&why),
        other => ResultError::Incomplete(other.to_string()),
    })?;
    let (status, length) = (response.status(), response.body().size_hint().exact());
    if status.is_redirection() {
        return Err(ResultError::Redirected);
    }
    if status != StatusCode::OK {
        return Err(ResultError::Incomplete(format!("status {}", status.as_u16())));
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

/// Takes a small result that the answer itself holds: a data URI (RFC 2397) in base64. `data`: what
/// comes after its scheme.
async fn take_data(
    data: &str,
    taking: &Taking,
    media: &MediaDir,
) -> Result<(Unfinished, Format), ResultError> {
    let wrong = || ResultError::Address("it is no data in base64".into());
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
            Err(_) => return Err(ResultError::Incomplete("it stood still".into())),
            Ok(None) => break,
            Ok(Some(frame)) => frame.map_err(|error| ResultError::Incomplete(causes(&error)))?,
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

/// The longest pause between two tries to store a result.
const DISK_PAUSE_MAX: Duration = Duration::from_secs(10);

/// How often a result that did not arrive whole is loaded again.
const TAKE_TRIES: u32 = 4;

/// Loads a result into our own media directory; again, where it did not arrive whole.
pub(super) async fn take_over(
    name: &str,
    http: &Http,
    url: &str,
    taking: &Taking,
    task: &Task,
    metrics: &Metrics,
) -> Result<Output, ProviderError> {
    let (mut tries, mut waiting, mut pause) = (0, None, Duration::from_millis(100));
    loop {
        let problem = match take(http, url, taking, &task.media).await {
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
        if matches!(problem, ResultError::Disk(_)) {
            // It was made, and perhaps paid for: it is loaded again until the disk takes it.
            waiting.get_or_insert_with(|| metrics.result_waits());
            tokio::select! {
                () = sleep(pause) => pause = (pause * 2).min(DISK_PAUSE_MAX),
                () = task.stop.cancelled() => return Err(ProviderError::Stopped),
            }
            continue;
        }
        tries += 1;
        if !problem.may_pass() || tries >= TAKE_TRIES {
            // Something was made and paid for there: no other provider is asked.
            return Err(ProviderError::unusable_result(name, problem));
        }
        sleep(backoff::pause(Duration::from_millis(500), tries)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let media = MediaDir::open(dir.path()).unwrap();
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
