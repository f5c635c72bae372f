//! The life of one generation, from the queue to its end.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use ai_now_protocol::api::State;
use ai_now_protocol::event::{Completed, Progress};
use ai_now_protocol::{Event, MediaUrl};
use futures_util::FutureExt as _;
use tokio::sync::{SemaphorePermit, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::{Live, Studio, ended};
use crate::media;
use crate::provider::{Failure, Job, Made, Step};
use crate::store::{GenerationRow, Outcome};

/// How often progress is written down at most.
const PROGRESS_PAUSE: Duration = Duration::from_millis(250);

/// The longest pause between two tries to write down an end.
const RETRY_PAUSE_MAX: Duration = Duration::from_secs(10);

impl Studio {
    /// Runs a generation to its end, or until the studio stops. A panic ends it as failed.
    pub(super) async fn run(&self, row: GenerationRow, live: Arc<Live>) {
        let working = AssertUnwindSafe(self.work(&row, &live)).catch_unwind().await;
        let outcome = match working {
            Ok(outcome) => outcome,
            Err(_) => Some(self.failed(&row, "A fault of the gateway ended this generation.")),
        };
        if let Some(outcome) = outcome {
            self.end(&row, outcome).await;
        }
        self.leave(&row.id);
    }

    /// Does the work. `None`: there is no end to be written down, because somebody else wrote
    /// one, or because it shall go on after the next start.
    async fn work(&self, row: &GenerationRow, live: &Live) -> Option<Outcome> {
        let Some(job) = self.job(row) else {
            return Some(self.failed(row, "The model is offered no more."));
        };
        let _worker = self.wait_for_worker(row, live).await?;
        let first = processing(Some(Step { fraction: 0.0, name: "starting".into() }));
        match self.0.store.begin(&row.id, first).await {
            Ok(true) => live.news.send_replace(()),
            Ok(false) => return None,
            // Without a word in the store it must not run: the next start takes it up again.
            Err(error) => {
                tracing::error!(%error, generation = row.id, "a generation could not be begun");
                return Some(self.failed(row, "The gateway could not write its records."));
            }
        }
        let begun = Instant::now();
        let made = self.make(row, job, live).await;
        self.0.metrics.made(&row.model, begun.elapsed());
        match made {
            Ok(made) => Some(self.keep(row, made).await),
            Err(Failure::Stopped) => None,
            Err(Failure::Failed(message)) => Some(self.failed(row, &message)),
        }
    }

    fn job(&self, row: &GenerationRow) -> Option<Job> {
        let model = self.0.catalog.model(&row.model)?.clone();
        let style = match &row.style {
            Some(value) => Some(model.style(value)?.clone()),
            None => None,
        };
        Some(Job { model, style, prompt: row.prompt.clone(), seed: row.seed })
    }

    /// Waits for its turn, and tells how many are before it.
    async fn wait_for_worker(
        &self,
        row: &GenerationRow,
        live: &Live,
    ) -> Option<SemaphorePermit<'_>> {
        if let Ok(worker) = self.0.workers.try_acquire() {
            return (!self.0.stopping.is_cancelled()).then_some(worker);
        }
        let number = self.0.queue.enter();
        let turn = self.0.workers.acquire();
        tokio::pin!(turn);
        let mut told = None;
        let worker = loop {
            let position = self.0.queue.position(number);
            if told != Some(position) {
                told = Some(position);
                self.tell(row, live, queued(position)).await;
            }
            // Far back in a long queue, an exact number helps nobody.
            let pause = Duration::from_secs((position as u64 / 10).clamp(1, 30));
            tokio::select! {
                worker = &mut turn => break worker.ok(),
                () = live.cancel.cancelled() => break None,
                () = self.0.stopping.cancelled() => break None,
                () = sleep(pause) => {}
            }
        };
        self.0.queue.leave(number);
        worker
    }

    /// Lets the provider work, and writes down how far it is.
    async fn make(&self, row: &GenerationRow, job: Job, live: &Live) -> Result<Made, Failure> {
        let (sender, mut steps) = watch::channel(None);
        let making = self.provider(&row.model).make(job, sender, live.cancel.clone());
        tokio::pin!(making);
        let mut ticks = interval(PROGRESS_PAUSE);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                made = &mut making => return made,
                _ = ticks.tick() => {
                    if steps.has_changed().unwrap_or(false) {
                        let step = steps.borrow_and_update().clone();
                        self.tell(row, live, processing(step)).await;
                    }
                }
            }
        }
    }

    /// Puts the file onto the disk: first the file, then the word that it is there.
    async fn keep(&self, row: &GenerationRow, made: Made) -> Outcome {
        let media_name = media::new_name(&row.prompt, made.format);
        let url = match MediaUrl::parse(&format!("/media/{media_name}")) {
            Ok(url) => url,
            Err(error) => return self.failed(row, &error.to_string()),
        };
        let event = Event::Completed(Completed { url, note: made.note.clone() });
        let size_bytes = made.bytes.len() as u64;
        let (dir, name) = (self.0.media.clone(), media_name.clone());
        let writing = tokio::task::spawn_blocking(move || dir.write(&name, &made.bytes));
        let written = writing.await.unwrap_or_else(|error| Err(std::io::Error::other(error)));
        if let Err(error) = written {
            tracing::error!(%error, generation = row.id, "a media file could not be written");
            return self.failed(row, "The result could not be stored. Try again later.");
        }
        Outcome::Completed { media_name, size_bytes, note: made.note, event }
    }

    /// Writes down an end, however long the store takes to take it: only then is it one.
    async fn end(&self, row: &GenerationRow, outcome: Outcome) {
        let (state, file) = match &outcome {
            Outcome::Completed { media_name, .. } => (State::Completed, Some(media_name.clone())),
            Outcome::Ended { state, .. } => (*state, None),
        };
        let mut pause = Duration::from_millis(100);
        let won = loop {
            match self.0.store.finish(&row.id, outcome.clone()).await {
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
        } else if let Some(name) = file
            && let Err(error) = self.0.media.remove(&name)
        {
            tracing::warn!(%error, generation = row.id, "a file of nobody was left");
        }
    }

    fn failed(&self, row: &GenerationRow, why: &str) -> Outcome {
        ended(State::Failed, format!("{why} Nothing was charged."), row.price)
    }

    /// Writes down an event that may be lost without harm.
    async fn tell(&self, row: &GenerationRow, live: &Live, event: Event) {
        match self.0.store.append_event(&row.id, event).await {
            Ok(()) => {
                live.news.send_replace(());
            }
            Err(error) => tracing::warn!(%error, generation = row.id, "progress was not written"),
        }
    }
}

fn processing(step: Option<Step>) -> Event {
    Event::Processing(match step {
        Some(Step { fraction, name }) => Progress {
            // Three digits are more than anybody sees.
            progress: Some((fraction.clamp(0.0, 1.0) * 1000.0).round() / 1000.0),
            step: Some(name),
            ..Progress::default()
        },
        None => Progress::default(),
    })
}

fn queued(position: usize) -> Event {
    Event::Processing(Progress {
        queue_position: Some(u32::try_from(position).unwrap_or(u32::MAX)),
        ..Progress::default()
    })
}
