//! The run of one generation: from the queue through its providers in turn, until one has made it.
//! It must not know where results are stored, or how an end is recorded.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use ai_now_protocol::event::Progress;
use ai_now_protocol::options::SEED;
use ai_now_protocol::{Code, Message, Scalar, Text};
use futures_util::FutureExt as _;
use tokio::sync::SemaphorePermit;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::breakers::Attempt;
use super::reports::{processing, queued};
use super::service::{ActiveGeneration, GenerationService};
use crate::domain::Outcome;
use crate::patience::patiently;
use crate::providers::{
    ErrorKind, Job, Output, PooledProvider, ProgressReporter, ProviderError, Task, Unfit,
};
use crate::store::{GenerationRow, ProviderJob, StoreError};

/// The shortest pause between two progress events.
const PROGRESS_PAUSE: Duration = Duration::from_millis(250);

/// How many events other than progress are recorded of one provider's work.
const EVENTS_MAX: u32 = 50;

/// The outcome of asking one provider.
enum Turn {
    /// No other provider is asked. `None`: there is no outcome to record.
    Over(Option<Outcome>),
    Failed(ErrorKind, Message),
}

/// Who was asked for a generation before this process began.
enum Asked {
    Nobody,
    /// The provider at this place of the route.
    At(usize),
    /// This one, which can't be asked any more. It may have made it, and be paid for it.
    Gone(String),
}

impl GenerationService {
    /// Runs a generation to its end, or until the service stops. A panic ends it as failed.
    pub(super) async fn run(&self, row: GenerationRow, active: Arc<ActiveGeneration>) {
        let working = AssertUnwindSafe(self.work(&row, &active)).catch_unwind().await;
        let outcome = match working {
            Ok(outcome) => outcome,
            Err(_) => Some(self.failed(
                &row,
                Message::new(Code::Internal, "A fault of the gateway ended this generation."),
            )),
        };
        if let Some(outcome) = outcome {
            self.end(&row, &active, outcome).await;
        }
        if !active.halted.is_cancelled() {
            self.forget_job(&row.id).await;
        }
        self.remove(&row.id, &active);
    }

    /// Abandons the providers' jobs of generations that have ended, and whose gateway is gone.
    ///
    /// # Errors
    /// [`StoreError`]
    pub(super) async fn abandon_jobs(&self) -> Result<(), StoreError> {
        for job in self.0.store.abandoned_provider_jobs().await? {
            let service = self.clone();
            self.0.tasks.spawn(async move { service.abandon(job).await });
        }
        Ok(())
    }

    /// Abandons a provider's job whose generation has ended. The process ended before it could do
    /// so.
    pub(super) async fn abandon(&self, job: ProviderJob) {
        if let Some(handle) = &job.handle
            && let Some(pooled) = self.0.pool.get(&job.provider)
        {
            pooled.provider.abandon(handle).await;
        }
        self.forget_job(&job.generation_id).await;
    }

    /// Forgets the job of a generation that has ended.
    async fn forget_job(&self, id: &str) {
        if let Err(error) = self.0.store.forget_provider_job(id).await {
            // The next start does it.
            tracing::warn!(%error, generation = id, "a provider's job was not forgotten");
        }
    }

    /// Does the work. `None`: there is no outcome to record, because the end was recorded elsewhere
    /// or the generation continues after the next start.
    async fn work(&self, row: &GenerationRow, active: &ActiveGeneration) -> Option<Outcome> {
        let Some(job) = self.job(row) else {
            let why = "The model is no longer offered, or no longer with these options.";
            return Some(self.failed(row, Message::new(Code::ModelWithdrawn, why)));
        };
        let mut route = self.0.pool.route(&row.model);
        let asked = match self.asked_before(row, active, &mut route).await? {
            Asked::Nobody => None,
            Asked::At(index) => Some(index),
            Asked::Gone(provider) => return Some(self.failed(row, it_is_gone(&provider))),
        };
        let (mut begun, mut why) = (false, None);
        for (index, pooled) in route.iter().enumerate().skip(asked.unwrap_or(0)) {
            let elsewhere = index + 1 < route.len();
            let under_way = asked == Some(index);
            // It may be routed otherwise since it was accepted.
            if !under_way && let Some(Unfit { option, .. }) = pooled.unfit(&job.model, &job.options)
            {
                why.get_or_insert_with(|| does_not_fit(&option));
                continue;
            }
            // Nobody queues for a provider that may not be asked.
            if !under_way && pooled.open_for().is_some() {
                why.get_or_insert_with(|| does_not_answer(&job));
                continue;
            }
            let slot = self.wait_for_slot(row, active, pooled).await?;
            // Its circuit breaker may have opened meanwhile; and a probe is not held back in the queue.
            let Some(attempt) = self.attempt(pooled, active.node, under_way).await else {
                why.get_or_insert_with(|| does_not_answer(&job));
                continue;
            };
            if !std::mem::replace(&mut begun, true) {
                self.begin(row, active).await?;
            }
            // Not before its turn: who waits holds no picture in memory.
            let formats = pooled.picture_formats();
            let job = match self.with_picture(job.clone(), formats, active).await? {
                Ok(job) => job,
                Err(why) => return Some(self.failed(row, why)),
            };
            match self.ask(row, job, active, pooled, attempt).await {
                Turn::Over(outcome) => return outcome,
                Turn::Failed(kind, message) => {
                    why = Some(message);
                    if !kind.may_go_elsewhere() {
                        break;
                    }
                }
            }
            drop(slot);
            if elsewhere {
                let text = "going on with another provider";
                let step = Some(Message::new(Code::TryingAnotherProvider, text));
                let going_on = processing(Progress { step, ..Progress::default() });
                self.publish_progress(row, active, going_on).await;
            }
        }
        Some(self.failed(row, why.unwrap_or_else(no_provider_left)))
    }

    /// Lets a provider make it, and stores the result.
    async fn ask(
        &self,
        row: &GenerationRow,
        job: Job,
        active: &ActiveGeneration,
        pooled: &PooledProvider,
        attempt: Attempt,
    ) -> Turn {
        let started = Instant::now();
        let made = self.make(row, job, active, pooled).await;
        let took = started.elapsed();
        self.0.metrics.generated(&row.model, took);
        match made {
            Ok(made) => {
                attempt.succeeded(took).await;
                Turn::Over(self.keep(row, made, active, &pooled.name).await)
            }
            Err(ProviderError::Stopped) => {
                attempt.cancelled(took);
                Turn::Over(None)
            }
            // The store was unavailable until the generation was cancelled.
            Err(_) if active.cancel.is_cancelled() => {
                attempt.cancelled(took);
                Turn::Over(None)
            }
            Err(ProviderError::Failed { kind, message }) => {
                attempt.failed(kind, took).await;
                self.note_failure(row, pooled, took, (kind, &message)).await;
                // The provider's message is not logged: it may repeat the prompt.
                tracing::warn!(generation = row.id, provider = pooled.name, ?kind, "not made");
                Turn::Failed(kind, message)
            }
        }
    }

    /// Who had the job when the process ended: it is asked about it first, and comes first in `route`, where
    /// the settings lead there no more. `None`: the store is away, and nobody waits for it any more.
    async fn asked_before(
        &self,
        row: &GenerationRow,
        active: &ActiveGeneration,
        route: &mut Vec<Arc<PooledProvider>>,
    ) -> Option<Asked> {
        let reading = || self.0.store.provider_job(&row.id);
        let job = patiently(&active.cancel, &row.id, "a generation", reading).await.ok()?;
        // What was clearly not taken is nobody's.
        let Some(job) = job.filter(|job| job.handle.is_some() || job.unclear > 0) else {
            return Some(Asked::Nobody);
        };
        if let Some(index) = route.iter().position(|pooled| pooled.name == job.provider) {
            return Some(Asked::At(index));
        }
        Some(match self.0.pool.get(&job.provider) {
            Some(former) => {
                route.insert(0, former.clone());
                Asked::At(0)
            }
            None => {
                tracing::error!(
                    generation = row.id,
                    provider = job.provider,
                    "a provider that has a job is not in the settings any more"
                );
                Asked::Gone(job.provider)
            }
        })
    }

    /// Records that it runs, which must happen before it does. `None`: it has ended meanwhile, or
    /// the store is unavailable and the generation was cancelled.
    async fn begin(&self, row: &GenerationRow, active: &ActiveGeneration) -> Option<()> {
        let step = Some(Message::new(Code::Starting, "starting"));
        let first = processing(Progress { progress: Some(0.0), step, ..Progress::default() });
        let (store, first) = (&self.0.store, &first);
        let beginning = || async move {
            let _writing = active.hub.writing().await;
            let seq = store.begin(&row.id, active.node, first.clone()).await?;
            if let Some(seq) = seq {
                active.hub.fact(seq, first);
            }
            Ok::<_, StoreError>(seq)
        };
        let begun = patiently(&active.cancel, &row.id, "the beginning of a generation", beginning);
        begun.await.ok()?.map(drop)
    }

    fn job(&self, row: &GenerationRow) -> Option<Job> {
        let model = self.catalog().model(&row.model)?.clone();
        // The settings may have changed since it was accepted, and no longer allow what was paid
        // for.
        let fits = |(id, value): (&Text, &Scalar)| {
            id == SEED || model.option(id).is_some_and(|option| option.takes(value))
        };
        let (id, prompt, options) = (row.id.clone(), row.prompt.clone(), row.options.clone());
        options.iter().all(fits).then_some(Job { id, model, prompt, options, picture: None })
    }

    /// Waits for a slot of a provider, and publishes the place in its queue.
    async fn wait_for_slot<'p>(
        &self,
        row: &GenerationRow,
        active: &ActiveGeneration,
        pooled: &'p PooledProvider,
    ) -> Option<SemaphorePermit<'p>> {
        if let Ok(slot) = pooled.slots.try_acquire() {
            let stops = self.0.stopping.is_cancelled() || active.cancel.is_cancelled();
            return (!stops).then_some(slot);
        }
        let number = pooled.queue.insert();
        let turn = pooled.slots.acquire();
        tokio::pin!(turn);
        let mut published = None;
        let slot = loop {
            let position = pooled.queue.position(number);
            if published != Some(position) {
                published = Some(position);
                self.publish_progress(row, active, queued(position, pooled.wait_secs(position)))
                    .await;
            }
            // Far back in a long queue, an exact number is of no use.
            let pause = Duration::from_secs((position as u64 / 10).clamp(1, 30));
            tokio::select! {
                slot = &mut turn => break slot.ok(),
                () = active.cancel.cancelled() => break None,
                () = self.0.stopping.cancelled() => break None,
                () = sleep(pause) => {}
            }
        };
        pooled.queue.remove(number);
        slot
    }

    /// Runs the provider, and publishes its progress and its events.
    async fn make(
        &self,
        row: &GenerationRow,
        job: Job,
        active: &ActiveGeneration,
        pooled: &PooledProvider,
    ) -> Result<Output, ProviderError> {
        let (reporter, mut latest, mut others) = ProgressReporter::new();
        let cost = pooled.cost.as_ref().and_then(|cost| cost.estimate(&job));
        let record = self.0.store.submission_record(&row.id, active.node, &pooled.name);
        let record = record.with_cost(&row.model, cost).with_patience(active.cancel.clone());
        let task = Task {
            job,
            reporter,
            record: record.clone(),
            media: self.0.media.clone(),
            stop: active.cancel.clone(),
            halted: active.halted.clone(),
        };
        let making = pooled.provider.make(task);
        tokio::pin!(making);
        let mut ticks = interval(PROGRESS_PAUSE);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut published, mut event_count) = (None, 0);
        loop {
            tokio::select! {
                made = &mut making => {
                    let billed = made.as_ref().ok().and_then(|made| pooled.billed(made));
                    if let Some(cost) = billed
                        && let Err(error) = record.billed(cost).await
                    {
                        // The estimate remains.
                        tracing::warn!(%error, generation = row.id, "a cost was not written");
                    }
                    if let Err(ProviderError::Failed { kind, .. }) = &made
                        && kind.may_go_elsewhere()
                        && let Err(error) = record.start_over().await
                    {
                        tracing::warn!(%error, generation = row.id, "a job that failed is still written down");
                    }
                    return made;
                }
                Some(event) = others.recv(), if event_count < EVENTS_MAX => {
                    event_count += 1;
                    self.publish(row, active, event).await;
                }
                _ = ticks.tick() => {
                    // Progress that did not change is published once.
                    if latest.has_changed().unwrap_or(false) {
                        let progress = latest.borrow_and_update().clone();
                        if progress != published
                            && let Some(progress) = &progress
                        {
                            self.publish_progress(row, active, processing(progress.clone())).await;
                        }
                        published = progress;
                    }
                }
            }
        }
    }
}

fn it_is_gone(provider: &str) -> Message {
    let text = format!(
        "{provider} had taken this, and this gateway can't ask it any more. Try again, or tell whoever runs \
         this gateway."
    );
    Message::new(Code::ProviderUnavailable, text)
}

fn does_not_fit(option: &str) -> Message {
    let text = format!("Nobody makes it with this value of the option “{option}” any more.");
    Message::new(Code::ModelWithdrawn, text)
}

fn no_provider_left() -> Message {
    Message::new(Code::ModelWithdrawn, "Nobody makes this model any more.")
}

fn does_not_answer(job: &Job) -> Message {
    let text = format!("{} does not answer at the moment. Try again later.", job.model.name);
    Message::new(Code::ProviderUnavailable, text)
}
