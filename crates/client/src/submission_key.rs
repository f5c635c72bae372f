//! The key that makes a submission repeatable. It must not know how it is sent.

use std::fmt;

use crate::Error;

/// Identifies one intended generation: the same key with the same request is the same generation,
/// for at least a week (IETF draft "The Idempotency-Key HTTP Header Field").
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SubmissionKey(String);

impl SubmissionKey {
    /// The longest key that gateways accept, in bytes.
    pub const MAX_BYTES: usize = 255;

    /// A new key, of 128 random bits.
    ///
    /// # Panics
    /// If the system has no random numbers.
    #[expect(clippy::new_without_default, reason = "each is another one")]
    pub fn new() -> Self {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).expect("the system has random numbers");
        Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// A key from storage, or one that your own records determine: an order number, for example.
    ///
    /// # Errors
    /// [`Error::Unusable`] for one that gateways don't accept: 1 to 255 visible ASCII characters,
    /// with spaces only between them.
    pub fn from_kept(key: &str) -> Result<Self, Error> {
        let bytes = (1..=Self::MAX_BYTES).contains(&key.len());
        let visible = key.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if bytes && visible && key.trim() == key {
            return Ok(Self(key.to_owned()));
        }
        Err(Error::Unusable(
            "A submission key must be one text of 1 to 255 visible ASCII characters.".into(),
        ))
    }

    /// The key as text, for storage.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SubmissionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_such_as_gateways_take() {
        let long = "x".repeat(256);
        for bad in ["", " a", "a ", "a\nb", "ä", &long] {
            assert!(matches!(SubmissionKey::from_kept(bad), Err(Error::Unusable(_))), "{bad:?}");
        }
        for good in ["a", "order 12", &long[1..]] {
            assert_eq!(SubmissionKey::from_kept(good).unwrap().as_str(), good);
        }
        let new = SubmissionKey::new();
        assert_ne!(new, SubmissionKey::new());
        assert_eq!(SubmissionKey::from_kept(new.as_str()).unwrap(), new);
    }
}
