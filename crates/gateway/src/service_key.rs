//! The key of a service that the gateway uses, a provider or an object store: reads it, and keeps
//! it out of logs and pages. It must not know the services.

use std::fmt;
use std::path::Path;

/// Why a key can't be read.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// There is none.
    #[error("its key is not in {0}")]
    Missing(String),
    /// The file can't be read.
    #[error("its key is not in {0} ({1})")]
    Unreadable(String, #[source] std::io::Error),
    /// The key is empty, or contains characters that no header can.
    #[error("its key is not in {0}: its content is not a key")]
    Malformed(String),
}

fn read_key(path: &Path) -> std::io::Result<String> {
    use std::io::Read as _;
    let mut text = String::new();
    std::fs::File::open(path)?.take(64 * 1024).read_to_string(&mut text)?;
    Ok(text)
}

/// The key of a service. It is never shown.
#[derive(Clone)]
pub struct Key(String);

impl Key {
    /// Reads the key from a file. `place` describes the file for people.
    ///
    /// # Errors
    /// [`KeyError`]
    pub fn in_file(path: &Path, place: impl Fn() -> String) -> Result<Self, KeyError> {
        let text = read_key(path).map_err(|error| KeyError::Unreadable(place(), error))?;
        Self::read(&text, place)
    }

    /// Reads the key from an environment variable.
    ///
    /// # Errors
    /// [`KeyError`]
    pub fn in_environment(variable: &str, place: impl Fn() -> String) -> Result<Self, KeyError> {
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

    /// A key that is known already.
    #[cfg(test)]
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The key itself, for the header that it is sent in.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}
