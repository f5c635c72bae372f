//! The sound of a film: MP3 frames one by one, as MP4 keeps them.

use std::ops::ControlFlow;

use rusty_mp3::{Mp3Encoder, Mp3EncoderConfig};

use crate::SketchError;
use crate::encode::mp3::SAMPLE_RATE;

/// Samples of each channel in a frame (MPEG-1 layer III).
pub(crate) const SAMPLES_A_FRAME: u32 = 1152;

/// Thousand bits a second.
pub(crate) const KBPS: u32 = 128;

/// Encoded sound.
pub(crate) struct Track {
    pub(crate) frames: Vec<Vec<u8>>,
}

/// Ends stereo sound, left and right in turn, after that many seconds; where it would have gone
/// on, it fades out.
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

/// Encodes stereo sound, left and right in turn, within -1 to 1. `step` is told the part done.
pub(crate) fn encode(
    interleaved: &[f32],
    step: &mut dyn FnMut(f64) -> ControlFlow<()>,
) -> Result<Track, SketchError> {
    let fault = |e: rusty_mp3::Error| SketchError::Encoding(e.to_string());
    let config = Mp3EncoderConfig { bitrate_kbps: KBPS, ..Mp3EncoderConfig::default() };
    let mut encoder = Mp3Encoder::new(config);
    let mut done = 0;
    for second in interleaved.chunks(SAMPLE_RATE as usize * 2) {
        encoder.push_pcm_f32(second, 2, SAMPLE_RATE).map_err(fault)?;
        done += second.len();
        if step(done as f64 / interleaved.len() as f64).is_break() {
            return Err(SketchError::Cancelled);
        }
    }
    encoder.finish();
    // The first frame holds what MP4 says in its index. Frames that the encoder's delay adds at the
    // end would be heard after the last picture.
    let most = (interleaved.len() / 2).div_ceil(SAMPLES_A_FRAME as usize);
    let mut frames = Vec::new();
    loop {
        match encoder.next_packet() {
            Ok(packet) => frames.push(packet),
            Err(rusty_mp3::Error::Eof) => break,
            Err(e) => return Err(fault(e)),
        }
    }
    Ok(Track { frames: frames.into_iter().skip(1).take(most).collect() })
}
