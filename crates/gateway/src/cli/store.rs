//! The store that a command works on.

use std::path::Path;

use super::error::CliError;
use crate::metrics::Metrics;
use crate::store::{Actor, Store};

/// The store of a data directory that has one.
pub(super) async fn existing(data: &Path) -> Result<Store, CliError> {
    if !Store::is_in(data) {
        return Err(CliError::NoStore(data.display().to_string()));
    }
    make(data).await
}

/// The store of a data directory, made where there is none. Changes are written down as those of
/// whoever uses the command line.
pub(super) async fn make(data: &Path) -> Result<Store, CliError> {
    Ok(Store::open(data, Metrics::default()).await?.acting_as(Actor::command_line()))
}
