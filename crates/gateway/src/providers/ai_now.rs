//! Any server of the documented API: the public service, or another gateway of this kind. Its event
//! stream is read with the project's own parser, and its progress is passed on.
//!
//! With a server that names the generation in `Content-Location`, as this gateway does, a broken
//! stream is resumed, and the generation can be cancelled. With other servers a broken stream is
//! lost, and the job is submitted once more, but not more often.

mod failure;
mod settings;

use std::time::Duration;

use ai_now_protocol::event::{Completed, Failure as Failed, Progress};
use ai_now_protocol::sse::{CONTENT_TYPE, Reader};
use ai_now_protocol::{Event, GenerateRequest, Scalars};
use futures_util::future::BoxFuture;
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use http_body_util::BodyExt as _;
use hyper::Response;
use hyper::body::Incoming;
use tokio::time::{Instant, sleep, sleep_until, timeout};

pub use self::settings::Settings;
use super::connection::Connection;
use super::error::{self, ErrorKind, OpenError, ProviderError};
use super::http::{Answer, Call};
use super::probe::ProbeError;
use super::provider::{Job, Output, Provider, Task};
use super::submission::{self, CANCEL_LIMIT, Rejection, SubmissionError, Submitter, Unconfirmed};
use super::text;
use crate::patience;
use crate::service_key::KeyError;
use crate::store::SubmissionState;

/// A server of the documented API.
pub struct AiNow {
    connection: Connection,
    authorization: HeaderValue,
    own: Settings,
}

/// How long a resumable stream may be silent. Such a server sends something every 15 seconds.
const SILENCE: Duration = Duration::from_secs(50);

/// The first pause before a broken stream is resumed.
const REOPEN: Duration = Duration::from_millis(500);

/// The largest event that is read.
const EVENT_MAX_BYTES: usize = 64 * 1024;

/// How a stream ended.
enum Streamed {
    Completed(Completed),
    Failed(Failed),
    /// With a result whose address can't be used.
    Unusable,
    /// It broke off. Whether anything was received before.
    Broken(bool),
}

impl Provider for AiNow {
    fn make(&self, task: Task) -> BoxFuture<'_, Result<Output, ProviderError>> {
        Box::pin(self.make(task))
    }

    fn abandon<'a>(&'a self, handle: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(self.abandon(handle))
    }
}

impl AiNow {
    pub(super) fn open(connection: Connection, own: Settings) -> Result<Self, OpenError> {
        let value = HeaderValue::from_str(&format!("Bearer {}", connection.key.reveal()));
        let mut authorization =
            value.map_err(|_| KeyError::Malformed("a form that a header takes".into()))?;
        authorization.set_sensitive(true);
        Ok(Self { connection, authorization, own })
    }

    async fn make(&self, task: Task) -> Result<Output, ProviderError> {
        let timeout_secs = self.connection.limits.timeout_secs;
        let limit = Instant::now() + Duration::from_secs(timeout_secs);
        let mut location = match task.record.read().await? {
            SubmissionState::Submitted(location) => Some(location),
            SubmissionState::Unclear(_) => None,
        };
        let mut stream = match location {
            Some(_) => None,
            None => Some(self.submitted(&task, limit, &mut location, false).await?),
        };
        let (mut last_id, mut misses) = (String::new(), 0);
        loop {
            let going_on = async {
                let opened = match stream.take() {
                    Some(stream) => stream,
                    None => {
                        self.reopened(&task, location.as_deref(), &last_id, &mut misses).await?
                    }
                };
                match self.followed(&task, opened, &mut last_id, location.is_some()).await {
                    Streamed::Completed(completed) => {
                        self.taken_over(&task, completed, location.as_deref()).await.map(Some)
                    }
                    Streamed::Failed(failed) => Err(self.failed(&failed)),
                    Streamed::Unusable => Err(ProviderError::no_result(&self.connection.name)),
                    Streamed::Broken(spoke) => {
                        misses = if spoke { 0 } else { misses };
                        Ok(None)
                    }
                }
            };
            let failure = tokio::select! {
                made = going_on => match made {
                    Ok(Some(made)) => return Ok(made),
                    Ok(None) if location.is_some() => {
                        tracing::debug!(provider = self.connection.name, "a stream broke off");
                        continue;
                    }
                    Ok(None) => {
                        // A server that ends its streams at once is asked more and more rarely.
                        tokio::select! {
                            () = sleep(patience::pause(REOPEN, misses)) => misses += 1,
                            () = task.stop.cancelled() => return Err(ProviderError::Stopped),
                        }
                        stream = Some(self.submitted(&task, limit, &mut location, true).await?);
                        continue;
                    }
                    Err(failure) => return Err(failure),
                },
                () = task.stop.cancelled() => ProviderError::Stopped,
                () = sleep_until(limit) => ProviderError::too_slow(&self.connection.name, timeout_secs),
            };
            if let Some(location) = &location
                && !task.halted.is_cancelled()
            {
                self.abandon(location).await;
            }
            return Err(failure);
        }
    }

    /// Cancels a generation at the server.
    async fn abandon(&self, location: &str) {
        match self.connection.http.call(self.request(Method::DELETE, location), CANCEL_LIMIT).await
        {
            Ok(answer) if answer.status.is_success() || answer.status == StatusCode::NOT_FOUND => {}
            Ok(answer) => {
                let status = answer.status.as_u16();
                tracing::warn!(
                    provider = self.connection.name,
                    status,
                    "a job could not be cancelled"
                );
            }
            Err(error) => {
                tracing::warn!(provider = self.connection.name, %error, "a job could not be cancelled");
            }
        }
    }

    /// Submits, and returns the stream; `location` is where it can be resumed. What is submitted `again` is
    /// the same job, and costs once.
    async fn submitted(
        &self,
        task: &Task,
        limit: Instant,
        location: &mut Option<String>,
        again: bool,
    ) -> Result<Response<Incoming>, ProviderError> {
        let unclear = match task.record.read().await? {
            SubmissionState::Unclear(unclear) => unclear,
            SubmissionState::Submitted(_) => 0,
        };
        let body = serde_json::to_value(self.body(&task.job)).unwrap_or_default();
        let send = || -> BoxFuture<'_, Result<Response<Incoming>, SubmissionError>> {
            Box::pin(async {
                let mut call = self.request(Method::POST, "/api/generate");
                call.body = Some(body.clone());
                // With a server that supports it, this finds the same generation; others ignore it.
                let name = HeaderName::from_static("idempotency-key");
                let key = HeaderValue::from_str(&task.job.id);
                call.headers.extend(key.map(|key| (name, key)));
                self.stream(call).await
            })
        };
        let submitter =
            Submitter { connection: &self.connection, idempotent: self.own.idempotent, limit };
        let response = submitter.submit(task, unclear, &send).await?;
        *location = location_in(&response);
        let written = match location {
            Some(location) => task.record.taken(location).await,
            None if again => Ok(true),
            None => task.record.begun().await.map(|()| true),
        };
        match (written, &location) {
            (Ok(false), Some(location)) => {
                let (generation, provider) = (&task.job.id, &self.connection.name);
                tracing::warn!(generation, provider, "nobody waits for this job any more");
                self.abandon(location).await;
                return Err(ProviderError::Stopped);
            }
            (Ok(_), _) => {}
            (Err(error), _) => {
                tracing::error!(%error, generation = task.job.id, "a taken job was not written down");
            }
        }
        Ok(response)
    }

    /// Resumes the stream of a generation after the last event that was received.
    async fn reopened(
        &self,
        task: &Task,
        location: Option<&str>,
        last_id: &str,
        misses: &mut u32,
    ) -> Result<Response<Incoming>, ProviderError> {
        loop {
            if *misses > 0 {
                sleep(patience::pause(REOPEN, *misses - 1)).await;
            }
            *misses += 1;
            let path = format!("{}/events", location.unwrap_or_default());
            let mut call = self.request(Method::GET, &path);
            if !last_id.is_empty()
                && let Ok(last) = HeaderValue::from_str(last_id)
            {
                call.headers.push((HeaderName::from_static("last-event-id"), last));
            }
            match self.stream(call).await {
                Ok(stream) => return Ok(stream),
                Err(SubmissionError::Unclear(why) | SubmissionError::NotTaken { why, .. }) => {
                    tracing::debug!(
                        provider = self.connection.name,
                        %why,
                        "a stream could not be reopened"
                    );
                }
                Err(SubmissionError::Rejected(ProviderError::Failed {
                    kind: ErrorKind::Unavailable,
                    ..
                })) => {
                    tracing::warn!(
                        provider = self.connection.name,
                        generation = task.job.id,
                        "a job is gone"
                    );
                    return Err(ProviderError::lost(&self.connection.name));
                }
                Err(SubmissionError::Rejected(failure)) => return Err(failure),
            }
        }
    }

    /// Opens a stream.
    async fn stream(&self, call: Call) -> Result<Response<Incoming>, SubmissionError> {
        let limit = self.connection.request_limit();
        let response = self.connection.http.open(call, limit).await?;
        let kind = response.headers().get(header::CONTENT_TYPE);
        let is_stream =
            kind.is_some_and(|kind| kind.as_bytes().starts_with(CONTENT_TYPE.as_bytes()));
        if response.status() == StatusCode::OK && is_stream {
            return Ok(response);
        }
        if response.status() == StatusCode::NO_CONTENT {
            // Of a resumed stream: the last event was received, but not understood.
            return Err(SubmissionError::Rejected(ProviderError::no_result(&self.connection.name)));
        }
        if response.status().is_success() {
            return Err(SubmissionError::Unclear(Unconfirmed::NoStream));
        }
        let (parts, body) = response.into_parts();
        let reading = http_body_util::Limited::new(body, EVENT_MAX_BYTES).collect();
        let body = match timeout(limit, reading).await {
            Ok(Ok(body)) => body.to_bytes().to_vec(),
            // The status is enough.
            _ => Vec::new(),
        };
        let answer = Answer { status: parts.status, headers: parts.headers, body };
        // An answer that is no stream is no success either, whatever its status.
        let refusal = submission::refused(&answer, submission::not_taken);
        let refusal = refusal.unwrap_or(Rejection::Unclear);
        Err(submission::error(&self.connection.name, &self.connection.key, &answer, refusal))
    }

    /// Reads a stream to its end, and passes its progress on.
    async fn followed(
        &self,
        task: &Task,
        stream: Response<Incoming>,
        last_id: &mut String,
        speaks_often: bool,
    ) -> Streamed {
        let (mut body, mut spoke) = (stream.into_body(), false);
        let mut reader = Reader::new(EVENT_MAX_BYTES);
        loop {
            let next = if speaks_often {
                timeout(SILENCE, body.frame()).await.ok().flatten()
            } else {
                body.frame().await
            };
            let Some(Ok(frame)) = next else { return Streamed::Broken(spoke) };
            let Ok(bytes) = frame.into_data() else { continue };
            for frame in reader.feed(&bytes).into_iter().flatten() {
                spoke = true;
                if !frame.last_event_id.is_empty() {
                    last_id.clone_from(&frame.last_event_id);
                }
                let event = match serde_json::from_str::<Event>(&frame.data) {
                    Ok(event) => event,
                    Err(_) if says_completed(&frame.data) => return Streamed::Unusable,
                    // Unknown events are ignored.
                    Err(_) => continue,
                };
                match event {
                    Event::Completed(completed) => return Streamed::Completed(completed),
                    Event::Failed(failed) => return Streamed::Failed(failed),
                    Event::Started => {}
                    Event::Processing(progress) => task.reporter.report(Progress {
                        step: progress.step.map(|step| text::passed_on(step, &self.connection.key)),
                        ..progress
                    }),
                    Event::CookieGenerated => task.reporter.publish(Event::CookieGenerated),
                    Event::Other(text) => {
                        let said = text::plain(&text, Some(&self.connection.key));
                        if !said.is_empty() {
                            task.reporter.publish(Event::Other(said));
                        }
                    }
                }
            }
        }
    }

    async fn taken_over(
        &self,
        task: &Task,
        completed: Completed,
        location: Option<&str>,
    ) -> Result<Output, ProviderError> {
        // A path is on the server itself.
        let url = self.connection.base.join(completed.url.as_str());
        let url = url.map_err(|why| ProviderError::unusable_result(&self.connection.name, why))?;
        let made = self.connection.take_over(url.as_str(), task).await?;
        let note = completed.note.map(|note| text::passed_on(note, &self.connection.key));
        let procedural = match location {
            Some(location) => self.is_procedural(location).await,
            None => false,
        };
        Ok(Output { note, procedural, ..made })
    }

    /// Whether the result is a sketch: another gateway says so.
    async fn is_procedural(&self, location: &str) -> bool {
        let call = self.request(Method::GET, location);
        let answer = self.connection.http.call(call, self.connection.request_limit()).await;
        answer.is_ok_and(|answer| answer.json()["procedural"] == true)
    }

    fn failed(&self, failed: &Failed) -> ProviderError {
        let said = failed.message.text.trim().trim_end_matches("Nothing was charged.");
        let (kind, code) = failure::ended(failed);
        let kind = error::kind_of(said, kind);
        ProviderError::coded(&self.connection.name, said, Some(&self.connection.key), kind, code)
    }

    fn body(&self, job: &Job) -> GenerateRequest {
        let model = self.own.model.as_deref().unwrap_or(&job.model.id);
        // Another model has other styles, if any: there the style becomes words.
        let own_styles = !self.own.is_of_another_model(&job.model);
        let passes_options = self.own.passes_options(&job.model);
        let style = job.style().filter(|_| own_styles);
        GenerateRequest {
            model: model.to_owned(),
            prompt: if own_styles { job.prompt.clone() } else { job.phrased() },
            style: style.map(|style| style.value.to_string()),
            options: if passes_options { job.own_options() } else { Scalars::new() },
        }
        .with_seed((self.own.idempotent || passes_options).then_some(job.seed()))
    }

    /// A request to the server. `path` is ours, or was checked.
    fn request(&self, method: Method, path: &str) -> Call {
        let mut url = self.connection.base.clone();
        url.set_path(&format!("{}{path}", self.connection.base.path().trim_end_matches('/')));
        let headers = vec![(header::AUTHORIZATION, self.authorization.clone())];
        Call { method, url, headers, body: None }
    }

    /// A request that costs nothing.
    pub(super) async fn probe(&self) -> Result<Option<bool>, ProbeError> {
        let call = self.request(Method::GET, "/api/ping");
        let answer = self.connection.http.call(call, self.connection.request_limit()).await?;
        match answer.status.as_u16() {
            200 if answer.body.trim_ascii() == b"pong" => Ok(Some(true)),
            401 | 403 => Ok(Some(false)),
            status => Err(ProbeError::NoPong(status)),
        }
    }
}

fn says_completed(data: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(data).is_ok_and(|json| json["status"] == "Completed")
}

/// Where a generation's stream can be resumed, if the server says so in our form.
fn location_in(response: &Response<Incoming>) -> Option<String> {
    let location = response.headers().get(header::CONTENT_LOCATION)?.to_str().ok()?;
    is_location(location).then(|| location.to_owned())
}

fn is_location(text: &str) -> bool {
    text.strip_prefix("/api/generations/").is_some_and(text::is_plain_id)
}

#[cfg(test)]
mod tests {
    #[test]
    fn locations_stay_where_generations_are() {
        assert!(super::is_location("/api/generations/abc-1"));
        for bad in [
            "",
            "/api/generations/",
            "/api/generations/../keys",
            "/api/generations/a/b",
            "/api/generations/a?x",
            "https://evil.example/api/generations/a",
            "//evil.example/api/generations/a",
        ] {
            assert!(!super::is_location(bad), "{bad}");
        }
    }
}
