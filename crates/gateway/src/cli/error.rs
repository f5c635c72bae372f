//! Why a command failed.

use super::try_out::try_error::TryError;
use crate::config::ConfigError;
use crate::data_dir::DataDirError;
use crate::media::MediaError;
use crate::server::ServeError;
use crate::store::StoreError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The settings are not valid.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The gateway cannot run.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Media can't be kept where the settings say.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The data directory is in use.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// Nothing was made.
    #[error(transparent)]
    Try(#[from] TryError),
    /// There are no records.
    #[error("There are no records in {0}. Start the gateway or create a key there first.")]
    NoStore(String),
    /// A period ends before it begins.
    #[error(
        "The first day (--from) is after the last one (--to). Give an earlier --from or a later --to."
    )]
    Period,
    /// No webhook has this name.
    #[error("There is no webhook \u{201c}{0}\u{201d}. `webhooks list` shows the names.")]
    NoWebhook(String),
    /// A webhook has no delivery with this number.
    #[error(
        "The webhook \u{201c}{0}\u{201d} has no delivery {1}. Its page in the administration lists them."
    )]
    NoDelivery(String, i64),
    /// Messages can't be sent to an address.
    #[error("Messages can't be sent to {0}: {1}. For a host of your own network, add --private.")]
    Address(String, String),
    /// Standard output is closed, or signals can't be handled.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}
