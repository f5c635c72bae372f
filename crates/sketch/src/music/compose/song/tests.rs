//! The form of a song, checked on its layout and on its notes.

use proptest::prelude::*;

use super::*;
use crate::brief::Brief;
use crate::genres;
use crate::music::Piece;
use crate::synth::{Note, Score};

const SONG: &str = "[Intro]\n[Verse 1]\nMorning comes across the hill\nEvery window glowing still\n\
    Someone calls and someone stays\nSo begin the longer days\n[Chorus]\nSing it out, sing it low\n\
    Hold it now and let it go\n[Verse 2]\nEvening falls upon the town\nAll the lights are coming down\n\
    Someone leaves and someone stays\nSo will end the longer days\n[Chorus]\n[Bridge]\n\
    And over the water\nThe bells\n[Chorus]\n[Outro]";

fn song(prompt: &str, seed: u32, text: &str) -> (Piece, Score) {
    let lyrics = Lyrics::read(text);
    let piece = Piece::plan(&Brief::read(prompt, seed), lyrics.as_ref(), false);
    let score = piece.write();
    (piece, score)
}

/// The lead's notes between two times: offset from the first, length and pitch.
fn sung(score: &Score, from: f32, to: f32) -> Vec<(i32, i32)> {
    // Onsets are humanised by some milliseconds.
    let within = |note: &&Note| note.at > from - 0.002 && note.at < to - 0.002;
    let notes = score.tracks[3].notes.iter().filter(within);
    notes.map(|note| (((note.at - from) * 40.0).round() as i32, note.pitch)).collect()
}

#[test]
fn every_line_has_a_note_for_each_syllable_and_a_chorus_is_the_same_each_time() {
    for (seed, genre) in genres().enumerate() {
        let (piece, score) = song(genre, seed as u32, SONG);
        let bar = 60.0 / piece.bpm * piece.spec.beats as f32;
        let step = 60.0 / piece.bpm / 4.0;
        let mut at = 0.0;
        let mut choruses = Vec::new();
        let mut lines = 0;
        for (place, section) in piece.form.iter().enumerate() {
            for line in &section.lines {
                let from = at + line.at as f32 * step;
                let notes = sung(&score, from, from + line.span as f32 * step);
                assert_eq!(notes.len(), line.syllables, "{genre}, section {place}: {line:?}");
                lines += 1;
            }
            let end = at + section.bars as f32 * bar;
            if section.kind == Kind::Chorus {
                choruses.push(sung(&score, at, end));
            }
            if matches!(section.kind, Kind::Intro | Kind::Outro) {
                assert_eq!(sung(&score, at, end), [], "{genre}, section {place}");
            }
            at = end;
        }
        assert_eq!(lines, 16, "{genre}");
        let [first, second, third] = &choruses[..] else { panic!("{genre}: {}", choruses.len()) };
        let melody = |notes: &[(i32, i32)]| notes.iter().map(|n| n.1).collect::<Vec<_>>();
        assert_eq!(melody(first), melody(second), "{genre}");
        assert_eq!(melody(first), melody(third), "{genre}");
        let near = first.iter().zip(second).all(|(a, b)| (a.0 - b.0).abs() <= 1);
        assert!(near, "{genre}: {first:?} {second:?}");
    }
}

#[test]
fn the_sections_and_their_strength_follow_the_lyrics() {
    let (piece, _) = song("pop", 1, SONG);
    let kinds: Vec<Kind> = piece.form.iter().map(|s| s.kind).collect();
    use Kind::{Bridge, Chorus, Intro, Outro, Verse};
    assert_eq!(kinds, [Intro, Verse, Chorus, Verse, Chorus, Bridge, Chorus, Outro]);
    let strength = |kind| piece.form.iter().find(|s| s.kind == kind).map(|s| s.strength);
    assert!(strength(Chorus) > strength(Verse) && strength(Verse) > strength(Bridge));
    let played = piece.song.map(|s| (s.stanzas, s.lines, s.lines_left_out));
    assert_eq!(played, Some((8, 16, 0)));
}

#[test]
fn without_a_length_a_song_takes_the_time_that_it_needs() {
    let secs = |text: &str| song("pop at 120 bpm", 1, text).0.secs;
    let one = secs("La la la la la la");
    let four = secs("La la la la la la\nDee dee dee\n\nDum dum dum dum\nDo do do do do");
    assert!(one < four && four < 60.0, "{one} {four}");
    let long = "Every word of this is sung, and there are many of them\n".repeat(60);
    assert_eq!(secs(&long), 240.0);
}

#[test]
fn lines_that_do_not_fit_are_reported() {
    let (piece, score) = song("pop, 8 seconds", 1, SONG);
    let played = piece.song.map(|s| (s.lines, s.lines_left_out));
    assert!(played.is_some_and(|(lines, left)| lines + left == 16 && lines > 0 && left > 0));
    assert_eq!(score.secs, 8.0);
    assert!(score.tracks[3].notes.len() > 4);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// For every song and every length, the bars are filled exactly, and lines lie within their
    /// sections without overlap.
    #[test]
    fn any_song_fits_any_number_of_bars(
        stanzas in prop::collection::vec((0..7usize, prop::collection::vec(1..=20usize, 0..9)), 1..9),
        bars in 1..160usize,
        steps in prop::sample::select(vec![12, 16]),
        bar_secs in 0.8..5.0f32,
    ) {
        use Kind::{Bridge, Chorus, Intro, Outro, PreChorus, Solo, Verse};
        let kinds = [Intro, Verse, PreChorus, Chorus, Bridge, Solo, Outro];
        let stanzas: Vec<Stanza> =
            stanzas.into_iter().map(|(kind, lines)| Stanza { kind: kinds[kind], lines }).collect();
        let all: usize = stanzas.iter().map(|s| s.lines.len()).sum();
        let lyrics = Lyrics { stanzas };
        let measure = Measure { steps, bar_secs };
        let layout = fit(&lyrics, measure, bars);
        prop_assert_eq!(layout.bars(), bars);
        prop_assert_eq!(layout.lines + layout.lines_left_out, all);
        for section in layout.sections.iter().chain(&at_ease(&lyrics, measure).sections) {
            prop_assert!(section.bars > 0);
            let mut end = 0;
            for line in &section.lines {
                prop_assert!(line.at >= end && line.span > 0, "{:?}", section);
                end = line.at + line.span;
            }
            prop_assert!(end <= section.bars * steps, "{:?}", section);
        }
    }
}
