//! Music: a piece composed from a brief and played into samples.
//!
//! It must not know how the samples are kept.

use std::ops::ControlFlow;

use crate::brief::{Brief, Part};
use crate::math::{exp, fast_sin, pow};
use crate::rng::{Rng, speckle};

const RATE: f32 = crate::encode::mp3::SAMPLE_RATE as f32;

/// A piece, as far as it is decided before a note is played.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub(crate) bpm: f32,
    pub(crate) tonic: u8,
    pub(crate) minor: bool,
    pub(crate) secs: f32,
    seed: u64,
    drums: bool,
}

const NAMES: [&str; 12] = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];

impl Piece {
    /// Decides what the words left open.
    pub(crate) fn plan(brief: &Brief) -> Self {
        let mut rng = Rng::named(brief.seed, "music");
        let energy = brief.energy.unwrap_or(0.6);
        let bpm = brief.bpm.unwrap_or_else(|| {
            ((70.0 + 70.0 * energy + rng.range(-6.0, 6.0)) * brief.pace).clamp(50.0, 190.0).round()
        });
        Self {
            bpm,
            tonic: brief.tonic.unwrap_or(rng.below(12) as u8),
            minor: brief.minor.unwrap_or(brief.valence < -0.1 || brief.tension > 0.5),
            secs: brief.duration_secs.unwrap_or(30.0).clamp(5.0, 180.0),
            seed: brief.seed,
            drums: energy > 0.25 && !brief.bars(Part::Drums),
        }
    }

    /// The key, for people: `D minor`.
    pub(crate) fn key(&self) -> String {
        format!("{} {}", NAMES[usize::from(self.tonic)], if self.minor { "minor" } else { "major" })
    }

    /// The key as tags write it: `Dm`.
    pub(crate) fn tag_key(&self) -> String {
        format!("{}{}", NAMES[usize::from(self.tonic)], if self.minor { "m" } else { "" })
    }

    /// Plays it: left and right in turn.
    pub(crate) fn play(
        &self,
        step: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Result<Vec<f32>, crate::SketchError> {
        let total = (self.secs * RATE) as usize;
        let mut out = vec![0.0; total * 2];
        let beat = 60.0 / self.bpm;
        let scale: [i32; 7] =
            if self.minor { [0, 2, 3, 5, 7, 8, 10] } else { [0, 2, 4, 5, 7, 9, 11] };
        let mut rng = Rng::named(self.seed, "notes");
        let roots: [usize; 4] =
            *rng.pick(&[[0, 4, 5, 3], [0, 5, 3, 4], [5, 3, 0, 4], [0, 3, 0, 4]]);
        let motif: Vec<i32> = (0..8).map(|_| rng.below(5) as i32).collect();
        let beats = (self.secs / beat) as usize;
        for b in 0..beats {
            if step(b as f64 / beats as f64).is_break() {
                return Err(crate::SketchError::Cancelled);
            }
            let bar = b / 4;
            let root = roots[bar % 4];
            let pitch = |degree: usize, octave: i32| {
                let step = scale[degree % 7] + 12 * (degree as i32 / 7);
                440.0 * pow(2.0, (step + i32::from(self.tonic) + 12 * octave - 9) as f32 / 12.0)
            };
            let at = (b as f32 * beat * RATE) as usize;
            if b % 4 == 0 {
                for (i, third) in [0, 2, 4].into_iter().enumerate() {
                    let pan = 0.3 + 0.2 * i as f32;
                    tone(&mut out, at, beat * 4.2, pitch(root + third, 0), 0.07, pan, 0.2);
                }
            }
            tone(&mut out, at, beat * 0.9, pitch(root, -2), 0.22, 0.5, 0.01);
            for half in 0..2 {
                let degree = root + motif[(b * 2 + half) % 8] as usize;
                if rng.chance(0.75) {
                    let at = at + (half as f32 * beat * 0.5 * RATE) as usize;
                    tone(&mut out, at, beat * 0.8, pitch(degree, 1), 0.12, 0.6, 0.005);
                }
                if self.drums {
                    noise(&mut out, at + (half as f32 * beat * 0.5 * RATE) as usize, 0.03, 0.05);
                }
            }
            if self.drums && b % 2 == 0 {
                kick(&mut out, at);
            } else if self.drums {
                noise(&mut out, at, 0.12, 0.2);
            }
        }
        let fade = (RATE * 1.5) as usize;
        for i in 0..fade.min(total) {
            let level = i as f32 / fade as f32;
            out[(total - 1 - i) * 2] *= level;
            out[(total - 1 - i) * 2 + 1] *= level;
        }
        let peak = out.iter().fold(0.01f32, |m, s| m.max(s.abs()));
        out.iter_mut().for_each(|s| *s *= 0.8 / peak);
        Ok(out)
    }
}

fn tone(out: &mut [f32], at: usize, secs: f32, hz: f32, level: f32, pan: f32, attack: f32) {
    let count = ((secs + 0.3) * RATE) as usize;
    for i in 0..count {
        let Some(pair) = out.get_mut((at + i) * 2..(at + i) * 2 + 2) else { return };
        let t = i as f32 / RATE;
        let envelope =
            (t / attack).min(1.0) * exp(-t * 1.6 / secs) * ((secs + 0.3 - t) / 0.3).min(1.0);
        let wave = fast_sin(hz * t) + 0.4 * fast_sin(hz * 2.0 * t) + 0.2 * fast_sin(hz * 3.0 * t);
        pair[0] += wave * envelope * level * (1.0 - pan);
        pair[1] += wave * envelope * level * pan;
    }
}

fn kick(out: &mut [f32], at: usize) {
    for i in 0..(0.25 * RATE) as usize {
        let Some(pair) = out.get_mut((at + i) * 2..(at + i) * 2 + 2) else { return };
        let t = i as f32 / RATE;
        let wave = fast_sin(48.0 * t + 3.0 * (1.0 - exp(-t * 30.0))) * exp(-t * 12.0) * 0.4;
        pair[0] += wave;
        pair[1] += wave;
    }
}

fn noise(out: &mut [f32], at: usize, secs: f32, level: f32) {
    for i in 0..(secs * 3.0 * RATE) as usize {
        let Some(pair) = out.get_mut((at + i) * 2..(at + i) * 2 + 2) else { return };
        let t = i as f32 / RATE;
        let wave = (speckle(i as i32, 0, 3) - 0.5) * exp(-t / secs * 2.0) * level;
        pair[0] += wave;
        pair[1] += wave * 0.8;
    }
}
