//! Additive synthesis: struck bars and bells, pianos, pipes.

use super::{BLOCK, shape};
use crate::math::{TAU, cos, exp, sin};
use crate::rng::Rng;
use crate::synth::slide::Slide;
use crate::synth::{RATE, wave as sine};

/// A sum of sines. Each has a multiple of the pitch, a strength, and a decay time in seconds (0: it
/// lasts as long as the note).
pub(super) struct Partials {
    pub(super) list: &'static [(f32, f32, f32)],
    pub(super) attack: f32,
    pub(super) release: f32,
    pub(super) vibrato: f32,
    pub(super) breath: f32,
}

/// Renders a note of partials.
pub(super) fn partials(p: &Partials, hz: f32, len: f32, slide: Slide, out: &mut Vec<f32>) {
    let count = ((len + p.release) * RATE) as usize;
    out.resize(count, 0.0);
    // Higher notes decay faster.
    let age = (261.6 / hz).sqrt().clamp(0.5, 1.8);
    let total: f32 = p.list.iter().map(|x| x.1).sum();
    if p.vibrato > 0.0 {
        // All partials follow one phase, which counts two turns because some multiples are halves.
        let (mut phase, mut step) = (0.0f32, hz / RATE);
        let mut phases = vec![0.0f32; count];
        for (i, x) in phases.iter_mut().enumerate() {
            if i % BLOCK == 0 {
                let t = i as f32 / RATE;
                step = hz / RATE * (1.0 + p.vibrato * sine(t * 5.3) * (t * 2.5).min(1.0));
                if !slide.is_none() {
                    step *= slide.at(t);
                }
            }
            phase += step;
            if phase >= 2.0 {
                phase -= 2.0;
            }
            *x = phase;
        }
        for (ratio, strength, _) in p.list.iter().filter(|x| hz * x.0 / RATE < 0.45) {
            for (s, x) in out.iter_mut().zip(&phases) {
                *s += strength * sine(x * ratio);
            }
        }
    } else {
        for (ratio, strength, decay) in p.list {
            let w = hz * ratio / RATE * TAU;
            if w > 2.8 {
                continue;
            }
            let slope = if *decay > 0.0 { 2.3 / (decay * age * RATE) } else { 0.0 };
            // A partial that has decayed by 110 dB is skipped.
            let end = if slope > 0.0 { (12.7 / slope) as usize } else { count };
            turn(w, slope, *strength, &mut out[..end.min(count)]);
        }
    }
    if p.breath > 0.0 {
        let mut rng = Rng::new(hz as u64);
        let mut low = 0.0;
        for s in out.iter_mut() {
            low += (rng.unit() - 0.5 - low) * 0.35;
            *s += low * p.breath * 6.0 * (1.0 + 0.5 * *s);
        }
    }
    shape(out, p.attack, 0.0, 1.0, p.release, len, 0.62 / total.max(0.8));
}

/// Adds a sine: points that rotate by a constant angle and shrink. Eight of them, each eight
/// samples apart, vectorise.
fn turn(angle: f32, slope: f32, strength: f32, out: &mut [f32]) {
    const MANY: usize = 8;
    let fade = exp(-slope * MANY as f32);
    let (c, s) = (cos(angle * MANY as f32) * fade, sin(angle * MANY as f32) * fade);
    let (mut x, mut y) = ([0.0f32; MANY], [0.0f32; MANY]);
    for n in 0..MANY {
        let now = strength * exp(-slope * n as f32);
        (x[n], y[n]) = (now * cos(angle * n as f32), now * sin(angle * n as f32));
    }
    let mut parts = out.chunks_exact_mut(MANY);
    for part in &mut parts {
        for n in 0..MANY {
            part[n] += y[n];
            (x[n], y[n]) = (x[n] * c - y[n] * s, x[n] * s + y[n] * c);
        }
    }
    for (sample, y) in parts.into_remainder().iter_mut().zip(y) {
        *sample += y;
    }
}
