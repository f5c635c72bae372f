//! Checks that settings of several providers share, and their error.
//!
//! It must not know any service, nor where a setting belongs.

use std::fmt;

/// A setting that is not valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{setting}: {why}")]
pub struct SettingError {
    /// Its name.
    pub setting: &'static str,
    /// What is wrong with it.
    pub why: String,
}

impl SettingError {
    pub(in crate::providers) fn new(setting: &'static str, why: impl fmt::Display) -> Self {
        Self { setting, why: why.to_string() }
    }
}

/// Checks a setting that must not be 0.
pub(in crate::providers) fn at_least_one(
    setting: &'static str,
    value: u64,
) -> Result<(), SettingError> {
    if value == 0 {
        return Err(SettingError::new(setting, "it must be at least 1"));
    }
    Ok(())
}

/// Checks JSON pointers (RFC 6901).
pub(in crate::providers) fn pointers(
    setting: &'static str,
    pointers: &[String],
) -> Result<(), SettingError> {
    if pointers.iter().any(|pointer| !pointer.starts_with('/')) {
        return Err(SettingError::new(setting, "a JSON pointer begins with “/”"));
    }
    Ok(())
}

/// Checks a model's name that becomes part of an address.
pub(in crate::providers) fn model_path(model: &str) -> Result<(), SettingError> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./:".contains(&b);
    let good = !model.is_empty() && model.bytes().all(plain) && !model.contains("..");
    if good && !model.starts_with('/') {
        return Ok(());
    }
    Err(SettingError::new("model", "it must be of letters, digits and “-_./:”"))
}
