//! What polled services have in common: a job is submitted once, asked about politely, cancelled where
//! it is not wanted any more, and its result taken over with every check.
//!
//! How a submission is repeated is in [`crate::providers::submission`]; what differs between services
//! in their adapters. It must not know any service's API.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use ai_now_protocol::event::Progress;
use ai_now_protocol::{Code, Event, Message};
use axum::http::{HeaderValue, header};
use futures_util::future::BoxFuture;
use tokio::time::{Instant, sleep, sleep_until};
use url::Url;

use super::adapter::{Adapter, Handle, ServiceRequest, UpstreamStatus};
use crate::providers::connection::Connection;
use crate::providers::error::{ErrorKind, ProviderError};
use crate::providers::http::{Answer, Call};
use crate::providers::probe::ProbeError;
use crate::providers::provider::{Job, Output, Provider, Task};
use crate::providers::submission::{self, CANCEL_LIMIT, SubmissionError, Submitter};
use crate::providers::{backoff, text};
use crate::store::SubmissionState;

/// A service that is polled.
pub struct Polled {
    connection: Connection,
    adapter: Box<dyn Adapter>,
    /// The states that no document names and that were logged.
    unknown: Mutex<HashSet<String>>,
}

/// The longest pause between two questions while a service gives no good answers.
const POLL_MAX: Duration = Duration::from_secs(60);

/// How many unknown states are logged. A service that makes up a new one each time fills no log.
const UNKNOWN_MAX: usize = 16;

/// A job that is done there.
struct Finished {
    /// Where its result is.
    url: String,
    /// How long the service has worked on it, where it says so.
    billed_ms: Option<u64>,
}

impl Provider for Polled {
    fn make(&self, task: Task) -> BoxFuture<'_, Result<Output, ProviderError>> {
        Box::pin(self.make(task))
    }

    fn abandon<'a>(&'a self, handle: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(self.abandon(handle))
    }
}

impl Polled {
    pub(in crate::providers) fn new(connection: Connection, adapter: Box<dyn Adapter>) -> Self {
        Self { connection, adapter, unknown: Mutex::default() }
    }

    async fn make(&self, task: Task) -> Result<Output, ProviderError> {
        let timeout_secs = self.connection.limits.timeout_secs;
        let limit = Instant::now() + Duration::from_secs(timeout_secs);
        let mut resubmitted = 0;
        loop {
            // Not interrupted while a request is on its way: a job that was taken and not written
            // down could not be cancelled any more.
            let handle = self.submitted(&task, limit).await?;
            // What is done is not cancelled: some services delete it then.
            let mut done = false;
            let finishing = async {
                let Finished { url, billed_ms } = self.followed(&task, &handle).await?;
                done = true;
                let output = self.taken_over(&task, &url).await?;
                Ok(Output { billed_ms, ..output })
            };
            let error = tokio::select! {
                output = finishing => match output {
                    Err(ProviderError::Failed { kind: ErrorKind::Transient, .. })
                        if resubmitted < self.adapter.resubmit() =>
                    {
                        // Not what it said: that may repeat the prompt.
                        tracing::warn!(provider = self.connection.name, "it is submitted anew");
                        None
                    }
                    output => return output,
                },
                () = task.stop.cancelled() => Some(ProviderError::Stopped),
                () = sleep_until(limit) => Some(ProviderError::too_slow(&self.connection.name, timeout_secs)),
            };
            if let Some(error) = error {
                if !done && !task.halted.is_cancelled() {
                    self.cancel(&handle).await;
                }
                return Err(error);
            }
            // The job failed there: nothing was made, and nothing is in the making.
            task.record.start_over().await?;
            self.connection.metrics.provider_retried(&self.connection.name);
            let pause = backoff::pause(self.connection.settings.retry(), resubmitted);
            tokio::select! {
                () = sleep(pause) => resubmitted += 1,
                () = task.stop.cancelled() => return Err(ProviderError::Stopped),
            }
        }
    }

    async fn abandon(&self, handle: &str) {
        if let Ok(handle) = serde_json::from_str(handle) {
            self.cancel(&handle).await;
        }
    }

    /// The job's handle: the one that was written down, or that of a submission.
    async fn submitted(&self, task: &Task, limit: Instant) -> Result<Handle, ProviderError> {
        let recorded = task.record.read().await;
        let unclear = match recorded? {
            SubmissionState::Submitted(handle) => {
                return serde_json::from_str(&handle).map_err(|_| {
                    ProviderError::permanent("The gateway's own records can't be read.")
                });
            }
            SubmissionState::Unclear(unclear) => unclear,
        };
        self.check_length(&task.job)?;
        let request = self.adapter.submit(&task.job, &self.connection.limits);
        let send = || -> BoxFuture<'_, Result<Handle, SubmissionError>> {
            Box::pin(async {
                let call = self.call(request.clone()).map_err(SubmissionError::Rejected)?;
                let answer =
                    self.connection.http.call(call, self.connection.request_limit()).await?;
                if let Some(refusal) = self.adapter.refused(&answer) {
                    return Err(submission::error(
                        &self.connection.name,
                        &self.connection.key,
                        &answer,
                        refusal,
                    ));
                }
                let handle =
                    self.adapter.accepted(&task.job, &answer.json(), &self.connection.base);
                let unclear = || SubmissionError::Unclear("its answer can't be understood".into());
                handle.ok_or_else(unclear)
            })
        };
        let submitter = Submitter { connection: &self.connection, idempotent: false, limit };
        let handle = submitter.submit(task, unclear, &send).await?;
        let text = serde_json::to_string(&handle).unwrap_or_default();
        if let Err(error) = task.record.taken(&text).await {
            // This process knows it all the same; the next one would submit once more.
            tracing::error!(%error, generation = task.job.id, "a taken job was not written down");
        }
        task.reporter.publish(Event::CookieGenerated);
        Ok(handle)
    }

    fn check_length(&self, job: &Job) -> Result<(), ProviderError> {
        let (units, max) =
            (job.phrased().encode_utf16().count(), self.adapter.prompt_max_units(job));
        if max == 0 || units <= max {
            return Ok(());
        }
        Err(ProviderError::prompt_too_long(&self.connection.name, units - max))
    }

    /// Asks until the job is done.
    async fn followed(&self, task: &Task, handle: &Handle) -> Result<Finished, ProviderError> {
        let (mut misses, mut at_response, mut at_once) = (0, false, false);
        loop {
            if !std::mem::take(&mut at_once) {
                sleep(self.pause(misses)).await;
            }
            let request = self.question(handle, at_response);
            let Some(answer) = self.ask(task, request, at_response).await? else {
                misses += 1;
                continue;
            };
            let status = if at_response {
                self.adapter.read_result(&answer)
            } else if answer.status.is_success() {
                self.adapter.read(&answer.json())
            } else {
                // Whatever a job's answer says besides, an error status is no answer about a job.
                None
            };
            match status {
                None => misses += 1,
                Some(UpstreamStatus::Unknown(word)) => {
                    self.unknown(&word);
                    misses += 1;
                }
                // Where a job is said to be done, its result is there now.
                Some(UpstreamStatus::ResultAtResponse) => {
                    (misses, at_response, at_once) = (0, true, true);
                }
                Some(UpstreamStatus::Done(Some(url))) => {
                    let billed_ms = self.adapter.billed_ms(&answer.json());
                    return Ok(Finished { url, billed_ms });
                }
                Some(UpstreamStatus::Done(None)) => {
                    tracing::warn!(provider = self.connection.name, "a result without an address");
                    return Err(ProviderError::no_result(&self.connection.name));
                }
                Some(UpstreamStatus::Failed { reason, kind }) => {
                    return Err(ProviderError::failed(
                        &self.connection.name,
                        &reason,
                        Some(&self.connection.key),
                        kind,
                    ));
                }
                Some(UpstreamStatus::Queued { position }) => {
                    misses = 0;
                    task.reporter.queued(position);
                }
                Some(UpstreamStatus::Running { progress }) => {
                    misses = 0;
                    let step = Some(Message::new(Code::Generating, "generating"));
                    task.reporter.report(Progress { progress, step, ..Progress::default() });
                }
            }
        }
    }

    /// How a job is asked about: where its state is told, or where its result is.
    fn question(&self, handle: &Handle, at_response: bool) -> ServiceRequest {
        if at_response {
            return ServiceRequest::get(handle.response.as_deref().unwrap_or_default());
        }
        self.adapter.status(handle)
    }

    /// A state that no document names is logged once, and counted each time.
    fn unknown(&self, word: &str) {
        self.connection.metrics.provider_unknown_status(&self.connection.name);
        let word = text::plain(word, Some(&self.connection.key));
        let mut unknown = self.unknown.lock().unwrap_or_else(PoisonError::into_inner);
        if unknown.len() < UNKNOWN_MAX && unknown.insert(word.clone()) {
            drop(unknown);
            tracing::warn!(
                provider = self.connection.name,
                status = word,
                "a status that is not documented"
            );
        }
    }

    /// Asks once. `None`: there was no good answer. A job that was taken is asked about for as long
    /// as it may take, and its loss is the end: nobody else could be asked without perhaps paying
    /// twice. `for_result`: an error of the server's own is the job's end, and no missing answer.
    async fn ask(
        &self,
        task: &Task,
        request: ServiceRequest,
        for_result: bool,
    ) -> Result<Option<Answer>, ProviderError> {
        // A handle of another address that the settings named before.
        let call = self.call(request).map_err(|_| ProviderError::lost(&self.connection.name))?;
        let answer = match self.connection.http.call(call, self.connection.request_limit()).await {
            Ok(answer) => answer,
            Err(error) => {
                tracing::debug!(provider = self.connection.name, %error, "no answer about a job");
                return Ok(None);
            }
        };
        let (name, generation) = (self.connection.name.as_str(), task.job.id.as_str());
        match answer.status.as_u16() {
            408 | 429 => {}
            500.. if !for_result => {}
            status @ (401 | 403) => {
                tracing::error!(provider = name, status, generation, "no word about a job");
                return Err(ProviderError::permanent(format!(
                    "{name} does not accept the gateway's key any more. Tell whoever runs this \
                     gateway."
                )));
            }
            404 | 410 => {
                tracing::warn!(provider = name, generation, "a job is gone");
                return Err(ProviderError::lost(name));
            }
            status @ 300..=399 => {
                tracing::error!(provider = name, status, generation, "a job is elsewhere");
                return Err(ProviderError::lost(name));
            }
            _ => return Ok(Some(answer)),
        }
        if let Some(after) = backoff::retry_after(&answer.headers) {
            sleep(after.min(POLL_MAX)).await;
        }
        Ok(None)
    }

    fn pause(&self, misses: u32) -> Duration {
        let poll = self.adapter.poll();
        match misses {
            0 => poll,
            misses => backoff::pause(poll * 2, misses - 1).clamp(poll, POLL_MAX.max(poll)),
        }
    }

    /// Takes over a result.
    async fn taken_over(&self, task: &Task, url: &str) -> Result<Output, ProviderError> {
        let step = Some(Message::new(Code::Fetching, "fetching"));
        task.reporter.report(Progress { step, ..Progress::default() });
        self.connection.take_over(url, task).await
    }

    /// Tells that a job is not wanted any more. It is heard or not: nothing here depends on it.
    async fn cancel(&self, handle: &Handle) {
        let Some(request) = self.adapter.cancel(handle) else { return };
        let Ok(call) = self.call(request) else { return };
        match self.connection.http.call(call, CANCEL_LIMIT).await {
            Ok(answer) if answer.status.is_success() => {}
            Ok(answer) if self.adapter.cancelled_too_late(&answer) => {}
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

    fn call(&self, request: ServiceRequest) -> Result<Call, ProviderError> {
        let ServiceRequest { method, at, headers: more, body } = request;
        let url = if at.starts_with('/') {
            format!("{}{at}", self.connection.base.as_str().trim_end_matches('/'))
        } else {
            at
        };
        let not_set_up = || ProviderError::not_set_up(&self.connection.name);
        let url = Url::parse(&url).map_err(|_| not_set_up())?;
        // Whatever it was made of: the key goes to the configured host alone.
        if url.origin() != self.connection.base.origin() {
            return Err(ProviderError::unavailable(format!(
                "{} points elsewhere.",
                self.connection.name
            )));
        }
        let authorization = self.adapter.authorization(&self.connection.key, SystemTime::now());
        let mut authorization = HeaderValue::from_str(&authorization).map_err(|_| not_set_up())?;
        authorization.set_sensitive(true);
        let mut headers = vec![(header::AUTHORIZATION, authorization)];
        headers.extend(self.adapter.headers());
        headers.extend(more);
        Ok(Call { method, url, headers, body })
    }

    /// Asks for something that costs nothing. Whether the key is good; `None`: that can't be told.
    pub(in crate::providers) async fn probe(&self) -> Result<Option<bool>, ProbeError> {
        let probe = self.adapter.probe();
        let call = self.call(probe.request)?;
        let answer = self.connection.http.call(call, self.connection.request_limit()).await?;
        match answer.status.as_u16() {
            status if probe.good.contains(&status) => Ok(Some(true)),
            401 | 403 => Ok(Some(false)),
            status @ 500.. => Err(ProbeError::Status(status)),
            _ if probe.good.is_empty() => Ok(None),
            status => Err(ProbeError::NotAsDocumented(status)),
        }
    }
}
