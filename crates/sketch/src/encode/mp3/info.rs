//! The first frame of a file: silence to a decoder, and for players the sound's exact length and
//! where in the file its hundredths lie.
//!
//! The layout is the one that players agree on: Xing's header, named `Info` where the rate is
//! constant, and behind it LAME's ("MP3 Info Tag", revision 1), which says how many samples to
//! leave out at both ends.

use crate::encode::mp3::SAMPLES_A_FRAME;
use crate::encode::mp3::frames::{DELAY, HEAD_BYTES, header, size};

/// What a decoder adds by itself, as the layout counts it.
const DECODER_DELAY: usize = 529;

/// Players look at the first four letters before they believe what follows; the others are ours.
const NAME: &[u8; 9] = b"LAMEai-no";

/// The frame that stands before `frames`, which hold that many samples of each channel.
pub(super) fn frame(frames: &[Vec<u8>], kbps: u32, samples: usize) -> Vec<u8> {
    let length = size(kbps, 0).0;
    let sound: usize = frames.iter().map(Vec::len).sum();
    let total = sound + length;
    let delay = DELAY - DECODER_DELAY;
    let padding = frames.len() * SAMPLES_A_FRAME - delay - samples;
    let mut out = header(kbps, false, false).to_vec();
    out.resize(HEAD_BYTES, 0);
    out.extend(b"Info");
    // Frames, bytes, places and quality follow.
    out.extend(0x0fu32.to_be_bytes());
    out.extend((frames.len() as u32).to_be_bytes());
    out.extend((total as u32).to_be_bytes());
    out.extend((0..100).map(|percent| {
        let at: usize = frames[..frames.len() * percent / 100].iter().map(Vec::len).sum();
        ((length + at) as u64 * 256 / total as u64) as u8
    }));
    out.extend(0u32.to_be_bytes());
    out.extend(NAME);
    // Constant rate, no low-pass named, no gains, no flags.
    out.extend([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    out.push(kbps.min(255) as u8);
    let gap = (delay as u32) << 12 | (padding as u32).min(4095);
    out.extend(&gap.to_be_bytes()[1..]);
    // Joint stereo at 44.1 kHz; no gain, no preset.
    out.extend([0b0100_1100, 0, 0, 0]);
    out.extend((total as u32).to_be_bytes());
    out.extend(frames.iter().fold(0, |crc, f| check(crc, f)).to_be_bytes());
    out.extend(check(0, &out).to_be_bytes());
    out.resize(length, 0);
    out
}

/// The check sum of the layout: CRC-16 with the polynomial 0x8005, lowest bits first.
fn check(crc: u16, bytes: &[u8]) -> u16 {
    bytes.iter().fold(crc, |crc, b| {
        (0..8).fold(crc ^ u16::from(*b), |c, _| if c & 1 == 1 { c >> 1 ^ 0xa001 } else { c >> 1 })
    })
}
