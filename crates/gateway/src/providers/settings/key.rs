//! A provider's key: where it is, and that nobody sees it.

use std::fmt;
use std::path::Path;

use super::ProviderSettings;

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

impl ProviderSettings {
    /// Where its key is, for people.
    pub fn key_place(&self) -> String {
        match &self.connection.key_file {
            Some(path) => format!("the file {}", path.display()),
            None => format!("the environment variable {}", self.key_env()),
        }
    }

    /// Its key.
    ///
    /// # Errors
    /// [`KeyError`]
    pub fn key(&self) -> Result<Key, KeyError> {
        let text = match &self.connection.key_file {
            Some(path) => {
                read_key(path).map_err(|error| KeyError::Unreadable(self.key_place(), error))?
            }
            None => {
                std::env::var(self.key_env()).map_err(|_| KeyError::Missing(self.key_place()))?
            }
        };
        let text = text.trim();
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(KeyError::Malformed(self.key_place()));
        }
        Ok(Key(text.to_owned()))
    }

    fn key_env(&self) -> &str {
        let default = self.service.service().key_env();
        self.connection.key_env.as_deref().unwrap_or(default)
    }
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
