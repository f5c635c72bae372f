//! The arguments that locate the records.

use std::path::PathBuf;

use clap::Args;

use crate::config::{Config, ConfigError, Flags};
use crate::domain::DatabaseUrl;

#[derive(Debug, Args)]
pub(super) struct DataArgs {
    /// Where records and media are kept. [env: `AI_NOW_DATA`] [default: data]
    #[arg(long, value_name = "DIR")]
    pub(super) data: Option<PathBuf>,
    /// The PostgreSQL server that keeps the records, where they are not in a file. [env: `AI_NOW_STORE`]
    #[arg(long, value_name = "URL")]
    pub(super) store: Option<DatabaseUrl>,
    /// The file that holds its password. [env: `AI_NOW_STORE_PASSWORD_FILE`]
    #[arg(long, value_name = "FILE")]
    pub(super) store_password_file: Option<PathBuf>,
}

impl DataArgs {
    /// The settings that say where it is, the environment's read as `serve` reads it.
    ///
    /// # Errors
    /// [`ConfigError`]
    pub(super) fn config(&self) -> Result<Config, ConfigError> {
        let flags =
            Flags { data: self.data.clone(), store: self.store.clone(), ..Flags::default() };
        let mut config = Config::places(std::env::vars_os(), flags)?;
        if let Some(file) = &self.store_password_file {
            config.store_password_file = Some(file.clone());
        }
        Ok(config)
    }
}
