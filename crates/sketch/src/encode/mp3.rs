//! MP3 files: constant bit rate, with an ID3 tag before the sound and the exact length in an info
//! frame.

mod bits;
mod filter;
mod frames;
mod hear;
mod info;
mod quantize;
mod table;

use std::ops::ControlFlow;

use crate::SketchError;
use crate::encode::{About, MAKER};

pub(crate) use frames::SAMPLES_A_FRAME;

/// Samples per second, in each of the two channels.
pub(crate) const SAMPLE_RATE: u32 = 44_100;

const KBPS: u32 = 192;

/// Encodes interleaved stereo samples within -1 to 1. `cover` is a JPEG, or empty. `step` is called
/// with the fraction done.
pub(crate) fn encode(
    interleaved: &[f32],
    about: &About,
    cover: &[u8],
    step: &mut dyn FnMut(f64) -> ControlFlow<()>,
) -> Result<Vec<u8>, SketchError> {
    let samples = interleaved.len() / 2;
    let count = (samples + frames::DELAY).div_ceil(SAMPLES_A_FRAME).max(2);
    let plan = frames::Plan { kbps: KBPS, early: 0, count };
    let made = frames::encode(interleaved, &plan, step)?;
    let millis = samples as u64 * 1000 / u64::from(SAMPLE_RATE);
    let mut bytes = tag(about, millis, cover);
    bytes.extend(info::frame(&made, KBPS, samples));
    made.iter().for_each(|frame| bytes.extend_from_slice(frame));
    Ok(bytes)
}

/// Encodes the sound of a film: frames at this bit rate that decode to exactly these samples, from
/// the first one on.
pub(crate) fn frames(
    interleaved: &[f32],
    kbps: u32,
    step: &mut dyn FnMut(f64) -> ControlFlow<()>,
) -> Result<Vec<Vec<u8>>, SketchError> {
    let count = (interleaved.len() / 2).div_ceil(SAMPLES_A_FRAME);
    frames::encode(interleaved, &frames::Plan { kbps, early: frames::DELAY, count }, step)
}

/// An ID3v2.4 tag (id3.org, "ID3 tag version 2.4.0").
fn tag(about: &About, millis: u64, cover: &[u8]) -> Vec<u8> {
    let mut frames = Vec::new();
    let mut text = |id: &[u8; 4], value: &str| {
        // 3: UTF-8 text.
        let body: Vec<u8> = std::iter::once(3).chain(value.bytes()).collect();
        frame(&mut frames, id, &body);
    };
    text(b"TIT2", &about.title);
    text(b"TPE1", MAKER);
    text(b"TSSE", MAKER);
    text(b"TLEN", &millis.to_string());
    if let Some(bpm) = about.bpm {
        text(b"TBPM", &bpm.to_string());
    }
    if let Some(key) = &about.key {
        text(b"TKEY", key);
    }
    if let Some(genre) = about.genre {
        text(b"TCON", genre);
    }
    frame(&mut frames, b"COMM", &[b"\x03eng\0", about.note.as_bytes()].concat());
    if let Some(lyrics) = &about.lyrics {
        // `XXX`: unknown language.
        frame(&mut frames, b"USLT", &[b"\x03XXX\0", lyrics.as_bytes()].concat());
    }
    if !cover.is_empty() {
        // UTF-8, the content type, 3: front cover, no description.
        frame(&mut frames, b"APIC", &[b"\x03image/jpeg\0\x03\0", cover].concat());
    }
    let mut tag = b"ID3\x04\x00\x00".to_vec();
    tag.extend(syncsafe(frames.len()));
    tag.extend(frames);
    tag
}

fn frame(out: &mut Vec<u8>, id: &[u8; 4], body: &[u8]) {
    out.extend_from_slice(id);
    out.extend(syncsafe(body.len()));
    out.extend([0, 0]);
    out.extend_from_slice(body);
}

/// Sizes in a tag use seven bits per byte, so that no size looks like the start of an MP3 frame.
fn syncsafe(size: usize) -> [u8; 4] {
    [21, 14, 7, 0].map(|shift| (size >> shift) as u8 & 0x7f)
}

#[cfg(test)]
mod tests;
