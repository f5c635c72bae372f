//! Who makes the media. One variant for each kind of maker; each translates the maker's ways into
//! progress, a result, or a sentence about why there is none.
//!
//! A provider must not know tokens or the client. Of the store it knows a notebook: what it wrote
//! down about its own submission.

mod address;
mod ai_now;
mod backoff;
mod check;
mod command;
mod content;
mod dialect;
mod http;
mod polled;
mod result;
mod settings;
mod sketch;
mod submission;
mod words;

use std::path::Path;
use std::sync::Arc;

use ai_now_protocol::event::Progress;
use ai_now_protocol::{Event, Format, Model, Style};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

pub use self::check::{Finding, check};
pub use self::settings::{Key, Kind, ProviderSettings};
use crate::media::{MediaDir, Unfinished};
use crate::metrics::Metrics;
use crate::store::Notebook;

/// A maker of media.
#[derive(Clone)]
pub enum Provider {
    /// The sketch engine, in this process.
    Sketch,
    /// A server of the documented API.
    AiNow(Arc<ai_now::AiNow>),
    /// A service that is asked again and again: Luma, Runway, fal, Replicate.
    Polled(Arc<polled::Polled>),
    /// A program of the operator's.
    Command(Arc<command::Program>),
    /// The sketch engine, with a fault that some words find.
    #[cfg(test)]
    Faulty,
}

/// What to make.
#[derive(Clone, Debug)]
pub struct Job {
    /// The generation's id.
    pub id: String,
    /// The model.
    pub model: Model,
    /// The style, one of the model's.
    pub style: Option<Style>,
    /// The prompt.
    pub prompt: String,
    /// The seed.
    pub seed: u32,
}

impl Job {
    /// The prompt, with the style as words.
    fn phrased(&self) -> String {
        self.style.as_ref().map_or_else(|| self.prompt.clone(), |style| style.phrase(&self.prompt))
    }
}

/// A job, and all that a provider may use for it.
pub struct Task {
    /// What to make.
    pub job: Job,
    /// Where to say how far it is.
    pub tell: Teller,
    /// What it wrote down before.
    pub notebook: Notebook,
    /// Where a result that comes in pieces is put.
    pub media: MediaDir,
    /// Stop soon: it was cancelled, or the gateway ends.
    pub stop: CancellationToken,
    /// The gateway ends: leave the work where it is, to be taken up after the next start.
    pub halted: CancellationToken,
}

/// Takes what a provider has to say while it works. It never waits for anybody.
#[derive(Clone)]
pub struct Teller {
    progress: watch::Sender<Option<Progress>>,
    events: mpsc::Sender<Event>,
}

/// How many events that are no progress one provider may say at a stretch.
const EVENTS: usize = 32;

impl Teller {
    /// A teller, and where it is heard: progress, of which only the latest counts, and the other
    /// events.
    pub fn new() -> (Self, watch::Receiver<Option<Progress>>, mpsc::Receiver<Event>) {
        let (progress, latest) = watch::channel(None);
        let (events, others) = mpsc::channel(EVENTS);
        (Self { progress, events }, latest, others)
    }

    /// It goes on.
    pub fn progress(&self, progress: Progress) {
        self.progress.send_replace(Some(progress));
    }

    /// It waits in the provider's own queue.
    fn queued(&self, queue_position: Option<u32>) {
        self.progress(Progress { queue_position, ..Progress::default() });
    }

    /// Something else happened that a visitor may see. What comes too fast is left out.
    fn event(&self, event: Event) {
        let _ = self.events.try_send(event);
    }
}

/// What was made.
#[derive(Debug)]
pub struct Made {
    /// The file.
    pub content: Content,
    /// Its format.
    pub format: Format,
    /// What the maker says about it.
    pub note: Option<String>,
    /// Whether it is a procedural sketch.
    pub procedural: bool,
}

/// A result's bytes.
#[derive(Debug)]
pub enum Content {
    /// In memory.
    Bytes(Vec<u8>),
    /// In a file, whole, but not on the disk for sure.
    File(Unfinished),
}

/// Why nothing was made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It was asked to stop.
    #[error("It was stopped.")]
    Stopped,
    /// It failed, for the reason that this sentence tells a person.
    #[error("{message}")]
    Failed {
        /// What may be done about it.
        kind: FailureKind,
        /// A sentence or two.
        message: String,
    },
}

/// What may be done about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureKind {
    /// It may go well later, or elsewhere. Nothing was made.
    Passing,
    /// The provider can't be used until its operator or ours does something. Nothing was made.
    Down,
    /// It will fail again, or something may have been made that can't be had.
    Final,
    /// The provider will not make this. Nobody else is asked.
    Safety,
}

impl FailureKind {
    /// Whether somebody else may be asked instead.
    pub fn may_go_elsewhere(self) -> bool {
        matches!(self, Self::Passing | Self::Down)
    }

    /// Its name in the metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passing => "passing",
            Self::Down => "down",
            Self::Final => "final",
            Self::Safety => "safety",
        }
    }
}

impl Failure {
    fn passing(message: impl Into<String>) -> Self {
        Self::Failed { kind: FailureKind::Passing, message: message.into() }
    }

    fn down(message: impl Into<String>) -> Self {
        Self::Failed { kind: FailureKind::Down, message: message.into() }
    }

    fn last(message: impl Into<String>) -> Self {
        Self::Failed { kind: FailureKind::Final, message: message.into() }
    }

    fn safety(reason: &str) -> Self {
        let because =
            if reason.is_empty() { String::new() } else { format!(" It says: {reason}.") };
        let message = format!(
            "The maker's safety rules do not allow this prompt.{because} Say it in other words."
        );
        Self::Failed { kind: FailureKind::Safety, message }
    }
}

impl Provider {
    /// The provider that settings describe. `name` is what the operator calls it.
    ///
    /// # Errors
    /// A sentence about what is missing: its key, the system's certificates.
    pub fn open(
        name: &str,
        settings: &ProviderSettings,
        data: &Path,
        metrics: &Metrics,
    ) -> Result<Self, String> {
        let about = |why: String| format!("The provider “{name}” cannot be used: {why}.");
        Ok(match settings.kind {
            Kind::AiNow => Self::AiNow(Arc::new(
                ai_now::AiNow::open(name, settings, metrics.clone()).map_err(about)?,
            )),
            Kind::Command => Self::Command(Arc::new(
                command::Program::open(name, settings, data).map_err(about)?,
            )),
            Kind::Luma | Kind::Runway | Kind::Fal | Kind::Replicate => Self::Polled(Arc::new(
                polled::Polled::open(name, settings, metrics.clone()).map_err(about)?,
            )),
        })
    }

    /// Makes it. Stops soon after the task's `stop` is cancelled.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn make(&self, task: Task) -> Result<Made, Failure> {
        match self {
            Self::Sketch => sketch::make(task).await,
            Self::AiNow(provider) => provider.make(task).await,
            Self::Polled(provider) => provider.make(task).await,
            Self::Command(provider) => provider.make(task).await,
            #[cfg(test)]
            Self::Faulty if task.job.prompt.contains("fault") => panic!("{}", task.job.prompt),
            #[cfg(test)]
            Self::Faulty => sketch::make(task).await,
        }
    }

    /// Tells the provider that a job of this name is not wanted any more, as well as it can be
    /// told. Whether it listens makes no difference here.
    pub async fn abandon(&self, handle: &str) {
        match self {
            Self::Sketch | Self::Command(_) => {}
            #[cfg(test)]
            Self::Faulty => {}
            Self::AiNow(provider) => provider.abandon(handle).await,
            Self::Polled(provider) => provider.abandon(handle).await,
        }
    }
}
