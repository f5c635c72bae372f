//! The last step: as loud as records are, and never over the edge.
//!
//! Loudness is measured as ITU-R BS.1770 says; the target is -14 LUFS. Peaks between samples are
//! held below -2.8 dB, so that encoding, which moves them by more than a decibel, stays below -1.

use crate::math::{TAU, cos, db, log10, sin};
use crate::synth::RATE;

const TARGET_LUFS: f32 = -14.0;
const CEILING_DB: f32 = -2.8;

/// Brings a mix to its loudness, in place.
pub(crate) fn finish(mix: &mut [[f32; 2]]) {
    rumble(mix);
    fade(mix);
    // The limiter takes a little loudness away: what it took is given back, twice over.
    let start = loudness(mix);
    if start < -70.0 {
        return;
    }
    let dry = mix.to_vec();
    let mut gain_db = (TARGET_LUFS - start).min(40.0);
    for _ in 0..3 {
        mix.copy_from_slice(&dry);
        let gain = db(gain_db);
        mix.iter_mut().for_each(|s| *s = [s[0] * gain, s[1] * gain]);
        limit(mix);
        let lack = TARGET_LUFS - loudness(mix);
        if lack.abs() < 0.15 {
            break;
        }
        gain_db += lack.clamp(-4.0, 4.0);
    }
}

/// Takes away what no speaker plays.
fn rumble(mix: &mut [[f32; 2]]) {
    let k = 1.0 - TAU * 24.0 / RATE;
    let (mut x1, mut y1) = ([0.0f32; 2], [0.0f32; 2]);
    for s in mix {
        for c in 0..2 {
            let y = s[c] - x1[c] + k * y1[c];
            x1[c] = s[c];
            y1[c] = y;
            s[c] = y;
        }
    }
}

/// Starts and ends in silence.
fn fade(mix: &mut [[f32; 2]]) {
    let total = mix.len();
    let (rise, fall) = ((0.004 * RATE) as usize, ((0.9 * RATE) as usize).min(total / 4));
    for (i, s) in mix.iter_mut().enumerate() {
        let mut level = (i as f32 / rise as f32).min(1.0);
        let left = total - 1 - i;
        if left < fall {
            let x = left as f32 / fall as f32;
            level *= x * x * (3.0 - 2.0 * x);
        }
        s[0] *= level;
        s[1] *= level;
    }
}

/// A filter of second order.
struct Biquad {
    b: [f32; 3],
    a: [f32; 2],
    z: [f32; 2],
}

impl Biquad {
    fn next(&mut self, x: f32) -> f32 {
        let y = self.b[0] * x + self.z[0];
        self.z[0] = self.b[1] * x - self.a[0] * y + self.z[1];
        self.z[1] = self.b[2] * x - self.a[1] * y;
        y
    }

    /// The head's shelf of BS.1770: 4 dB more above 1.7 kHz.
    fn shelf() -> Self {
        let w = TAU * 1681.97 / RATE;
        let (a, alpha) = (db(3.999_84 / 2.0), sin(w) / (2.0 * 0.707_175));
        let (c, root) = (cos(w), a.sqrt());
        let a0 = (a + 1.0) - (a - 1.0) * c + 2.0 * root * alpha;
        Self {
            b: [
                a * ((a + 1.0) + (a - 1.0) * c + 2.0 * root * alpha) / a0,
                -2.0 * a * ((a - 1.0) + (a + 1.0) * c) / a0,
                a * ((a + 1.0) + (a - 1.0) * c - 2.0 * root * alpha) / a0,
            ],
            a: [
                2.0 * ((a - 1.0) - (a + 1.0) * c) / a0,
                ((a + 1.0) - (a - 1.0) * c - 2.0 * root * alpha) / a0,
            ],
            z: [0.0; 2],
        }
    }

    /// And its high-pass at 38 Hz.
    fn low_cut() -> Self {
        let w = TAU * 38.135 / RATE;
        let (c, alpha) = (cos(w), sin(w) / (2.0 * 0.500_327));
        let a0 = 1.0 + alpha;
        Self {
            b: [(1.0 + c) / 2.0 / a0, -(1.0 + c) / a0, (1.0 + c) / 2.0 / a0],
            a: [-2.0 * c / a0, (1.0 - alpha) / a0],
            z: [0.0; 2],
        }
    }
}

/// Integrated loudness, in LUFS.
pub(crate) fn loudness(mix: &[[f32; 2]]) -> f32 {
    let hop = (0.1 * RATE) as usize;
    let mut hops = Vec::new();
    let mut filters = [0, 1].map(|_| (Biquad::shelf(), Biquad::low_cut()));
    for part in mix.chunks(hop) {
        let mut sum = 0.0f64;
        for s in part {
            for (c, (shelf, cut)) in filters.iter_mut().enumerate() {
                let y = cut.next(shelf.next(s[c]));
                sum += f64::from(y * y);
            }
        }
        hops.push(sum / hop as f64);
    }
    // Blocks of 400 ms every 100 ms; silence and what is far below the mean don't count.
    let blocks: Vec<f64> = hops.windows(4).map(|w| w.iter().sum::<f64>() / 4.0).collect();
    let lufs = |power: f64| -0.691 + 10.0 * log10(power.max(1e-12) as f32);
    let mean = |gate: f32| {
        let kept: Vec<f64> = blocks.iter().copied().filter(|p| lufs(*p) > gate).collect();
        kept.iter().sum::<f64>() / kept.len().max(1) as f64
    };
    let first = mean(-70.0);
    lufs(mean((lufs(first) - 10.0).max(-70.0)))
}

/// Holds peaks, also those between samples, below the ceiling: looks 3 ms ahead, turns down before
/// a peak comes and up again slowly.
fn limit(mix: &mut [[f32; 2]]) {
    let ceiling = db(CEILING_DB);
    let n = mix.len();
    let ahead = (0.003 * RATE) as usize;
    let mut need: Vec<f32> = vec![1.0; n];
    for i in 1..n.saturating_sub(2) {
        let mut peak = 0.0f32;
        for c in [0, 1] {
            let [a, b, d, e] = [0, 1, 2, 3].map(|k| mix[i + k - 1][c]);
            peak = peak.max(b.abs());
            if b.abs().max(d.abs()) > ceiling * 0.6 {
                // Curves through four neighbours show what a converter will make between two.
                for t in [0.25f32, 0.5, 0.75] {
                    let cubic = b + 0.5
                        * t
                        * (d - a
                            + t * (2.0 * a - 5.0 * b + 4.0 * d - e + t * (3.0 * (b - d) + e - a)));
                    peak = peak.max(cubic.abs() * 1.03);
                }
            }
        }
        if peak > ceiling {
            need[i] = ceiling / peak;
        }
    }
    // The least within reach, by a falling ramp from both sides.
    let attack = 1.0 / ahead as f32;
    let mut gain = 1.0f32;
    for g in need.iter_mut().rev() {
        gain = (gain + (1.0 - gain) * attack * 3.0 + 0.0005).min(*g).min(1.0);
        *g = gain;
    }
    let release = 1.0 - crate::math::exp(-1.0 / (0.09 * RATE));
    let mut gain = 1.0f32;
    for (s, need) in mix.iter_mut().zip(need) {
        gain = if need < gain { need } else { gain + (need - gain) * release };
        s[0] *= gain;
        s[1] *= gain;
    }
}
