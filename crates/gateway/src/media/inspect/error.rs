//! Why a file can't be played or shown.

use std::io;

/// The known formats, for a sentence.
const KNOWN: &str = "MP3, AAC, M4A, WAV, FLAC, Ogg, Opus, MP4, WebM, JPEG, PNG, WebP, AVIF, GIF";

/// Why a file can't be played or shown.
#[derive(Debug, thiserror::Error)]
pub enum ContentError {
    /// It has none of the known formats.
    #[error("it is not a media file of a kind that is known here ({KNOWN})")]
    Unknown,
    /// It contains what browsers don't play.
    #[error("it holds {0}, which browsers don't play")]
    Unplayable(&'static str),
    /// It has nothing to play.
    #[error("there is nothing in it to play")]
    NoTrack,
    /// It contains more than one film or song.
    #[error("more than one film or song is in it")]
    ManyTracks,
    /// It is a picture of more pixels than browsers show.
    #[error("it has more pixels than browsers show")]
    TooLarge,
    /// It has no length, or no size.
    #[error("it is empty")]
    Empty,
    /// It is truncated.
    #[error("it is not whole")]
    Cut,
    /// It violates its format.
    #[error("it is damaged")]
    Broken,
    /// It can't be read here.
    #[error("it could not be read here")]
    Io(#[source] io::Error),
}

impl From<io::Error> for ContentError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Cut,
            io::ErrorKind::InvalidData => Self::Broken,
            _ => Self::Io(error),
        }
    }
}
