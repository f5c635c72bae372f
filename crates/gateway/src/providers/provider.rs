//! The interface of a provider: its task, its output, and its functions.

use ai_now_protocol::options::{SEED, STYLE};
use ai_now_protocol::{Choice, Format, Message, Model, Scalar, Scalars};
use futures_util::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use super::error::ProviderError;
use super::picture::Picture;
use super::progress::ProgressReporter;
use crate::media::{Media, Unfinished};
use crate::store::SubmissionRecord;

/// A service, a program or an engine that makes media.
pub trait Provider: Send + Sync {
    /// Makes it. Stops soon after the task's `stop` is cancelled.
    ///
    /// # Errors
    /// [`ProviderError`]
    fn make(&self, task: Task) -> BoxFuture<'_, Result<Output, ProviderError>>;

    /// Cancels a job with this handle at the provider, as well as possible. Whether it succeeds
    /// makes no difference to the caller. A provider whose work ends with the task's `stop` has
    /// nothing to cancel.
    fn abandon<'a>(&'a self, _handle: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(std::future::ready(()))
    }
}

/// What to make.
#[derive(Clone, Debug)]
pub struct Job {
    /// The generation's id.
    pub id: String,
    /// The model.
    pub model: Model,
    /// The prompt.
    pub prompt: String,
    /// The options: those that were given, which all fit the model, the style among them; and
    /// always a seed, even if the model has no such option.
    pub options: Scalars,
    /// The picture to start from, if one was uploaded.
    pub picture: Option<Picture>,
}

#[cfg(test)]
impl Job {
    /// A job for tests.
    pub(super) fn example(
        kind: ai_now_protocol::MediaKind,
        options: &[(&'static str, Scalar)],
    ) -> Self {
        let mut model = ai_now_protocol::Catalog::BUILT_IN.model("run").expect("a model").clone();
        model.kind = kind;
        let options = options.iter().map(|(id, value)| ((*id).into(), value.clone()));
        let options = options.chain([(SEED.into(), 7u32.into())]).collect();
        Self { id: "job".into(), model, prompt: "A lake".into(), options, picture: None }
    }

    /// With a picture of three bytes.
    pub(super) fn with_picture(self) -> Self {
        let picture = Picture {
            format: crate::media::PictureFormat::Png,
            bytes: bytes::Bytes::from_static(b"png"),
            url: Some("https://gateway.example/uploads/a.png?ticket=t".into()),
        };
        Self { picture: Some(picture), ..self }
    }
}

impl Job {
    /// The style, one of the model's, if one was chosen.
    pub fn style(&self) -> Option<&Choice> {
        self.options.get(STYLE).and_then(Scalar::as_text).and_then(|value| self.model.style(value))
    }

    /// The seed.
    pub fn seed(&self) -> u32 {
        let seed = self.options.get(SEED).and_then(Scalar::as_integer);
        seed.and_then(|seed| seed.try_into().ok()).unwrap_or_default()
    }

    /// The prompt, with the style as words.
    pub(super) fn phrased(&self) -> String {
        self.style().map_or_else(|| self.prompt.clone(), |style| style.phrase(&self.prompt))
    }
}

/// A job, with everything that a provider may use for it.
pub struct Task {
    /// What to make.
    pub job: Job,
    /// Reports progress and events.
    pub reporter: ProgressReporter,
    /// What the provider recorded earlier.
    pub record: SubmissionRecord,
    /// Where a result that arrives in pieces is stored.
    pub media: Media,
    /// Cancelled when the work must stop: the generation was cancelled, or the gateway shuts down.
    pub stop: CancellationToken,
    /// Cancelled when the gateway shuts down: the job is left as it is, to be resumed after the
    /// next start.
    pub halted: CancellationToken,
}

/// The result of a job.
#[derive(Debug)]
pub struct Output {
    /// The file.
    pub content: MediaContent,
    /// Its format.
    pub format: Format,
    /// The provider's note about it.
    pub note: Option<Message>,
    /// Whether it is a procedural sketch.
    pub procedural: bool,
    /// How long the provider has worked on it, if it reports that and bills by it.
    pub billed_ms: Option<u64>,
}

/// A result's bytes.
#[derive(Debug)]
pub enum MediaContent {
    /// In memory.
    Bytes(bytes::Bytes),
    /// In a complete file, which may not be durable yet.
    File(Unfinished),
}
