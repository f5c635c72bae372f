//! Why a provider made nothing, or can't be used at all. An error of a job is classified by what
//! may be done about it, and has a sentence for a person with its code for programs.

use std::io;
use std::path::PathBuf;

use ai_now_protocol::{Code, Message, Text};

use super::content_policy;
use super::settings::checks::SettingError;
use super::text::plain;
use crate::service_key::{Key, KeyError};
use crate::store::StoreError;

/// Why nothing was made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// It was stopped.
    #[error("It was stopped.")]
    Stopped,
    /// It failed, for the reason in this message.
    #[error("{}", message.text)]
    Failed {
        /// What may be done about it.
        kind: ErrorKind,
        /// A sentence or two, with their code.
        message: Message,
    },
}

/// What may be done about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// It may succeed later, or at another provider. Nothing was made.
    Transient,
    /// The provider can't be used until its operator or ours does something. Nothing was made.
    Unavailable,
    /// It would fail again, or something may have been made, or paid for, that can't be had.
    Permanent,
    /// The provider's content policy does not allow this. No other provider is asked.
    ContentPolicy,
}

impl ErrorKind {
    /// Whether another provider may be asked instead.
    pub fn may_go_elsewhere(self) -> bool {
        matches!(self, Self::Transient | Self::Unavailable)
    }

    /// Its name in the metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Transient => "transient",
            Self::Unavailable => "unavailable",
            Self::Permanent => "permanent",
            Self::ContentPolicy => "content_policy",
        }
    }
}

/// The errors of jobs, by what happened. `name` is the provider's name in the settings.
impl ProviderError {
    pub(super) fn transient(sentence: impl Into<Text>) -> Self {
        Self::of(ErrorKind::Transient, Code::ProviderFailed, sentence)
    }

    pub(super) fn unavailable(sentence: impl Into<Text>) -> Self {
        Self::of(ErrorKind::Unavailable, Code::ProviderUnavailable, sentence)
    }

    pub(super) fn permanent(sentence: impl Into<Text>) -> Self {
        Self::of(ErrorKind::Permanent, Code::ProviderFailed, sentence)
    }

    fn of(kind: ErrorKind, code: Code, sentence: impl Into<Text>) -> Self {
        Self::Failed { kind, message: Message::new(code, sentence) }
    }

    /// The provider rejects our key.
    pub(super) fn key_refused(name: &str) -> Self {
        tracing::error!(provider = name, "the key was refused");
        Self::unavailable(format!(
            "{name} does not accept the gateway's key. Tell whoever runs this gateway."
        ))
    }

    /// The account there is used up.
    pub(super) fn account_used_up(name: &str) -> Self {
        tracing::error!(provider = name, "the account there is used up");
        Self::unavailable(format!(
            "The gateway's account at {name} is used up. Tell whoever runs this gateway."
        ))
    }

    /// The provider has another address, or lacks what the settings name.
    pub(super) fn not_set_up(name: &str) -> Self {
        Self::unavailable(format!("{name} is not set up well. Tell whoever runs this gateway."))
    }

    /// It is unavailable at the moment. `unclear`: a job may have been started all the same.
    pub(super) fn not_available(name: &str, unclear: bool) -> Self {
        let kind = if unclear { ErrorKind::Permanent } else { ErrorKind::Transient };
        let sentence = format!("{name} is not available just now. Try again later.");
        Self::of(kind, Code::ProviderUnavailable, sentence)
    }

    /// All submissions were sent, and none was answered clearly.
    pub(super) fn unclear(name: &str) -> Self {
        let sentence = format!(
            "{name} was asked twice and never said whether it takes the job. Try again later."
        );
        Self::of(ErrorKind::Permanent, Code::ProviderUnavailable, sentence)
    }

    /// The provider failed, with its own message, which is cleaned for display.
    pub(super) fn failed(name: &str, reason: &str, key: Option<&Key>, kind: ErrorKind) -> Self {
        Self::coded(name, reason, key, kind, Code::ProviderFailed)
    }

    /// The same with another code, which has no parameters.
    pub(super) fn coded(
        name: &str,
        reason: &str,
        key: Option<&Key>,
        kind: ErrorKind,
        code: Code,
    ) -> Self {
        let reason = plain(reason, key);
        if kind == ErrorKind::ContentPolicy {
            return Self::content_policy(&reason);
        }
        Self::of(kind, code, could_not(name, &reason))
    }

    /// The provider can't use the prompt or an option, with its own message.
    pub(super) fn input(name: &str, reason: &str, key: Option<&Key>) -> Self {
        let sentence = could_not(name, &plain(reason, key));
        Self::of(ErrorKind::Permanent, Code::ProviderInput, sentence)
    }

    fn content_policy(reason: &str) -> Self {
        let because =
            if reason.is_empty() { String::new() } else { format!(" It says: {reason}.") };
        let sentence = format!(
            "The provider's content policy does not allow this prompt.{because} Try other words."
        );
        Self::of(ErrorKind::ContentPolicy, Code::ContentPolicy, sentence)
    }

    /// The provider no longer knows a job that it took. It may have been made.
    pub(super) fn lost(name: &str) -> Self {
        Self::permanent(format!("{name} has lost the job. Try again."))
    }

    /// It reported success, but no result.
    pub(super) fn no_result(name: &str) -> Self {
        let sentence = format!("{name} said that it is done, but not where it is.");
        Self::of(ErrorKind::Permanent, Code::InvalidResult, sentence)
    }

    /// Something was made that can't be used.
    pub(super) fn unusable_result(name: &str, why: impl std::fmt::Display) -> Self {
        let sentence = format!("The result of {name} can't be used: {why}.");
        Self::of(ErrorKind::Permanent, Code::InvalidResult, sentence)
    }

    /// It did not end in time. Something may have been made.
    pub(super) fn too_slow(name: &str, timeout_secs: u64) -> Self {
        let limit = match timeout_secs.div_ceil(60) {
            1 => "a minute".to_owned(),
            minutes => format!("{minutes} minutes"),
        };
        let sentence = format!("{name} took longer than {limit}. Try again later.");
        Self::of(ErrorKind::Permanent, Code::ProviderTimeout, sentence)
    }

    /// The prompt, with its style in words, is longer than the provider takes.
    pub(super) fn prompt_too_long(name: &str, chars: usize, max_chars: usize) -> Self {
        let by = chars.saturating_sub(max_chars);
        let sentence = format!(
            "With its style the prompt is {by} characters too long for {name}. Shorten it."
        );
        let count = |chars: usize| u32::try_from(chars).unwrap_or(u32::MAX);
        let message = Message::new(Code::PromptTooLong, sentence);
        let message = message.with("chars", count(chars)).with("max_chars", count(max_chars));
        Self::Failed { kind: ErrorKind::Permanent, message }
    }
}

/// The gateway can't record what it is about to do. Nothing was sent.
impl From<StoreError> for ProviderError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a submission record can't be used");
        let sentence = "The gateway could not write its records. Try again later.";
        Self::of(ErrorKind::Permanent, Code::StoreUnavailable, sentence)
    }
}

fn could_not(name: &str, reason: &str) -> String {
    let because = if reason.is_empty() { String::new() } else { format!(": {reason}") };
    format!("{name} could not make it{because}.")
}

/// The kind of a failure whose reason may be about the content policy.
pub(super) fn kind_of(reason: &str, otherwise: ErrorKind) -> ErrorKind {
    if content_policy::is_named_in(reason) { ErrorKind::ContentPolicy } else { otherwise }
}

/// Why a provider can't be used with its settings, on this machine.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A setting is not valid.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// Its key can't be read.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// There are no certificates to verify the server with.
    #[error("the system has no certificates to trust ({0}); install ca-certificates")]
    Certificates(#[source] io::Error),
    /// The program is missing.
    #[error("{} is not there ({source})", path.display())]
    NoProgram {
        /// Its path.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// The file is not executable.
    #[error("{} is not a program that can be run", .0.display())]
    NotRunnable(PathBuf),
    /// The program has no directory to work in.
    #[error("{} can't be made or emptied ({source})", path.display())]
    WorkingDirectory {
        /// Its path.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
}

/// A provider in a model's route can't be used.
#[derive(Debug, thiserror::Error)]
#[error("The provider “{name}” cannot be used: {source}.")]
pub struct UnusableProvider {
    /// Its name in the settings.
    pub name: String,
    /// Why.
    pub source: OpenError,
}
