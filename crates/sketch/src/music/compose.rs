//! Composition: from a plan to notes.
//!
//! A piece is a row of sections. Each has a strength, which decides what plays; all share a
//! progression or its answer, and one theme, which comes back changed and comes home at the end.

use crate::music::Piece;
use crate::music::harmony::{self, Key};
use crate::rng::Rng;
use crate::synth::{Drum, Hit, Note, Score, Tone, Track};

/// A part of the form.
#[derive(Clone, Copy, Debug)]
struct Section {
    bars: usize,
    /// From 0 (a beginning) to 3 (all play).
    strength: u8,
    /// Whether it takes the answering progression and the theme's answer.
    answer: bool,
    lead: bool,
}

/// The form for so many bars.
fn form(bars: usize) -> Vec<Section> {
    let section = |bars, strength, answer, lead| Section { bars, strength, answer, lead };
    if bars <= 4 {
        return vec![section(bars, 2, false, true)];
    }
    if bars <= 9 {
        let head = bars / 4;
        return vec![section(head, 1, false, false), section(bars - head, 3, false, true)];
    }
    let unit = if bars >= 28 {
        8
    } else if bars >= 14 {
        4
    } else {
        3
    };
    let mut sections = vec![section(unit / 2, 0, false, false)];
    let mut left = bars - unit / 2;
    let cycle =
        [(2, false, true), (3, true, true), (2, false, true), (1, true, false), (3, true, true)];
    for (strength, answer, lead) in cycle.into_iter().cycle() {
        if left == 0 {
            break;
        }
        let mut take = if strength == 1 { unit / 2 } else { unit };
        // Nothing too short to be heard as a part of its own.
        if left < take + unit / 2 {
            take = left;
        }
        let last = take == left;
        sections.push(section(
            take,
            if last { 3 } else { strength },
            answer && !last,
            lead || last,
        ));
        left -= take;
    }
    sections
}

/// One note of the theme: step in the bar, length in steps, how far above the chord's root in
/// scale steps.
type Cell = (usize, usize, i32);

/// Writes the piece.
pub(crate) fn write(piece: &Piece) -> Score {
    let spec = piece.spec;
    let steps = spec.beats * 4;
    let step = 60.0 / piece.bpm / 4.0;
    let bar_secs = step * steps as f32;
    let mut rng = Rng::named(piece.seed, "compose");
    let key = Key { tonic: i32::from(piece.tonic), minor: piece.minor };
    let table = if piece.minor { spec.minor } else { spec.major };
    let first = rng.below(table.len());
    let (verse, chorus) = (table[first], table[(first + 1) % table.len()]);
    let theme = theme(&mut rng, spec.busy, steps, spec.swing > 0.2);
    let reply = vary(&theme, &mut rng, steps);

    let wide = |tone, pan, gain| Track::new(tone, pan, gain, spec.reverb, 0.0);
    let mut bass = Track { reverb: spec.reverb * 0.15, ..wide(piece.bass, 0.0, 0.62) };
    let mut chords = Track { echo: spec.echo * 0.3, ..wide(piece.chords, -0.28, 0.3) };
    let mut second =
        Track { echo: spec.echo, ..wide(piece.second.map_or(Tone::Pad, |s| s.0), 0.42, 0.2) };
    let mut pad =
        Track { reverb: spec.reverb * 1.3, ..wide(piece.pad.unwrap_or(Tone::Pad), 0.15, 0.15) };
    let mut lead = Track { echo: spec.echo, ..wide(piece.lead, 0.08, 0.4) };
    let mut hits = Vec::new();

    // A step's time, with the swing of every second eighth.
    let when = |bar: usize, s: usize| {
        let late = if s % 4 == 2 {
            spec.swing * 2.0 * step
        } else if s % 2 == 1 {
            spec.swing * step
        } else {
            0.0
        };
        bar as f32 * bar_secs + s as f32 * step + late
    };
    let mut before = Vec::new();
    let mut high = Vec::new();
    let mut bar = 0;
    let sections = form(piece.bars);
    let count = sections.len();
    for (number, section) in sections.iter().enumerate() {
        let progression = if section.answer { chorus } else { verse };
        for b in 0..section.bars {
            let degree = progression[b % progression.len()];
            let chord = key.chord(degree, spec.voices);
            let next = key.chord(progression[(b + 1) % progression.len()], 3);
            let voiced = harmony::lead(&chord, &before, 62);
            before.clone_from(&voiced);
            let strength = section.strength;
            let level = 0.74 + 0.08 * f32::from(strength);

            if strength >= 1 || number == 0 && b + 1 == section.bars {
                play_bass(&mut bass, spec.bass.1, &chord, &next, level, |s| when(bar, s), step);
            }
            let pattern = if strength == 0 && !spec.chords.1.contains('u') {
                "x---------------"
            } else {
                spec.chords.1
            };
            play_chords(&mut chords, pattern, &voiced, steps, level, |s| when(bar, s), step);
            if let Some((_, pattern)) = piece.second
                && (strength >= 2 || number == 0)
            {
                high = harmony::lead(&chord, &high, 72);
                play_chords(&mut second, pattern, &high, steps, level, |s| when(bar, s), step);
            }
            if piece.pad.is_some() && (strength == 3 || strength <= 1) {
                for note in &voiced {
                    pad.notes.push(Note {
                        at: when(bar, 0),
                        len: bar_secs * 1.02,
                        pitch: *note,
                        level,
                    });
                }
            }
            if section.lead && piece.with_lead {
                let home = bar + 1 == piece.bars;
                let cells = if section.answer { &reply } else { &theme };
                let lift = if section.answer { 2 } else { 0 };
                play_theme(
                    &mut lead,
                    key,
                    cells,
                    b,
                    degree,
                    &chord,
                    lift,
                    home,
                    level,
                    steps,
                    |s| when(bar, s),
                    step,
                );
            }
            if piece.with_drums {
                let fill = b + 1 == section.bars && number + 1 < count && section.bars > 1;
                drums(&mut hits, piece, strength, fill, bar, b == 0 && number > 0, &mut rng, &when);
            }
            bar += 1;
        }
    }
    // The end: the home chord, struck once and left to ring.
    let at = when(piece.bars, 0);
    let ring = (piece.secs - at).max(0.3);
    let home = key.chord(0, 3);
    let voiced = harmony::lead(&home, &before, 62);
    for (i, note) in voiced.iter().enumerate() {
        chords.notes.push(Note { at: at + i as f32 * 0.012, len: ring, pitch: *note, level: 0.9 });
        if piece.pad.is_some() {
            pad.notes.push(Note { at, len: ring, pitch: *note, level: 0.9 });
        }
    }
    bass.notes.push(Note { at, len: ring, pitch: home[0] - 24, level: 0.9 });
    if piece.with_lead {
        let pitch = Key::snap(&[home[0]], 74);
        lead.notes.push(Note { at, len: ring * 0.8, pitch, level: 0.8 });
    }
    if piece.with_drums && !spec.drums.is_empty() {
        let kick = spec.drums[0].0;
        hits.push(Hit { drum: kick, at, level: 0.9 });
        if piece.energy > 0.45 {
            hits.push(Hit { drum: Drum::Cymbal, at, level: 0.5 });
        }
    }
    let mut tracks = vec![chords, second, pad, lead];
    if piece.with_bass {
        tracks.push(bass);
    }
    Score {
        tracks,
        hits,
        echo_secs: step * 3.0,
        pump: spec.pump,
        secs: piece.secs,
        reverb: spec.reverb,
    }
}

fn play_bass(
    track: &mut Track,
    pattern: &str,
    chord: &[i32],
    next: &[i32],
    level: f32,
    when: impl Fn(usize) -> f32,
    step: f32,
) {
    let pattern = pattern.as_bytes();
    // Between E1 and D2, where a bass is at home.
    let root = 28 + (chord[0] - 28).rem_euclid(12);
    let tone = |i: usize| root + (chord[i] - chord[0]);
    for (s, mark) in pattern.iter().enumerate() {
        let pitch = match mark {
            b'r' => root,
            b'5' => tone(2),
            b'3' => tone(1),
            b'8' => root + 12,
            b'w' => {
                // Up the chord, then a step below the next root.
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

fn play_chords(
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
                    // A hand does not strike all at the same instant.
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

/// A motif of one bar that is worth repeating: a rhythm with a long note, and a line that mostly
/// goes by step.
fn theme(rng: &mut Rng, busy: f32, steps: usize, swung: bool) -> Vec<Cell> {
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

/// The theme, answered: the same rhythm for the most part, the line turned upside down.
fn vary(theme: &[Cell], rng: &mut Rng, steps: usize) -> Vec<Cell> {
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

#[allow(clippy::too_many_arguments, reason = "one bar's circumstances, used here alone")]
fn play_theme(
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
    // Four bars make a sentence: theme, theme again, its first half climbing, an ending.
    let phrase = bar % 4;
    let half = steps / 2;
    let mut last_end = 0;
    for (i, (s, len, height)) in cells.iter().enumerate() {
        if phrase == 3 && *s >= half + steps / 8 {
            break;
        }
        let climb = if phrase == 2 { i as i32 / 2 } else { 0 };
        let mut pitch = key.pitch(degree.rem_euclid(7) + height + lift + climb);
        // Degrees high up the scale come down an octave: a voice has a range.
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

#[allow(clippy::too_many_arguments, reason = "one bar's circumstances, used here alone")]
fn drums(
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
        // Sections grow by voices: the last ones of the table are for the strong parts.
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
            let level = match mark {
                b'X' => 1.0,
                b'x' => 0.78,
                b'o' => 0.42,
                _ => continue,
            };
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
