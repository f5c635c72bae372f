//! A provider's key: where it is, and that nobody sees it.

use std::fmt;
use std::path::Path;

use super::ProviderSettings;

impl ProviderSettings {
    /// Where its key is, for people.
    pub fn key_place(&self) -> String {
        match (&self.key_file, &self.key_env) {
            (Some(path), _) => format!("the file {}", path.display()),
            (None, Some(name)) => format!("the environment variable {name}"),
            (None, None) => format!("the environment variable {}", self.kind.defaults().key_env),
        }
    }

    /// Its key.
    ///
    /// # Errors
    /// A sentence that says where it should be.
    pub fn key(&self) -> Result<Key, String> {
        let missing = |why: &str| format!("its key is not in {}{why}", self.key_place());
        let text = match &self.key_file {
            Some(path) => read_key(path).map_err(|error| missing(&format!(" ({error})")))?,
            None => {
                let name = self.key_env.as_deref().unwrap_or(self.kind.defaults().key_env);
                std::env::var(name).map_err(|_| missing(""))?
            }
        };
        let text = text.trim();
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(missing(": what is there can't be one"));
        }
        Ok(Key(text.to_owned()))
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
