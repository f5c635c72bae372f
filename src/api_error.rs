//! Errors between the page and its gateway, what they mean for a person, and how long to wait
//! before a retry. It must not know the browser or any language's words.

use ai_now_protocol::Message;

/// Why a request failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApiError {
    /// No answer came: the network, the gateway, or a rule of the browser's.
    Unreachable,
    /// 401, 403: the gateway doesn't accept this page or this visitor (any more). A 403 with a code is
    /// about the request, and [`ApiError::Refused`].
    Unauthorized,
    /// 418: too few tokens. Contains the gateway's sentence.
    TooFewTokens(Message),
    /// 429, 409, 503: later. Contains the seconds that the gateway asked to wait, if it did.
    Later(Option<u32>),
    /// 404, 410: it doesn't exist (any more).
    Gone,
    /// Another 4xx: the request itself is wrong. Contains the gateway's sentence.
    Refused(Message),
    /// 5xx: a fault of the gateway. Contains its sentence.
    Broken(Message),
    /// An answer of an unexpected shape: this address is no gateway, or another version.
    Unreadable,
}

impl ApiError {
    /// The error for an HTTP status other than 2xx. `message` is the error body's sentence, empty
    /// if there was none.
    pub fn from_status(status: u16, message: Message, retry_after_secs: Option<u32>) -> Self {
        match status {
            403 if !message.code.is_empty() => Self::Refused(message),
            401 | 403 => Self::Unauthorized,
            418 => Self::TooFewTokens(message),
            409 | 429 | 503 => Self::Later(retry_after_secs),
            404 | 410 => Self::Gone,
            500.. => Self::Broken(message),
            _ => Self::Refused(message),
        }
    }

    /// Whether the same request may succeed later without any change.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unreachable | Self::Later(_) | Self::Broken(_))
    }

    /// The gateway's message about it, if there is one.
    pub fn message(&self) -> Option<&Message> {
        match self {
            Self::TooFewTokens(message) | Self::Refused(message) | Self::Broken(message) => {
                Some(message).filter(|message| !message.is_empty())
            }
            _ => None,
        }
    }

    /// The seconds that the gateway asked to wait.
    pub fn retry_after_secs(&self) -> Option<u32> {
        if let Self::Later(secs) = self { *secs } else { None }
    }
}

/// How long to wait before attempt number `attempt` (from 0), in milliseconds.
///
/// Doubles from half a second to 30 s, of which a random part of the upper half is taken, so that a
/// thousand pages that lost the same gateway don't return at the same moment. `random` is from 0 to
/// 1.
pub fn pause_millis(attempt: u32, random: f64) -> u32 {
    const FIRST_MILLIS: u32 = 500;
    const LONGEST_MILLIS: u32 = 30_000;
    let longest = FIRST_MILLIS.saturating_mul(1 << attempt.min(10)).min(LONGEST_MILLIS);
    let half = longest / 2;
    half + (f64::from(half) * random.clamp(0.0, 1.0)) as u32
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    #[test]
    fn statuses() {
        let from = |status| ApiError::from_status(status, Message::text("m"), Some(3));
        let table = [
            (400, ApiError::Refused(Message::text("m")), false),
            (401, ApiError::Unauthorized, false),
            (403, ApiError::Unauthorized, false),
            (404, ApiError::Gone, false),
            (409, ApiError::Later(Some(3)), true),
            (418, ApiError::TooFewTokens(Message::text("m")), false),
            (422, ApiError::Refused(Message::text("m")), false),
            (429, ApiError::Later(Some(3)), true),
            (500, ApiError::Broken(Message::text("m")), true),
            (502, ApiError::Broken(Message::text("m")), true),
            (503, ApiError::Later(Some(3)), true),
        ];
        for (status, error, transient) in table {
            assert_eq!(from(status), error, "{status}");
            assert_eq!(error.is_transient(), transient, "{status}");
        }
    }

    #[test]
    fn a_403_with_a_code_is_about_the_request() {
        let said = Message { code: "model_not_allowed".into(), ..Message::text("Choose another.") };
        assert_eq!(ApiError::from_status(403, said.clone(), None), ApiError::Refused(said));
    }

    #[test]
    fn pauses_grow_to_a_limit_and_differ() {
        assert_eq!((pause_millis(0, 0.0), pause_millis(0, 1.0)), (250, 500));
        assert_eq!((pause_millis(3, 0.0), pause_millis(3, 1.0)), (2000, 4000));
        assert_eq!((pause_millis(99, 0.0), pause_millis(u32::MAX, 1.0)), (15_000, 30_000));
        assert_eq!(pause_millis(0, f64::NAN), 250);
    }
}
