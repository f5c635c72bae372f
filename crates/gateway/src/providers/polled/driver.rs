//! Services that take a job and are asked again and again until it is done: Luma, Runway, fal,
//! Replicate. What they have in common is here: submitted once, asked politely, cancelled where
//! it is not wanted any more, the result taken over with every check.
//!
//! How a job is submitted is in [`crate::providers::submission`], what differs in [`super::adapter`].

use std::time::Duration;

use ai_now_protocol::event::Progress;
use ai_now_protocol::{Code, Event, Message};
use axum::http::{HeaderName, HeaderValue, Method, header};
use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use tokio::time::{Instant, sleep, sleep_until};
use url::{Origin, Url};

use super::adapter::{self, Adapter, Handle, Probe, UpstreamStatus};
use crate::metrics::Metrics;
use crate::providers::http::{Answer, Call, Http};
use crate::providers::result::{take_over, taking};
use crate::providers::settings::{Key, Kind, ProviderSettings};
use crate::providers::submission::{self, ABANDON, Asking, Refusal, too_slow, unwritten};
use crate::providers::{ErrorKind, Job, Output, ProviderError, Task, backoff, content_policy};
use crate::store::SubmissionState;

/// A service that is asked again and again.
pub struct Polled {
    /// What the operator calls it.
    pub(super) name: String,
    pub(super) base: String,
    pub(super) origin: Origin,
    pub(super) model: String,
    pub(super) input: Map<String, Value>,
    pub(super) prompt_field: String,
    pub(super) seed_field: String,
    kind: Kind,
    adapter: &'static dyn Adapter,
    headers: Vec<(HeaderName, HeaderValue)>,
    key: Key,
    result: Vec<String>,
    prompt_max_units: usize,
    poll: Duration,
    repeat: u32,
    settings: ProviderSettings,
    http: Http,
    metrics: Metrics,
}

/// What Runway takes where the settings name no version.
const RUNWAY_VERSION: &str = "2024-11-06";

/// The longest pause between two questions while a service gives no good answers.
const POLL_MAX: Duration = Duration::from_secs(60);

impl Polled {
    pub(in crate::providers) fn open(
        name: &str,
        settings: &ProviderSettings,
        metrics: Metrics,
    ) -> Result<Self, String> {
        let (kind, defaults) = (settings.kind, settings.kind.defaults());
        let adapter = adapter::of(kind).ok_or("it is not one that is asked again and again")?;
        let base = settings.base()?;
        let key = settings.key()?;
        let authorization = format!("{} {}", adapter.scheme(), key.reveal());
        let mut value = HeaderValue::from_str(&authorization).map_err(|_| "its key is odd")?;
        value.set_sensitive(true);
        let mut headers = vec![(header::AUTHORIZATION, value)];
        if kind == Kind::Runway {
            let version = settings.api_version.as_deref().unwrap_or(RUNWAY_VERSION);
            let version = HeaderValue::from_str(version).map_err(|_| "its api_version is odd")?;
            headers.push((HeaderName::from_static("x-runway-version"), version));
        }
        let input = serde_json::to_value(&settings.input).unwrap_or_default();
        let or = |given: &Option<String>, default: &str| {
            given.clone().unwrap_or_else(|| default.to_owned())
        };
        Ok(Self {
            name: name.to_owned(),
            base: base.as_str().trim_end_matches('/').to_owned(),
            origin: base.origin(),
            model: settings.model().unwrap_or_default().to_owned(),
            input: input.as_object().cloned().unwrap_or_default(),
            prompt_field: or(&settings.prompt_field, defaults.prompt_field),
            seed_field: or(&settings.seed_field, defaults.seed_field),
            kind,
            adapter,
            headers,
            key,
            result: settings
                .result
                .clone()
                .unwrap_or_else(|| defaults.result.iter().map(ToString::to_string).collect()),
            prompt_max_units: settings.prompt_max_units.unwrap_or(defaults.prompt_max_units),
            poll: Duration::from_millis(settings.poll_ms.unwrap_or(defaults.poll_ms)),
            repeat: settings.repeat.unwrap_or(defaults.repeat),
            http: Http::new(settings)?,
            settings: settings.clone(),
            metrics,
        })
    }

    pub(in crate::providers) async fn make(&self, task: Task) -> Result<Output, ProviderError> {
        let limit = Instant::now() + Duration::from_secs(self.settings.timeout_secs);
        let mut repeats = 0;
        loop {
            // Not interrupted while a request is on its way: a job that was taken and not written
            // down could not be cancelled any more.
            let handle = self.submitted(&task, limit).await?;
            let finishing = async {
                let url = self.followed(&task, &handle).await?;
                self.taken_over(&task, &url).await
            };
            let failure = tokio::select! {
                made = finishing => match made {
                    Err(ProviderError::Failed { kind: ErrorKind::Transient, message })
                        if repeats < self.repeat =>
                    {
                        tracing::warn!(provider = self.name, message, "it is submitted anew");
                        None
                    }
                    made => return made,
                },
                () = task.stop.cancelled() => Some(ProviderError::Stopped),
                () = sleep_until(limit) => Some(too_slow(&self.name, &self.settings)),
            };
            if let Some(failure) = failure {
                if !task.halted.is_cancelled() {
                    self.cancel(&handle).await;
                }
                return Err(failure);
            }
            // The job failed there: nothing was made, and nothing is in the making.
            task.record.start_over().await.map_err(|error| unwritten(&error))?;
            self.metrics.provider_retried(&self.name);
            tokio::select! {
                () = sleep(backoff::pause(self.settings.retry(), repeats)) => repeats += 1,
                () = task.stop.cancelled() => return Err(ProviderError::Stopped),
            }
        }
    }

    pub(in crate::providers) async fn abandon(&self, handle: &str) {
        if let Ok(handle) = serde_json::from_str(handle) {
            self.cancel(&handle).await;
        }
    }

    /// The job's handle: the one that was written down, or that of a submission.
    async fn submitted(&self, task: &Task, limit: Instant) -> Result<Handle, ProviderError> {
        let unclear = match task.record.read().await.map_err(|error| unwritten(&error))? {
            SubmissionState::Submitted(handle) => {
                return serde_json::from_str(&handle).map_err(|_| {
                    ProviderError::permanent("The gateway's own records can't be read.")
                });
            }
            SubmissionState::Unclear(unclear) => unclear,
        };
        self.check_length(&task.job)?;
        let fields = adapter::fields(self, &task.job, &adapter::built_in(self.kind));
        let (url, body) = self.adapter.submit(self, fields);
        let send = || -> BoxFuture<'_, Result<Handle, Refusal>> {
            Box::pin(async {
                let call = self.request(Method::POST, &url, Some(body.clone()));
                let call = call.map_err(Refusal::Never)?;
                let answer = self.http.call(call, self.settings.request_limit()).await?;
                if !answer.status.is_success() {
                    return Err(submission::refusal(&self.name, Some(&self.key), &answer));
                }
                let handle = self.adapter.taken(self, &answer.json());
                handle.ok_or_else(|| Refusal::Unclear("its answer can't be understood".into()))
            })
        };
        let asking =
            Asking { name: &self.name, settings: &self.settings, metrics: &self.metrics, limit };
        let handle = asking.submit(task, unclear, &send).await?;
        let noted = task.record.taken(&serde_json::to_string(&handle).unwrap_or_default()).await;
        if let Err(error) = noted {
            // This process knows it all the same; the next one would submit once more.
            tracing::error!(%error, generation = task.job.id, "a taken job was not written down");
        }
        task.reporter.publish(Event::CookieGenerated);
        Ok(handle)
    }

    fn check_length(&self, job: &Job) -> Result<(), ProviderError> {
        let units = job.phrased().encode_utf16().count();
        if self.prompt_max_units == 0 || units <= self.prompt_max_units {
            return Ok(());
        }
        Err(ProviderError::permanent(format!(
            "With its style the prompt is {} characters too long for {}. Shorten it.",
            units - self.prompt_max_units,
            self.name
        )))
    }

    /// Asks until the job is done, and returns where its result is.
    async fn followed(&self, task: &Task, handle: &Handle) -> Result<String, ProviderError> {
        let mut misses = 0;
        loop {
            sleep(self.pause(misses)).await;
            let url = self.adapter.status_url(self, handle);
            let Some(answer) = self.ask(task, &url, &mut misses).await? else { continue };
            let json = answer.json();
            // Whatever a job's answer says besides, an error status is no answer about a job.
            let state = if answer.status.is_success() { self.adapter.read(&json) } else { None };
            match state {
                None => misses += 1,
                Some(state) => {
                    misses = 0;
                    if let Some(url) = self.stands(task, handle, state, &json).await? {
                        return Ok(url);
                    }
                }
            }
        }
    }

    /// What a state means for the job: still under way (`None`), done and where, or failed.
    async fn stands(
        &self,
        task: &Task,
        handle: &Handle,
        state: UpstreamStatus,
        json: &Value,
    ) -> Result<Option<String>, ProviderError> {
        match state {
            UpstreamStatus::Queued { position } => task.reporter.queued(position),
            UpstreamStatus::Running { progress, step } => task.reporter.report(Progress {
                progress,
                step: step.map(Message::text),
                ..Progress::default()
            }),
            UpstreamStatus::Done => return self.result_in(json).map(Some),
            UpstreamStatus::Ready => {
                let url = handle.response.as_deref().unwrap_or_default();
                return self.response(task, url).await.map(Some);
            }
            UpstreamStatus::Failed { reason, kind } => return Err(self.failed(&reason, kind)),
        }
        Ok(None)
    }

    /// Asks for the result of a job whose answer does not hold it.
    async fn response(&self, task: &Task, url: &str) -> Result<String, ProviderError> {
        let mut misses = 0;
        loop {
            let Some(answer) = self.ask(task, url, &mut misses).await? else {
                sleep(self.pause(misses)).await;
                continue;
            };
            let json = answer.json();
            match answer.status.as_u16() {
                200 => return self.result_in(&json),
                202 => sleep(self.poll).await,
                _ => {
                    let said = submission::said_in(&json);
                    let kind = answer.headers.get("x-fal-error-type");
                    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
                    let kind = format!("{kind} {said}");
                    let safety = content_policy::is_about_safety(&kind);
                    let kind = if safety { ErrorKind::ContentPolicy } else { ErrorKind::Transient };
                    return Err(self.failed(&said, kind));
                }
            }
        }
    }

    fn result_in(&self, json: &Value) -> Result<String, ProviderError> {
        let url = adapter::result_url(json, &self.result).map(ToOwned::to_owned);
        url.ok_or_else(|| {
            tracing::warn!(provider = self.name, "a result without an address");
            ProviderError::permanent(format!(
                "{} said that it is done, but not where it is.",
                self.name
            ))
        })
    }

    /// Asks once. `None`: there was no good answer, and `misses` has grown. A job that was taken
    /// is asked about for as long as it may take: nobody else could be asked without perhaps
    /// making it twice.
    async fn ask(
        &self,
        task: &Task,
        url: &str,
        misses: &mut u32,
    ) -> Result<Option<Answer>, ProviderError> {
        let call = self.request(Method::GET, url, None)?;
        let answer = match self.http.call(call, self.settings.request_limit()).await {
            Ok(answer) => answer,
            Err(trouble) => {
                tracing::debug!(provider = self.name, %trouble, "no answer about a job");
                *misses += 1;
                return Ok(None);
            }
        };
        let status = answer.status;
        if status.is_server_error() || status.as_u16() == 429 || status.as_u16() == 408 {
            *misses += 1;
            if let Some(after) = backoff::retry_after(&answer.headers) {
                sleep(after.min(POLL_MAX)).await;
            }
            return Ok(None);
        }
        match status.as_u16() {
            401 | 403 => Err(submission::key_refused(&self.name)),
            404 | 410 => {
                tracing::warn!(provider = self.name, generation = task.job.id, "a job is gone");
                Err(ProviderError::transient(format!("{} has lost the job. Try again.", self.name)))
            }
            300..=399 => Err(submission::moved(&self.name, status)),
            _ => Ok(Some(answer)),
        }
    }

    fn pause(&self, misses: u32) -> Duration {
        match misses {
            0 => self.poll,
            misses => backoff::pause(self.poll * 2, misses - 1).clamp(self.poll, POLL_MAX),
        }
    }

    /// Takes over a result.
    async fn taken_over(&self, task: &Task, url: &str) -> Result<Output, ProviderError> {
        task.reporter.report(Progress {
            step: Some(Message::new(Code::Fetching, "fetching")),
            ..Progress::default()
        });
        take_over(&self.name, &self.http, url, &taking(&self.settings, &task.job), task).await
    }

    /// Tells that a job is not wanted any more. It is heard or not: nothing here depends on it.
    async fn cancel(&self, handle: &Handle) {
        let Some((method, url)) = self.adapter.cancel(self, handle) else { return };
        let Ok(call) = self.request(method, &url, None) else { return };
        match self.http.call(call, ABANDON).await {
            Ok(answer) if answer.status.is_success() || answer.status.as_u16() == 404 => {}
            Ok(answer) => {
                let status = answer.status.as_u16();
                tracing::warn!(provider = self.name, status, "a job could not be cancelled");
            }
            Err(trouble) => {
                tracing::warn!(provider = self.name, %trouble, "a job could not be cancelled");
            }
        }
    }

    fn failed(&self, reason: &str, kind: ErrorKind) -> ProviderError {
        submission::failed(&self.name, reason, Some(&self.key), kind)
    }

    fn request(
        &self,
        method: Method,
        url: &str,
        body: Option<Value>,
    ) -> Result<Call, ProviderError> {
        let url = Url::parse(url)
            .map_err(|_| ProviderError::unavailable("The provider's address is odd."))?;
        // Whatever it was made of: the key goes to the configured host alone.
        if url.origin() != self.origin {
            return Err(ProviderError::unavailable(format!("{} points elsewhere.", self.name)));
        }
        Ok(Call { method, url, headers: self.headers.clone(), body })
    }

    /// Asks for something that costs nothing.
    pub(in crate::providers) async fn probe(&self) -> Result<Option<bool>, String> {
        let Probe { method, url, good } = self.adapter.probe(self);
        let call = self.request(method, &url, None).map_err(|failure| failure.to_string())?;
        let answer = self.http.call(call, self.settings.request_limit()).await;
        let status = answer.map_err(|trouble| trouble.to_string())?.status.as_u16();
        match status {
            _ if good.contains(&status) => Ok(Some(true)),
            401 | 403 => Ok(Some(false)),
            500.. => Err(format!("it answers with status {status}")),
            _ if good.is_empty() => Ok(None),
            _ => Err(format!("it answers with status {status}, which is not as documented")),
        }
    }
}
