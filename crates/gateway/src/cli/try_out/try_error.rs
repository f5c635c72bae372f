//! Why nothing was made, in words for whoever typed the command. It must not know how a server is asked.

use std::path::PathBuf;

/// Why nothing was made.
#[derive(Debug, thiserror::Error)]
pub enum TryError {
    /// There is no key to ask with.
    #[error("An API key is needed: say it with --key, or in the environment as AI_NOW_KEY.")]
    NoKey,
    /// The server's address is none, or the key can't be sent.
    #[error("{0}")]
    Unusable(String),
    /// The server can't be reached, or does not answer.
    #[error("{server} can't be reached: {why}. Is the address right (--server)?")]
    Unreachable {
        /// The server's address.
        server: String,
        /// What the system says.
        why: String,
    },
    /// The request is not good, or was refused.
    #[error("{0}")]
    Refused(String),
    /// What came is not what the API says.
    #[error("The server answered with something that is not the AI-Now API ({0}).")]
    Strange(String),
    /// The stream broke off, and nobody knows where the generation is.
    #[error(
        "The connection broke before the end. It was not asked again, because that could cost twice."
    )]
    Broken,
    /// It was made and is not here.
    #[error("{source} The result is at {url}.")]
    NotSaved {
        /// Where it is.
        url: String,
        /// Why.
        source: Box<TryError>,
    },
    /// The file can't be written.
    #[error("{} can't be written: {source}.", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}
