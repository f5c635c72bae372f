//! MP4 files: H.264 pictures and, optionally, MP3 sound. The layout lets a player start before it
//! has the whole file: the index comes first, and pictures and sound alternate every second.
//!
//! Boxes have their names of ISO/IEC 14496-12 and -15.

mod boxes;

use boxes::{boxed, full, sized, u32s};

use crate::Size;
use crate::encode::h264::Group;
use crate::encode::mp3::SAMPLE_RATE;
use crate::encode::sound::{self, SAMPLES_A_FRAME};
use crate::encode::yuv::Matrix;
use crate::encode::{About, MAKER};

/// The contents of a file.
pub(crate) struct Movie {
    pub(crate) size: Size,
    /// Pictures per second; each group except the last has this many.
    pub(crate) fps: u32,
    pub(crate) groups: Vec<Group>,
    pub(crate) sound: Option<sound::Track>,
}

/// Time scales of the movie and of the picture track, in ticks per second.
const TIMESCALE: u32 = 24_000;

/// Writes the file.
pub(crate) fn write(movie: &Movie, about: &About) -> Vec<u8> {
    let head = ftyp();
    // The index contains file offsets and comes before the data that they refer to, so it is
    // written twice; its length is the same both times.
    let length = moov(movie, about, 0).len();
    let mut file = head;
    let start = file.len() + length + 8;
    file.extend(moov(movie, about, start as u32));
    let body: usize = chunks(movie).iter().map(Chunk::bytes).sum();
    file.reserve(body + 8);
    file.extend((body as u32 + 8).to_be_bytes());
    file.extend(b"mdat");
    for chunk in chunks(movie) {
        file.extend_from_slice(&chunk.group.data);
        for frame in chunk.sound {
            file.extend_from_slice(frame);
        }
    }
    file
}

/// One second of the movie: its pictures, and the sound that starts in it.
struct Chunk<'a> {
    group: &'a Group,
    sound: &'a [Vec<u8>],
}

impl Chunk<'_> {
    fn sound_bytes(&self) -> usize {
        self.sound.iter().map(Vec::len).sum()
    }

    fn bytes(&self) -> usize {
        self.group.data.len() + self.sound_bytes()
    }
}

fn chunks(movie: &Movie) -> Vec<Chunk<'_>> {
    let mut rest = movie.sound.as_ref().map_or(&[][..], |s| &s.frames);
    let mut taken = 0;
    let last = movie.groups.len().saturating_sub(1);
    let chunk = |(second, group)| {
        let until = ((second as u32 + 1) * SAMPLE_RATE).div_ceil(SAMPLES_A_FRAME) as usize;
        let many = if second == last { rest.len() } else { (until - taken).min(rest.len()) };
        let (sound, after) = rest.split_at(many);
        rest = after;
        taken += many;
        Chunk { group, sound }
    };
    movie.groups.iter().enumerate().map(chunk).collect()
}

const MATRIX: [u32; 9] = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x4000_0000];

fn moov(movie: &Movie, about: &About, start: u32) -> Vec<u8> {
    let frames: u32 = movie.groups.iter().map(|g| g.sizes.len() as u32).sum();
    let duration = frames * (TIMESCALE / movie.fps);
    let chunks = chunks(movie);
    let mut pictures_at = Vec::new();
    let mut sound_at = Vec::new();
    let mut at = start;
    for chunk in &chunks {
        pictures_at.push(at);
        sound_at.push(at + chunk.group.data.len() as u32);
        at += chunk.bytes() as u32;
    }
    let mvhd = full(b"mvhd", 0, 0, |b| {
        u32s(b, &[0, 0, TIMESCALE, duration, 0x10000]);
        b.extend([1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        u32s(b, &MATRIX);
        b.extend([0; 24]);
        u32s(b, &[3]);
    });
    boxed(b"moov", |b| {
        b.extend(mvhd);
        b.extend(pictures(movie, frames, duration, &pictures_at));
        if let Some(sound) = &movie.sound {
            b.extend(heard(sound, duration, &chunks, &sound_at));
        }
        b.extend(udta(about));
    })
}

/// The picture track.
fn pictures(movie: &Movie, frames: u32, duration: u32, at: &[u32]) -> Vec<u8> {
    let (width, height) = (movie.size.width() as u32, movie.size.height() as u32);
    // 3: the track is enabled and part of the presentation.
    let tkhd = full(b"tkhd", 0, 3, |b| {
        u32s(b, &[0, 0, 1, 0, duration, 0, 0, 0, 0]);
        u32s(b, &MATRIX);
        u32s(b, &[width << 16, height << 16]);
    });
    let sizes: Vec<u32> = movie.groups.iter().flat_map(|g| g.sizes.iter().copied()).collect();
    let counts: Vec<u32> = movie.groups.iter().map(|g| g.sizes.len() as u32).collect();
    let stbl = boxed(b"stbl", |b| {
        b.extend(avc1(movie));
        b.extend(full(b"stts", 0, 0, |b| u32s(b, &[1, frames, TIMESCALE / movie.fps])));
        b.extend(full(b"stss", 0, 0, |b| {
            u32s(b, &[counts.len() as u32]);
            let mut first = 1;
            for count in &counts {
                u32s(b, &[first]);
                first += count;
            }
        }));
        b.extend(tables(&counts, &sizes, at));
    });
    let header = full(b"vmhd", 0, 1, |b| b.extend([0; 8]));
    track(tkhd, b"vide", (TIMESCALE, duration), header, stbl)
}

/// The sound track.
fn heard(sound: &sound::Track, duration: u32, chunks: &[Chunk<'_>], at: &[u32]) -> Vec<u8> {
    let frames = sound.frames.len() as u32;
    let tkhd = full(b"tkhd", 0, 3, |b| {
        // 0x0100: full volume.
        u32s(b, &[0, 0, 2, 0, duration, 0, 0, 0, 0x0100_0000]);
        u32s(b, &MATRIX);
        u32s(b, &[0, 0]);
    });
    let sizes: Vec<u32> = sound.frames.iter().map(|f| f.len() as u32).collect();
    // Chunks without sound are omitted: a chunk must not be empty.
    let (counts, at): (Vec<u32>, Vec<u32>) = chunks
        .iter()
        .zip(at)
        .filter(|(c, _)| !c.sound.is_empty())
        .map(|(c, at)| (c.sound.len() as u32, *at))
        .unzip();
    let stbl = boxed(b"stbl", |b| {
        b.extend(mp4a());
        b.extend(full(b"stts", 0, 0, |b| u32s(b, &[1, frames, SAMPLES_A_FRAME])));
        b.extend(tables(&counts, &sizes, &at));
    });
    let header = full(b"smhd", 0, 0, |b| b.extend([0; 4]));
    track(tkhd, b"soun", (SAMPLE_RATE, frames * SAMPLES_A_FRAME), header, stbl)
}

/// A track; `time` is its time scale and its duration in that scale.
fn track(
    tkhd: Vec<u8>,
    kind: &[u8; 4],
    time: (u32, u32),
    header: Vec<u8>,
    stbl: Vec<u8>,
) -> Vec<u8> {
    let mdhd = full(b"mdhd", 0, 0, |b| {
        u32s(b, &[0, 0, time.0, time.1]);
        // Language: undetermined.
        b.extend([0x55, 0xc4, 0, 0]);
    });
    let hdlr = full(b"hdlr", 0, 0, |b| {
        u32s(b, &[0]);
        b.extend(kind);
        b.extend([0; 13]);
    });
    let dref = full(b"dref", 0, 0, |b| {
        u32s(b, &[1]);
        b.extend(full(b"url ", 0, 1, |_| {}));
    });
    let minf = boxed(b"minf", |b| {
        b.extend(header);
        b.extend(sized(b"dinf", &dref));
        b.extend(stbl);
    });
    boxed(b"trak", |b| {
        b.extend(tkhd);
        b.extend(boxed(b"mdia", |b| {
            b.extend(mdhd);
            b.extend(hdlr);
            b.extend(minf);
        }));
    })
}

/// The sample tables: the samples of each chunk, their sizes, and the offsets of the chunks.
fn tables(counts: &[u32], sizes: &[u32], at: &[u32]) -> Vec<u8> {
    let mut runs: Vec<[u32; 3]> = Vec::new();
    for (i, count) in counts.iter().enumerate() {
        if runs.last().is_none_or(|run| run[1] != *count) {
            runs.push([i as u32 + 1, *count, 1]);
        }
    }
    let mut out = full(b"stsc", 0, 0, |b| {
        u32s(b, &[runs.len() as u32]);
        u32s(b, runs.as_flattened());
    });
    out.extend(full(b"stsz", 0, 0, |b| {
        u32s(b, &[0, sizes.len() as u32]);
        u32s(b, sizes);
    }));
    out.extend(full(b"stco", 0, 0, |b| {
        u32s(b, &[at.len() as u32]);
        u32s(b, at);
    }));
    out
}

fn avc1(movie: &Movie) -> Vec<u8> {
    let empty = Group::default();
    let first = movie.groups.first().unwrap_or(&empty);
    let (sps, pps) = (&first.sps, &first.pps);
    let avcc = boxed(b"avcC", |b| {
        b.push(1);
        b.extend(sps.get(1..4).unwrap_or(&[0; 3]));
        // Four-byte lengths, one parameter set of each kind.
        b.extend([0xff, 0xe1]);
        b.extend((sps.len() as u16).to_be_bytes());
        b.extend(sps);
        b.push(1);
        b.extend((pps.len() as u16).to_be_bytes());
        b.extend(pps);
        if sps.get(1) == Some(&100) {
            // The high profile repeats: 4:2:0, 8 bits luma, 8 bits chroma, no extensions.
            b.extend([0xfd, 0xf8, 0xf8, 0]);
        }
    });
    let colr = boxed(b"colr", |b| {
        b.extend(b"nclx");
        for code in Matrix::of(movie.size.height()).codes() {
            b.extend(code.to_be_bytes());
        }
        b.push(0);
    });
    let avc1 = boxed(b"avc1", |b| {
        b.extend([0, 0, 0, 0, 0, 0, 0, 1]);
        b.extend([0; 16]);
        b.extend((movie.size.width() as u16).to_be_bytes());
        b.extend((movie.size.height() as u16).to_be_bytes());
        // 72 dpi in both directions, one frame per sample, no compressor name, 24 bits deep.
        u32s(b, &[0x0048_0000, 0x0048_0000, 0]);
        b.extend([0, 1]);
        b.extend([0; 32]);
        b.extend([0, 24, 0xff, 0xff]);
        b.extend(&avcc);
        b.extend(&colr);
    });
    described(&avc1)
}

fn mp4a() -> Vec<u8> {
    let bits = (sound::KBPS * 1000).to_be_bytes();
    let esds = full(b"esds", 0, 0, |b| {
        // Descriptors (ISO/IEC 14496-1, 7.2.6): tag, length, body. The stream's contains the
        // decoder's: 0x6b is MPEG-1 audio, 0x15 an audio stream.
        b.extend([3, 21, 0, 0, 0, 4, 13, 0x6b, 0x15, 0, 0, 0]);
        b.extend(bits);
        b.extend(bits);
        b.extend([6, 1, 2]);
    });
    let mp4a = boxed(b"mp4a", |b| {
        b.extend([0, 0, 0, 0, 0, 0, 0, 1]);
        b.extend([0; 8]);
        // Two channels with 16 bits.
        b.extend([0, 2, 0, 16, 0, 0, 0, 0]);
        u32s(b, &[SAMPLE_RATE << 16]);
        b.extend(&esds);
    });
    described(&mp4a)
}

fn described(entry: &[u8]) -> Vec<u8> {
    full(b"stsd", 0, 0, |b| {
        u32s(b, &[1]);
        b.extend(entry);
    })
}

fn ftyp() -> Vec<u8> {
    boxed(b"ftyp", |b| {
        b.extend(b"isom");
        u32s(b, &[0x200]);
        b.extend(b"isomiso2avc1mp41");
    })
}

/// Title, comment and encoder, in the places where players read them (iTunes' layout).
fn udta(about: &About) -> Vec<u8> {
    let item = |name: &[u8; 4], value: &str| {
        let data = boxed(b"data", |b| {
            // 1: UTF-8.
            u32s(b, &[1, 0]);
            b.extend(value.as_bytes());
        });
        sized(name, &data)
    };
    let ilst = boxed(b"ilst", |b| {
        b.extend(item(b"\xa9nam", &about.title));
        b.extend(item(b"\xa9ART", MAKER));
        b.extend(item(b"\xa9too", MAKER));
        b.extend(item(b"\xa9cmt", &about.note));
    });
    let meta = full(b"meta", 0, 0, |b| {
        b.extend(full(b"hdlr", 0, 0, |b| {
            u32s(b, &[0]);
            b.extend(b"mdirappl");
            b.extend([0; 9]);
        }));
        b.extend(ilst);
    });
    sized(b"udta", &meta)
}
