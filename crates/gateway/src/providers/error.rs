//! Why a provider made nothing, named by what may be done about it.

/// Why nothing was made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// It was asked to stop.
    #[error("It was stopped.")]
    Stopped,
    /// It failed, for the reason that this sentence tells a person.
    #[error("{message}")]
    Failed {
        /// What may be done about it.
        kind: ErrorKind,
        /// A sentence or two.
        message: String,
    },
}

/// What may be done about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// It may go well later, or at another provider. Nothing was made.
    Transient,
    /// The provider can't be used until its operator or ours does something. Nothing was made.
    Unavailable,
    /// It will fail again, or something may have been made that can't be had.
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

impl ProviderError {
    pub(super) fn transient(message: impl Into<String>) -> Self {
        Self::Failed { kind: ErrorKind::Transient, message: message.into() }
    }

    pub(super) fn unavailable(message: impl Into<String>) -> Self {
        Self::Failed { kind: ErrorKind::Unavailable, message: message.into() }
    }

    pub(super) fn permanent(message: impl Into<String>) -> Self {
        Self::Failed { kind: ErrorKind::Permanent, message: message.into() }
    }

    pub(super) fn content_policy(reason: &str) -> Self {
        let because =
            if reason.is_empty() { String::new() } else { format!(" It says: {reason}.") };
        let message = format!(
            "The maker's safety rules do not allow this prompt.{because} Say it in other words."
        );
        Self::Failed { kind: ErrorKind::ContentPolicy, message }
    }
}
