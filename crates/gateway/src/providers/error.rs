//! Why a provider made nothing, or can't be used at all. An error of a job is named by what may be done
//! about it, and has a sentence for a person with its code for programs.

use std::io;
use std::path::PathBuf;

use ai_now_protocol::{Code, Message, Text};

use super::content_policy;
use super::settings::checks::SettingError;
use super::settings::key::{Key, KeyError};
use super::text::plain;
use crate::store::StoreError;

/// Why nothing was made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// It was asked to stop.
    #[error("It was stopped.")]
    Stopped,
    /// It failed, for the reason that this message tells a program and a person.
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
    /// It may go well later, or at another provider. Nothing was made.
    Transient,
    /// The provider can't be used until its operator or ours does something. Nothing was made.
    Unavailable,
    /// It will fail again, or something may have been made, or paid for, that can't be had.
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

/// The errors of jobs, by what happened. `name` is what the operator calls the provider.
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

    /// The provider does not take our key.
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

    /// The provider is not where, or has not what, the settings say.
    pub(super) fn not_set_up(name: &str) -> Self {
        Self::unavailable(format!("{name} is not set up well. Tell whoever runs this gateway."))
    }

    /// It can't be had at the moment. `unclear`: something may be in the making there all the same.
    pub(super) fn not_available(name: &str, unclear: bool) -> Self {
        let kind = if unclear { ErrorKind::Permanent } else { ErrorKind::Transient };
        let sentence = format!("{name} is not available just now. Try again later.");
        Self::of(kind, Code::ProviderUnavailable, sentence)
    }

    /// It was asked as often as it may be, and never said whether it takes the job.
    pub(super) fn unclear(name: &str) -> Self {
        let sentence = format!(
            "{name} was asked twice and never said whether it takes the job. Try again later."
        );
        Self::of(ErrorKind::Permanent, Code::ProviderUnavailable, sentence)
    }

    /// The provider failed, in its own words, which are made fit to be shown.
    pub(super) fn failed(name: &str, reason: &str, key: Option<&Key>, kind: ErrorKind) -> Self {
        let reason = plain(reason, key);
        if kind == ErrorKind::ContentPolicy {
            return Self::content_policy(&reason);
        }
        Self::of(kind, Code::ProviderFailed, could_not(name, &reason))
    }

    /// The provider can't use the prompt or an option, in its own words.
    pub(super) fn input(name: &str, reason: &str, key: Option<&Key>) -> Self {
        let sentence = could_not(name, &plain(reason, key));
        Self::of(ErrorKind::Permanent, Code::ProviderInput, sentence)
    }

    fn content_policy(reason: &str) -> Self {
        let because =
            if reason.is_empty() { String::new() } else { format!(" It says: {reason}.") };
        let sentence = format!(
            "The maker's safety rules do not allow this prompt.{because} Say it in other words."
        );
        Self::of(ErrorKind::ContentPolicy, Code::ContentPolicy, sentence)
    }

    /// The provider does not know a job any more that it took. It may have been made.
    pub(super) fn lost(name: &str) -> Self {
        Self::permanent(format!("{name} has lost the job. Try again."))
    }

    /// It said that it is done, and not where the result is.
    pub(super) fn no_result(name: &str) -> Self {
        let sentence = format!("{name} said that it is done, but not where it is.");
        Self::of(ErrorKind::Permanent, Code::InvalidResult, sentence)
    }

    /// Something was made that can't be used.
    pub(super) fn unusable_result(name: &str, why: impl std::fmt::Display) -> Self {
        let sentence = format!("The result of {name} can't be used: {why}.");
        Self::of(ErrorKind::Permanent, Code::InvalidResult, sentence)
    }

    /// It did not end in its time. Something may have been made.
    pub(super) fn too_slow(name: &str, timeout_secs: u64) -> Self {
        let limit = match timeout_secs.div_ceil(60) {
            1 => "a minute".to_owned(),
            minutes => format!("{minutes} minutes"),
        };
        let sentence = format!("{name} took longer than {limit}. Try again later.");
        Self::of(ErrorKind::Permanent, Code::ProviderTimeout, sentence)
    }

    /// The prompt is longer than the provider takes.
    pub(super) fn prompt_too_long(name: &str, by: usize) -> Self {
        let sentence = format!(
            "With its style the prompt is {by} characters too long for {name}. Shorten it."
        );
        Self::of(ErrorKind::Permanent, Code::ProviderInput, sentence)
    }
}

/// The gateway can't write down what it is about to do. Nothing was sent.
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
    /// A setting does not fit.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// Its key is not where it should be.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// There is nothing to check the other side's certificate with.
    #[error("the system has no certificates to trust ({0}); install ca-certificates")]
    Certificates(#[source] io::Error),
    /// The program is not there.
    #[error("{} is not there ({source})", path.display())]
    NoProgram {
        /// Where it should be.
        path: PathBuf,
        /// Why it can't be seen.
        source: io::Error,
    },
    /// What is there is no program.
    #[error("{} is not a program that can be run", .0.display())]
    NotRunnable(PathBuf),
    /// The program has no directory to work in.
    #[error("{} can't be made or emptied ({source})", path.display())]
    WorkingDirectory {
        /// Where it should be.
        path: PathBuf,
        /// Why it can't be.
        source: io::Error,
    },
}

/// A provider that a model is routed to can't be used.
#[derive(Debug, thiserror::Error)]
#[error("The provider “{name}” cannot be used: {source}.")]
pub struct UnusableProvider {
    /// What the operator calls it.
    pub name: String,
    /// Why.
    pub source: OpenError,
}
