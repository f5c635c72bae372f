//! Why it can't be told from an answer that a provider can be used.

use super::error::ProviderError;
use super::http::TransportError;

/// Why it can't be told from an answer that a provider can be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum ProbeError {
    /// There was none.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// It could not even be asked.
    #[error(transparent)]
    NotAsked(#[from] ProviderError),
    /// It has a fault.
    #[error("it answers with status {0}")]
    Status(u16),
    /// It is another service, or another version of it.
    #[error("it answers with status {0}, which is not as documented")]
    NotAsDocumented(u16),
    /// A server of the documented API answers a ping with pong.
    #[error("it answers a ping with status {0}, and not with pong")]
    NoPong(u16),
}
