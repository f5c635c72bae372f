//! MP4 files: H.264 pictures, and sound where there is some, laid out so that a player can begin
//! before it has the whole file (the index comes first).
//!
//! Boxes are named as in ISO/IEC 14496-12 and -15.

use rusty_h264::{Encoder, EncoderConfig, Preset, YuvFrame};

use crate::SketchError;
use crate::encode::yuv::{self, Matrix};
use crate::encode::{About, MAKER};

/// Video that is encoded a frame at a time.
pub(crate) struct Video {
    encoder: Encoder,
    frame: YuvFrame,
    fps: u32,
    track: Track,
}

/// What one track is made of.
struct Track {
    data: Vec<u8>,
    sizes: Vec<u32>,
    /// Numbers of the frames, from 1, that can be decoded without the ones before.
    sync: Vec<u32>,
    sps: Vec<u8>,
    pps: Vec<u8>,
}

/// One second of pictures is one chunk.
const TIMESCALE: u32 = 24_000;

impl Video {
    /// An encoder for pictures of that size. Width and height are even.
    pub(crate) fn new(width: usize, height: usize, fps: u32) -> Result<Self, SketchError> {
        let mut config = EncoderConfig::new(width, height);
        config.framerate = fps as f32;
        config.preset = Preset::Fast;
        config.qp = 24;
        config.gop_size = fps * 2;
        // One frame in, one frame out: frames are not kept.
        config.mbtree = false;
        config.lookahead = 0;
        config.scenecut = 0;
        config.num_ref_frames = 1;
        config.level_idc = if height > 360 { 31 } else { 30 };
        let encoder = Encoder::new(config).map_err(|e| SketchError::Encoding(format!("{e:?}")))?;
        let track = Track {
            data: Vec::new(),
            sizes: Vec::new(),
            sync: Vec::new(),
            sps: Vec::new(),
            pps: Vec::new(),
        };
        Ok(Self { encoder, frame: YuvFrame::black(width, height), fps, track })
    }

    /// Adds a picture: three bytes a pixel.
    pub(crate) fn push(&mut self, rgb: &[u8]) -> Result<(), SketchError> {
        yuv::convert(rgb, self.frame.width, self.frame.height, &mut self.frame);
        let unit = self
            .encoder
            .try_encode(&self.frame)
            .map_err(|e| SketchError::Encoding(format!("{e:?}")))?;
        self.track.push(&unit);
        Ok(())
    }

    /// The file.
    pub(crate) fn finish(mut self, about: &About) -> Result<Vec<u8>, SketchError> {
        let rest = self.encoder.try_flush().map_err(|e| SketchError::Encoding(format!("{e:?}")))?;
        if !rest.is_empty() {
            return Err(SketchError::Encoding("the encoder kept frames back".into()));
        }
        let (width, height) = (self.frame.width, self.frame.height);
        let head = ftyp();
        // Addresses in the index are counted from the start of the file, and the index comes
        // before what it points to: it is written twice, and is the same length both times.
        let mut moov = self.track.moov(width, height, self.fps, about, 0);
        let start = head.len() + moov.len() + 8;
        moov = self.track.moov(width, height, self.fps, about, start as u32);
        let mut file = head;
        file.extend(moov);
        file.extend((self.track.data.len() as u32 + 8).to_be_bytes());
        file.extend(b"mdat");
        file.extend(&self.track.data);
        Ok(file)
    }
}

impl Track {
    /// Takes an access unit with start codes (Annex B), keeps it with lengths (-15, 5.3.3).
    fn push(&mut self, unit: &[u8]) {
        let before = self.data.len();
        let mut sync = false;
        for nal in nal_units(unit) {
            match nal.first().map(|b| b & 31) {
                Some(7) => self.sps = nal.to_vec(),
                Some(8) => self.pps = nal.to_vec(),
                Some(9) | None => {}
                Some(kind) => {
                    sync |= kind == 5;
                    self.data.extend((nal.len() as u32).to_be_bytes());
                    self.data.extend_from_slice(nal);
                }
            }
        }
        self.sizes.push((self.data.len() - before) as u32);
        if sync {
            self.sync.push(self.sizes.len() as u32);
        }
    }

    fn moov(&self, width: usize, height: usize, fps: u32, about: &About, start: u32) -> Vec<u8> {
        let frames = self.sizes.len() as u32;
        let ticks = TIMESCALE / fps;
        let duration = frames * ticks;
        let matrix: [u32; 9] = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x4000_0000];
        let mvhd = full("mvhd", 0, 0, |b| {
            u32s(b, &[0, 0, TIMESCALE, duration, 0x10000]);
            b.extend([1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            u32s(b, &matrix);
            b.extend([0; 24]);
            u32s(b, &[2]);
        });
        // 3: the track is enabled and in the presentation.
        let tkhd = full("tkhd", 0, 3, |b| {
            u32s(b, &[0, 0, 1, 0, duration, 0, 0, 0, 0]);
            u32s(b, &matrix);
            u32s(b, &[(width as u32) << 16, (height as u32) << 16]);
        });
        let mdhd = full("mdhd", 0, 0, |b| {
            u32s(b, &[0, 0, TIMESCALE, duration]);
            // Language: undetermined.
            b.extend([0x55, 0xc4, 0, 0]);
        });
        let hdlr = handler(b"vide");
        let vmhd = full("vmhd", 0, 1, |b| b.extend([0; 8]));
        let url = full("url ", 0, 1, |_| {});
        let dref = full("dref", 0, 0, |b| {
            u32s(b, &[1]);
            b.extend(&url);
        });
        let stbl = boxed("stbl", |b| {
            b.extend(self.stsd(width, height));
            b.extend(full("stts", 0, 0, |b| u32s(b, &[1, frames, ticks])));
            b.extend(full("stss", 0, 0, |b| {
                u32s(b, &[self.sync.len() as u32]);
                u32s(b, &self.sync);
            }));
            // All chunks have a second's worth of frames, but for the last.
            let chunks = frames.div_ceil(fps);
            let last = frames - (chunks.max(1) - 1) * fps;
            b.extend(full("stsc", 0, 0, |b| {
                if chunks > 1 && last != fps {
                    u32s(b, &[2, 1, fps, 1, chunks, last, 1]);
                } else {
                    u32s(b, &[1, 1, last, 1]);
                }
            }));
            b.extend(full("stsz", 0, 0, |b| {
                u32s(b, &[0, frames]);
                u32s(b, &self.sizes);
            }));
            b.extend(full("stco", 0, 0, |b| {
                u32s(b, &[chunks]);
                let mut at = start;
                for chunk in self.sizes.chunks(fps as usize) {
                    u32s(b, &[at]);
                    at += chunk.iter().sum::<u32>();
                }
            }));
        });
        let minf = boxed("minf", |b| {
            b.extend(vmhd);
            b.extend(boxed("dinf", |b| b.extend(dref)));
            b.extend(stbl);
        });
        let mdia = boxed("mdia", |b| {
            b.extend(mdhd);
            b.extend(hdlr);
            b.extend(minf);
        });
        boxed("moov", |b| {
            b.extend(mvhd);
            b.extend(boxed("trak", |b| {
                b.extend(tkhd);
                b.extend(mdia);
            }));
            b.extend(udta(about));
        })
    }

    fn stsd(&self, width: usize, height: usize) -> Vec<u8> {
        let avcc = boxed("avcC", |b| {
            b.push(1);
            b.extend(self.sps.get(1..4).unwrap_or(&[0; 3]));
            // Lengths of four bytes, one parameter set of each kind.
            b.extend([0xff, 0xe1]);
            b.extend((self.sps.len() as u16).to_be_bytes());
            b.extend(&self.sps);
            b.push(1);
            b.extend((self.pps.len() as u16).to_be_bytes());
            b.extend(&self.pps);
            if self.sps.get(1) == Some(&100) {
                // High profile says again: 4:2:0, 8 bits luma, 8 bits chroma, no extensions.
                b.extend([0xfd, 0xf8, 0xf8, 0]);
            }
        });
        let colr = boxed("colr", |b| {
            b.extend(b"nclx");
            for code in Matrix::of(height).codes() {
                b.extend(code.to_be_bytes());
            }
            b.push(0);
        });
        let avc1 = boxed("avc1", |b| {
            b.extend([0, 0, 0, 0, 0, 0, 0, 1]);
            b.extend([0; 16]);
            b.extend((width as u16).to_be_bytes());
            b.extend((height as u16).to_be_bytes());
            // 72 dpi both ways, one frame a sample, no compressor name, 24 bits deep.
            u32s(b, &[0x0048_0000, 0x0048_0000, 0]);
            b.extend([0, 1]);
            b.extend([0; 32]);
            b.extend([0, 24, 0xff, 0xff]);
            b.extend(&avcc);
            b.extend(&colr);
        });
        full("stsd", 0, 0, |b| {
            u32s(b, &[1]);
            b.extend(&avc1);
        })
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

fn ftyp() -> Vec<u8> {
    boxed("ftyp", |b| {
        b.extend(b"isom");
        u32s(b, &[0x200]);
        b.extend(b"isomiso2avc1mp41");
    })
}

fn handler(kind: &[u8; 4]) -> Vec<u8> {
    full("hdlr", 0, 0, |b| {
        u32s(b, &[0]);
        b.extend(kind);
        b.extend([0; 13]);
    })
}

/// Title, comment and tool, where players look for them (the layout that iTunes set).
fn udta(about: &About) -> Vec<u8> {
    let item = |name: &[u8; 4], value: &str| {
        let data = boxed("data", |b| {
            // 1: UTF-8.
            u32s(b, &[1, 0]);
            b.extend(value.as_bytes());
        });
        sized(name, &data)
    };
    let ilst = boxed("ilst", |b| {
        b.extend(item(b"\xa9nam", &about.title));
        b.extend(item(b"\xa9ART", MAKER));
        b.extend(item(b"\xa9too", MAKER));
        b.extend(item(b"\xa9cmt", &about.note));
    });
    let meta = full("meta", 0, 0, |b| {
        b.extend(full("hdlr", 0, 0, |b| {
            u32s(b, &[0]);
            b.extend(b"mdirappl");
            b.extend([0; 9]);
        }));
        b.extend(ilst);
    });
    sized(b"udta", &meta)
}

fn u32s(out: &mut Vec<u8>, values: &[u32]) {
    for value in values {
        out.extend(value.to_be_bytes());
    }
}

fn sized(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let mut out = (body.len() as u32 + 8).to_be_bytes().to_vec();
    out.extend(name);
    out.extend(body);
    out
}

fn boxed(name: &str, fill: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut body = Vec::new();
    fill(&mut body);
    let mut out = (body.len() as u32 + 8).to_be_bytes().to_vec();
    out.extend(name.as_bytes());
    out.extend(body);
    out
}

fn full(name: &str, version: u8, flags: u8, fill: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    boxed(name, |b| {
        b.extend([version, 0, 0, flags]);
        fill(b);
    })
}
