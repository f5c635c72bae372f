//! The sound of a film: separate MP3 frames, as MP4 stores them.

use std::ops::ControlFlow;

use crate::SketchError;
use crate::encode::mp3::{self, SAMPLE_RATE};

/// Samples per channel in a frame (MPEG-1 layer III).
pub(crate) const SAMPLES_A_FRAME: u32 = mp3::SAMPLES_A_FRAME as u32;

/// The bit rate in kbit/s.
pub(crate) const KBPS: u32 = 128;

/// Encoded sound.
pub(crate) struct Track {
    pub(crate) frames: Vec<Vec<u8>>,
}

/// Cuts interleaved stereo sound after this many seconds, with a fade-out if it is longer.
pub(crate) fn cut(interleaved: &mut Vec<f32>, secs: f64) {
    const FADE: usize = SAMPLE_RATE as usize / 2;
    let kept = (secs * f64::from(SAMPLE_RATE)) as usize;
    if interleaved.len() / 2 <= kept {
        return;
    }
    interleaved.truncate(kept * 2);
    for (back, pair) in interleaved.rchunks_exact_mut(2).take(FADE).enumerate() {
        let gain = back as f32 / FADE as f32;
        pair[0] *= gain;
        pair[1] *= gain;
    }
}

/// Encodes interleaved stereo samples within -1 to 1. `step` is called with the fraction done.
pub(crate) fn encode(
    interleaved: &[f32],
    step: &mut dyn FnMut(f64) -> ControlFlow<()>,
) -> Result<Track, SketchError> {
    Ok(Track { frames: mp3::frames(interleaved, KBPS, step)? })
}
