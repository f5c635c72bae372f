//! The store that a command works on.

use std::path::Path;

use super::error::CliError;
use crate::metrics::Metrics;
use crate::store::Store;

/// The store of a data directory that has one.
pub(super) async fn existing(data: &Path) -> Result<Store, CliError> {
    if !Store::is_in(data) {
        return Err(CliError::NoStore(data.display().to_string()));
    }
    Ok(Store::open(data, Metrics::default()).await?)
}
