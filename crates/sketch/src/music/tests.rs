//! The whole piece, measured on its notes: loudness over time, pads, and instruments.

use super::*;
use crate::genres;
use crate::synth::Track;

pub(in crate::music) fn piece(prompt: &str, seed: u32) -> (Piece, Score) {
    let piece = Piece::plan(&Brief::read(prompt, seed), None, false);
    let score = piece.write();
    (piece, score)
}

pub(in crate::music) fn bar_secs(piece: &Piece) -> f32 {
    60.0 / piece.bpm * piece.spec.beats as f32
}

/// The bar of a time; onsets may be slightly early.
fn bar_of(piece: &Piece, at: f32) -> usize {
    ((at + 0.008) / bar_secs(piece)) as usize
}

/// The loudness of each bar, without the last chord.
fn energies(piece: &Piece, score: &Score) -> Vec<f32> {
    let mut bars = vec![0.0; piece.bars];
    let notes = score.tracks.iter().flat_map(|t| t.notes.iter().map(|n| (n.at, n.level * t.gain)));
    for (at, level) in notes.chain(score.hits.iter().map(|h| (h.at, h.level * 0.5))) {
        if let Some(bar) = bars.get_mut(bar_of(piece, at)) {
            *bar += level * level;
        }
    }
    bars
}

#[test]
fn energy_rises_to_a_peak_after_the_first_third() {
    for genre in genres() {
        for seed in 0..3 {
            let (piece, score) = piece(&format!("{genre}, 60 seconds"), seed);
            let bars = energies(&piece, &score);
            // Averaged over four bars, because single bars have fills or rests.
            let four: Vec<f32> = bars.windows(4.min(bars.len())).map(|w| w.iter().sum()).collect();
            let peak = (0..four.len()).max_by(|a, b| four[*a].total_cmp(&four[*b])).unwrap_or(0);
            assert!((peak + 4) * 3 > bars.len(), "{genre}: peak at {peak} of {}", bars.len());
            assert!(four[peak] > four[0] * 1.2, "{genre}: {} to {}", four[0], four[peak]);
        }
    }
}

#[test]
fn pads_never_leap_more_than_an_octave() {
    for genre in genres() {
        let (_, score) = piece(&format!("{genre} with synth pad, 60 seconds"), 3);
        let pad = &score.tracks[2];
        assert!(!pad.notes.is_empty(), "{genre}");
        let mut chords: Vec<Vec<&crate::synth::Note>> = Vec::new();
        for note in &pad.notes {
            match chords.last_mut() {
                Some(chord) if (chord[0].at - note.at).abs() < 0.05 => chord.push(note),
                _ => chords.push(vec![note]),
            }
        }
        for pair in chords.windows(2) {
            for (a, b) in pair[0].iter().zip(&pair[1]) {
                assert!((a.pitch - b.pitch).abs() <= 12, "{genre}: {} to {}", a.pitch, b.pitch);
            }
        }
    }
}

#[test]
fn requested_instruments_play_and_excluded_ones_do_not() {
    let plays = |score: &Score, part: Part| {
        let heard = |t: &&Track| !t.notes.is_empty() && t.tone.part() == Some(part);
        score.tracks.iter().any(|t| heard(&t))
    };
    for genre in genres() {
        for (name, part) in [
            ("piano", Part::Piano),
            ("electric piano", Part::ElectricPiano),
            ("guitar", Part::Guitar),
            ("distortion", Part::Distortion),
            ("violin", Part::Strings),
            ("synth", Part::Pad),
            ("flute", Part::Flute),
            ("trumpet", Part::Brass),
            ("saxophone", Part::Sax),
            ("organ", Part::Organ),
            ("bells", Part::Bells),
            ("harp", Part::Harp),
            ("choir", Part::Choir),
            ("marimba", Part::Marimba),
            ("accordion", Part::Accordion),
            ("ukulele", Part::Ukulele),
            ("banjo", Part::Banjo),
            ("sitar", Part::Sitar),
            ("oud", Part::Oud),
            ("koto", Part::Koto),
            ("harpsichord", Part::Harpsichord),
            ("clarinet", Part::Clarinet),
            ("oboe", Part::Oboe),
            ("harmonica", Part::Harmonica),
            ("theremin", Part::Theremin),
            ("steel drum", Part::SteelDrum),
            ("808", Part::SubBass),
        ] {
            for secs in [5, 30] {
                let (_, with) = piece(&format!("{genre} with {name}, {secs} seconds"), 1);
                assert!(plays(&with, part), "{genre} with {name}, {secs} s");
                let (_, without) = piece(&format!("{genre} without {name}, {secs} seconds"), 1);
                assert!(!plays(&without, part), "{genre} without {name}, {secs} s");
            }
        }
        let (_, score) = piece(&format!("{genre} with piano, guitar, flute and saxophone"), 1);
        let heard = [Part::Piano, Part::Guitar, Part::Flute, Part::Sax];
        assert!(heard.iter().filter(|p| plays(&score, **p)).count() >= 3, "{genre}");
        assert!(piece(&format!("{genre}, no drums"), 1).1.hits.is_empty(), "{genre}");
        assert_eq!(piece(&format!("{genre}, no bass"), 1).1.tracks.len(), 4, "{genre}");
    }
}
