//! The accompaniment: bass, chords and drums, one bar at a time, in the patterns of the genre.

use crate::music::Piece;
use crate::rng::Rng;
use crate::synth::{Drum, Hit, Note, Track};

/// One bar of the bass.
pub(super) fn play_bass(
    track: &mut Track,
    pattern: &str,
    chord: &[i32],
    next: &[i32],
    level: f32,
    when: impl Fn(usize) -> f32,
    step: f32,
) {
    let pattern = pattern.as_bytes();
    // Between E1 and D2, a bass guitar's usual range.
    let root = 28 + (chord[0] - 28).rem_euclid(12);
    let tone = |i: usize| root + (chord[i] - chord[0]);
    for (s, mark) in pattern.iter().enumerate() {
        let pitch = match mark {
            b'r' => root,
            b'5' => tone(2),
            b'3' => tone(1),
            b'8' => root + 12,
            b'w' => {
                // Walks up the chord, then approaches the next root by step.
                let target = 28 + (next[0] - 28).rem_euclid(12);
                [root, tone(1), tone(2), target + if target > root { -1 } else { 1 }][s / 4 % 4]
            }
            _ => continue,
        };
        let held = pattern[s + 1..].iter().take_while(|m| **m == b'-').count() + 1;
        let accent = if s == 0 { 1.0 } else { 0.86 };
        track.notes.push(Note {
            at: when(s),
            len: step * (held as f32 - 0.12),
            pitch,
            level: level * accent,
        });
    }
}

/// One bar of chords, struck together or as single notes.
pub(super) fn play_chords(
    track: &mut Track,
    pattern: &str,
    voiced: &[i32],
    steps: usize,
    level: f32,
    when: impl Fn(usize) -> f32,
    step: f32,
) {
    let pattern = pattern.as_bytes();
    let mut turn = 0;
    for (s, mark) in pattern.iter().take(steps).enumerate() {
        let held = pattern[s + 1..].iter().take_while(|m| **m == b'-').count() + 1;
        let long = step * (held as f32 - 0.08);
        let accent = if s % 8 == 0 {
            1.0
        } else if s % 4 == 0 {
            0.92
        } else {
            0.82
        };
        match mark {
            b'x' => {
                for (i, note) in voiced.iter().enumerate() {
                    // The notes of a chord are struck slightly one after another.
                    let at = when(s) + i as f32 * 0.006;
                    track.notes.push(Note {
                        at,
                        len: long,
                        pitch: *note,
                        level: level * accent * 0.8,
                    });
                }
            }
            b'u' | b'd' => {
                let n = voiced.len();
                let at = if *mark == b'u' { turn % (n + 1) } else { (n * 2 - turn % n) % n };
                let pitch = if at == n { voiced[0] + 12 } else { voiced[at] };
                track.notes.push(Note {
                    at: when(s),
                    len: long.max(step * 1.9),
                    pitch,
                    level: level * accent,
                });
                turn += 1;
            }
            _ => {}
        }
    }
}

/// One bar of the drums that were requested by name.
pub(super) fn by_hand(
    hits: &mut Vec<Hit>,
    piece: &Piece,
    bar: usize,
    rng: &mut Rng,
    when: &impl Fn(usize, usize) -> f32,
) {
    for (drum, pattern) in &piece.hand {
        for (s, mark) in pattern.bytes().take(piece.spec.beats * 4).enumerate() {
            if let Some(level) = stroke(mark) {
                let level = level * rng.range(0.9, 1.04);
                hits.push(Hit { drum: *drum, at: when(bar, s), level });
            }
        }
    }
}

/// The loudness of a symbol in a pattern.
fn stroke(mark: u8) -> Option<f32> {
    match mark {
        b'X' => Some(1.0),
        b'x' => Some(0.78),
        b'o' => Some(0.42),
        _ => None,
    }
}

/// One bar of drums; before a new section, a fill.
#[expect(clippy::too_many_arguments, reason = "one bar's circumstances, used here alone")]
pub(super) fn drums(
    hits: &mut Vec<Hit>,
    piece: &Piece,
    strength: u8,
    fill: bool,
    bar: usize,
    opens: bool,
    rng: &mut Rng,
    when: &impl Fn(usize, usize) -> f32,
) {
    let spec = piece.spec;
    let steps = spec.beats * 4;
    if strength == 0 && spec.drums.len() < 2 {
        return;
    }
    for (voice, (drum, pattern)) in spec.drums.iter().enumerate() {
        // Stronger sections have more parts: the last rows of the table are for the strong ones.
        let plays = match strength {
            0 => voice + 1 == spec.drums.len(),
            1 => voice == 0 || voice + 1 == spec.drums.len(),
            2 => voice < 3,
            _ => true,
        };
        if !plays {
            continue;
        }
        for (s, mark) in pattern.bytes().take(steps).enumerate() {
            let Some(level) = stroke(mark) else { continue };
            if fill && s >= steps * 3 / 4 && voice > 0 {
                continue;
            }
            let human = rng.range(0.92, 1.04);
            let push = rng.range(-0.003, 0.004);
            hits.push(Hit {
                drum: *drum,
                at: (when(bar, s) + push).max(0.0),
                level: level * human,
            });
        }
    }
    if fill && strength >= 2 && spec.drums.len() > 1 {
        let soft = piece.energy < 0.4;
        let rolls: [&[usize]; 3] = [&[12, 13, 14, 15], &[12, 14, 15], &[13, 14, 15]];
        for (i, s) in rng.pick(&rolls).iter().enumerate() {
            let drum = if soft {
                Drum::Rim
            } else if i % 2 == 0 {
                Drum::Tom
            } else {
                Drum::Snare
            };
            let s = *s * steps / 16;
            hits.push(Hit { drum, at: when(bar, s), level: 0.55 + 0.12 * i as f32 });
        }
    }
    if opens && strength >= 2 && piece.energy > 0.35 && spec.drums.len() > 1 {
        hits.push(Hit { drum: Drum::Cymbal, at: when(bar, 0), level: 0.6 });
    }
}
