//! Drums: each is rendered once, and then mixed in as often as needed.

use crate::math::exp;
use crate::rng::Rng;
use crate::synth::{Drum, RATE, wave};

/// The pan of a drum (-1 left to 1 right), its level, and its reverb send.
pub(crate) fn place(drum: Drum) -> (f32, f32, f32) {
    match drum {
        Drum::Kick => (0.0, 0.8, 0.02),
        Drum::Boom => (0.0, 0.85, 0.8),
        Drum::ChipKick => (0.0, 0.6, 0.0),
        Drum::Snare => (0.06, 0.5, 0.3),
        Drum::Gated => (0.0, 0.55, 0.9),
        Drum::Clap => (-0.05, 0.42, 0.45),
        Drum::ChipSnare => (0.0, 0.3, 0.0),
        Drum::Rim => (0.2, 0.36, 0.35),
        Drum::Brush => (0.15, 0.26, 0.3),
        Drum::Hat => (0.32, 0.2, 0.08),
        Drum::HatFoot => (0.32, 0.22, 0.08),
        Drum::ChipHat => (0.25, 0.12, 0.0),
        Drum::Open => (0.32, 0.2, 0.12),
        Drum::Ride => (-0.35, 0.2, 0.15),
        Drum::Cymbal => (-0.25, 0.32, 0.4),
        Drum::Shaker => (-0.4, 0.17, 0.15),
        Drum::Tom => (-0.15, 0.5, 0.4),
        Drum::Conga => (-0.3, 0.42, 0.25),
        Drum::Clave => (0.4, 0.3, 0.4),
        Drum::Cowbell => (0.25, 0.2, 0.15),
        Drum::Vinyl => (0.0, 0.12, 0.0),
        Drum::Dum => (-0.1, 0.4, 0.25),
        Drum::Tek => (0.15, 0.34, 0.25),
        Drum::Palmas => (0.3, 0.42, 0.35),
        Drum::Tambourine => (0.35, 0.2, 0.2),
        Drum::Surdo => (0.0, 0.42, 0.12),
        Drum::TablaLow => (-0.2, 0.34, 0.2),
        Drum::TablaHigh => (0.2, 0.36, 0.25),
        Drum::Taiko => (0.0, 0.5, 0.7),
        Drum::Timpani => (-0.2, 0.26, 0.7),
    }
}

/// The sound of one stroke.
pub(crate) fn play(drum: Drum) -> Vec<f32> {
    match drum {
        Drum::Kick => skin(0.42, 46.0, 150.0, 0.028, 8.0, 0.24),
        Drum::Boom => skin(2.2, 34.0, 70.0, 0.09, 1.8, 0.3),
        Drum::Tom => skin(0.5, 92.0, 90.0, 0.06, 7.0, 0.12),
        Drum::Conga => skin(0.28, 205.0, 60.0, 0.03, 14.0, 0.1),
        Drum::Dum => skin(0.4, 78.0, 50.0, 0.03, 9.0, 0.2),
        Drum::Tek => mixed(skin(0.12, 330.0, 90.0, 0.01, 34.0, 0.5), &noise(0.08, 48.0, 1, 0.8)),
        Drum::Surdo => skin(0.7, 62.0, 26.0, 0.05, 5.5, 0.1),
        // Pressing the skin with the left hand raises the pitch: a negative drop.
        Drum::TablaLow => skin(0.5, 104.0, -34.0, 0.09, 6.5, 0.12),
        Drum::TablaHigh => {
            ping(0.2, &[(372.0, 0.7), (790.0, 0.6), (1240.0, 0.5), (1900.0, 0.3)], 26.0)
        }
        Drum::Taiko => mixed(skin(1.3, 64.0, 60.0, 0.04, 3.4, 0.4), &noise(0.1, 38.0, 1, 0.3)),
        Drum::Timpani => ping(1.6, &[(98.0, 1.0), (147.0, 0.6), (196.0, 0.35), (241.0, 0.15)], 2.6),
        Drum::Palmas => {
            // Two people clap, one slightly later.
            let mut out = noise(0.16, 46.0, 1, 0.85);
            let second = noise(0.14, 55.0, 1, 0.85);
            let late = (0.012 * RATE) as usize;
            out.iter_mut().skip(late).zip(second).for_each(|(s, x)| *s = *s * 0.8 + x * 0.6);
            out
        }
        Drum::Tambourine => {
            let mut out = metal(0.22, 17.0);
            for (i, s) in out.iter_mut().enumerate() {
                let t = i as f32 / RATE;
                // Its jingles strike one after another.
                *s *= 0.7 + 0.5 * wave(t * 31.0);
            }
            out
        }
        Drum::ChipKick => chip(0.14, |t| (90.0 + 500.0 * exp(-t * 60.0)) * t, 14.0),
        Drum::ChipSnare => noise(0.16, 16.0, 6, 0.0),
        Drum::ChipHat => noise(0.05, 60.0, 2, 0.0),
        Drum::Snare => {
            let mut out = noise(0.26, 17.0, 1, 0.4);
            for (i, s) in out.iter_mut().enumerate() {
                let t = i as f32 / RATE;
                let body = wave(185.0 * t) + 0.6 * wave(330.0 * t);
                *s = *s * 0.75 + body * exp(-t * 22.0) * 0.5;
            }
            out
        }
        Drum::Gated => {
            let mut out = noise(0.34, 3.5, 1, 0.2);
            let end = out.len() as f32;
            for (i, s) in out.iter_mut().enumerate() {
                let t = i as f32 / RATE;
                // Gated reverb: the room rings, then stops abruptly.
                let gate = ((end - i as f32) / (0.03 * RATE)).min(1.0);
                *s = (*s * 0.6 + wave(175.0 * t) * exp(-t * 14.0) * 0.6) * gate;
            }
            out
        }
        Drum::Clap => {
            let mut out = noise(0.28, 15.0, 1, 0.75);
            for (i, s) in out.iter_mut().enumerate() {
                let t = i as f32 / RATE;
                // Several hands, not quite together.
                let hands: f32 = [0.0, 0.011, 0.021]
                    .iter()
                    .filter(|h| t >= **h)
                    .map(|h| exp(-(t - h) * 190.0))
                    .sum();
                let tail = if t > 0.03 { 1.0 } else { 0.25 };
                *s *= hands * 1.2 + tail;
            }
            out
        }
        Drum::Rim => ping(0.09, &[(1720.0, 1.0), (820.0, 0.7), (2900.0, 0.3)], 55.0),
        Drum::Clave => ping(0.14, &[(2480.0, 1.0), (1240.0, 0.2)], 34.0),
        Drum::Cowbell => ping(0.3, &[(562.0, 1.0), (845.0, 0.9), (1690.0, 0.3)], 13.0),
        Drum::Brush => noise(0.2, 14.0, 1, 0.55),
        Drum::Hat => metal(0.07, 60.0),
        Drum::HatFoot => metal(0.05, 80.0),
        Drum::Open => metal(0.36, 9.0),
        Drum::Ride => {
            let mut out = metal(0.9, 4.0);
            for (i, s) in out.iter_mut().enumerate() {
                let t = i as f32 / RATE;
                *s = *s * 0.55 + wave(3120.0 * t) * exp(-t * 16.0) * 0.35;
            }
            out
        }
        Drum::Cymbal => metal(2.2, 1.7),
        Drum::Shaker => {
            let mut out = noise(0.09, 34.0, 1, 0.9);
            let rise = 0.016 * RATE;
            out.iter_mut().enumerate().for_each(|(i, s)| *s *= (i as f32 / rise).min(1.0));
            out
        }
        Drum::Vinyl => {
            let mut rng = Rng::new(77);
            let mut low = 0.0;
            (0..(2.9 * RATE) as usize)
                .map(|i| {
                    let click = if rng.chance(0.0006) { rng.range(-1.0, 1.0) * 2.0 } else { 0.0 };
                    low += (rng.range(-1.0, 1.0) * 0.12 + click - low) * 0.4;
                    let end = (2.9 * RATE - i as f32) / (0.1 * RATE);
                    low * end.min(1.0) * (i as f32 / 800.0).min(1.0)
                })
                .collect()
        }
    }
}

/// Mixes two sounds; the second is no longer than the first.
fn mixed(mut a: Vec<f32>, b: &[f32]) -> Vec<f32> {
    a.iter_mut().zip(b).for_each(|(s, x)| *s += x * 0.5);
    a
}

/// An exponential decay from 1 with `rate` e-folds per second, sample by sample.
fn fall(rate: f32) -> impl Iterator<Item = f32> {
    let by = exp(-rate / RATE);
    std::iter::successors(Some(1.0f32), move |level| Some(level * by))
}

/// A drum skin: a tone that falls to its pitch, and the click of the stick.
fn skin(secs: f32, hz: f32, drop: f32, drop_secs: f32, decay: f32, click: f32) -> Vec<f32> {
    let mut rng = Rng::new(hz as u64);
    let mut phase = 0.0;
    (0..(secs * RATE) as usize)
        .zip(fall(decay).zip(fall(1.0 / drop_secs)).zip(fall(260.0)))
        .map(|(i, ((level, lower), stick))| {
            let t = i as f32 / RATE;
            phase += (hz + drop * lower) / RATE;
            let start = (t / 0.0008).min(1.0);
            let end = ((secs - t) / 0.02).min(1.0);
            let tone = wave(phase) * level;
            (tone + rng.range(-1.0, 1.0) * stick * click) * start * end
        })
        .collect()
}

fn chip(secs: f32, phase: impl Fn(f32) -> f32, decay: f32) -> Vec<f32> {
    (0..(secs * RATE) as usize)
        .map(|i| {
            let t = i as f32 / RATE;
            let start = (i as f32 / 12.0).min(1.0);
            wave(phase(t)).signum() * 0.6 * start * exp(-t * decay) * ((secs - t) / 0.01).min(1.0)
        })
        .collect()
}

/// Decaying noise. `hold` repeats each value for this many samples; `thin` removes low frequencies.
fn noise(secs: f32, decay: f32, hold: usize, thin: f32) -> Vec<f32> {
    let mut rng = Rng::new((decay * 100.0) as u64);
    let (mut value, mut low) = (0.0, 0.0);
    (0..(secs * RATE) as usize)
        .zip(fall(decay))
        .map(|(i, level)| {
            if i % hold == 0 {
                value = rng.range(-1.0, 1.0);
            }
            let t = i as f32 / RATE;
            low += (value - low) * 0.18;
            (value - low * thin) * level * (i as f32 / 20.0).min(1.0) * ((secs - t) / 0.01).min(1.0)
        })
        .collect()
}

fn ping(secs: f32, tones: &[(f32, f32)], decay: f32) -> Vec<f32> {
    (0..(secs * RATE) as usize)
        .zip(fall(decay))
        .map(|(i, level)| {
            let t = i as f32 / RATE;
            let sum: f32 = tones.iter().map(|(hz, gain)| wave(hz * t) * gain).sum();
            sum * level * (i as f32 / 12.0).min(1.0) * ((secs - t) / 0.01).min(1.0)
        })
        .collect()
}

/// Metal: six inharmonic square waves, and noise, without low frequencies.
fn metal(secs: f32, decay: f32) -> Vec<f32> {
    const TONES: [f32; 6] = [2051.0, 3072.0, 3691.0, 4523.0, 5401.0, 6794.0];
    let mut rng = Rng::new(decay as u64 + 3);
    let (mut low, mut low2) = (0.0, 0.0);
    (0..(secs * RATE) as usize)
        .zip(fall(decay))
        .map(|(i, level)| {
            let t = i as f32 / RATE;
            let sum: f32 = TONES.iter().map(|hz| wave(hz * t).signum()).sum::<f32>() / 6.0;
            let x = sum * 0.6 + rng.range(-0.8, 0.8);
            low += (x - low) * 0.55;
            low2 += (x - low - low2) * 0.5;
            (x - low - low2 * 0.3)
                * 1.6
                * level
                * (i as f32 / 16.0).min(1.0)
                * ((secs - t) / 0.02).min(1.0)
        })
        .collect()
}
