//! Composition: from a plan to notes.
//!
//! A piece is a sequence of sections. Each has a strength, which decides who plays. All of them
//! share a chord progression or its answer, and one theme, which returns with variations and ends
//! on the tonic.

mod band;
pub(super) mod form;
mod melody;
mod sing;
pub(super) mod song;
#[cfg(test)]
mod tests;

use self::band::{drums, play_bass, play_chords};
use self::melody::{play_theme, theme, vary};
use crate::brief::Genre;
use crate::music::Piece;
use crate::music::genre::{is_machine, scale};
use crate::music::harmony::{self, Key};
use crate::music::lyrics::Kind;
use crate::rng::Rng;
use crate::synth::{Drum, Hit, Note, Score, Tone, Track};

/// Writes the piece.
pub(crate) fn write(piece: &Piece) -> Score {
    let spec = piece.spec;
    let steps = spec.beats * 4;
    let step = 60.0 / piece.bpm / 4.0;
    let bar_secs = step * steps as f32;
    let mut rng = Rng::named(piece.seed, "compose");
    let key = Key { tonic: i32::from(piece.tonic), minor: piece.minor, scale: scale(spec.genre) };
    let table = if piece.minor { spec.minor } else { spec.major };
    let first = rng.below(table.len());
    let [verse, chorus, bridge] = [0, 1, 2].map(|next| table[(first + next) % table.len()]);
    let theme = theme(&mut rng, spec.busy, steps, spec.swing > 0.2);
    let reply = vary(&theme, &mut rng, steps);

    let wide = |tone, pan, gain| Track::new(tone, pan, gain, spec.reverb, 0.0);
    let mut bass = Track { reverb: spec.reverb * 0.15, ..wide(piece.bass, 0.0, 0.62) };
    let mut chords = Track { echo: spec.echo * 0.3, ..wide(piece.chords, -0.28, 0.3) };
    let mut second =
        Track { echo: spec.echo, ..wide(piece.second.map_or(Tone::Pad, |s| s.0), 0.42, 0.2) };
    // Voices are more audible than synthesisers.
    let soft = if piece.pad == Some(Tone::Choir) { 0.085 } else { 0.15 };
    let mut pad =
        Track { reverb: spec.reverb * 1.3, ..wide(piece.pad.unwrap_or(Tone::Pad), 0.15, soft) };
    let mut lead = Track { echo: spec.echo, ..wide(piece.lead, 0.08, 0.4) };
    let mut hits = Vec::new();

    // The time of a step, with swing on every second eighth.
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
    let sections = &piece.form;
    let count = sections.len();
    for (number, section) in sections.iter().enumerate() {
        let progression = match section.kind {
            Kind::Bridge => bridge,
            _ if section.answer => chorus,
            _ => verse,
        };
        let sung = sing::melody(section, piece.seed);
        for b in 0..section.bars {
            let last = bar + 1 == piece.bars;
            let mut degree = progression[b % progression.len()];
            if last && piece.bars > 1 {
                degree = cadence(table).unwrap_or(degree);
            }
            let mut chord = key.chord(degree, spec.voices);
            if spec.genre == Genre::Blues {
                // In a blues every chord has a minor seventh, including the tonic.
                chord[3] = chord[0] + 10;
            }
            let next = if last { 0 } else { progression[(b + 1) % progression.len()] };
            let next = key.chord(next, 3);
            let voiced = if piece.chords == Tone::Dist {
                power(&chord)
            } else {
                harmony::lead(&chord, &before, 62)
            };
            before.clone_from(&voiced);
            let strength = section.strength;
            // The level follows the strength of the section, and rises slightly over the whole
            // piece.
            let gone = bar as f32 / piece.bars as f32;
            let level = 0.7 + 0.08 * f32::from(strength) + 0.06 * gone;

            if strength >= 1 || number == 0 && b + 1 == section.bars {
                play_bass(&mut bass, spec.bass.1, &chord, &next, level, |s| when(bar, s), step);
            }
            let broken = spec.chords.1.contains('u');
            let thin: String;
            let pattern = match strength {
                0 if broken => {
                    // Weak sections are sparser: of a broken chord, only the notes on the beat.
                    let beats = spec.chords.1.chars().enumerate();
                    thin = beats.map(|(s, mark)| if s % 4 == 0 { mark } else { '.' }).collect();
                    &thin
                }
                0 => "x---------------",
                _ => spec.chords.1,
            };
            play_chords(&mut chords, pattern, &voiced, steps, level, |s| when(bar, s), step);
            if let Some((_, pattern)) = piece.second
                && (strength >= 2 || number == 0 && b > 0)
            {
                high = harmony::lead(&chord, &high, 72);
                play_chords(&mut second, pattern, &high, steps, level, |s| when(bar, s), step);
            }
            // Without drums, the middle of a piece would sound empty without the pad.
            if piece.pad.is_some() && (strength != 2 || spec.drums.len() < 2) {
                for note in &voiced {
                    pad.notes.push(Note {
                        at: when(bar, 0),
                        len: bar_secs * 1.02,
                        pitch: *note,
                        level,
                    });
                }
            }
            if !sung.is_empty() && piece.with_lead {
                let harmony = sing::Harmony { key, degree, chord: &chord };
                let place = (b, steps);
                sing::play(&mut lead, &sung, place, harmony, level * 1.06, |s| when(bar, s), step);
            } else if section.lead && piece.with_lead {
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
                    last,
                    level,
                    steps,
                    |s| when(bar, s),
                    step,
                );
            }
            if piece.with_drums {
                let fill = b + 1 == section.bars && number + 1 < count && section.bars > 1;
                drums(&mut hits, piece, strength, fill, bar, b == 0 && number > 0, &mut rng, &when);
                if strength >= 1 {
                    band::by_hand(&mut hits, piece, bar, &mut rng, &when);
                }
            }
            bar += 1;
        }
    }
    // The end: the tonic chord, struck once and left to ring.
    let at = when(piece.bars, 0);
    let ring = (piece.secs - at).max(0.3);
    let home = key.chord(0, 3);
    let voiced =
        if piece.chords == Tone::Dist { power(&home) } else { harmony::lead(&home, &before, 62) };
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
    if !is_machine(spec.genre) {
        humanise(&mut tracks, at, &mut Rng::named(piece.seed, "hands"));
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

/// The chord before the last one that leads to the tonic in this genre: the dominant, or else the
/// subdominant. `None` if the harmony never changes.
fn cadence(table: &[&[i32]]) -> Option<i32> {
    let has = |degree| table.iter().any(|row| row.contains(&degree));
    if !table.iter().any(|row| row.iter().any(|d| *d != 0)) {
        return None;
    }
    Some(if has(4) || !has(3) { 4 } else { 3 })
}

/// A distorted guitar's version of a chord: root and fifth, low. A third would sound muddy.
fn power(chord: &[i32]) -> Vec<i32> {
    let low = 40 + (chord[0] - 40).rem_euclid(12);
    vec![low, low + chord[2] - chord[0], low + 12]
}

/// Humanises: loudness varies by some hundredths, onsets by up to some milliseconds. The last
/// chord, at `end`, is played together.
fn humanise(tracks: &mut [Track], end: f32, rng: &mut Rng) {
    for track in tracks {
        let (mut last, mut late) = (f32::NAN, 0.0);
        for note in &mut track.notes {
            note.level *= rng.range(0.92, 1.06);
            // Simultaneous notes stay together.
            if note.at != last {
                (last, late) = (note.at, rng.range(0.0, 0.008));
            }
            if note.at < end - 0.02 {
                note.at += late;
            }
        }
    }
}
