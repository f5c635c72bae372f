//! A provider's key: where it is, and that nobody sees it.

use std::fmt;
use std::path::Path;

/// A key that is not where it should be.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// There is none.
    #[error("its key is not in {0}")]
    Missing(String),
    /// The file can't be read.
    #[error("its key is not in {0} ({1})")]
    Unreadable(String, #[source] std::io::Error),
    /// What is there is no key: it is empty, or holds what no header takes.
    #[error("its key is not in {0}: what is there can't be one")]
    Malformed(String),
}

fn read_key(path: &Path) -> std::io::Result<String> {
    use std::io::Read as _;
    let mut text = String::new();
    std::fs::File::open(path)?.take(64 * 1024).read_to_string(&mut text)?;
    Ok(text)
}

/// A provider's key. It is shown nowhere.
#[derive(Clone)]
pub struct Key(String);

impl Key {
    /// The key in a file. `place` tells people where that is.
    pub(super) fn in_file(path: &Path, place: impl Fn() -> String) -> Result<Self, KeyError> {
        let text = read_key(path).map_err(|error| KeyError::Unreadable(place(), error))?;
        Self::read(&text, place)
    }

    /// The key in a variable of the environment.
    pub(super) fn in_environment(
        variable: &str,
        place: impl Fn() -> String,
    ) -> Result<Self, KeyError> {
        let text = std::env::var(variable).map_err(|_| KeyError::Missing(place()))?;
        Self::read(&text, place)
    }

    fn read(text: &str, place: impl Fn() -> String) -> Result<Self, KeyError> {
        let text = text.trim();
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(KeyError::Malformed(place()));
        }
        Ok(Self(text.to_owned()))
    }

    /// A key, where it is known already.
    #[cfg(test)]
    pub(in crate::providers) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The key itself, for the header that it is sent in.
    pub(in crate::providers) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}
