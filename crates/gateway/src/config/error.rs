//! Why there are no settings to run with.

use std::path::PathBuf;

use super::routing_error::RoutingError;

/// Why there are no settings to run with.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("The configuration file {} cannot be read: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A setting is unknown or has an invalid value.
    #[error("{origin}: {message}")]
    Setting {
        /// Its source.
        origin: String,
        /// What is wrong with it.
        message: String,
    },
    /// Models and providers don't fit together.
    #[error(transparent)]
    Routing(#[from] RoutingError),
}
