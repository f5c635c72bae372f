//! Opening the store for a command.

use super::data_args::DataArgs;
use super::error::CliError;
use crate::config::Config;
use crate::metrics::Metrics;
use crate::store::{Actor, Store};

/// The existing store of a data directory or a server.
pub(super) async fn existing(data: &DataArgs) -> Result<Store, CliError> {
    existing_of(&data.config()?).await
}

/// The store that the settings name, if it exists.
pub(super) async fn existing_of(config: &Config) -> Result<Store, CliError> {
    if config.store.is_none() && !Store::is_in(&config.data) {
        return Err(CliError::NoStore(config.data.display().to_string()));
    }
    made_of(config).await
}

/// The store of a data directory or a server, created if it is missing. Changes are logged under
/// the user of the command line.
pub(super) async fn make(data: &DataArgs) -> Result<Store, CliError> {
    made_of(&data.config()?).await
}

async fn made_of(config: &Config) -> Result<Store, CliError> {
    let server = config.database_server();
    let store = Store::of(&config.data, server.as_ref(), Metrics::default()).await?;
    Ok(store.acting_as(Actor::command_line()))
}
