//! One provider: what it is given, what it gives back, and what every provider can do.

use ai_now_protocol::options::{SEED, STYLE};
use ai_now_protocol::{Choice, Format, Message, Model, Scalar, Scalars};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use super::error::ProviderError;
use super::progress::ProgressReporter;
use crate::media::{MediaDir, PictureFormat, Unfinished};
use crate::store::SubmissionRecord;

/// A service, a program or an engine that makes media.
pub trait Provider: Send + Sync {
    /// Makes it. Stops soon after the task's `stop` is cancelled.
    ///
    /// # Errors
    /// [`ProviderError`]
    fn make(&self, task: Task) -> BoxFuture<'_, Result<Output, ProviderError>>;

    /// Cancels a job of this name at the provider, as well as that can be done. Whether it
    /// succeeds makes no difference to the caller. A provider whose work ends with the task's
    /// `stop` has nothing to cancel.
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
    /// What the model is told beside it: the options that were given, which all fit the model, the
    /// style among them; and always a seed, which the model's own options need not have.
    pub options: Scalars,
    /// The picture to begin with, where one was uploaded.
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
            format: PictureFormat::Png,
            bytes: Bytes::from_static(b"png"),
            url: Some("https://gateway.example/uploads/a.png?ticket=t".into()),
        };
        Self { picture: Some(picture), ..self }
    }
}

/// A picture that a visitor uploaded.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Its format, told by its first bytes.
    pub format: PictureFormat,
    /// The file.
    pub bytes: Bytes,
    /// Where a provider may load it for a while. `None`: nowhere.
    pub url: Option<String>,
}

impl Picture {
    /// The file in base64.
    pub(super) fn base64(&self) -> String {
        STANDARD.encode(&self.bytes)
    }

    /// The file as an address that holds it (RFC 2397).
    pub(super) fn data_uri(&self) -> String {
        format!("data:{};base64,{}", self.format.content_type(), self.base64())
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

/// A job, and all that a provider may use for it.
pub struct Task {
    /// What to make.
    pub job: Job,
    /// Where to report how far it is.
    pub reporter: ProgressReporter,
    /// What it wrote down before.
    pub record: SubmissionRecord,
    /// Where a result that comes in pieces is put.
    pub media: MediaDir,
    /// Stop soon: it was cancelled, or the gateway ends.
    pub stop: CancellationToken,
    /// The gateway ends: leave the work where it is, to be taken up after the next start.
    pub halted: CancellationToken,
}

/// What was made.
#[derive(Debug)]
pub struct Output {
    /// The file.
    pub content: MediaContent,
    /// Its format.
    pub format: Format,
    /// What the provider says about it.
    pub note: Option<Message>,
    /// Whether it is a procedural sketch.
    pub procedural: bool,
    /// How long the provider says it has worked on it, if that is what it counts by.
    pub billed_ms: Option<u64>,
}

/// A result's bytes.
#[derive(Debug)]
pub enum MediaContent {
    /// In memory.
    Bytes(Vec<u8>),
    /// In a file, whole, but not on the disk for sure.
    File(Unfinished),
}
