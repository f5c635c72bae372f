//! Why a command failed.

use super::try_out::server::TryError;
use crate::config::ConfigError;
use crate::server::ServeError;
use crate::store::StoreError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The settings are not good.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The gateway cannot run.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nothing was made.
    #[error(transparent)]
    Try(#[from] TryError),
    /// There is no store to work on.
    #[error("There are no records in {0}. Start the gateway or create a key there first.")]
    NoStore(String),
    /// Standard output is gone, or signals cannot be listened to.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}
