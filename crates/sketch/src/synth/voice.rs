//! Pitched instruments: three ways to make a note, and a table of how each instrument uses them.
//!
//! Partials (struck bars, pipes, pianos), a filtered wave (strings, brass, synthesisers), and a
//! plucked string.

use crate::math::{TAU, cos, exp, sin};
use crate::rng::Rng;
use crate::synth::{RATE, Tone, wave as sine};

/// A sum of sines. Each has a multiple of the pitch, a strength, and a time of decay in seconds (0:
/// it lasts as long as the note).
struct Partials {
    list: &'static [(f32, f32, f32)],
    attack: f32,
    release: f32,
    vibrato: f32,
    breath: f32,
}

/// A wave through a filter.
struct Wave {
    /// 0 a saw, 1 a square, 2 a triangle.
    shape: u8,
    /// How many, how far apart (a part of the pitch).
    voices: usize,
    spread: f32,
    attack: f32,
    /// Falls to that level within so many seconds.
    decay: f32,
    sustain: f32,
    release: f32,
    /// The filter, as multiples of the pitch: at rest, and how far the envelope opens it.
    base: f32,
    open: f32,
    open_secs: f32,
    ring: f32,
    vibrato: f32,
    /// How hard it is driven; 0 is clean.
    drive: f32,
}

const SAW: Wave = Wave {
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
    vibrato: 0.0,
    drive: 0.0,
};

/// A plucked string.
struct Pluck {
    /// How bright it starts (0 to 1), and how long it rings, in seconds at the middle C.
    bright: f32,
    ring: f32,
    release: f32,
    gain: f32,
}

/// Plays one note into `out`.
#[rustfmt::skip]
pub(crate) fn play(tone: Tone, hz: f32, len: f32, out: &mut Vec<f32>) {
    out.clear();
    match tone {
        Tone::Piano => partials(&Partials { list: &[(1.0, 1.0, 2.6), (2.002, 0.55, 1.9), (3.006, 0.32, 1.3), (4.012, 0.22, 0.9), (5.02, 0.12, 0.65), (6.03, 0.08, 0.45), (7.045, 0.06, 0.3), (9.1, 0.03, 0.15)], attack: 0.003, release: 0.16, vibrato: 0.0, breath: 0.0 }, hz, len, out),
        Tone::Rhodes => partials(&Partials { list: &[(1.0, 1.0, 2.4), (2.0, 0.22, 1.4), (3.0, 0.1, 0.6), (7.02, 0.13, 0.12), (14.1, 0.05, 0.05)], attack: 0.004, release: 0.18, vibrato: 0.0, breath: 0.0 }, hz, len, out),
        Tone::Organ => partials(&Partials { list: &[(0.5, 0.5, 0.0), (1.0, 0.8, 0.0), (1.5, 0.35, 0.0), (2.0, 0.5, 0.0), (3.0, 0.25, 0.0), (4.0, 0.2, 0.0), (6.0, 0.1, 0.0)], attack: 0.012, release: 0.06, vibrato: 0.004, breath: 0.0 }, hz, len, out),
        Tone::Flute => partials(&Partials { list: &[(1.0, 1.0, 0.0), (2.0, 0.26, 0.0), (3.0, 0.1, 0.0), (4.0, 0.04, 0.0)], attack: 0.07, release: 0.12, vibrato: 0.006, breath: 0.06 }, hz, len, out),
        Tone::Accordion => partials(&Partials { list: &[(1.0, 0.7, 0.0), (1.006, 0.6, 0.0), (2.0, 0.45, 0.0), (3.01, 0.4, 0.0), (4.0, 0.25, 0.0), (5.0, 0.2, 0.0), (6.02, 0.12, 0.0)], attack: 0.05, release: 0.08, vibrato: 0.0, breath: 0.01 }, hz, len, out),
        Tone::Bell => partials(&Partials { list: &[(1.0, 0.8, 2.6), (2.0, 0.5, 1.8), (2.76, 0.35, 1.1), (5.4, 0.2, 0.5), (8.93, 0.08, 0.2)], attack: 0.003, release: 1.0, vibrato: 0.0, breath: 0.0 }, hz, len, out),
        Tone::MusicBox => partials(&Partials { list: &[(2.0, 0.9, 1.1), (4.0, 0.2, 0.5), (6.27, 0.3, 0.35), (11.0, 0.08, 0.1)], attack: 0.002, release: 0.6, vibrato: 0.0, breath: 0.0 }, hz, len, out),
        Tone::Marimba => partials(&Partials { list: &[(1.0, 1.0, 0.55), (3.93, 0.32, 0.16), (9.5, 0.1, 0.05)], attack: 0.002, release: 0.3, vibrato: 0.0, breath: 0.0 }, hz, len, out),
        Tone::SubBass => partials(&Partials { list: &[(1.0, 1.0, 0.0), (2.0, 0.24, 0.0), (3.0, 0.1, 0.3), (4.0, 0.05, 0.15)], attack: 0.012, release: 0.07, vibrato: 0.0, breath: 0.0 }, hz, len, out),
        Tone::Nylon => pluck(&Pluck { bright: 0.35, ring: 1.6, release: 0.12, gain: 1.0 }, hz, len, out),
        Tone::Steel => pluck(&Pluck { bright: 0.75, ring: 2.2, release: 0.1, gain: 0.9 }, hz, len, out),
        Tone::Harp => pluck(&Pluck { bright: 0.45, ring: 3.2, release: 1.2, gain: 1.0 }, hz, len, out),
        Tone::Upright => pluck(&Pluck { bright: 0.16, ring: 0.9, release: 0.08, gain: 1.5 }, hz, len, out),
        Tone::FingerBass => pluck(&Pluck { bright: 0.3, ring: 1.5, release: 0.05, gain: 1.3 }, hz, len, out),
        Tone::Strings => wave(&Wave { voices: 3, spread: 0.004, attack: 0.16, sustain: 1.0, release: 0.35, base: 4.5, open: 2.0, open_secs: 0.6, ring: 0.1, vibrato: 0.003, ..SAW }, hz, len, out),
        Tone::Violin => wave(&Wave { attack: 0.07, sustain: 1.0, release: 0.14, base: 4.5, open: 2.5, open_secs: 0.5, vibrato: 0.007, ring: 0.25, ..SAW }, hz, len, out),
        Tone::Cello => wave(&Wave { voices: 2, spread: 0.002, attack: 0.05, sustain: 0.9, release: 0.16, base: 5.0, open: 4.0, open_secs: 0.3, vibrato: 0.004, ..SAW }, hz, len, out),
        Tone::Pad => wave(&Wave { voices: 3, spread: 0.006, attack: 0.3, sustain: 1.0, release: 0.7, base: 2.2, open: 2.5, open_secs: 1.8, ring: 0.2, ..SAW }, hz, len, out),
        Tone::Choir => choir(hz, len, out),
        Tone::Brass => wave(&Wave { voices: 2, spread: 0.002, attack: 0.045, sustain: 0.85, release: 0.1, base: 1.8, open: 6.5, open_secs: 0.22, ring: 0.2, vibrato: 0.004, ..SAW }, hz, len, out),
        Tone::Sax => wave(&Wave { attack: 0.035, sustain: 0.9, release: 0.09, base: 2.6, open: 3.6, open_secs: 0.25, ring: 0.55, vibrato: 0.007, drive: 0.6, ..SAW }, hz, len, out),
        Tone::SawLead => wave(&Wave { voices: 3, spread: 0.005, attack: 0.008, sustain: 0.75, release: 0.16, base: 4.0, open: 5.0, open_secs: 0.3, vibrato: 0.004, ..SAW }, hz, len, out),
        Tone::SquareLead => wave(&Wave { shape: 1, attack: 0.004, sustain: 0.7, release: 0.06, base: 12.0, open: 0.0, vibrato: 0.005, ring: 0.0, ..SAW }, hz, len, out),
        Tone::Stab => wave(&Wave { voices: 3, spread: 0.007, attack: 0.003, decay: 0.22, sustain: 0.15, release: 0.12, base: 1.6, open: 9.0, open_secs: 0.16, ring: 0.4, ..SAW }, hz, len, out),
        Tone::Pluck => wave(&Wave { voices: 2, spread: 0.003, attack: 0.002, decay: 0.18, sustain: 0.1, release: 0.12, base: 1.2, open: 9.0, open_secs: 0.12, ring: 0.35, ..SAW }, hz, len, out),
        Tone::Chip => wave(&Wave { shape: 1, attack: 0.002, decay: 0.1, sustain: 0.5, release: 0.02, base: 14.0, open: 0.0, ring: 0.0, ..SAW }, hz, len, out),
        Tone::Triangle => wave(&Wave { shape: 2, attack: 0.002, decay: 0.5, sustain: 0.9, release: 0.02, base: 20.0, open: 0.0, ring: 0.0, ..SAW }, hz, len, out),
        Tone::SynthBass => wave(&Wave { voices: 2, spread: 0.002, attack: 0.003, decay: 0.25, sustain: 0.55, release: 0.05, base: 2.0, open: 8.0, open_secs: 0.14, ring: 0.4, ..SAW }, hz, len, out),
        Tone::Acid => wave(&Wave { attack: 0.003, decay: 0.2, sustain: 0.6, release: 0.04, base: 2.0, open: 14.0, open_secs: 0.11, ring: 0.86, drive: 1.0, ..SAW }, hz, len, out),
        Tone::Dist => wave(&Wave { voices: 2, spread: 0.002, attack: 0.004, decay: 0.8, sustain: 0.8, release: 0.06, base: 9.0, open: 3.0, drive: 5.0, ..SAW }, hz, len, out),
        Tone::DistLead => wave(&Wave { attack: 0.006, sustain: 0.95, release: 0.1, base: 6.0, open: 4.0, drive: 3.0, vibrato: 0.006, ..SAW }, hz, len, out),
    }
}

fn partials(p: &Partials, hz: f32, len: f32, out: &mut Vec<f32>) {
    let count = ((len + p.release) * RATE) as usize;
    out.resize(count, 0.0);
    // Higher notes die sooner.
    let age = (261.6 / hz).sqrt().clamp(0.5, 1.8);
    let total: f32 = p.list.iter().map(|x| x.1).sum();
    if p.vibrato > 0.0 {
        // All partials follow one phase. It counts two turns: some are halves of it.
        let (mut phase, mut step) = (0.0f32, hz / RATE);
        let mut phases = vec![0.0f32; count];
        for (i, x) in phases.iter_mut().enumerate() {
            if i % BLOCK == 0 {
                let t = i as f32 / RATE;
                step = hz / RATE * (1.0 + p.vibrato * sine(t * 5.3) * (t * 2.5).min(1.0));
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
            // What has fallen by 110 dB is gone.
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

/// Adds a sine: points that turn by the same angle each sample, and shrink as they do. There are
/// eight, each eight samples after the last, which is what makes it fast.
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

/// Draws the outline of a note over it: a soft start, a fall, an end without a click.
fn shape(
    out: &mut [f32],
    attack: f32,
    decay: f32,
    sustain: f32,
    release: f32,
    len: f32,
    gain: f32,
) {
    let (attack, release) = ((attack * RATE).max(16.0), (release * RATE).max(64.0));
    let end = len * RATE;
    let fall = if decay > 0.0 { exp(-3.0 / (decay * RATE)) } else { 1.0 };
    let mut level = 1.0;
    for (i, s) in out.iter_mut().enumerate() {
        let x = i as f32;
        let mut e = gain;
        if x < attack {
            e *= x / attack;
        } else {
            e *= sustain + (1.0 - sustain) * level;
            level *= fall;
        }
        if x > end {
            let left = (1.0 - (x - end) / release).max(0.0);
            e *= left * left;
        }
        *s *= e;
    }
}

fn wave(p: &Wave, hz: f32, len: f32, out: &mut Vec<f32>) {
    let count = ((len + p.release) * RATE) as usize;
    out.resize(count, 0.0);
    for v in 0..p.voices {
        let off = if p.voices == 1 { 0.0 } else { v as f32 / (p.voices - 1) as f32 * 2.0 - 1.0 };
        let base = hz * (1.0 + off * p.spread) / RATE;
        let mut phase = (v as f32 * 0.37 + 0.13).fract();
        for (number, block) in out.chunks_mut(BLOCK).enumerate() {
            let mut step = base;
            if p.vibrato > 0.0 {
                let t = (number * BLOCK) as f32 / RATE;
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
            // A soft knee: what a tube does.
            *s = x * (27.0 + x * x) / (27.0 + 9.0 * x * x) / gain * (0.9 / (1.0 + p.drive * 0.25));
        }
        // The cabinet takes the edge off.
        let mut low = 0.0;
        let k = 1.0 - exp(-TAU * 5200.0 / RATE);
        for s in out.iter_mut() {
            low += (*s - low) * k;
            *s = low;
        }
    }
    shape(out, p.attack, p.decay, p.sustain, p.release, len, gain);
}

/// Samples in which a pitch and a filter stay as they are.
const BLOCK: usize = 32;

/// Adds a wave of constant pitch. It is given the place in its turn, and the turns of a second's
/// worth of samples: how many samples a turn has.
fn run(block: &mut [f32], phase: f32, step: f32, wave: impl Fn(f32, f32) -> f32) {
    // Adding and taking away this much rounds to a whole number.
    const WHOLE: f32 = 12_582_912.0;
    let turn = 1.0 / step;
    for (i, s) in block.iter_mut().enumerate() {
        let x = phase + step * (i + 1) as f32;
        let x = x - ((x - 0.5 + WHOLE) - WHOLE);
        *s += wave(x, turn);
    }
}

/// What a sharp corner of a wave lacks so that it has no tones that don't belong (a polynomial
/// step), `turn` samples being a turn.
fn corner(phase: f32, turn: f32) -> f32 {
    let after = (1.0 - phase * turn).max(0.0);
    let before = (1.0 - (1.0 - phase) * turn).max(0.0);
    before * before - after * after
}

/// A low-pass of second order (state variable, solved without delay) that opens and closes.
fn filter(p: &Wave, hz: f32, out: &mut [f32]) {
    let (mut a, mut b) = (0.0f32, 0.0f32);
    let damp = 2.0 - 1.9 * p.ring;
    for (number, block) in out.chunks_mut(BLOCK).enumerate() {
        let t = (number * BLOCK) as f32 / RATE;
        let rise = (t / p.attack.max(0.002)).min(1.0);
        let cut = hz * (p.base + p.open * rise * exp(-t / p.open_secs));
        let cut = cut.clamp(60.0, 15_000.0) / RATE;
        // tan(pi * cut), by its first terms: cut stays below 0.35.
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

fn pluck(p: &Pluck, hz: f32, len: f32, out: &mut Vec<f32>) {
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
    // A pluck of noise, as bright as the finger is hard, without what a string can't hold.
    let (mut low, mut sum) = (0.0, 0.0);
    for s in &mut line {
        low += (rng.unit() * 2.0 - 1.0 - low) * (0.12 + 0.88 * p.bright);
        *s = low;
        sum += low;
    }
    let mean = sum / line.len() as f32;
    let peak = line.iter().fold(0.01f32, |m, s| m.max((s - mean).abs()));
    line.iter_mut().for_each(|s| *s = (*s - mean) / peak);
    let ring = p.ring * (261.6 / hz).sqrt().clamp(0.45, 2.2);
    let keep = exp(-3.0 * period / (ring * RATE)).min(0.9995);
    let (mut at, mut before) = (0, 0.0);
    let soft = 0.5 - 0.22 * p.bright;
    for s in out.iter_mut() {
        let next = if at + 1 > size { 0 } else { at + 1 };
        // Between two samples, so that it is in tune.
        let value = line[at] * (1.0 - part) + line[next] * part;
        let damped = (value * (1.0 - soft) + before * soft) * keep;
        before = value;
        line[at] = damped;
        at = next;
        *s = value;
    }
    shape(out, 0.002, 0.0, 1.0, p.release, len, 0.42 * p.gain);
}

/// A choir: a soft wave through the resonances of an "ah".
fn choir(hz: f32, len: f32, out: &mut Vec<f32>) {
    let source = Wave {
        voices: 3,
        spread: 0.006,
        attack: 0.25,
        sustain: 1.0,
        release: 0.5,
        base: 9.0,
        open: 0.0,
        ring: 0.0,
        vibrato: 0.005,
        ..SAW
    };
    wave(&source, hz, len, out);
    let mut sum = vec![0.0f32; out.len()];
    for (centre, width, gain) in [(700.0, 120.0, 1.0), (1150.0, 130.0, 0.6), (2700.0, 220.0, 0.22)]
    {
        let w = TAU * centre / RATE;
        let r = exp(-TAU * 0.5 * width / RATE);
        let (b1, b2) = (2.0 * r * cos(w), -r * r);
        let scale = (1.0 - r) * 1.7 * gain;
        let (mut y1, mut y2) = (0.0, 0.0);
        for (s, x) in sum.iter_mut().zip(out.iter()) {
            let y = x * scale + b1 * y1 + b2 * y2;
            y2 = y1;
            y1 = y;
            *s += y;
        }
    }
    for (s, x) in out.iter_mut().zip(sum) {
        *s = *s * 0.12 + x * 2.2;
    }
}
