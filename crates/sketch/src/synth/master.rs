//! Mastering: the usual loudness of records, without clipping.
//!
//! Loudness is measured according to ITU-R BS.1770; the target is -14 LUFS. Peaks between samples
//! are limited to -2.8 dB, so that encoding, which changes them by more than a decibel, stays below
//! -1.
//!
//! Loudness weights and peaks of the mix are computed once. After that, each gain is tried on both:
//! the limiter is so slow that the weighted power of a sample scales with the sample.

mod balance;

use crate::SketchError;
use crate::math::{TAU, cos, db, exp, log10, sin};
use crate::synth::{Mix, RATE};

const TARGET_LUFS: f32 = -14.0;
const CEILING_DB: f32 = -2.8;

/// The tolerance around the target, in decibels.
const NEAR: f32 = 0.05;

/// Samples between two progress reports: a few milliseconds of work.
const BLOCK: usize = 1 << 18;

/// Masters a mix in place. `step` is called with the fraction done, and may cancel the work.
pub(super) fn finish(
    mix: &mut Mix,
    step: &mut dyn FnMut(f64) -> Result<(), SketchError>,
) -> Result<(), SketchError> {
    let total = mix.left.len();
    let mut power = vec![0.0; total];
    // Peaks below `least` never matter, however much gain compensates for the limiter.
    let mut peaks = vec![0.0; total];
    for side in [&mut mix.left, &mut mix.right] {
        fade(side);
    }
    balance::even_out(mix, step)?;
    for side in [&mut mix.left, &mut mix.right] {
        let (mut low, mut ear) = (Rumble::default(), Ear::new());
        for (samples, power) in side.chunks_mut(BLOCK).zip(power.chunks_mut(BLOCK)) {
            low.cut(samples);
            ear.hear(samples, power);
            step(0.2)?;
        }
    }
    let start = loudness(&power, None, step)?;
    if start < -70.0 {
        return Ok(());
    }
    let mut gain_db = (TARGET_LUFS - start).min(40.0);
    let least = db(CEILING_DB - gain_db - 8.0);
    for side in [&mix.left, &mix.right] {
        for from in (0..total).step_by(BLOCK) {
            // The interpolation needs one sample before and two after.
            let end = (from + BLOCK + 3).min(total);
            seek(&side[from..end], least, &mut peaks[from..end]);
            step(0.5)?;
        }
    }
    let mut gains = vec![0.0; total];
    for round in 0..6 {
        limit(&peaks, db(gain_db), &mut gains, step)?;
        let lack = TARGET_LUFS - loudness(&power, Some(&gains), step)?;
        step(0.6 + 0.06 * f64::from(round))?;
        if lack.abs() < NEAR {
            break;
        }
        gain_db += lack.clamp(-4.0, 4.0);
    }
    mix.scale(0, &gains);
    step(1.0)
}

/// Removes DC and infrasound.
#[derive(Default)]
struct Rumble {
    x: f32,
    y: f32,
}

impl Rumble {
    fn cut(&mut self, samples: &mut [f32]) {
        let k = 1.0 - TAU * 24.0 / RATE;
        let Self { mut x, mut y } = *self;
        for s in samples {
            y = *s - x + k * y;
            x = *s;
            *s = y;
        }
        *self = Self { x, y };
    }
}

/// Fades in from silence and out to it.
fn fade(samples: &mut [f32]) {
    let total = samples.len();
    let (rise, fall) = ((0.004 * RATE) as usize, ((0.9 * RATE) as usize).min(total / 4));
    for (i, s) in samples.iter_mut().enumerate().take(rise) {
        *s *= i as f32 / rise as f32;
    }
    for (left, s) in samples.iter_mut().rev().enumerate().take(fall) {
        let x = left as f32 / fall as f32;
        *s *= x * x * (3.0 - 2.0 * x);
    }
}

/// A second-order filter.
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

    /// The MP3's band limit: a Butterworth low-pass at 18.5 kHz.
    fn top() -> Self {
        let w = TAU * 18_500.0 / RATE;
        let (c, alpha) = (cos(w), sin(w) * std::f32::consts::FRAC_1_SQRT_2);
        let a0 = 1.0 + alpha;
        let b = (1.0 - c) / a0;
        let a = [-2.0 * c / a0, (1.0 - alpha) / a0];
        Self { b: [b / 2.0, b, b / 2.0], a, z: [0.0; 2] }
    }

    /// The head shelf of BS.1770: 4 dB more above 1.7 kHz.
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

    /// The high-pass of BS.1770 at 38 Hz.
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

/// The loudness weighting of BS.1770, for one channel.
struct Ear {
    filters: [Biquad; 3],
}

impl Ear {
    fn new() -> Self {
        Self { filters: [Biquad::top(), Biquad::shelf(), Biquad::low_cut()] }
    }

    /// Adds the weighted power of each sample.
    fn hear(&mut self, samples: &[f32], power: &mut [f32]) {
        let [top, shelf, cut] = &mut self.filters;
        for (s, p) in samples.iter().zip(power) {
            let y = cut.next(shelf.next(top.next(*s)));
            *p += y * y;
        }
    }
}

/// Integrated loudness in LUFS, from the weighted power of each sample and its gain.
fn loudness(
    power: &[f32],
    gains: Option<&[f32]>,
    step: &mut dyn FnMut(f64) -> Result<(), SketchError>,
) -> Result<f32, SketchError> {
    let hop = (0.1 * RATE) as usize;
    let mut hops = Vec::with_capacity(power.len() / hop + 1);
    for (n, part) in power.chunks(hop).enumerate() {
        // Rows of eight independent sums.
        let mut sums = [0.0f32; 8];
        for (i, row) in part.chunks(8).enumerate() {
            if let Some(gains) = gains {
                let gains = &gains[n * hop + i * 8..][..row.len()];
                sums.iter_mut().zip(row).zip(gains).for_each(|((s, p), g)| *s += p * g * g);
            } else {
                sums.iter_mut().zip(row).for_each(|(s, p)| *s += p);
            }
        }
        hops.push(sums.iter().map(|s| f64::from(*s)).sum::<f64>() / hop as f64);
        if n % 64 == 63 {
            step(0.5)?;
        }
    }
    // Blocks of 400 ms every 100 ms; silence and blocks far below the mean don't count.
    let blocks: Vec<f64> = hops.windows(4).map(|w| w.iter().sum::<f64>() / 4.0).collect();
    let lufs = |power: f64| -0.691 + 10.0 * log10(power.max(1e-12) as f32);
    let mean = |gate: f32| {
        let kept: Vec<f64> = blocks.iter().copied().filter(|p| lufs(*p) > gate).collect();
        kept.iter().sum::<f64>() / kept.len().max(1) as f64
    };
    let first = mean(-70.0);
    Ok(lufs(mean((lufs(first) - 10.0).max(-70.0))))
}

/// Raises `peaks` to the samples and to the interpolated peak between each and the next, if above
/// `least`.
fn seek(samples: &[f32], least: f32, peaks: &mut [f32]) {
    for (window, peak) in samples.windows(4).zip(peaks.iter_mut().skip(1)) {
        let [a, b, d, e] = [window[0], window[1], window[2], window[3]];
        let mut most = b.abs();
        if b.abs().max(d.abs()) > least * 0.6 {
            // Curves through four samples approximate what a converter outputs between two.
            for t in [0.25f32, 0.5, 0.75] {
                let cubic = b + 0.5
                    * t
                    * (d - a + t * (2.0 * a - 5.0 * b + 4.0 * d - e + t * (3.0 * (b - d) + e - a)));
                most = most.max(cubic.abs() * 1.03);
            }
        }
        *peak = peak.max(most);
    }
}

/// The gain of each sample: `gain`, reduced where peaks would exceed the ceiling. It looks ahead 3
/// ms, reduces the gain before a peak and restores it slowly.
fn limit(
    peaks: &[f32],
    gain: f32,
    gains: &mut [f32],
    step: &mut dyn FnMut(f64) -> Result<(), SketchError>,
) -> Result<(), SketchError> {
    let ceiling = db(CEILING_DB) / gain;
    // The minimum within reach, with a ramp on both sides.
    let attack = 3.0 / (0.003 * RATE);
    let mut now = 1.0f32;
    for (gains, peaks) in gains.rchunks_mut(BLOCK).zip(peaks.rchunks(BLOCK)) {
        for (g, peak) in gains.iter_mut().zip(peaks).rev() {
            let need = if *peak > ceiling { ceiling / peak } else { 1.0 };
            now = (now + (1.0 - now) * attack + 0.0005).min(need);
            *g = now;
        }
        step(0.6)?;
    }
    let release = 1.0 - exp(-1.0 / (0.09 * RATE));
    let mut now = 1.0f32;
    for gains in gains.chunks_mut(BLOCK) {
        for g in gains {
            now = g.min(now + (*g - now) * release);
            *g = now * gain;
        }
        step(0.6)?;
    }
    Ok(())
}
