//! Spectral balance: a muddy or dull mix is moved towards the balance of records.
//!
//! The change is limited to a few decibels at both ends, like the tone controls of an amplifier:
//! deliberately dark music stays darker than the rest.

use super::BLOCK;
use crate::SketchError;
use crate::math::{TAU, exp, log10, pow};
use crate::synth::{Mix, RATE};

/// The upper limit of the low end and the lower limit of the high end, in Hz.
const LOW_HZ: f32 = 150.0;
const HIGH_HZ: f32 = 2500.0;

/// The maximum share of low frequencies and the minimum share of high ones on records, in decibels.
const LOW_DB: f32 = -4.2;
const HIGH_DB: f32 = -14.0;

/// The maximum correction of either end, in decibels, and the fraction of the deficit to correct.
const TURN_DB: f32 = 5.0;
const PART: f32 = 0.4;

/// Reduces an excess at the low end of a mix, and compensates a lack at the high end.
pub(super) fn even_out(
    mix: &mut Mix,
    step: &mut dyn FnMut(f64) -> Result<(), SketchError>,
) -> Result<(), SketchError> {
    let (mut low, mut high, mut all) = (0.0f64, 0.0f64, 0.0f64);
    for side in [&mix.left, &mix.right] {
        let mut split = Split::default();
        for samples in side.chunks(BLOCK) {
            let mut sums = [0.0f32; 3];
            for s in samples {
                let (l, h) = split.next(*s);
                sums[0] += l * l;
                sums[1] += h * h;
                sums[2] += s * s;
            }
            low += f64::from(sums[0]);
            high += f64::from(sums[1]);
            all += f64::from(sums[2]);
            step(0.1)?;
        }
    }
    if all < 1e-6 {
        return Ok(());
    }
    let share = |part: f64| 10.0 * log10((part / all).max(1e-6) as f32);
    let cut = (PART * (share(low) - LOW_DB)).clamp(0.0, TURN_DB);
    let lift = (PART * (HIGH_DB - share(high))).clamp(0.0, TURN_DB);
    if cut < 0.3 && lift < 0.3 {
        return Ok(());
    }
    let (low, high) = (pow(10.0, -cut / 20.0) - 1.0, pow(10.0, lift / 20.0) - 1.0);
    for side in [&mut mix.left, &mut mix.right] {
        let mut split = Split::default();
        for samples in side.chunks_mut(BLOCK) {
            for s in samples {
                let (l, h) = split.next(*s);
                *s += l * low + h * high;
            }
            step(0.15)?;
        }
    }
    Ok(())
}

/// Two gentle filters that extract the low and the high end of a sound.
struct Split {
    low: f32,
    body: f32,
    by: (f32, f32),
}

impl Default for Split {
    fn default() -> Self {
        let by = |hz: f32| 1.0 - exp(-TAU * hz / RATE);
        Self { low: 0.0, body: 0.0, by: (by(LOW_HZ), by(HIGH_HZ)) }
    }
}

impl Split {
    fn next(&mut self, s: f32) -> (f32, f32) {
        self.low += (s - self.low) * self.by.0;
        self.body += (s - self.body) * self.by.1;
        (self.low, s - self.body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::sin;

    /// The power of both ends of a mix of three tones, before and after.
    fn ends(levels: [f32; 3]) -> [f32; 4] {
        let tone = |hz: f32, i: usize| sin(TAU * hz * i as f32 / RATE);
        let all: Vec<f32> = (0..40_000)
            .map(|i| {
                levels[0] * tone(60.0, i) + levels[1] * tone(600.0, i) + levels[2] * tone(6000.0, i)
            })
            .collect();
        let power = |samples: &[f32], hz: f32| -> f32 {
            samples.iter().enumerate().map(|(i, s)| s * tone(hz, i)).sum::<f32>() / 20_000.0
        };
        let mut mix = Mix { left: all.clone(), right: all.clone() };
        even_out(&mut mix, &mut |_| Ok(())).unwrap_or_default();
        [power(&all, 60.0), power(&mix.left, 60.0), power(&all, 6000.0), power(&mix.left, 6000.0)]
    }

    #[test]
    fn a_muddy_mix_is_balanced_and_a_balanced_one_is_unchanged() {
        let [low, less, high, more] = ends([0.6, 0.2, 0.01]);
        assert!(less < low * 0.93 && more > high * 1.3, "{low} {less} {high} {more}");
        let [low, same, high, still] = ends([0.3, 0.4, 0.16]);
        assert!((low - same).abs() < 0.01 && (high - still).abs() < 0.01, "{same} {still}");
    }
}
