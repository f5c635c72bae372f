//! The info frame at the start of a file: silence to a decoder; for players, the exact length and a
//! seek table in hundredths.
//!
//! The layout is the de facto standard: Xing's header, named `Info` for constant bit rates,
//! followed by LAME's ("MP3 Info Tag", revision 1), which says how many samples to skip at both
//! ends.

use crate::encode::mp3::SAMPLES_A_FRAME;
use crate::encode::mp3::frames::{DELAY, HEAD_BYTES, header, size};

/// The decoder's own delay, as the layout counts it.
const DECODER_DELAY: usize = 529;

/// The encoder's name. Players check its first four letters before they trust what follows.
const NAME: &[u8; 9] = b"LAMEai-no";

/// The info frame for `frames`, which hold this many samples per channel.
pub(super) fn frame(frames: &[Vec<u8>], kbps: u32, samples: usize) -> Vec<u8> {
    let length = size(kbps, 0).0;
    let sound: usize = frames.iter().map(Vec::len).sum();
    let total = sound + length;
    let delay = DELAY - DECODER_DELAY;
    let padding = frames.len() * SAMPLES_A_FRAME - delay - samples;
    let mut out = header(kbps, false, false).to_vec();
    out.resize(HEAD_BYTES, 0);
    out.extend(b"Info");
    // Flags: frame count, byte count, seek table and quality follow.
    out.extend(0x0fu32.to_be_bytes());
    out.extend((frames.len() as u32).to_be_bytes());
    out.extend((total as u32).to_be_bytes());
    out.extend((0..100).map(|percent| {
        let at: usize = frames[..frames.len() * percent / 100].iter().map(Vec::len).sum();
        ((length + at) as u64 * 256 / total as u64) as u8
    }));
    out.extend(0u32.to_be_bytes());
    out.extend(NAME);
    // Constant bit rate, no low-pass given, no gains, no flags.
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

/// The checksum of the layout: CRC-16 with the polynomial 0x8005, least significant bit first.
fn check(crc: u16, bytes: &[u8]) -> u16 {
    bytes.iter().fold(crc, |crc, b| {
        (0..8).fold(crc ^ u16::from(*b), |c, _| if c & 1 == 1 { c >> 1 ^ 0xa001 } else { c >> 1 })
    })
}
