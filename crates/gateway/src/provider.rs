//! Who makes the media. One variant for each kind of maker; each translates the maker's ways into
//! progress, a result, or a sentence about why there is none.
//!
//! A provider must not know tokens, the store or the client.

mod sketch;

use ai_now_protocol::{Format, Model, Style};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// A maker of media.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// The sketch engine, in this process.
    Sketch,
}

/// What to make.
#[derive(Clone, Debug)]
pub struct Job {
    /// The model.
    pub model: Model,
    /// The style, one of the model's.
    pub style: Option<Style>,
    /// The prompt.
    pub prompt: String,
    /// The seed.
    pub seed: u32,
}

/// How far it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The part that is done, from 0 to 1.
    pub fraction: f64,
    /// What is being done, in a word or two.
    pub name: String,
}

/// What was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// The file.
    pub bytes: Vec<u8>,
    /// Its format.
    pub format: Format,
    /// What the maker says about it.
    pub note: Option<String>,
}

/// Why nothing was made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// It was asked to stop.
    #[error("It was stopped.")]
    Stopped,
    /// It failed, for the reason that this sentence tells a person.
    #[error("{0}")]
    Failed(String),
}

impl Provider {
    /// Makes it. Tells how far it is through `steps`; stops soon after `stop` is cancelled.
    ///
    /// # Errors
    /// [`Failure`]
    pub async fn make(
        self,
        job: Job,
        steps: watch::Sender<Option<Step>>,
        stop: CancellationToken,
    ) -> Result<Made, Failure> {
        match self {
            Self::Sketch => sketch::make(job, steps, stop).await,
        }
    }
}
