//! The sketch engine: media from a sentence, by procedure.
//!
//! It reads the words of a prompt, composes a piece of music or a scene from them by rule, and
//! encodes it as a real file. No trained model, no network, no asset, no clock: the same request
//! gives the same bytes. It must not know who asks, what it costs or where the file goes.

use std::fmt;
use std::ops::ControlFlow;

use ai_now_protocol::{Format, Model, Style};

/// What to make.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The model that is stood in for: its kind decides between music, video and picture.
    pub model: &'a Model,
    /// The style, one of the model's.
    pub style: Option<&'a Style>,
    /// The words.
    pub prompt: &'a str,
    /// Varies what the words leave open.
    pub seed: u32,
}

/// How far the work is. Reported by the work itself, not by a clock.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// The part of the whole work that is done, from 0 to 1, never falling.
    pub fraction: f64,
    /// What is being done, in a word or two for people: `mixing`.
    pub step: &'static str,
}

/// A finished sketch.
#[derive(Clone, Debug)]
pub struct Sketch {
    /// The file.
    pub bytes: Vec<u8>,
    /// Its format.
    pub format: Format,
    /// What was understood, for people: `Procedural sketch: upbeat, pop, 120 bpm, summer`.
    pub note: String,
    /// How long it plays, in seconds; 0 for a picture.
    pub duration_secs: f64,
}

/// Why there is no sketch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SketchError {
    /// `report` asked to stop.
    Cancelled,
    /// An encoder refused its input; this is a fault of the engine.
    Encoding(String),
}

impl fmt::Display for SketchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cancelled => f.write_str("The sketch was cancelled."),
            Self::Encoding(why) => write!(f, "The sketch could not be encoded: {why}"),
        }
    }
}

impl std::error::Error for SketchError {}

/// Makes a sketch. It keeps one core busy until it is done.
///
/// `report` is called as the work goes on, at least every 100 ms of work; when it answers `Break`,
/// the work stops.
///
/// # Errors
/// [`SketchError`].
pub fn make(
    request: &Request<'_>,
    report: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Sketch, SketchError> {
    let _ = (request, report);
    Err(SketchError::Encoding("not built yet".into()))
}
