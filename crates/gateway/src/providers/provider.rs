//! One provider: what it is given, what it gives back, and the enum of all kinds of them.

use std::path::Path;
use std::sync::Arc;

use ai_now_protocol::options::{SEED, STYLE};
use ai_now_protocol::{Choice, Format, Model, Scalar, Scalars};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use tokio_util::sync::CancellationToken;

use super::error::{ProviderError, UnusableProvider};
use super::progress::ProgressReporter;
use super::services::ServiceSettings;
use super::settings::ProviderSettings;
use super::{ai_now, command, polled, sketch};
use crate::media::{MediaDir, Unfinished};
use crate::metrics::Metrics;
use crate::store::SubmissionRecord;

/// A provider of media.
#[derive(Clone)]
pub enum Provider {
    /// The sketch engine, in this process.
    Sketch,
    /// A server of the documented API.
    AiNow(Arc<ai_now::AiNow>),
    /// A service that is polled: Luma, Runway, fal and others.
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
        let picture = Picture { format: Format::Png, bytes: Bytes::from_static(b"png") };
        Self { picture: Some(picture), ..self }
    }
}

/// A picture that a visitor uploaded.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Its format, told by its first bytes.
    pub format: Format,
    /// The file.
    pub bytes: Bytes,
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
    /// What the maker says about it.
    pub note: Option<String>,
    /// Whether it is a procedural sketch.
    pub procedural: bool,
}

/// A result's bytes.
#[derive(Debug)]
pub enum MediaContent {
    /// In memory.
    Bytes(Vec<u8>),
    /// In a file, whole, but not on the disk for sure.
    File(Unfinished),
}

impl Provider {
    /// The provider that settings describe. `name` is what the operator calls it.
    ///
    /// # Errors
    /// [`UnusableProvider`]: its key is missing, its program is not there.
    pub fn open(
        name: &str,
        settings: &ProviderSettings,
        data: &Path,
        metrics: &Metrics,
    ) -> Result<Self, UnusableProvider> {
        let opened = match &settings.service {
            ServiceSettings::AiNow(own) => {
                let opened = ai_now::AiNow::open(name, settings, own, metrics.clone());
                opened.map(|provider| Self::AiNow(Arc::new(provider)))
            }
            ServiceSettings::Command(own) => {
                let opened = command::Program::open(name, settings, own, data);
                opened.map(|provider| Self::Command(Arc::new(provider)))
            }
            _ => {
                let opened = polled::Polled::open(name, settings, metrics.clone());
                opened.map(|provider| Self::Polled(Arc::new(provider)))
            }
        };
        opened.map_err(|source| UnusableProvider { name: name.to_owned(), source })
    }

    /// Makes it. Stops soon after the task's `stop` is cancelled.
    ///
    /// # Errors
    /// [`ProviderError`]
    pub async fn make(&self, task: Task) -> Result<Output, ProviderError> {
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
