//! The engine's errors.

use std::fmt;

use crate::image::ImageError;

/// Why a sketch could not be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SketchError {
    /// `report` returned `Break`.
    Cancelled,
    /// The input picture can't be used; its message says what to do.
    Image(ImageError),
    /// An encoder rejected its input; this is a bug in the engine.
    Encoding(String),
}

impl From<ImageError> for SketchError {
    fn from(error: ImageError) -> Self {
        Self::Image(error)
    }
}

impl fmt::Display for SketchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cancelled => f.write_str("The sketch was cancelled."),
            Self::Image(why) => why.fmt(f),
            Self::Encoding(why) => write!(f, "The sketch could not be encoded: {why}"),
        }
    }
}

impl std::error::Error for SketchError {}
