//! The psychoacoustic model: how much noise each band masks, and where an onset is so sudden that
//! it needs short windows.
//!
//! The model is simple: a band masks noise a fixed distance below its own level, and some of what
//! its neighbours mask. It must not know about bits.

use crate::encode::mp3::filter::LINES;
use crate::encode::mp3::table::{LONG, SHORT};

/// The maximum number of bands in a granule: 13 in each of three short windows.
pub(super) const BANDS_MAX: usize = 39;

/// The energy of each band of a granule, in coding order, and the noise that it masks.
#[derive(Clone)]
pub(super) struct Heard {
    pub(super) count: usize,
    /// The energy of each band.
    pub(super) energy: [f32; BANDS_MAX],
    /// The energy of the noise that it masks.
    pub(super) hidden: [f32; BANDS_MAX],
}

impl Heard {
    /// The approximate number of bits needed to keep all noise masked.
    pub(super) fn demand(&self, edges: &[usize]) -> f32 {
        let mut bits = 0.0;
        for (b, edge) in edges.windows(2).enumerate() {
            let excess = self.energy[b] / self.hidden[b];
            if excess > 0.5 {
                bits += (edge[1] - edge[0]) as f32 * 0.5 * libm::log2f(1.0 + excess);
            }
        }
        bits
    }
}

/// The model's tables.
pub(super) struct Ear {
    /// How much each band's energy masks in each other band.
    spread: [[f32; 22]; 22],
    spread_short: [[f32; 13]; 13],
    /// The threshold in quiet of each band.
    soft: [f32; 22],
    soft_short: [f32; 13],
}

/// The previous granule of one channel.
#[derive(Clone)]
pub(super) struct Memory {
    energy: [f32; 22],
    hidden: [f32; 22],
}

impl Memory {
    pub(super) const NEW: Self = Self { energy: [0.0; 22], hidden: [f32::MAX; 22] };
}

/// The frequency of a line on the Bark scale (E. Zwicker and E. Terhardt, 1980).
fn bark(hz: f64) -> f64 {
    13.0 * libm::atan(0.00076 * hz) + 3.5 * libm::atan((hz / 7500.0) * (hz / 7500.0))
}

/// The threshold in quiet, as the energy of a line (E. Terhardt, 1979), at a volume where full
/// scale is 96 dB.
fn quiet(hz: f64) -> f64 {
    let k = (hz / 1000.0).max(0.05);
    let db = 3.64 * libm::pow(k, -0.8) - 6.5 * libm::exp(-0.6 * (k - 3.3) * (k - 3.3))
        + 0.001 * libm::pow(k, 4.0);
    libm::pow(10.0, (db.clamp(-10.0, 40.0) - 100.0) / 10.0)
}

fn model<const N: usize>(edges: &[usize], lines: usize) -> ([[f32; N]; N], [f32; N]) {
    let hz = |line: f64| line * 22_050.0 / lines as f64;
    let centre = |b: usize| bark(hz((edges[b] + edges[b + 1]) as f64 / 2.0));
    let spread = std::array::from_fn(|to| {
        std::array::from_fn(|from| {
            let away = centre(to) - centre(from);
            // Masking spreads further upwards than downwards. Low bands, with their separate tones,
            // mask less.
            let slope = if away < 0.0 { 24.0 * -away } else { 11.0 * away };
            let below = if from == to { 0.0 } else { 3.0 } + 25.0 - (centre(to) * 0.7).min(15.0);
            let wide = (edges[to + 1] - edges[to]) as f64 / (edges[from + 1] - edges[from]) as f64;
            (libm::pow(10.0, -(slope + below) / 10.0) * wide.min(1.0)) as f32
        })
    });
    let soft = std::array::from_fn(|b| {
        ((edges[b]..edges[b + 1]).map(|i| quiet(hz(i as f64 + 0.5))).fold(1.0, f64::min)
            * (edges[b + 1] - edges[b]) as f64) as f32
    });
    (spread, soft)
}

impl Ear {
    pub(super) fn new() -> Self {
        let (spread, soft) = model(&LONG, LINES);
        let (spread_short, soft_short) = model(&SHORT, LINES / 3);
        Self { spread, spread_short, soft, soft_short }
    }

    /// Analyses a granule with a long window.
    pub(super) fn long(&self, lines: &[f32; LINES], memory: &mut Memory) -> Heard {
        let mut heard = Heard { count: 22, energy: [0.0; BANDS_MAX], hidden: [0.0; BANDS_MAX] };
        let mut even = [0.0f32; 22];
        for b in 0..22 {
            let energy: f32 = lines[LONG[b]..LONG[b + 1]].iter().map(|x| x * x).sum();
            heard.energy[b] = energy;
            // The lines of a steady tone vary from granule to granule, so two granules are
            // averaged.
            even[b] = 0.5 * (energy + memory.energy[b].min(4.0 * energy));
            memory.energy[b] = energy;
        }
        for b in 0..22 {
            let cover: f32 = self.spread[b].iter().zip(&even).map(|(s, e)| s * e).sum();
            // Limits pre-echo: if the previous granule was quiet, little noise is masked.
            let hidden = cover.min(memory.hidden[b] * 6.0).max(self.soft[b]);
            memory.hidden[b] = cover.max(self.soft[b]);
            heard.hidden[b] = hidden;
        }
        heard
    }

    /// Analyses a granule with short windows, its lines in coding order.
    pub(super) fn short(&self, lines: &[f32; LINES], memory: &mut Memory) -> Heard {
        let mut heard =
            Heard { count: BANDS_MAX, energy: [0.0; BANDS_MAX], hidden: [0.0; BANDS_MAX] };
        let mut at = 0;
        for b in 0..13 {
            let width = SHORT[b + 1] - SHORT[b];
            for w in 0..3 {
                heard.energy[b * 3 + w] = lines[at..at + width].iter().map(|x| x * x).sum();
                at += width;
            }
        }
        for w in 0..3 {
            for b in 0..13 {
                let cover: f32 = (0..13)
                    .map(|from| self.spread_short[b][from] * heard.energy[from * 3 + w])
                    .sum();
                heard.hidden[b * 3 + w] = cover.max(self.soft_short[b]);
            }
        }
        *memory = Memory::NEW;
        heard
    }
}

/// The block length for onset detection, in samples, and the blocks in a granule.
const PIECE: usize = 96;
const PIECES: usize = LINES / PIECE;

/// Detects onsets block by block, in both channels together.
pub(super) struct Watch {
    before: [f32; 2],
    level: f32,
}

impl Watch {
    pub(super) const NEW: Self = Self { before: [0.0; 2], level: 0.0 };

    /// Whether there is a sudden onset within these 576 samples.
    pub(super) fn sudden(&mut self, left: &[f32], right: &[f32]) -> bool {
        let mut found = false;
        for piece in 0..PIECES {
            let at = piece * PIECE;
            let mut energy = 0.0;
            for (side, samples) in [left, right].into_iter().enumerate() {
                let mut before = self.before[side];
                for s in &samples[at..at + PIECE] {
                    // A high-pass filter, because a low tone that swells within a block isn't an
                    // onset.
                    let high = s - before;
                    before = *s;
                    energy += high * high;
                }
                self.before[side] = before;
            }
            if energy > 0.004 && energy > self.level * 9.0 {
                found = true;
            }
            self.level = energy.max(self.level * 0.72);
        }
        found
    }
}
