//! Errors, by what a program can do next. It must not know where they come from.

use std::time::Duration;

use ai_now_protocol::event::Failure;
use ai_now_protocol::{Code, Message};

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The gateway's address, the key or an id is not valid: nothing was sent.
    #[error("{0}")]
    Unusable(String),
    /// The gateway can't be reached, or doesn't answer. A submission may have arrived all the same: repeat it
    /// with the same key.
    #[error("the gateway can't be reached: {0}")]
    Unreachable(String),
    /// The gateway refused. The message is a sentence for a person, in English, with a code for programs.
    #[error("{}", message.text)]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What is wrong, and what to do next.
        message: Message,
        /// How long to wait before a retry, if the gateway says so.
        retry_after: Option<Duration>,
    },
    /// The generation ended without a result. What was held for it was returned, or the message
    /// says otherwise.
    #[error("{}", .0.message.text)]
    Failed(Failure),
    /// The connection broke repeatedly. The generation goes on; follow it again later.
    #[error("the connection broke too often; the generation goes on")]
    Broken,
    /// The answer does not follow the API.
    #[error("the server answered with something that is not the AI-Now API: {0}")]
    Unexpected(String),
    /// The file can't be written.
    #[error("the file can't be written: {0}")]
    File(#[source] std::io::Error),
}

impl Error {
    /// The code of a refusal or a failure, if this version knows it.
    pub fn code(&self) -> Option<Code> {
        let message = match self {
            Self::Refused { message, .. } => message,
            Self::Failed(failure) => &failure.message,
            _ => return None,
        };
        Code::of(&message.code)
    }

    /// Whether the same call may succeed later without any change: after a network error, a limit,
    /// or while a gateway starts. If [`Error::retry_after`] has a value, wait for that long.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Broken => true,
            Self::Refused { status, retry_after, .. } => {
                retry_after.is_some() || matches!(status, 408 | 429 | 502..=504)
            }
            _ => false,
        }
    }

    /// How long to wait before a retry, if the gateway says so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// A network error. It must not contain the whole address, which may hold a ticket.
    pub(crate) fn on_the_way(error: &reqwest::Error) -> Self {
        // The innermost cause is the most specific.
        let mut innermost: &dyn std::error::Error = error;
        while let Some(source) = innermost.source() {
            innermost = source;
        }
        let no_cause = std::ptr::addr_eq(innermost, std::ptr::from_ref(error));
        let why = if error.is_timeout() {
            "it does not answer in time".into()
        } else if no_cause {
            "the request could not be sent".into()
        } else {
            innermost.to_string()
        };
        Self::Unreachable(why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, code: Code, retry_after: Option<Duration>) -> Error {
        Error::Refused { status, message: Message::new(code, "No."), retry_after }
    }

    #[test]
    fn a_program_knows_what_to_do() {
        let second = Some(Duration::from_secs(1));
        let table = [
            (refused(429, Code::TooManyRequests, second), true, Some(Code::TooManyRequests)),
            (refused(503, Code::Restarting, None), true, Some(Code::Restarting)),
            (refused(418, Code::TooFewTokens, None), false, Some(Code::TooFewTokens)),
            (refused(400, Code::EmptyPrompt, None), false, Some(Code::EmptyPrompt)),
            (Error::Unreachable("no".into()), true, None),
            (Error::Broken, true, None),
            (Error::Failed(Failure::default()), false, None),
            (Error::Unusable("no".into()), false, None),
        ];
        for (error, transient, code) in table {
            assert_eq!((error.is_transient(), error.code()), (transient, code), "{error:?}");
        }
        assert_eq!(refused(429, Code::TooManyRequests, second).retry_after(), second);
        assert_eq!(refused(400, Code::EmptyPrompt, None).to_string(), "No.");
    }
}
