//! The vocal melody: one note for each syllable of each line, played by an instrument.
//!
//! Sections of the same kind share their rhythm and contour, so a chorus is the same each time. It
//! must not know the words.

use crate::music::compose::form::Section;
use crate::music::harmony::Key;
use crate::music::lyrics::Kind;
use crate::rng::Rng;
use crate::synth::{Note, Track};

/// One note: its start in the section and its length, in thirty-seconds; its height above the
/// chord's root, in scale steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sung {
    pub(super) at: usize,
    pub(super) len: usize,
    height: i32,
    /// Whether it ends a line.
    last: bool,
}

/// The melody of a section.
pub(super) fn melody(section: &Section, seed: u64) -> Vec<Sung> {
    let mut rng = Rng::named(seed, &format!("sung {:?}", section.kind));
    // A verse starts low, a chorus high.
    let start = match section.kind {
        Kind::Chorus => 4,
        Kind::PreChorus | Kind::Bridge => 2,
        _ => *rng.pick(&[0, 1, 2]),
    };
    let shapes = [shape(&mut rng, start), shape(&mut rng, start + 1)];
    let dotted: [bool; 4] = std::array::from_fn(|_| rng.chance(0.4));
    let late = rng.chance(0.35);
    let count = section.lines.len();
    let mut sung = Vec::new();
    for (number, line) in section.lines.iter().enumerate() {
        // Of four lines, the third is different, and the last one ends on the tonic.
        let shape = &shapes[usize::from(number % 4 == 2)];
        let home = number % 4 == 3 || number + 1 == count;
        let onsets = rhythm(line.syllables, line.span * 2, late, dotted);
        let last = onsets.len().saturating_sub(1);
        for (i, (at, len)) in onsets.into_iter().enumerate() {
            let height = match i == last {
                true if home => 0,
                true => 2,
                false => shape[i % shape.len()],
            };
            sung.push(Sung { at: line.at * 2 + at, len, height, last: i == last });
        }
    }
    sung
}

/// A melodic contour, mostly by step.
fn shape(rng: &mut Rng, start: i32) -> [i32; 16] {
    let mut height = start;
    std::array::from_fn(|_| {
        let own = height;
        height = (height + *rng.pick(&[-2, -1, -1, 0, 0, 1, 1, 2])).clamp(-1, 7);
        own
    })
}

/// The start and length of each syllable of a line, in thirty-seconds: as regular as the beat
/// allows, with a longer last syllable and a rest after it.
fn rhythm(syllables: usize, span: usize, late: bool, dotted: [bool; 4]) -> Vec<(usize, usize)> {
    let breath = (span / 8).max(1);
    let room = (span - breath).max(1);
    // The longest unit with room for all syllables and a long last one.
    let unit =
        [16, 8, 4, 2, 1].into_iter().find(|unit| (syllables + 1) * unit <= room).unwrap_or(1);
    let slots = room / unit;
    let free = slots.saturating_sub(syllables + 1);
    // Spare units: some before the line, some between syllables, the rest for the last one.
    let before = usize::from(late && free > 1);
    let spread = syllables + (free - before.min(free)) * 2 / 3;
    let place = |i: usize| (before + (i * spread).div_ceil(syllables.max(1))) * unit;
    let mut onsets: Vec<usize> = (0..syllables).map(place).collect();
    for i in (1..syllables.saturating_sub(1)).step_by(2) {
        // A dotted pair: the second syllable starts half a unit later.
        if dotted[i / 2 % 4] && unit >= 4 && onsets[i + 1] - onsets[i] == unit {
            onsets[i] += unit / 2;
        }
    }
    // If there are too many syllables for the unit, they are sung as fast as necessary.
    if syllables > slots {
        onsets = (0..syllables).map(|i| i * room / syllables).collect();
    }
    let end = |i: usize| onsets.get(i + 1).map_or(room, |next| *next);
    (0..syllables).map(|i| (onsets[i], (end(i).saturating_sub(onsets[i])).max(1))).collect()
}

/// The harmony of a bar.
#[derive(Clone, Copy)]
pub(super) struct Harmony<'a> {
    pub(super) key: Key,
    pub(super) degree: i32,
    pub(super) chord: &'a [i32],
}

/// Writes one bar, the `bar`th of its section.
pub(super) fn play(
    track: &mut Track,
    sung: &[Sung],
    (bar, steps): (usize, usize),
    harmony: Harmony<'_>,
    level: f32,
    when: impl Fn(usize) -> f32,
    step: f32,
) {
    let (from, to) = (bar * steps * 2, (bar + 1) * steps * 2);
    for note in sung.iter().filter(|note| (from..to).contains(&note.at)) {
        let within = note.at - from;
        let at = when(within / 2) + (within % 2) as f32 * step / 2.0;
        let degree = harmony.degree.rem_euclid(7) + note.height;
        let mut pitch = harmony.key.sung(degree);
        while pitch > 81 {
            pitch -= 12;
        }
        while pitch < 60 {
            pitch += 12;
        }
        if note.last || within % 8 == 0 || note.len >= 8 {
            pitch = Key::snap(harmony.chord, pitch);
        }
        let accent = if within % 8 == 0 { 1.0 } else { 0.9 };
        let long = step / 2.0 * note.len as f32;
        track.notes.push(Note { at, len: long * 0.94, pitch, level: level * accent });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_a_note_for_each_syllable_within_its_span() {
        for span in [16, 24, 32, 64, 128] {
            for syllables in 1..=20 {
                for late in [false, true] {
                    let notes = rhythm(syllables, span, late, [true, false, true, true]);
                    assert_eq!(notes.len(), syllables);
                    let all = format!("{syllables} in {span}: {notes:?}");
                    assert!(notes.iter().all(|(at, len)| at + len <= span && *len > 0), "{all}");
                    let rises = notes.windows(2).all(|w| w[0].0 < w[1].0);
                    assert!(rises || syllables > span - span / 8, "{all}");
                }
            }
        }
    }
}
