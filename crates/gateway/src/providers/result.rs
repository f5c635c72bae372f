//! Taking over a result: from wherever a provider says it is, into our own media directory, with
//! its host, size, kind and content checked on the way.

use std::io;
use std::time::Duration;

use ai_now_protocol::{Format, MediaKind};
use axum::http::{Method, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use tokio::io::AsyncWriteExt as _;
use tokio::time::{sleep, timeout};
use url::Url;

use super::http::{Call, Http, Trouble, causes};
use super::settings::ProviderSettings;
use super::{Job, MediaContent, Output, ProviderError, Task, backoff, content};
use crate::media::{MediaDir, Unfinished};

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
pub(super) enum NotTaken {
    /// It did not come, or not whole. It may another time.
    #[error("it could not be loaded ({0})")]
    Lost(String),
    /// It is not what it should be.
    #[error("{0}")]
    Refused(String),
    /// It could not be written down here.
    #[error("it could not be stored here")]
    Disk(#[from] io::Error),
}

impl Taking {
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
}

/// Loads a result into a file: its host, size, kind and content are checked on the way.
async fn take(
    http: &Http,
    url: &str,
    taking: &Taking,
    media: &MediaDir,
) -> Result<(Unfinished, Format), NotTaken> {
    let refused = |why: &str| NotTaken::Refused(format!("its address is refused: {why}"));
    let url = Url::parse(url).map_err(|_| refused("it is not an address"))?;
    http.check(&url).map_err(refused)?;
    if !taking.admits(url.host_str().unwrap_or_default()) {
        return Err(refused("its host is not one of those that results may come from"));
    }
    // Without any key: whose host this is, nobody promises.
    let call = Call { method: Method::GET, url, headers: Vec::new(), body: None };
    let response = http.open(call, taking.idle).await.map_err(|trouble| match trouble {
        Trouble::NotSent(why) if why.contains("private address") => refused(&why),
        other => NotTaken::Lost(other.to_string()),
    })?;
    let (status, length) = (response.status(), response.body().size_hint().exact());
    if status.is_redirection() {
        return Err(NotTaken::Refused("it is elsewhere, and redirects are not followed".into()));
    }
    if status != StatusCode::OK {
        return Err(NotTaken::Lost(format!("status {}", status.as_u16())));
    }
    let declared = response.headers().get(header::CONTENT_TYPE);
    let declared = declared.and_then(|value| value.to_str().ok()).unwrap_or_default();
    if declared.starts_with("text/") || declared.starts_with("application/json") {
        return Err(NotTaken::Refused("it is a text, not a media file".into()));
    }
    if length.is_some_and(|length| length > taking.max_bytes) {
        return Err(too_large(taking));
    }
    let file = media.unfinished();
    let format = write(response.into_body(), taking, &file).await?;
    Ok((file, format))
}

async fn write(
    mut body: Incoming,
    taking: &Taking,
    unfinished: &Unfinished,
) -> Result<Format, NotTaken> {
    let mut file = tokio::fs::File::create_new(unfinished.path()).await?;
    let (mut head, mut size, mut format) = (Vec::new(), 0_u64, None);
    loop {
        let next = timeout(taking.idle, body.frame()).await;
        let frame = match next {
            Err(_) => return Err(NotTaken::Lost("it stood still".into())),
            Ok(None) => break,
            Ok(Some(frame)) => frame.map_err(|error| NotTaken::Lost(causes(&error)))?,
        };
        let Ok(bytes) = frame.into_data() else { continue };
        size += bytes.len() as u64;
        if size > taking.max_bytes {
            return Err(too_large(taking));
        }
        if format.is_none() {
            head.extend_from_slice(&bytes[..bytes.len().min(content::HEAD_BYTES)]);
            if head.len() >= content::HEAD_BYTES {
                format = Some(fitting(&head, taking.kind)?);
            }
        }
        file.write_all(&bytes).await?;
    }
    // Whatever is shorter than a head is no media file either, but let it be told the same way.
    let format = format.map_or_else(|| fitting(&head, taking.kind), Ok)?;
    file.flush().await?;
    Ok(format)
}

/// The format of a file, if it is of the kind that was asked for.
pub(super) fn fitting(head: &[u8], kind: MediaKind) -> Result<Format, NotTaken> {
    let format = content::format(head);
    let unknown = "it is not a media file of a kind that is known here (MP3, MP4, PNG, JPEG, WebP)";
    let format = format.ok_or_else(|| NotTaken::Refused(unknown.into()))?;
    if format.kind() == kind {
        return Ok(format);
    }
    Err(NotTaken::Refused(format!("it is {}, which was not asked for", format.content_type())))
}

fn too_large(taking: &Taking) -> NotTaken {
    NotTaken::Refused(format!("it is larger than {} MiB", taking.max_bytes / (1024 * 1024)))
}

/// What is taken as a result for a job.
pub(super) fn taking(settings: &ProviderSettings, job: &Job) -> Taking {
    let mut hosts = settings.result_hosts.clone();
    if !hosts.is_empty() {
        // Where results are named at all, the provider itself is meant as well.
        hosts.extend(settings.base().ok().and_then(|url| url.host_str().map(ToOwned::to_owned)));
    }
    Taking {
        kind: job.model.kind,
        hosts,
        max_bytes: settings.result_max_mib * 1024 * 1024,
        idle: settings.request_limit(),
    }
}

/// How often a result that did not arrive whole is loaded again.
const TAKE_TRIES: u32 = 4;

/// Loads a result into our own media directory; again, where it did not arrive whole.
pub(super) async fn take_over(
    name: &str,
    http: &Http,
    url: &str,
    taking: &Taking,
    task: &Task,
) -> Result<Output, ProviderError> {
    let mut tries = 0;
    loop {
        let problem = match take(http, url, taking, &task.media).await {
            Ok((file, format)) => {
                let content = MediaContent::File(file);
                return Ok(Output { content, format, note: None, procedural: false });
            }
            Err(problem) => problem,
        };
        tracing::warn!(provider = name, generation = task.job.id, %problem, "no result");
        tries += 1;
        if !matches!(problem, NotTaken::Lost(_)) || tries >= TAKE_TRIES {
            // Something was made and paid for there: nobody else is asked.
            return Err(ProviderError::permanent(format!(
                "The result of {name} can't be used: {problem}."
            )));
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
}
