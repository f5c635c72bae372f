//! Pitched instruments: three kinds of synthesis, and the table of instruments that use them.
//!
//! Partials (struck bars, pipes, pianos), a filtered wave (strings, brass, synthesisers), and a
//! plucked string.

mod partials;
mod pluck;
mod wave;

use self::partials::{Partials, partials};
use self::pluck::{Pluck, STRING, pluck};
use self::wave::{SAW, Wave, wave};
use crate::math::{TAU, cos, exp, sin};
use crate::synth::slide::Slide;
use crate::synth::{RATE, Tone};

/// The block size in samples: pitch and filter are constant within a block.
const BLOCK: usize = 32;

/// The body resonances of a guitar and of a violin.
const GUITAR: &[(f32, f32, f32)] =
    &[(105.0, 35.0, 0.35), (215.0, 60.0, 0.35), (2400.0, 700.0, 0.3)];
const BOWED: &[(f32, f32, f32)] =
    &[(290.0, 70.0, 0.4), (480.0, 110.0, 0.6), (1050.0, 300.0, 0.5), (2700.0, 800.0, 1.1)];

/// Renders one note into `out`; plucked strings and struck bars don't slide.
#[rustfmt::skip]
pub(crate) fn play(tone: Tone, hz: f32, len: f32, slide: Slide, out: &mut Vec<f32>) {
    out.clear();
    match tone {
        Tone::Piano => partials(&Partials { list: &[(1.0, 1.0, 2.6), (2.002, 0.55, 1.9), (3.006, 0.32, 1.3), (4.012, 0.22, 0.9), (5.02, 0.12, 0.65), (6.03, 0.08, 0.45), (7.045, 0.06, 0.3), (9.1, 0.03, 0.15)], attack: 0.003, release: 0.16, vibrato: 0.0, breath: 0.0 }, hz, len, slide, out),
        Tone::Rhodes => partials(&Partials { list: &[(1.0, 1.0, 2.4), (2.0, 0.22, 1.4), (3.0, 0.1, 0.6), (7.02, 0.13, 0.12), (14.1, 0.05, 0.05)], attack: 0.004, release: 0.18, vibrato: 0.0, breath: 0.0 }, hz, len, slide, out),
        Tone::Organ => partials(&Partials { list: &[(0.5, 0.5, 0.0), (1.0, 0.8, 0.0), (1.5, 0.35, 0.0), (2.0, 0.5, 0.0), (3.0, 0.25, 0.0), (4.0, 0.2, 0.0), (6.0, 0.1, 0.0)], attack: 0.012, release: 0.06, vibrato: 0.004, breath: 0.0 }, hz, len, slide, out),
        Tone::Flute => partials(&Partials { list: &[(1.0, 1.0, 0.0), (2.0, 0.26, 0.0), (3.0, 0.1, 0.0), (4.0, 0.04, 0.0)], attack: 0.07, release: 0.12, vibrato: 0.006, breath: 0.06 }, hz, len, slide, out),
        Tone::Accordion => partials(&Partials { list: &[(1.0, 0.7, 0.0), (1.006, 0.6, 0.0), (2.0, 0.45, 0.0), (3.01, 0.4, 0.0), (4.0, 0.25, 0.0), (5.0, 0.2, 0.0), (6.02, 0.12, 0.0)], attack: 0.05, release: 0.08, vibrato: 0.0, breath: 0.01 }, hz, len, slide, out),
        Tone::Bell => partials(&Partials { list: &[(1.0, 0.8, 2.6), (2.0, 0.5, 1.8), (2.76, 0.35, 1.1), (5.4, 0.2, 0.5), (8.93, 0.08, 0.2)], attack: 0.003, release: 1.0, vibrato: 0.0, breath: 0.0 }, hz, len, slide, out),
        Tone::MusicBox => partials(&Partials { list: &[(2.0, 0.9, 1.1), (4.0, 0.2, 0.5), (6.27, 0.3, 0.35), (11.0, 0.08, 0.1)], attack: 0.002, release: 0.6, vibrato: 0.0, breath: 0.0 }, hz, len, slide, out),
        Tone::Marimba => partials(&Partials { list: &[(1.0, 1.0, 0.55), (3.93, 0.32, 0.16), (9.5, 0.1, 0.05)], attack: 0.002, release: 0.3, vibrato: 0.0, breath: 0.0 }, hz, len, slide, out),
        Tone::SubBass => partials(&Partials { list: &[(1.0, 1.0, 0.0), (2.0, 0.24, 0.0), (3.0, 0.1, 0.3), (4.0, 0.05, 0.15)], attack: 0.012, release: 0.07, vibrato: 0.0, breath: 0.0 }, hz, len, slide, out),
        Tone::Nylon => pluck(&Pluck { bright: 0.35, ring: 1.6, gain: 1.5, place: 0.2, body: GUITAR, ..STRING }, hz, len, out),
        Tone::Steel => pluck(&Pluck { bright: 0.75, ring: 2.2, release: 0.1, gain: 1.6, place: 0.12, body: GUITAR, ..STRING }, hz, len, out),
        Tone::Ukulele => pluck(&Pluck { bright: 0.42, ring: 0.75, release: 0.09, gain: 1.7, place: 0.28, body: &[(420.0, 90.0, 0.7), (790.0, 120.0, 0.5)], ..STRING }, hz * 2.0, len, out),
        Tone::Banjo => pluck(&Pluck { bright: 0.95, ring: 0.6, release: 0.07, gain: 2.2, place: 0.06, body: &[(620.0, 120.0, 0.6), (1250.0, 250.0, 0.8), (3100.0, 500.0, 0.8)], ..STRING }, hz, len, out),
        Tone::Sitar => pluck(&Pluck { bright: 0.85, ring: 2.8, release: 0.5, gain: 1.2, place: 0.07, buzz: 2.6, body: &[(1500.0, 300.0, 0.5), (2900.0, 450.0, 0.6)] }, hz, len, out),
        Tone::Tanpura => pluck(&Pluck { bright: 0.6, ring: 3.6, release: 0.8, gain: 0.8, place: 0.4, buzz: 2.2, body: &[(1100.0, 260.0, 0.4)] }, hz, len, out),
        Tone::Oud => pluck(&Pluck { bright: 0.42, ring: 0.95, release: 0.12, gain: 1.6, place: 0.09, body: &[(160.0, 50.0, 0.6), (310.0, 90.0, 0.6), (1700.0, 400.0, 0.3)], ..STRING }, hz * 0.5, len, out),
        Tone::Koto => pluck(&Pluck { bright: 0.7, ring: 1.9, release: 0.8, gain: 2.0, place: 0.05, body: &[(260.0, 80.0, 0.4), (2300.0, 500.0, 0.4)], ..STRING }, hz, len, out),
        Tone::Harpsichord => {
            // Two sets of strings, an octave apart; a quill plucks them hard.
            let quill = Pluck { bright: 1.0, ring: 2.2, release: 0.09, gain: 1.0, place: 0.1, ..STRING };
            pluck(&quill, hz * 2.0, len, out);
            let high = std::mem::take(out);
            pluck(&quill, hz, len, out);
            out.iter_mut().zip(high).for_each(|(s, x)| *s += x * 0.6);
        }
        Tone::Harp => pluck(&Pluck { bright: 0.45, ring: 3.2, release: 1.2, place: 0.45, ..STRING }, hz, len, out),
        Tone::Upright => pluck(&Pluck { bright: 0.2, ring: 0.9, release: 0.08, gain: 1.5, place: 0.25, body: &[(98.0, 40.0, 0.5), (210.0, 70.0, 0.4), (700.0, 200.0, 0.3)], ..STRING }, hz, len, out),
        Tone::FingerBass => pluck(&Pluck { bright: 0.34, ring: 1.5, release: 0.05, gain: 1.3, place: 0.16, ..STRING }, hz, len, out),
        Tone::Strings => wave(&Wave { voices: 3, spread: 0.004, attack: 0.14, sustain: 1.0, release: 0.35, base: 4.5, open: 2.0, open_secs: 0.6, ring: 0.1, air: 2600.0, body: BOWED, vibrato: 0.003, ..SAW }, hz, len, slide, out),
        Tone::Violin => wave(&Wave { attack: 0.06, sustain: 1.0, release: 0.14, base: 4.0, open: 2.5, open_secs: 0.5, air: 2400.0, body: BOWED, vibrato: 0.007, ring: 0.15, ..SAW }, hz, len, slide, out),
        Tone::Cello => wave(&Wave { voices: 2, spread: 0.002, attack: 0.05, sustain: 0.9, release: 0.16, base: 5.0, open: 4.0, open_secs: 0.3, air: 1100.0, body: &[(220.0, 60.0, 0.4), (480.0, 120.0, 0.5), (1300.0, 350.0, 0.5)], vibrato: 0.004, ..SAW }, hz, len, slide, out),
        Tone::Pad => wave(&Wave { voices: 3, spread: 0.006, attack: 0.3, sustain: 1.0, release: 0.7, base: 2.2, open: 2.5, open_secs: 1.8, air: 700.0, ring: 0.2, ..SAW }, hz, len, slide, out),
        Tone::Choir => choir(hz, len, out),
        Tone::Brass => wave(&Wave { voices: 2, spread: 0.002, attack: 0.045, sustain: 0.85, release: 0.1, base: 1.8, open: 6.5, open_secs: 0.3, ring: 0.2, air: 900.0, body: &[(1150.0, 350.0, 0.6)], vibrato: 0.004, ..SAW }, hz, len, slide, out),
        Tone::Trumpet => wave(&Wave { attack: 0.03, sustain: 0.9, release: 0.08, base: 2.2, open: 6.0, open_secs: 0.4, ring: 0.15, air: 1500.0, body: &[(1300.0, 350.0, 0.8), (2600.0, 600.0, 0.6)], vibrato: 0.005, ..SAW }, hz, len, slide, out),
        Tone::Tuba => wave(&Wave { attack: 0.03, decay: 0.25, sustain: 0.7, release: 0.08, base: 2.5, open: 4.0, open_secs: 0.15, ring: 0.1, air: 150.0, ..SAW }, hz, len, slide, out),
        Tone::Sax => wave(&Wave { attack: 0.035, sustain: 0.9, release: 0.09, base: 2.6, open: 3.6, open_secs: 0.25, ring: 0.45, air: 700.0, body: &[(650.0, 200.0, 0.5), (1500.0, 350.0, 0.6)], vibrato: 0.007, drive: 0.6, ..SAW }, hz, len, slide, out),
        // A reed on a cylinder has only odd partials, one on a cone has all.
        Tone::Clarinet => wave(&Wave { shape: 1, attack: 0.035, sustain: 0.95, release: 0.08, base: 3.4, open: 1.2, open_secs: 0.2, ring: 0.0, air: 500.0, vibrato: 0.002, ..SAW }, hz, len, slide, out),
        Tone::Oboe => wave(&Wave { attack: 0.04, sustain: 0.95, release: 0.08, base: 5.0, open: 2.0, open_secs: 0.2, ring: 0.0, air: 1200.0, body: &[(1150.0, 160.0, 1.6), (2900.0, 400.0, 0.9)], vibrato: 0.006, ..SAW }, hz, len, slide, out),
        Tone::Harmonica => wave(&Wave { shape: 1, attack: 0.03, sustain: 0.95, release: 0.07, base: 6.0, open: 1.0, ring: 0.0, air: 800.0, body: &[(1900.0, 450.0, 0.7)], vibrato: 0.005, ..SAW }, hz, len, slide, out),
        Tone::Theremin => partials(&Partials { list: &[(1.0, 1.0, 0.0), (2.0, 0.16, 0.0), (3.0, 0.05, 0.0)], attack: 0.16, release: 0.2, vibrato: 0.019, breath: 0.0 }, hz, len, slide, out),
        Tone::Whistle => partials(&Partials { list: &[(2.0, 1.0, 0.0), (4.0, 0.2, 0.0), (6.0, 0.09, 0.0)], attack: 0.018, release: 0.05, vibrato: 0.004, breath: 0.05 }, hz, len, slide, out),
        Tone::SteelDrum => partials(&Partials { list: &[(1.0, 1.0, 0.7), (2.0, 0.7, 0.5), (3.01, 0.3, 0.25), (4.02, 0.25, 0.2), (5.98, 0.1, 0.1)], attack: 0.003, release: 0.25, vibrato: 0.0, breath: 0.0 }, hz, len, slide, out),
        Tone::PipeOrgan => partials(&Partials { list: &[(0.5, 0.6, 0.0), (1.0, 0.9, 0.0), (2.0, 0.7, 0.0), (3.0, 0.4, 0.0), (4.0, 0.45, 0.0), (6.0, 0.3, 0.0), (8.0, 0.25, 0.0)], attack: 0.035, release: 0.22, vibrato: 0.0, breath: 0.006 }, hz, len, slide, out),
        Tone::SawLead => wave(&Wave { voices: 3, spread: 0.005, attack: 0.008, sustain: 0.75, release: 0.16, base: 4.0, open: 5.0, open_secs: 0.3, vibrato: 0.004, ..SAW }, hz, len, slide, out),
        Tone::SquareLead => wave(&Wave { shape: 1, attack: 0.004, sustain: 0.7, release: 0.06, base: 12.0, open: 0.0, vibrato: 0.005, ring: 0.0, ..SAW }, hz, len, slide, out),
        Tone::Stab => wave(&Wave { voices: 3, spread: 0.007, attack: 0.003, decay: 0.22, sustain: 0.15, release: 0.12, base: 1.6, open: 9.0, open_secs: 0.16, ring: 0.4, ..SAW }, hz, len, slide, out),
        Tone::Pluck => wave(&Wave { voices: 2, spread: 0.003, attack: 0.002, decay: 0.18, sustain: 0.1, release: 0.12, base: 1.2, open: 9.0, open_secs: 0.12, ring: 0.35, ..SAW }, hz, len, slide, out),
        Tone::Chip => wave(&Wave { shape: 1, attack: 0.002, decay: 0.1, sustain: 0.5, release: 0.02, base: 14.0, open: 0.0, ring: 0.0, ..SAW }, hz, len, slide, out),
        Tone::Triangle => wave(&Wave { shape: 2, attack: 0.002, decay: 0.5, sustain: 0.9, release: 0.02, base: 20.0, open: 0.0, ring: 0.0, ..SAW }, hz, len, slide, out),
        Tone::SynthBass => wave(&Wave { voices: 2, spread: 0.002, attack: 0.003, decay: 0.25, sustain: 0.55, release: 0.05, base: 2.0, open: 8.0, open_secs: 0.14, ring: 0.4, ..SAW }, hz, len, slide, out),
        Tone::Wobble => wave(&Wave { voices: 2, spread: 0.004, attack: 0.004, sustain: 1.0, release: 0.05, base: 26.0, open: 0.0, ring: 0.6, wobble: 4.67, drive: 2.0, ..SAW }, hz, len, slide, out),
        // A sustained kick: a hard start, and enough drive to be audible on small speakers.
        Tone::Sub808 => wave(&Wave { shape: 2, attack: 0.003, decay: 0.9, sustain: 0.35, release: 0.09, base: 3.0, open: 30.0, open_secs: 0.03, ring: 0.0, drive: 1.6, ..SAW }, hz, len, slide, out),
        Tone::Acid => wave(&Wave { attack: 0.003, decay: 0.2, sustain: 0.6, release: 0.04, base: 2.0, open: 14.0, open_secs: 0.11, ring: 0.86, drive: 1.0, ..SAW }, hz, len, slide, out),
        Tone::Dist => wave(&Wave { voices: 2, spread: 0.002, attack: 0.004, decay: 0.8, sustain: 0.8, release: 0.06, base: 9.0, open: 3.0, air: 1800.0, drive: 5.0, body: &[(1500.0, 900.0, 1.0), (3000.0, 1300.0, 1.7)], ..SAW }, hz, len, slide, out),
        Tone::DistLead => wave(&Wave { attack: 0.006, sustain: 0.95, release: 0.1, base: 6.0, open: 4.0, drive: 3.0, body: &[(2300.0, 900.0, 0.5)], vibrato: 0.006, ..SAW }, hz, len, slide, out),
    }
    let level = level(tone);
    if level != 1.0 {
        out.iter_mut().for_each(|s| *s *= level);
    }
}

/// The gain that makes an instrument as loud as the others.
fn level(tone: Tone) -> f32 {
    match tone {
        Tone::Choir => 0.5,
        Tone::Clarinet => 0.55,
        Tone::Whistle | Tone::Wobble => 0.6,
        Tone::Theremin => 0.7,
        Tone::Brass => 1.4,
        _ => 1.0,
    }
}

/// Applies the envelope of a note: a soft start, a decay, an end without a click.
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

/// Adds body resonances, each with a frequency, width and strength.
fn resonate(out: &mut [f32], body: &[(f32, f32, f32)]) {
    if body.is_empty() {
        return;
    }
    let mut state = [[0.0f32; 3]; 4];
    for (s, (centre, width, gain)) in state.iter_mut().zip(body) {
        let r = exp(-TAU * 0.5 * width / RATE);
        // Normalised to the given strength at its peak, for every width and frequency.
        let w = TAU * centre / RATE;
        let scale = (1.0 - r) * 2.0 * sin(w) * gain;
        *s = [2.0 * r * cos(w), -r * r, scale];
    }
    let (mut one, mut two) = ([0.0f32; 4], [0.0f32; 4]);
    for s in out.iter_mut() {
        let mut sum = 0.0;
        for n in 0..4 {
            let y = *s * state[n][2] + state[n][0] * one[n] + state[n][1] * two[n];
            (two[n], one[n]) = (one[n], y);
            sum += y;
        }
        *s = *s * DRY + sum;
    }
}

/// How much of a sound passes its body unchanged.
const DRY: f32 = 0.5;

/// A choir: a soft wave through the formants of an "ah".
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
    wave(&source, hz, len, Slide::NONE, out);
    let throat =
        [(700.0, 120.0, 4.0), (1150.0, 130.0, 3.0), (2700.0, 260.0, 2.2), (3600.0, 400.0, 1.4)];
    resonate(out, &throat);
}
