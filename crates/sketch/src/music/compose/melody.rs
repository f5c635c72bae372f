//! The melody: a theme of one bar, its answer, and their adaptation to the chords.

use crate::music::harmony::Key;
use crate::rng::Rng;
use crate::synth::{Note, Track};

/// One note of the theme: its step in the bar, its length in steps, and its height above the
/// chord's root in scale steps.
pub(super) type Cell = (usize, usize, i32);

/// A motif of one bar that bears repetition: a rhythm with one long note, and a line that moves
/// mostly by step.
pub(super) fn theme(rng: &mut Rng, busy: f32, steps: usize, swung: bool) -> Vec<Cell> {
    let grid = if swung || busy < 0.7 { 2 } else { 1 };
    let mut cells = Vec::new();
    let mut s = if rng.chance(0.3) { grid } else { 0 };
    let mut height = *rng.pick(&[0, 2, 4]);
    while s < steps {
        let long =
            grid * *rng.pick(if busy > 0.5 { &[1, 1, 2, 2, 3][..] } else { &[2, 2, 3, 4, 6][..] });
        let long = long.min(steps - s);
        if rng.chance(0.5 + busy * 0.5) || cells.is_empty() {
            cells.push((s, long, height));
            height += *rng.pick(&[-2, -1, -1, 1, 1, 2, 0, 3]);
            height = height.clamp(-2, 7);
        }
        s += long;
    }
    cells
}

/// The theme's answer: mostly the same rhythm, with the line inverted.
pub(super) fn vary(theme: &[Cell], rng: &mut Rng, steps: usize) -> Vec<Cell> {
    let first = theme.first().map_or(0, |c| c.2);
    let mut reply: Vec<Cell> = theme
        .iter()
        .map(|(s, len, height)| (*s, *len, (2 * first - height + 4).clamp(-2, 8)))
        .collect();
    if let Some(last) = reply.last_mut()
        && rng.chance(0.6)
    {
        last.1 = steps - last.0;
    }
    reply
}

/// One bar of the melody.
#[expect(clippy::too_many_arguments, reason = "one bar's circumstances, used here alone")]
pub(super) fn play_theme(
    track: &mut Track,
    key: Key,
    cells: &[Cell],
    bar: usize,
    degree: i32,
    chord: &[i32],
    lift: i32,
    home: bool,
    level: f32,
    steps: usize,
    when: impl Fn(usize) -> f32,
    step: f32,
) {
    // Four bars make a phrase: theme, theme again, its first half rising, an ending.
    let phrase = bar % 4;
    let half = steps / 2;
    let mut last_end = 0;
    for (i, (s, len, height)) in cells.iter().enumerate() {
        if phrase == 3 && *s >= half + steps / 8 {
            break;
        }
        let climb = if phrase == 2 { i as i32 / 2 } else { 0 };
        let mut pitch = key.sung(degree.rem_euclid(7) + height + lift + climb);
        // High degrees are played an octave lower, to stay within a singer's range.
        while pitch > 82 {
            pitch -= 12;
        }
        while pitch < 62 {
            pitch += 12;
        }
        if s % 4 == 0 || *len >= 4 {
            pitch = Key::snap(chord, pitch);
        }
        let accent = if s % 4 == 0 { 1.0 } else { 0.88 };
        track.notes.push(Note {
            at: when(*s),
            len: step * (*len as f32 - 0.15),
            pitch,
            level: level * accent,
        });
        last_end = s + len;
    }
    if phrase == 3 || home {
        let s = last_end.max(half).min(steps - 2);
        let near = track.notes.last().map_or(72, |n| n.pitch);
        let target = if home { Key::snap(&[key.pitch(0)], near) } else { Key::snap(chord, near) };
        let len = step * (steps - s) as f32 * 0.9;
        track.notes.push(Note { at: when(s), len, pitch: target, level });
    }
}
