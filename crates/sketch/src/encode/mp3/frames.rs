//! Frames: samples in, MPEG-1 Layer III frames out, at a constant bit rate (ISO/IEC 11172-3).
//!
//! The bit reservoir carries unused bits of quiet frames over to loud ones: a frame's main data may
//! begin in earlier frames. The same samples give the same bytes on every host: sines and powers
//! come from `libm`, and sums are computed in a fixed order. It must not know about files.

use std::ops::ControlFlow;

use crate::SketchError;
use crate::encode::mp3::SAMPLE_RATE;
use crate::encode::mp3::bits::Writer;
use crate::encode::mp3::filter::{Bank, LINES, REACH, Shape, silence};
use crate::encode::mp3::hear::{Ear, Heard, Memory, Watch};
use crate::encode::mp3::quantize::{Quantizer, reorder};

/// Samples per channel in a frame.
pub(crate) const SAMPLES_A_FRAME: usize = 2 * LINES;

/// The decoder's delay: how many samples after the start of its output the first input sample
/// appears.
pub(super) const DELAY: usize = 1057;

/// Bytes of a frame's header and side information, for two channels without CRC.
pub(super) const HEAD_BYTES: usize = 36;

/// How far back main data may begin, in bytes.
const BACK_MAX: usize = 511;

/// Frames between two progress reports.
const FRAMES_A_STEP: usize = 32;

/// The bit rates that are used, in kbit/s, each with its index in the header.
const RATES: [(u32, u32); 3] = [(128, 9), (160, 10), (192, 11)];

/// What to encode, and how.
pub(super) struct Plan {
    /// The bit rate in kbit/s, one of [`RATES`].
    pub(super) kbps: u32,
    /// How many samples to skip at the start: with [`DELAY`], the decoded sound starts at the first
    /// sample.
    pub(super) early: usize,
    /// The number of frames.
    pub(super) count: usize,
}

/// A frame's four header bytes.
pub(super) fn header(kbps: u32, padded: bool, middle_side: bool) -> [u8; 4] {
    let index = RATES.iter().find(|r| r.0 == kbps).map_or(9, |r| r.1) as u8;
    // Joint stereo, original.
    [0xff, 0xfb, index << 4 | u8::from(padded) << 1, 0x44 | u8::from(middle_side) << 5]
}

/// The size of the n-th frame in bytes, and whether it is padded.
pub(super) fn size(kbps: u32, n: usize) -> (usize, bool) {
    let whole = |n: usize| (n as u64 * 144_000 * u64::from(kbps) / u64::from(SAMPLE_RATE)) as usize;
    let least = whole(1);
    let size = whole(n + 1) - whole(n);
    (size, size > least)
}

/// One granule of both channels, before it is quantised.
struct Granule {
    shape: Shape,
    lines: [[f32; LINES]; 2],
    heard: [Heard; 2],
}

/// The state that carries over from frame to frame.
struct Encoder<'a> {
    samples: &'a [f32],
    plan: &'a Plan,
    bank: Bank,
    ear: Ear,
    quantizer: Quantizer,
    slots: [[[[f32; 32]; 18]; 2]; 2],
    memory: [Memory; 2],
    watch: Watch,
    sudden: bool,
    shape: Shape,
    gains: [i32; 2],
    usual: f32,
    values: Writer,
    /// The capacity for main data of all frames so far, in bytes.
    room: usize,
}

/// Encodes interleaved stereo samples within -1 to 1. `step` is called with the fraction done.
pub(super) fn encode(
    samples: &[f32],
    plan: &Plan,
    step: &mut dyn FnMut(f64) -> ControlFlow<()>,
) -> Result<Vec<Vec<u8>>, SketchError> {
    let mut encoder = Encoder::new(samples, plan);
    let mut frames = Vec::with_capacity(plan.count);
    for n in 0..plan.count {
        frames.push(encoder.frame(n));
        if n % FRAMES_A_STEP == 0 && step(n as f64 / plan.count as f64).is_break() {
            return Err(SketchError::Cancelled);
        }
    }
    let mut values = encoder.values.bytes;
    values.resize(encoder.room, 0);
    let mut rest = values.as_slice();
    for (n, frame) in frames.iter_mut().enumerate() {
        let (part, after) = rest.split_at(size(plan.kbps, n).0 - HEAD_BYTES);
        frame.extend_from_slice(part);
        rest = after;
    }
    Ok(frames)
}

impl<'a> Encoder<'a> {
    fn new(samples: &'a [f32], plan: &'a Plan) -> Self {
        let mut encoder = Self {
            samples,
            plan,
            bank: Bank::new(),
            ear: Ear::new(),
            quantizer: Quantizer::new(),
            slots: [[silence(); 2]; 2],
            memory: [Memory::NEW; 2],
            watch: Watch::NEW,
            sudden: false,
            shape: Shape::Long,
            gains: [180; 2],
            usual: 0.0,
            values: Writer::default(),
            room: 0,
        };
        let ahead = encoder.gather(-1);
        encoder.sudden = encoder.watch.sudden(&ahead[0][AHEAD..], &ahead[1][AHEAD..]);
        encoder
    }

    /// The filters' input for a granule, including the lookahead.
    fn gather(&self, granule: isize) -> [[f32; SEEN]; 2] {
        let mut seen = [[0.0f32; SEEN]; 2];
        let from = granule * LINES as isize - REACH as isize + self.plan.early as isize;
        let skip = from.min(0).unsigned_abs();
        let pairs = self.samples.chunks_exact(2).skip(from.max(0) as usize);
        let [left, right] = &mut seen;
        for ((l, r), pair) in left.iter_mut().zip(right).skip(skip).zip(pairs) {
            *l = pair[0];
            *r = pair[1];
        }
        seen
    }

    /// Transforms the next granule.
    fn granule(&mut self, number: usize) -> Granule {
        let seen = self.gather(number as isize);
        let next = self.watch.sudden(&seen[0][AHEAD..], &seen[1][AHEAD..]);
        let shape = match (self.sudden, self.shape == Shape::Short, next) {
            (true, ..) | (false, true, true) => Shape::Short,
            (false, true, false) => Shape::Stop,
            (false, false, true) => Shape::Start,
            (false, false, false) => Shape::Long,
        };
        (self.sudden, self.shape) = (next, shape);
        let mut lines = [[0.0f32; LINES]; 2];
        let highest = if self.plan.kbps < 160 { 24 } else { 28 } * 18;
        let (now, before) = (number % 2, (number + 1) % 2);
        let heard = [0, 1].map(|side| {
            let lines = &mut lines[side];
            let slots = &mut self.slots[side];
            self.bank.split(&seen[side], &mut slots[now]);
            self.bank.lines(shape, &slots[before], &slots[now], lines);
            lines[highest..].fill(0.0);
            let memory = &mut self.memory[side];
            if shape == Shape::Short {
                reorder(lines);
                self.ear.short(lines, memory)
            } else {
                self.ear.long(lines, memory)
            }
        });
        Granule { shape, lines, heard }
    }

    /// Encodes the next frame. The result lacks main data, which is inserted once all of it is
    /// known.
    fn frame(&mut self, n: usize) -> Vec<u8> {
        let mut granules = [0, 1].map(|g| self.granule(2 * n + g));
        let middle_side = self.join(&mut granules);
        let (size, padded) = size(self.plan.kbps, n);
        let back = self.room - self.values.bytes.len();
        self.room += size - HEAD_BYTES;

        let wishes = granules
            .each_ref()
            .map(|g| g.heard.each_ref().map(|h| h.demand(self.quantizer.edges(g.shape)) + 40.0));
        let wish: f32 = wishes.iter().flatten().sum();
        let mut left = self.share(wish, size - HEAD_BYTES, back);
        let mut wish_left = wish;
        let mut head = Writer::default();
        header(self.plan.kbps, padded, middle_side).iter().for_each(|b| head.put((*b).into(), 8));
        head.put(back as u32, 9);
        head.put(0, 3 + 8);
        for (granule, wishes) in granules.iter().zip(wishes) {
            for (side, wish) in wishes.into_iter().enumerate() {
                let target = (left as f32 * wish / wish_left) as u32;
                let coded = self.quantizer.code(
                    &granule.lines[side],
                    &granule.heard[side],
                    granule.shape,
                    target.min(left),
                    &mut self.gains[side],
                    &mut self.values,
                );
                coded.side(&mut head);
                left -= coded.bits.min(left);
                wish_left -= wish;
            }
        }
        self.values.align();
        // Bits that don't fit into the reservoir are filled with padding.
        let least = self.room.saturating_sub(BACK_MAX);
        if self.values.bytes.len() < least {
            self.values.bytes.resize(least, 0);
        }
        head.bytes
    }

    /// The bit budget of a frame: more than the average if it needs more and the reservoir has
    /// them.
    fn share(&mut self, wish: f32, bytes: usize, back: usize) -> u32 {
        if self.usual == 0.0 {
            self.usual = wish;
        }
        self.usual += (wish - self.usual) * 0.05;
        let mean = (bytes * 8) as f32;
        let kept = (back * 8) as f32;
        let more = (wish / self.usual).clamp(0.7, 1.7);
        let share = mean * more + (kept - 0.7 * (BACK_MAX * 8) as f32) * 0.3;
        // Room for padding to a whole byte.
        share.clamp(mean * 0.5, mean + kept) as u32 - 8
    }

    /// Converts left and right to mid and side if that takes fewer bits.
    fn join(&self, granules: &mut [Granule; 2]) -> bool {
        let both = granules.each_ref().map(|g| {
            let mut lines = g.lines;
            let [left, right] = &mut lines;
            for (l, r) in left.iter_mut().zip(right) {
                const HALF: f32 = std::f32::consts::FRAC_1_SQRT_2;
                (*l, *r) = ((*l + *r) * HALF, (*l - *r) * HALF);
            }
            // Noise in mid or side reaches both outputs, so the stricter of the two limits applies.
            let mut heard = g.heard.clone();
            for (b, edge) in self.quantizer.edges(g.shape).windows(2).enumerate() {
                let hidden = g.heard[0].hidden[b].min(g.heard[1].hidden[b]);
                for (h, lines) in heard.iter_mut().zip(&lines) {
                    h.hidden[b] = hidden;
                    h.energy[b] = lines[edge[0]..edge[1]].iter().map(|x| x * x).sum();
                }
            }
            Granule { shape: g.shape, lines, heard }
        });
        let demand = |granules: &[Granule; 2]| -> f32 {
            let one = |g: &Granule| -> f32 {
                let edges = self.quantizer.edges(g.shape);
                g.heard.iter().map(|h| h.demand(edges)).sum()
            };
            granules.iter().map(one).sum()
        };
        let better = demand(&both) < demand(granules);
        if better {
            *granules = both;
        }
        better
    }
}

/// How many samples are searched for an onset in the next granule, and at which offset: where an
/// onset falls into the middle of that granule's window.
const SEEN: usize = AHEAD + LINES;
const AHEAD: usize = REACH + 63;
