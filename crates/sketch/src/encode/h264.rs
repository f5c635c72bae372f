//! H.264: pictures in, access units out, one group of pictures at a time.
//!
//! A group starts with a key frame and doesn't refer to other groups.

use rusty_h264::{Encoder, EncoderConfig, YuvFrame};

use crate::encode::yuv;
use crate::{Size, SketchError};

/// Encodes one group of pictures.
pub(crate) struct Coder {
    encoder: Encoder,
    frame: YuvFrame,
    group: Group,
}

/// Encoded pictures, with length prefixes instead of start codes (ISO/IEC 14496-15, 5.3.3).
#[derive(Default)]
pub(crate) struct Group {
    pub(crate) data: Vec<u8>,
    /// The bytes of each picture. The first is a key frame.
    pub(crate) sizes: Vec<u32>,
    /// The parameter sets, the same for all groups of a film.
    pub(crate) sps: Vec<u8>,
    pub(crate) pps: Vec<u8>,
}

impl Coder {
    /// An encoder for pictures of this size. `qp` is the quantiser, from 0 to 51; 6 more halves the
    /// size, roughly.
    pub(crate) fn new(size: Size, fps: u32, qp: u8) -> Result<Self, SketchError> {
        let (width, height) = (size.width(), size.height());
        // No arithmetic coding and no lookahead: speed matters most.
        let mut config = EncoderConfig::baseline(width, height);
        config.framerate = fps as f32;
        config.qp = qp;
        config.aq_strength = 0.0;
        config.tune_satd_q = 0.0;
        config.gop_size = u32::MAX;
        config.level_idc = level(size);
        let encoder = Encoder::new(config).map_err(fault)?;
        Ok(Self { encoder, frame: YuvFrame::black(width, height), group: Group::default() })
    }

    /// The pixels of the next picture: red, green, blue and an ignored byte.
    pub(crate) fn show(&mut self, pixels: &[[u8; 4]]) {
        yuv::convert(pixels, self.frame.width, self.frame.height, &mut self.frame);
    }

    /// Adds a picture with the current pixels.
    pub(crate) fn push(&mut self) -> Result<(), SketchError> {
        let unit = self.encoder.try_encode(&self.frame).map_err(fault)?;
        self.group.push(&unit);
        Ok(())
    }

    /// Finishes the group.
    pub(crate) fn finish(mut self) -> Result<Group, SketchError> {
        if !self.encoder.try_flush().map_err(fault)?.is_empty() {
            return Err(SketchError::Encoding("the encoder kept pictures back".into()));
        }
        Ok(self.group)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
fn fault(error: rusty_h264::EncodeError) -> SketchError {
    SketchError::Encoding(format!("{error:?}"))
}

/// The lowest level (Table A-1) that allows pictures of this size at 24 per second.
fn level(size: Size) -> u8 {
    match size.width().div_ceil(16) * size.height().div_ceil(16) {
        0..=1620 => 30,
        1621..=3600 => 31,
        3601..=8192 => 40,
        _ => 51,
    }
}

impl Group {
    /// Takes an access unit with start codes (Annex B).
    fn push(&mut self, unit: &[u8]) {
        let before = self.data.len();
        for nal in nal_units(unit) {
            match nal.first().map(|b| b & 31) {
                Some(7) => self.sps = nal.to_vec(),
                Some(8) => self.pps = nal.to_vec(),
                Some(9) | None => {}
                Some(_) => {
                    self.data.extend((nal.len() as u32).to_be_bytes());
                    self.data.extend_from_slice(nal);
                }
            }
        }
        self.sizes.push((self.data.len() - before) as u32);
    }
}

/// The units between start codes of two zeros and a one, three bytes or four.
fn nal_units(stream: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut starts = Vec::new();
    let mut at = 0;
    while at + 3 <= stream.len() {
        if stream[at..at + 3] == [0, 0, 1] {
            starts.push(at);
            at += 3;
        } else {
            at += 1;
        }
    }
    let ends: Vec<usize> = starts.iter().skip(1).copied().chain([stream.len()]).collect();
    starts.into_iter().zip(ends).map(|(start, end)| {
        let unit = &stream[start + 3..end];
        let kept = unit.iter().rposition(|b| *b != 0).map_or(0, |last| last + 1);
        &unit[..kept]
    })
}
