//! Why an answer does not show that a provider can be used.

use super::error::ProviderError;
use super::http::TransportError;

/// Why an answer does not show that a provider can be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum ProbeError {
    /// There was no answer.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The request could not be sent.
    #[error(transparent)]
    NotAsked(#[from] ProviderError),
    /// The server has a fault.
    #[error("it answers with status {0}")]
    Status(u16),
    /// It is another service, or another version of it.
    #[error("it answers with status {0}, which is not as documented")]
    NotAsDocumented(u16),
    /// A server of the documented API answers a ping with pong.
    #[error("it answers a ping with status {0}, and not with pong")]
    NoPong(u16),
}
