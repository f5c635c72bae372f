//! From samples to spectral lines: the polyphase bank of 32 filters, and an MDCT of each one's
//! output (ISO/IEC 11172-3, C.1.3 and 2.4.3.4.10).
//!
//! It must not know about bits. Its sums run over whole rows, which compilers vectorise.

use std::f64::consts::PI;

use crate::encode::mp3::table::{ALIAS, WINDOW};

/// Lines of a granule, and the number of samples that it advances.
pub(super) const LINES: usize = 576;

const BANDS: usize = 32;
const SLOTS: usize = 18;

/// How many samples before the first one the filter bank reads.
pub(super) const REACH: usize = 480;

/// The block type of a granule: its window shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// One long window.
    Long,
    /// A long window that leads to short ones (start block).
    Start,
    /// Three short windows, for sudden onsets.
    Short,
    /// A long window after short ones (stop block).
    Stop,
}

/// 18 samples from each of the 32 filters.
type Slots = [[f32; BANDS]; SLOTS];

/// The tables.
pub(super) struct Bank {
    /// The window of the filter bank, in rows of 64, reversed.
    window: [[f32; 64]; 8],
    /// The cosines of the filter bank: the weight of each folded sample in the lower sixteen
    /// filters.
    cosines: [[f32; 16]; BANDS],
    /// The windows of the MDCT.
    long: [[f32; 36]; 3],
    short: [f32; 12],
    /// The cosines of the MDCT, scaled so that a decoder restores the input's amplitude.
    turn: [[f32; SLOTS]; SLOTS],
    turn_short: [[f32; 6]; 6],
    alias: [(f32, f32); 8],
}

impl Bank {
    pub(super) fn new() -> Self {
        let d = |i: usize| -> f64 {
            let i = i & 511;
            let sign = if i > 256 && !i.is_multiple_of(64) { -1.0 } else { 1.0 };
            sign * f64::from(WINDOW[if i > 256 { 512 - i } else { i }]) / 65_536.0 / 32.0
        };
        let sine = |i: usize, n: f64| libm::sin(PI / n * (i as f64 + 0.5)) as f32;
        let kernel = |n: f64, k: usize, i: usize| {
            (libm::cos(PI / n * (k as f64 + 0.5) * (i as f64 + 0.5)) * 2.0 / n) as f32
        };
        let start = |i: usize| match i {
            0..18 => sine(i, 36.0),
            18..24 => 1.0,
            24..30 => sine(i - 18, 12.0),
            _ => 0.0,
        };
        Self {
            window: std::array::from_fn(|j| std::array::from_fn(|m| d(63 - m + 64 * j) as f32)),
            cosines: std::array::from_fn(|d| {
                std::array::from_fn(|k| libm::cos((2 * k + 1) as f64 * d as f64 * PI / 64.0) as f32)
            }),
            long: [
                std::array::from_fn(|i| sine(i, 36.0)),
                std::array::from_fn(start),
                std::array::from_fn(|i| start(35 - i)),
            ],
            short: std::array::from_fn(|i| sine(i, 12.0)),
            turn: std::array::from_fn(|i| std::array::from_fn(|k| kernel(18.0, k, i))),
            turn_short: std::array::from_fn(|i| std::array::from_fn(|k| kernel(6.0, k, i))),
            alias: ALIAS.map(|c| {
                let root = (1.0 + c * c).sqrt();
                ((1.0 / root) as f32, (c / root) as f32)
            }),
        }
    }

    /// The filters' output for the 576 samples after the first `REACH` of `samples`.
    pub(super) fn split(&self, samples: &[f32], slots: &mut Slots) {
        for (slot, row) in slots.iter_mut().enumerate() {
            let seen = &samples[slot * BANDS..slot * BANDS + 512];
            let mut y = [0.0f32; 64];
            for (w, x) in self.window.iter().zip(seen.rchunks_exact(64)) {
                for ((y, w), x) in y.iter_mut().zip(w).zip(x) {
                    *y += w * x;
                }
            }
            // `y` is reversed: the standard's Y[i] is y[63 - i].
            let mut folded = [0.0f32; BANDS];
            folded[0] = y[63 - 16];
            for (i, f) in folded.iter_mut().enumerate().skip(1) {
                *f = if i <= 16 {
                    y[63 - 16 - i] + y[63 - 16 + i]
                } else {
                    y[63 - 16 - i] - y[i - 17]
                };
            }
            let (mut even, mut odd) = ([0.0f32; 16], [0.0f32; 16]);
            for (pair, table) in folded.chunks_exact(2).zip(self.cosines.chunks_exact(2)) {
                for (sum, c) in even.iter_mut().zip(&table[0]) {
                    *sum += pair[0] * c;
                }
                for (sum, c) in odd.iter_mut().zip(&table[1]) {
                    *sum += pair[1] * c;
                }
            }
            for k in 0..16 {
                row[k] = even[k] + odd[k];
                row[31 - k] = even[k] - odd[k];
            }
            if slot % 2 == 1 {
                // Every second filter's spectrum is inverted.
                row.iter_mut().skip(1).step_by(2).for_each(|s| *s = -*s);
            }
        }
    }

    /// The lines of a granule, from the filters' output for the previous granule and for this one.
    /// The lines of short windows are stored window by window within each filter.
    pub(super) fn lines(
        &self,
        shape: Shape,
        before: &Slots,
        now: &Slots,
        lines: &mut [f32; LINES],
    ) {
        match shape {
            Shape::Long => self.long(&self.long[0], before, now, lines),
            Shape::Start => self.long(&self.long[1], before, now, lines),
            Shape::Stop => self.long(&self.long[2], before, now, lines),
            Shape::Short => self.short(before, now, lines),
        }
    }

    fn long(&self, window: &[f32; 36], before: &Slots, now: &Slots, lines: &mut [f32; LINES]) {
        let mut folded = [[0.0f32; BANDS]; SLOTS];
        for n in 0..9 {
            let (w, v) = (window[26 - n], window[27 + n]);
            for (f, (x, y)) in folded[n].iter_mut().zip(now[8 - n].iter().zip(&now[9 + n])) {
                *f = -(w * x) - v * y;
            }
            let (w, v) = (window[n], window[17 - n]);
            for (f, (x, y)) in folded[9 + n].iter_mut().zip(before[n].iter().zip(&before[17 - n])) {
                *f = w * x - v * y;
            }
        }
        for (i, kernel) in self.turn.iter().enumerate() {
            let mut sum = [0.0f32; BANDS];
            for (k, row) in kernel.iter().zip(&folded) {
                for (s, x) in sum.iter_mut().zip(row) {
                    *s += k * x;
                }
            }
            for (band, s) in sum.iter().enumerate() {
                lines[band * SLOTS + i] = *s;
            }
        }
        for edge in (SLOTS..LINES).step_by(SLOTS) {
            for (i, (s, a)) in self.alias.iter().enumerate() {
                let (up, down) = (lines[edge - 1 - i], lines[edge + i]);
                lines[edge - 1 - i] = up * s + down * a;
                lines[edge + i] = down * s - up * a;
            }
        }
    }

    fn short(&self, before: &Slots, now: &Slots, lines: &mut [f32; LINES]) {
        for part in 0..3 {
            let row = |k: usize| {
                let slot = 6 + 6 * part + k;
                if slot < SLOTS { &before[slot] } else { &now[slot - SLOTS] }
            };
            let mut folded = [[0.0f32; BANDS]; 6];
            for n in 0..3 {
                let (w, v) = (self.short[8 - n], self.short[9 + n]);
                for (f, (x, y)) in folded[n].iter_mut().zip(row(8 - n).iter().zip(row(9 + n))) {
                    *f = -(w * x) - v * y;
                }
                let (w, v) = (self.short[n], self.short[5 - n]);
                for (f, (x, y)) in folded[3 + n].iter_mut().zip(row(n).iter().zip(row(5 - n))) {
                    *f = w * x - v * y;
                }
            }
            for (i, kernel) in self.turn_short.iter().enumerate() {
                let mut sum = [0.0f32; BANDS];
                for (k, row) in kernel.iter().zip(&folded) {
                    for (s, x) in sum.iter_mut().zip(row) {
                        *s += k * x;
                    }
                }
                for (band, s) in sum.iter().enumerate() {
                    lines[band * SLOTS + part * 6 + i] = *s;
                }
            }
        }
    }
}

/// Silence before the first granule.
pub(super) const fn silence() -> Slots {
    [[0.0; BANDS]; SLOTS]
}
