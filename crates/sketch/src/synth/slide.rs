//! Slides: how a note glides to its pitch, on instruments that can.
//!
//! It must not know the music: only a note and the one before it.

use crate::math::{exp, pow};
use crate::synth::{Note, Tone};

/// How a note glides to its pitch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slide {
    /// Its start, as a multiple of the final pitch.
    from: f32,
    /// The time constant in seconds: the remaining interval falls to about a third.
    secs: f32,
}

impl Slide {
    /// No slide: the pitch is reached at once.
    pub(crate) const NONE: Self = Self { from: 1.0, secs: 1.0 };

    /// The start of an instrument's note that is this many semitones from the note it follows
    /// without a gap. After a gap, wind and bowed instruments approach the pitch from slightly
    /// below.
    pub(crate) fn of(tone: Tone, interval: Option<i32>) -> Self {
        // The time, the start after a gap, and the widest interval that is slid over.
        let (secs, scoop, reach) = match tone {
            Tone::Violin => (0.03, 0.985, 4),
            Tone::Sax => (0.028, 0.972, 4),
            Tone::Harmonica => (0.04, 0.965, 3),
            Tone::Trumpet => (0.018, 0.99, 2),
            Tone::Clarinet => (0.02, 0.99, 3),
            Tone::Oboe => (0.025, 0.985, 2),
            Tone::Flute => (0.015, 0.99, 2),
            Tone::DistLead => (0.045, 0.95, 5),
            Tone::SawLead => (0.035, 1.0, 12),
            Tone::Theremin => (0.09, 0.94, 24),
            Tone::Sub808 => (0.05, 1.0, 12),
            _ => return Self::NONE,
        };
        let from = match interval.filter(|semitones| (1..=reach).contains(&semitones.abs())) {
            Some(semitones) => pow(2.0, semitones as f32 / 12.0),
            None => scoop,
        };
        Self { from, secs }
    }

    /// Whether there is any.
    pub(crate) fn is_none(self) -> bool {
        self.from == 1.0
    }

    /// The pitch after this many seconds, as a multiple of the final pitch.
    pub(crate) fn at(self, secs: f32) -> f32 {
        1.0 + (self.from - 1.0) * exp(-secs / self.secs)
    }
}

/// Whether an instrument plays one note at a time: chords don't slide.
pub(crate) fn alone(notes: &[Note]) -> bool {
    notes.windows(2).all(|two| two[1].at > two[0].at + 0.03)
}

/// The interval from a note to the one before it, in semitones, if there is no gap between them.
pub(crate) fn interval(before: &Note, note: &Note) -> Option<i32> {
    (note.at < before.at + before.len + 0.09).then_some(before.pitch - note.pitch)
}
