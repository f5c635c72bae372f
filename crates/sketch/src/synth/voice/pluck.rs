//! Plucked strings: a short pulse in a feedback loop that gets duller (Karplus-Strong).

use super::{resonate, shape};
use crate::math::exp;
use crate::rng::Rng;
use crate::synth::RATE;

/// A plucked string.
pub(super) struct Pluck {
    /// The initial brightness (0 to 1), and the decay time in seconds at middle C.
    pub(super) bright: f32,
    pub(super) ring: f32,
    pub(super) release: f32,
    pub(super) gain: f32,
    /// The position of the pluck, as a fraction of the string: partials with a node there are
    /// silent.
    pub(super) place: f32,
    /// How much the string buzzes on a flat bridge.
    pub(super) buzz: f32,
    /// The body's resonances: frequencies, widths (both in Hz) and strengths.
    pub(super) body: &'static [(f32, f32, f32)],
}

/// A string without a body, plucked near its end.
pub(super) const STRING: Pluck =
    Pluck { bright: 0.4, ring: 1.6, release: 0.12, gain: 1.0, place: 0.13, buzz: 0.0, body: &[] };

/// Renders a note of a plucked string.
pub(super) fn pluck(p: &Pluck, hz: f32, len: f32, out: &mut Vec<f32>) {
    let count = ((len + p.release) * RATE) as usize;
    out.resize(count, 0.0);
    let period = RATE / hz;
    // The damping below delays by half a sample.
    let exact = period - 0.5;
    let size = exact as usize;
    if size < 4 {
        return;
    }
    let part = exact - size as f32;
    let mut rng = Rng::new(u64::from(hz as u32) ^ 0x51);
    let mut line = vec![0.0f32; size + 1];
    // The force on the bridge after the string is released at one point: a pulse as long as the way
    // there, with the hardness of the finger as brightness, and some of the finger's noise.
    let pulse = ((size as f32 * p.place) as usize).max(1);
    for (i, s) in line.iter_mut().enumerate() {
        *s = if i < pulse { 1.0 } else { 0.0 } + 0.12 * (rng.unit() - 0.5);
    }
    let (mut low, mut soft_line) = (0.0, line.clone());
    // In the second period, the end matches the start.
    for i in (0..line.len()).chain(0..line.len()) {
        low += (line[i] - low) * (0.12 + 0.88 * p.bright);
        soft_line[i] = low;
    }
    std::mem::swap(&mut line, &mut soft_line);
    let mean = line.iter().sum::<f32>() / line.len() as f32;
    let power = line.iter().map(|s| (s - mean) * (s - mean)).sum::<f32>() / line.len() as f32;
    // High strings are short and decay fast, so they are struck harder.
    let loud = (hz / 261.6).sqrt().sqrt().clamp(0.8, 1.4) / (2.2 * power.sqrt().max(0.05));
    line.iter_mut().for_each(|s| *s = (*s - mean) * loud);
    let ring = p.ring * (261.6 / hz).sqrt().clamp(0.45, 2.2);
    let keep = exp(-3.0 * period / (ring * RATE)).min(0.9995);
    let (mut at, mut before) = (0, 0.0);
    let soft = 0.5 - 0.22 * p.bright;
    for s in out.iter_mut() {
        let next = if at + 1 > size { 0 } else { at + 1 };
        // Interpolates between two samples, to be in tune.
        let value = line[at] * (1.0 - part) + line[next] * part;
        let damped = (value * (1.0 - soft) + before * soft) * keep;
        before = value;
        line[at] = damped;
        at = next;
        *s = value;
    }
    if p.buzz > 0.0 {
        // At high levels the string touches the bridge, which adds high frequencies.
        let mut before = 0.0;
        for s in out.iter_mut() {
            let bent = *s * s.abs();
            let edge = bent - before;
            before = bent;
            *s += p.buzz * (edge * 3.0).clamp(-0.4, 0.4);
        }
    }
    resonate(out, p.body);
    shape(out, 0.002, 0.0, 1.0, p.release, len, 0.42 * p.gain);
}
