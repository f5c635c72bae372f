//! Subtractive synthesis, a wave through a moving filter: strings, brass, reeds, synthesisers.

use super::{BLOCK, resonate, shape};
use crate::math::{TAU, exp};
use crate::synth::slide::Slide;
use crate::synth::{RATE, wave as sine};

/// A wave through a filter.
pub(super) struct Wave {
    /// 0 is a saw, 1 a square, 2 a triangle.
    pub(super) shape: u8,
    /// The number of detuned waves, and their spread (a fraction of the pitch).
    pub(super) voices: usize,
    pub(super) spread: f32,
    pub(super) attack: f32,
    /// Decays to this level within this many seconds.
    pub(super) decay: f32,
    pub(super) sustain: f32,
    pub(super) release: f32,
    /// The filter's cutoff, as multiples of the pitch: at rest, and the envelope's amount.
    pub(super) base: f32,
    pub(super) open: f32,
    pub(super) open_secs: f32,
    pub(super) ring: f32,
    /// The minimum cutoff in Hz at any pitch: bows and bells are bright on low notes too.
    pub(super) air: f32,
    /// The body's resonances: frequencies, widths (both in Hz) and strengths.
    pub(super) body: &'static [(f32, f32, f32)],
    /// How often per second the filter closes and opens again, if it does.
    pub(super) wobble: f32,
    pub(super) vibrato: f32,
    /// The drive; 0 is clean.
    pub(super) drive: f32,
}

pub(super) const SAW: Wave = Wave {
    shape: 0,
    voices: 1,
    spread: 0.0,
    attack: 0.01,
    decay: 0.3,
    sustain: 0.8,
    release: 0.12,
    base: 3.0,
    open: 4.0,
    open_secs: 0.3,
    ring: 0.3,
    air: 0.0,
    body: &[],
    wobble: 0.0,
    vibrato: 0.0,
    drive: 0.0,
};

/// Plays a note of a wave.
pub(super) fn wave(p: &Wave, hz: f32, len: f32, slide: Slide, out: &mut Vec<f32>) {
    let count = ((len + p.release) * RATE) as usize;
    out.resize(count, 0.0);
    for v in 0..p.voices {
        let off = if p.voices == 1 { 0.0 } else { v as f32 / (p.voices - 1) as f32 * 2.0 - 1.0 };
        let base = hz * (1.0 + off * p.spread) / RATE;
        let mut phase = (v as f32 * 0.37 + 0.13).fract();
        for (number, block) in out.chunks_mut(BLOCK).enumerate() {
            let mut step = base;
            let t = (number * BLOCK) as f32 / RATE;
            if !slide.is_none() {
                step *= slide.at(t);
            }
            if p.vibrato > 0.0 {
                let swell = (t * 2.0 - 0.3).clamp(0.0, 1.0);
                step *= 1.0 + p.vibrato * sine(t * 5.5 + v as f32 * 0.2) * swell;
            }
            match p.shape {
                0 => run(block, phase, step, |x, turn| 2.0 * x - 1.0 - corner(x, turn)),
                1 => run(block, phase, step, |x, turn| {
                    let (half, side) = if x < 0.5 { (x + 0.5, 1.0) } else { (x - 0.5, -1.0) };
                    side + corner(x, turn) - corner(half, turn)
                }),
                _ => run(block, phase, step, |x, _| 4.0 * (x - 0.5).abs() - 1.0),
            }
            phase = (phase + step * BLOCK as f32).fract();
        }
    }
    let gain = 0.5 / (p.voices as f32).sqrt();
    filter(p, hz, out);
    if p.drive > 0.0 {
        let push = 1.0 + p.drive * 2.0;
        for s in out.iter_mut() {
            let x = (*s * push * gain).clamp(-3.0, 3.0);
            // Soft clipping, like a tube's.
            *s = x * (27.0 + x * x) / (27.0 + 9.0 * x * x) / gain * (0.9 / (1.0 + p.drive * 0.25));
        }
        // A speaker cabinet removes the highest frequencies.
        let mut low = 0.0;
        let k = 1.0 - exp(-TAU * 5200.0 / RATE);
        for s in out.iter_mut() {
            low += (*s - low) * k;
            *s = low;
        }
    }
    resonate(out, p.body);
    shape(out, p.attack, p.decay, p.sustain, p.release, len, gain);
}

/// Adds a wave of constant pitch, given its phase and its period in samples.
fn run(block: &mut [f32], phase: f32, step: f32, wave: impl Fn(f32, f32) -> f32) {
    // Adding and subtracting this rounds to an integer.
    const WHOLE: f32 = 12_582_912.0;
    let turn = 1.0 / step;
    for (i, s) in block.iter_mut().enumerate() {
        let x = phase + step * (i + 1) as f32;
        let x = x - ((x - 0.5 + WHOLE) - WHOLE);
        *s += wave(x, turn);
    }
}

/// The `PolyBLEP` correction: smooths a wave's step to avoid aliasing; `turn` is the period in
/// samples.
fn corner(phase: f32, turn: f32) -> f32 {
    let after = (1.0 - phase * turn).max(0.0);
    let before = (1.0 - (1.0 - phase) * turn).max(0.0);
    before * before - after * after
}

/// A second-order low-pass (state variable, solved without delay) with a moving cutoff.
fn filter(p: &Wave, hz: f32, out: &mut [f32]) {
    let (mut a, mut b) = (0.0f32, 0.0f32);
    let damp = 2.0 - 1.9 * p.ring;
    for (number, block) in out.chunks_mut(BLOCK).enumerate() {
        let t = (number * BLOCK) as f32 / RATE;
        let rise = (t / p.attack.max(0.002)).min(1.0);
        let mut cut = hz * (p.base + p.open * rise * exp(-t / p.open_secs)) + p.air * rise;
        if p.wobble > 0.0 {
            let open = 0.5 - 0.5 * sine(t * p.wobble + 0.25);
            cut *= 0.06 + 0.94 * open * open;
        }
        let cut = cut.clamp(60.0, 15_000.0) / RATE;
        // tan(pi * cut) by its first terms: cut stays below 0.35.
        let x = cut * TAU * 0.5;
        let x2 = x * x;
        let g = x * (1.0 + x2 * (0.333_33 + x2 * (0.133_33 + x2 * 0.053_97)));
        let k1 = 1.0 / (1.0 + g * (g + damp));
        for s in block {
            let high = (*s - a * (g + damp) - b) * k1;
            let band = a + g * high;
            let low = b + g * band;
            a = band + g * high;
            b = low + g * band;
            *s = low;
        }
    }
}
