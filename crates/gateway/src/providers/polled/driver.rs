//! What polled services have in common: a job is submitted once, polled with backoff, cancelled if
//! it is no longer wanted, and its result taken over with all checks.
//!
//! Retries of a submission are in [`crate::providers::submission`]; differences between services in
//! their adapters. It must not know any service's API.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};

use ai_now_protocol::event::Progress;
use ai_now_protocol::{Code, Event, Message};
use futures_util::future::BoxFuture;
use http::{HeaderValue, header};
use tokio::time::{Instant, sleep, sleep_until};
use url::Url;

use super::adapter::{Adapter, Handle, ServiceRequest, UpstreamStatus};
use super::unknown_states::UnknownStates;
use crate::patience;
use crate::providers::connection::Connection;
use crate::providers::error::{ErrorKind, ProviderError};
use crate::providers::http::{Answer, Call};
use crate::providers::probe::ProbeError;
use crate::providers::provider::{Job, Output, Provider, Task};
use crate::providers::retry_after::retry_after;
use crate::providers::submission::{self, CANCEL_LIMIT, SubmissionError, Submitter, Unconfirmed};
use crate::providers::text;
use crate::store::SubmissionState;

/// A service that is polled.
pub struct Polled {
    connection: Connection,
    adapter: Box<dyn Adapter>,
    unknown: UnknownStates,
}

/// The longest pause between two polls while a service gives no valid answers.
const POLL_MAX: Duration = Duration::from_secs(60);

/// A job that is done there.
struct Finished {
    /// The address of its result.
    url: String,
    /// How long the service has worked on it, if it reports that.
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
        Self { connection, adapter, unknown: UnknownStates::default() }
    }

    async fn make(&self, task: Task) -> Result<Output, ProviderError> {
        let timeout_secs = self.connection.limits.timeout_secs;
        let limit = Instant::now() + Duration::from_secs(timeout_secs);
        let mut resubmitted = 0;
        loop {
            // Not interrupted while a request is on its way: a job that was taken but not recorded
            // could not be cancelled.
            let handle = self.submitted(&task, limit).await?;
            // A finished job is not cancelled: some services delete it then.
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
                        // The provider's message is not logged: it may repeat the prompt.
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
            // The job failed: nothing was made, and nothing is being made.
            task.record.start_over().await?;
            self.connection.metrics.provider_retried(&self.connection.name);
            let pause = patience::pause(self.connection.settings.retry(), resubmitted);
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

    /// The job's handle: the recorded one, or that of a new submission.
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
        let find = self.adapter.find(&task.job);
        // A job that can be found is looked for first, where one may be there.
        let look = AtomicBool::new(unclear > 0);
        let send = || -> BoxFuture<'_, Result<Handle, SubmissionError>> {
            Box::pin(async {
                if let Some(find) = find.clone().filter(|_| look.load(Ordering::Relaxed))
                    && let Some(handle) = self.find(find).await?
                {
                    return Ok(handle);
                }
                let sent = self.send(&task.job, request.clone()).await;
                look.fetch_or(matches!(sent, Err(SubmissionError::Unclear(_))), Ordering::Relaxed);
                sent
            })
        };
        let idempotent = find.is_some();
        let submitter = Submitter { connection: &self.connection, idempotent, limit };
        let handle = submitter.submit(task, unclear, &send).await?;
        let text = serde_json::to_string(&handle).unwrap_or_default();
        match task.record.taken(&text).await {
            Ok(true) => {}
            Ok(false) => {
                let (generation, provider) = (&task.job.id, &self.connection.name);
                tracing::warn!(generation, provider, "nobody waits for this job any more");
                self.cancel(&handle).await;
                return Err(ProviderError::Stopped);
            }
            // This process knows the handle; the next one would submit again.
            Err(error) => {
                tracing::error!(%error, generation = task.job.id, "a taken job was not written down");
            }
        }
        task.reporter.publish(Event::CookieGenerated);
        Ok(handle)
    }

    /// Submits a job once.
    async fn send(&self, job: &Job, request: ServiceRequest) -> Result<Handle, SubmissionError> {
        let call = self.call(request).map_err(SubmissionError::Rejected)?;
        let answer = self.connection.http.call(call, self.connection.request_limit()).await?;
        if let Some(refusal) = self.adapter.refused(&answer) {
            let Connection { name, key, .. } = &self.connection;
            return Err(submission::error(name, key, &answer, refusal));
        }
        let handle = self.adapter.accepted(job, &answer.json(), &self.connection.base);
        handle.ok_or(SubmissionError::Unclear(Unconfirmed::NotUnderstood))
    }

    /// Looks for a job that may have been taken.
    async fn find(&self, request: ServiceRequest) -> Result<Option<Handle>, SubmissionError> {
        let call = self.call(request).map_err(SubmissionError::Rejected)?;
        let answer = self.connection.http.call(call, self.connection.request_limit()).await;
        // Whatever went wrong: whether the job is there is as unclear as before.
        let answer = answer.map_err(|error| SubmissionError::Unclear(error.into()))?;
        let found = self.adapter.found(&answer.json());
        found.ok_or(SubmissionError::Unclear(Unconfirmed::NotUnderstood))
    }

    fn check_length(&self, job: &Job) -> Result<(), ProviderError> {
        let (units, max) =
            (job.phrased().encode_utf16().count(), self.adapter.prompt_max_units(job));
        if max == 0 || units <= max {
            return Ok(());
        }
        Err(ProviderError::prompt_too_long(&self.connection.name, units, max))
    }

    /// Polls until the job is done.
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
                // Whatever a job's answer contains, an error status is not a job's state.
                None
            };
            match status {
                None => misses += 1,
                Some(UpstreamStatus::Unknown(word)) => {
                    self.unknown(&word);
                    misses += 1;
                }
                // If a job is reported as done, its result is there now.
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

    /// The request to poll a job: for its state, or for its result.
    fn question(&self, handle: &Handle, at_response: bool) -> ServiceRequest {
        if at_response {
            return ServiceRequest::get(handle.response.as_deref().unwrap_or_default());
        }
        self.adapter.status(handle)
    }

    /// An undocumented state is logged once, and counted each time.
    fn unknown(&self, word: &str) {
        self.connection.metrics.provider_unknown_status(&self.connection.name);
        let word = text::plain(word, Some(&self.connection.key));
        self.unknown.log(&self.connection.name, word);
    }

    /// Polls once. `None`: there was no valid answer. A job that was taken is polled until its time
    /// is up, and losing it is final: asking another provider might pay twice. `for_result`: a
    /// server error is then the job's end, not a missing answer.
    async fn ask(
        &self,
        task: &Task,
        request: ServiceRequest,
        for_result: bool,
    ) -> Result<Option<Answer>, ProviderError> {
        // A handle with another address, which the settings had before.
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
        if let Some(after) = retry_after(&answer.headers) {
            sleep(after.min(POLL_MAX)).await;
        }
        Ok(None)
    }

    fn pause(&self, misses: u32) -> Duration {
        let poll = self.adapter.poll();
        match misses {
            0 => poll,
            misses => patience::pause(poll * 2, misses - 1).clamp(poll, POLL_MAX.max(poll)),
        }
    }

    /// Takes over a result.
    async fn taken_over(&self, task: &Task, url: &str) -> Result<Output, ProviderError> {
        let step = Some(Message::new(Code::Fetching, "fetching"));
        task.reporter.report(Progress { step, ..Progress::default() });
        self.connection.take_over(url, task).await
    }

    /// Cancels a job that is no longer wanted. The outcome makes no difference here.
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
        // Whatever the answer named: the key is sent only to the configured host.
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

    /// Sends the request that costs nothing. Whether the key is valid; `None`: the answer does not
    /// show it.
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
