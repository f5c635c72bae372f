//! The reason that a person gives for an action. It must not know the action.

use std::str::FromStr;

/// A reason: a text of 1 to [`Reason::MAX_CHARS`] characters without spaces around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason(String);

/// What is no [`Reason`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a reason is a text of 1 to 500 characters")]
pub struct NotAReason;

impl Reason {
    /// How long it may be.
    pub const MAX_CHARS: usize = 500;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Reason {
    type Err = NotAReason;

    fn from_str(text: &str) -> Result<Self, NotAReason> {
        let text = text.trim();
        if (1..=Self::MAX_CHARS).contains(&text.chars().count()) {
            return Ok(Self(text.to_owned()));
        }
        Err(NotAReason)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_says_something_and_ends() {
        for (text, kept) in [
            ("granted twice", Some("granted twice")),
            ("  x\n", Some("x")),
            ("", None),
            (" \t ", None),
        ] {
            assert_eq!(text.parse::<Reason>().ok().as_ref().map(Reason::as_str), kept, "{text:?}");
        }
        let long = "ü".repeat(Reason::MAX_CHARS);
        assert!(long.parse::<Reason>().is_ok());
        assert_eq!((long + "ü").parse::<Reason>(), Err(NotAReason));
    }
}
