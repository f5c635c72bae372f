//! The life of one generation, from the queue to its end.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use ai_now_protocol::api::State;
use ai_now_protocol::event::{Completed, Progress};
use ai_now_protocol::options::{IMAGE, SEED};
use ai_now_protocol::{Code, Event, MediaUrl, Message, Scalar, Text};
use futures_util::FutureExt as _;
use tokio::sync::SemaphorePermit;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::service::{ActiveGeneration, GenerationService, ended};
use crate::domain::Outcome;
use crate::media::{self, MediaDir, PictureFormat};
use crate::providers::{
    Job, MediaContent, Output, Picture, PooledProvider, ProgressReporter, ProviderError, Task,
};
use crate::store::{GenerationRow, ProviderJob};

/// How often progress is told at most.
const PROGRESS_PAUSE: Duration = Duration::from_millis(250);

/// How many events that are no progress are written down of one provider's work.
const EVENTS_MAX: u32 = 50;

/// The longest pause between two tries to write down an end.
const RETRY_PAUSE_MAX: Duration = Duration::from_secs(10);

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
        if !self.0.halted.is_cancelled() {
            self.forget_job(&row.id).await;
        }
        self.remove(&row.id);
    }

    /// Tells a provider that a job is not wanted any more, which it was not told when that was
    /// decided: the process ended in between.
    pub(super) async fn abandon(&self, job: ProviderJob) {
        if let Some(handle) = &job.handle
            && let Some(pooled) = self.0.pool.get(&job.provider)
        {
            pooled.provider.abandon(handle).await;
        }
        self.forget_job(&job.generation_id).await;
    }

    /// Forgets what was asked of a provider for a generation that has ended.
    async fn forget_job(&self, id: &str) {
        if let Err(error) = self.0.store.forget_provider_job(id).await {
            // The next start does it.
            tracing::warn!(%error, generation = id, "a provider's job was not forgotten");
        }
    }

    /// Does the work. `None`: there is no end to be written down, because somebody else wrote
    /// one, or because it shall go on after the next start.
    async fn work(&self, row: &GenerationRow, active: &ActiveGeneration) -> Option<Outcome> {
        let Some(job) = self.job(row) else {
            let why = "The model is offered no more, or not like this.";
            return Some(self.failed(row, Message::new(Code::ModelWithdrawn, why)));
        };
        let route = self.0.pool.route(&row.model);
        let asked = match self.asked_before(row, &route).await {
            Ok(asked) => asked,
            Err(outcome) => return Some(outcome),
        };
        let (mut begun, mut why) = (false, None);
        for (index, pooled) in route.iter().enumerate().skip(asked.unwrap_or(0)) {
            let elsewhere = index + 1 < route.len();
            let under_way = asked == Some(index);
            if !under_way && !pooled.admits() {
                why.get_or_insert_with(|| does_not_answer(&job));
                continue;
            }
            let _slot = self.wait_for_slot(row, active, pooled).await?;
            if !std::mem::replace(&mut begun, true) && !self.begin(row, active).await? {
                let why = "The gateway could not write its records.";
                return Some(self.failed(row, Message::new(Code::StoreUnavailable, why)));
            }
            // Not before its turn: who waits holds no picture in memory.
            let job = match self.with_picture(job.clone()).await {
                Ok(job) => job,
                Err(why) => return Some(self.failed(row, why)),
            };
            let started = Instant::now();
            let made = self.make(row, job, active, pooled).await;
            let took = started.elapsed();
            self.0.metrics.generated(&row.model, took);
            match made {
                Ok(made) => {
                    pooled.succeeded(took);
                    return self.keep(row, made, active).await;
                }
                Err(ProviderError::Stopped) => {
                    pooled.cancelled(took);
                    return None;
                }
                Err(ProviderError::Failed { kind, message }) => {
                    pooled.failed(kind, took);
                    // Not what it said: that may repeat the prompt.
                    tracing::warn!(generation = row.id, provider = pooled.name, ?kind, "not made");
                    why = Some(message);
                    if !kind.may_go_elsewhere() {
                        break;
                    }
                }
            }
            if elsewhere {
                let text = "going on with another provider";
                let step = Some(Message::new(Code::TryingAnotherProvider, text));
                let going_on = processing(Progress { step, ..Progress::default() });
                self.tell(row, active, going_on).await;
            }
        }
        Some(self.failed(row, why.unwrap_or_else(nobody_makes_it)))
    }

    /// The place in `route` of the provider that had the job when the process ended: it is asked
    /// about it first.
    async fn asked_before(
        &self,
        row: &GenerationRow,
        route: &[Arc<PooledProvider>],
    ) -> Result<Option<usize>, Outcome> {
        let job = self.0.store.provider_job(&row.id).await.map_err(|error| {
            tracing::error!(%error, generation = row.id, "its records can't be read");
            let why = "The gateway could not read its records.";
            self.failed(row, Message::new(Code::StoreUnavailable, why))
        })?;
        Ok(job.and_then(|job| route.iter().position(|pooled| pooled.name == job.provider)))
    }

    /// Marks it as running. `None`: it has ended meanwhile. `Some(false)`: that can't be written
    /// down, and without a word in the store it must not run.
    async fn begin(&self, row: &GenerationRow, active: &ActiveGeneration) -> Option<bool> {
        let step = Some(Message::new(Code::Starting, "starting"));
        let first = processing(Progress { progress: Some(0.0), step, ..Progress::default() });
        let _writing = active.hub.writing().await;
        match self.0.store.begin(&row.id, first.clone()).await {
            Ok(Some(seq)) => {
                active.hub.fact(seq, &first);
                Some(true)
            }
            Ok(None) => None,
            Err(error) => {
                tracing::error!(%error, generation = row.id, "a generation could not be begun");
                Some(false)
            }
        }
    }

    fn job(&self, row: &GenerationRow) -> Option<Job> {
        let model = self.catalog().model(&row.model)?.clone();
        // The settings may have changed since it was accepted: what was paid for can't be had then.
        let fits = |(id, value): (&Text, &Scalar)| {
            id == SEED || model.option(id).is_some_and(|option| option.takes(value))
        };
        let (id, prompt, options) = (row.id.clone(), row.prompt.clone(), row.options.clone());
        options.iter().all(fits).then_some(Job { id, model, prompt, options, picture: None })
    }

    /// The job with the picture that its options name, if they name one.
    async fn with_picture(&self, job: Job) -> Result<Job, Message> {
        let Some(upload) = job.options.get(IMAGE).and_then(Scalar::as_text) else { return Ok(job) };
        let picture = self.picture(upload).await;
        let picture = picture.ok_or_else(|| {
            Message::new(Code::NoSuchUpload, "The uploaded picture is not there any more.")
        })?;
        Ok(Job { picture: Some(picture), ..job })
    }

    /// An uploaded picture, whoever's it is: that was asked when the generation was accepted.
    async fn picture(&self, upload: &str) -> Option<Picture> {
        let format = self.0.store.upload_format(upload).await;
        let format = format.inspect_err(|error| tracing::error!(%error, "an upload's record"));
        let format = PictureFormat::from_extension(&format.ok()??)?;
        let (uploads, id) = (self.0.uploads.clone(), upload.to_owned());
        let reading = tokio::task::spawn_blocking(move || uploads.read(&id)).await;
        let bytes = reading.unwrap_or_else(|error| Err(std::io::Error::other(error)));
        let bytes = bytes.inspect_err(|error| tracing::error!(%error, upload, "an upload's file"));
        let url = self.0.settings.upload_urls.as_ref().map(|urls| urls.of(upload, format));
        Some(Picture { format, bytes: bytes.ok()?.into(), url })
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
                self.tell(row, active, queued(position, pooled.wait_secs(position))).await;
            }
            // Far back in a long queue, an exact number helps nobody.
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
        let record = self.0.store.submission_record(&row.id, &pooled.name);
        let record = record.with_cost(&row.model, cost);
        let task = Task {
            job,
            reporter,
            record: record.clone(),
            media: self.0.media.clone(),
            stop: active.cancel.clone(),
            halted: self.0.halted.clone(),
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
                        // The estimate stands.
                        tracing::warn!(%error, generation = row.id, "a cost was not written");
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
                            self.tell(row, active, processing(progress.clone())).await;
                        }
                        published = progress;
                    }
                }
            }
        }
    }

    /// Puts the file onto the disk: first the file, then the word that it is there.
    async fn keep(
        &self,
        row: &GenerationRow,
        made: Output,
        active: &ActiveGeneration,
    ) -> Option<Outcome> {
        let media_name = media::new_name(&row.prompt, made.format);
        let url = match MediaUrl::parse(&format!("/media/{media_name}")) {
            Ok(url) => url,
            Err(error) => {
                return Some(self.failed(row, Message::new(Code::Internal, error.to_string())));
            }
        };
        let Output { content, note, procedural, .. } = made;
        let event = Event::Completed(Completed { url, note: note.clone() });
        let size_bytes = match self.store_file(row, content, &media_name, active).await {
            Ok(size_bytes) => size_bytes?,
            Err(fault) => {
                tracing::error!(%fault, generation = row.id, "a media file could not be written");
                let why = "The result could not be stored. Try again later.";
                return Some(self.failed(row, Message::new(Code::ResultNotStored, why)));
            }
        };
        Some(Outcome::Completed { media_name, size_bytes, note, procedural, event })
    }

    /// Puts a file that was made, and perhaps paid for, onto the disk: again and again, until the disk
    /// takes it. `None`: it is wanted no more, or the gateway stops; the next start makes it again, or
    /// asks its provider for it again.
    async fn store_file(
        &self,
        row: &GenerationRow,
        content: MediaContent,
        name: &str,
        active: &ActiveGeneration,
    ) -> Result<Option<u64>, tokio::task::JoinError> {
        let mut content = content;
        let (mut waiting, mut pause) = (None, Duration::from_millis(100));
        loop {
            let (dir, name) = (self.0.media.clone(), name.to_owned());
            let writing = tokio::task::spawn_blocking(move || {
                let written = write_file(&dir, &name, &content);
                (content, written)
            });
            let written;
            (content, written) = writing.await?;
            match written {
                Ok(size_bytes) => return Ok(Some(size_bytes)),
                Err(error) => {
                    tracing::error!(%error, generation = row.id, "a result waits to be stored");
                    waiting.get_or_insert_with(|| self.0.metrics.result_waits());
                }
            }
            tokio::select! {
                () = sleep(pause) => pause = (pause * 2).min(RETRY_PAUSE_MAX),
                // Also where the service stops.
                () = active.cancel.cancelled() => return Ok(None),
            }
        }
    }

    /// Writes down an end, however long the store takes to take it: only then is it one.
    async fn end(&self, row: &GenerationRow, active: &ActiveGeneration, outcome: Outcome) {
        let (state, file) = match &outcome {
            Outcome::Completed { media_name, .. } => (State::Completed, Some(media_name.clone())),
            Outcome::Ended { state, .. } => (*state, None),
        };
        let mut pause = Duration::from_millis(100);
        let won = loop {
            match self.write_end(&row.id, outcome.clone(), active).await {
                Ok(won) => break won,
                Err(error) => {
                    tracing::error!(%error, generation = row.id, "an end could not be written");
                }
            }
            tokio::select! {
                () = sleep(pause) => pause = (pause * 2).min(RETRY_PAUSE_MAX),
                // The next start finds it unfinished and runs it again.
                () = self.0.halted.cancelled() => break false,
            }
        };
        if won {
            self.0.metrics.ended(&row.model, state);
            tracing::info!(generation = row.id, ?state, "ended");
        } else if let Some(name) = file
            && let Err(error) = self.0.media.remove(&name)
        {
            tracing::warn!(%error, generation = row.id, "a file of nobody was left");
        }
    }

    fn failed(&self, row: &GenerationRow, why: Message) -> Outcome {
        let text = format!("{} Nothing was charged.", why.text).into();
        ended(State::Failed, Message { text, ..why }, row.price)
    }

    /// Writes down a fact that may be lost without harm, and tells it.
    async fn publish(&self, row: &GenerationRow, active: &ActiveGeneration, event: Event) {
        let _writing = active.hub.writing().await;
        match self.0.store.append_event(&row.id, event.clone()).await {
            Ok(Some(seq)) => active.hub.fact(seq, &event),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, generation = row.id, "an event was not written"),
        }
    }

    /// Tells how far it is. That stands nowhere: the next report replaces it.
    async fn tell(&self, row: &GenerationRow, active: &ActiveGeneration, event: Event) {
        if active.hub.progress(&event) {
            return;
        }
        let _writing = active.hub.writing().await;
        match self.0.store.claim_numbers(&row.id).await {
            Ok(seq) => active.hub.claimed(seq),
            Err(error) => tracing::warn!(%error, generation = row.id, "no numbers for progress"),
        }
        active.hub.progress(&event);
    }
}

fn nobody_makes_it() -> Message {
    Message::new(Code::ModelWithdrawn, "Nobody makes this model any more.")
}

fn does_not_answer(job: &Job) -> Message {
    let text = format!("{} does not answer at the moment. Try again later.", job.model.name);
    Message::new(Code::ProviderUnavailable, text)
}

/// Writes a file under its name, or gives one that is written its name. Its size.
fn write_file(dir: &MediaDir, name: &str, content: &MediaContent) -> std::io::Result<u64> {
    match content {
        MediaContent::Bytes(bytes) => dir.write(name, bytes).map(|()| bytes.len() as u64),
        MediaContent::File(file) => {
            let size_bytes = std::fs::metadata(file.path())?.len();
            dir.adopt(file, name).map(|()| size_bytes)
        }
    }
}

fn processing(progress: Progress) -> Event {
    // Three digits are more than anybody sees.
    let rounded = |part: f64| (part.clamp(0.0, 1.0) * 1000.0).round() / 1000.0;
    Event::Processing(Progress { progress: progress.progress.map(rounded), ..progress })
}

fn queued(position: usize, eta_secs: Option<u32>) -> Event {
    Event::Processing(Progress {
        queue_position: Some(u32::try_from(position).unwrap_or(u32::MAX)),
        eta_secs,
        ..Progress::default()
    })
}
