//! Musical properties, checked on the notes: form, returning theme, key and ending.

use std::collections::BTreeMap;

use super::form::form;
use crate::music::Piece;
use crate::music::genre::{GENRES, scale};
use crate::music::harmony::Key;
use crate::music::tests::{bar_secs, piece};
use crate::synth::{Score, Tone, Track};

/// A piece of each genre with several seeds and lengths, and what was requested.
fn pieces() -> impl Iterator<Item = (String, Piece, Score)> {
    let secs = [5, 10, 30, 60, 180];
    let all = GENRES.iter().flat_map(move |spec| secs.map(|secs| (spec.name, secs)));
    all.enumerate().map(|(seed, (name, secs))| {
        let prompt = format!("{name}, {secs} seconds");
        let (piece, score) = piece(&prompt, seed as u32);
        assert_eq!((piece.genre(), score.secs), (name, secs as f32), "{prompt}");
        (format!("{prompt} (seed {seed})"), piece, score)
    })
}

fn track(score: &Score, tone: Tone) -> Option<&Track> {
    score.tracks.iter().find(|track| track.tone == tone && !track.notes.is_empty())
}

#[test]
fn sections_fill_the_bars_rise_and_relax() {
    for bars in 1..=150 {
        let sections = form(bars);
        assert_eq!(sections.iter().map(|s| s.bars).sum::<usize>(), bars);
        assert!(sections.iter().all(|s| s.bars > 0), "{bars}: {sections:?}");
        let strengths: Vec<u8> = sections.iter().map(|s| s.strength).collect();
        let (first, last) = (strengths[0], strengths[strengths.len() - 1]);
        if bars > 4 {
            assert!(first < last && last == 3, "{bars}: {strengths:?}");
        }
        if bars >= 28 {
            let falls = strengths.windows(2).any(|pair| pair[0] == 3 && pair[1] < 3);
            assert!(falls, "{bars} bars without a rest: {strengths:?}");
        }
    }
}

#[test]
fn a_piece_ends_on_time_and_on_the_tonic() {
    for (about, piece, score) in pieces() {
        let tonic = i32::from(piece.tonic);
        let third = if piece.minor { 3 } else { 4 };
        let home = [tonic, (tonic + third) % 12, (tonic + 7) % 12];
        let end = bar_secs(&piece) * piece.bars as f32;
        assert!(score.secs - end > 0.25, "{about}: no time to ring");
        assert!(score.secs - end < score.secs * 0.25 + 2.0, "{about}: a long silence");
        let mut heard = Vec::new();
        for track in &score.tracks {
            for note in &track.notes {
                assert!(note.at >= 0.0 && note.at < score.secs, "{about}: {note:?}");
                assert!((20..=110).contains(&note.pitch), "{about}: {note:?}");
                assert!(note.level > 0.0 && note.level <= 1.2 && note.len > 0.0, "{note:?}");
                if note.at >= end - 0.001 {
                    heard.push(note.pitch.rem_euclid(12));
                }
            }
        }
        assert!(heard.len() >= 4, "{about}: nobody ends it");
        assert!(heard.iter().all(|note| home.contains(note)), "{about}: {heard:?}");
        // A distorted guitar omits the third.
        assert!([home[0], home[2]].iter().all(|note| heard.contains(note)), "{about}: {heard:?}");
        let after = score.hits.iter().filter(|hit| hit.at > end + 0.05).count();
        assert_eq!(after, 0, "{about}: drums after the end");
    }
}

#[test]
fn notes_are_in_the_key_but_for_leading_notes_blue_notes_and_walks() {
    for (about, piece, score) in pieces() {
        let tonic = i32::from(piece.tonic);
        let key = Key { tonic: 0, minor: piece.minor, scale: scale(piece.spec.genre) };
        let mut scale: Vec<i32> = (0..7).map(|degree| key.pitch(degree) - 60).collect();
        if piece.minor {
            // The leading note of the dominant.
            scale.push(11);
        }
        if piece.genre() == "blues" {
            scale.extend([10, 3, 6]);
        }
        for track in &score.tracks {
            // A walking bass approaches the next root by a semitone.
            if track.tone == piece.bass && piece.spec.bass.1.contains('w') {
                continue;
            }
            for note in &track.notes {
                let degree = (note.pitch - tonic).rem_euclid(12);
                assert!(scale.contains(&degree), "{about}: {:?} {note:?}", track.tone);
            }
        }
    }
}

#[test]
fn the_theme_comes_back() {
    for (about, piece, score) in pieces().filter(|(_, piece, _)| piece.bars >= 12) {
        // If the same instrument also plays the chords, both are mixed.
        if piece.lead == piece.chords || piece.second.is_some_and(|s| s.0 == piece.lead) {
            continue;
        }
        let Some(lead) = track(&score, piece.lead) else { panic!("{about}: no melody") };
        let (bar, step) = (bar_secs(&piece), 60.0 / piece.bpm / 4.0);
        let mut bars: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for note in &lead.notes {
            let number = ((note.at + 0.01) / bar) as usize;
            let within = ((note.at - number as f32 * bar) / step).round().max(0.0);
            bars.entry(number).or_default().push(within as usize);
        }
        let mut rhythms: BTreeMap<&[usize], usize> = BTreeMap::new();
        for rhythm in bars.values() {
            *rhythms.entry(rhythm).or_default() += 1;
        }
        let most = rhythms.values().max().copied().unwrap_or(0);
        assert!(most * 3 >= bars.len() && most >= 3, "{about}: {rhythms:?}");
        let lines: Vec<i32> = lead.notes.iter().map(|n| n.pitch).collect();
        assert!(lines.iter().max() > lines.iter().min(), "{about}: one note only");
    }
}

#[test]
fn chords_change_smoothly() {
    for (about, piece, score) in pieces() {
        let Some(pad) = piece.pad.and_then(|tone| track(&score, tone)) else { continue };
        let second = piece.second.map(|second| second.0);
        if [Some(piece.chords), Some(piece.lead), second].contains(&Some(pad.tone)) {
            continue;
        }
        let mut bars: Vec<(f32, Vec<i32>)> = Vec::new();
        for note in &pad.notes {
            match bars.last_mut() {
                Some((at, chord)) if *at == note.at => chord.push(note.pitch),
                _ => bars.push((note.at, vec![note.pitch])),
            }
        }
        for pair in bars.windows(2) {
            let (a, b) = (&pair[0].1, &pair[1].1);
            let next_bar = pair[1].0 - pair[0].0 < bar_secs(&piece) * 1.5;
            if a.len() == b.len() && next_bar {
                let leap = a.iter().zip(b).map(|(a, b)| (a - b).abs()).max().unwrap_or(0);
                assert!(leap <= 7, "{about}: {a:?} to {b:?}");
            }
        }
    }
}

#[test]
fn fills_lead_from_section_to_section() {
    let mut fills = 0;
    for (about, piece, score) in pieces().filter(|(_, piece, _)| piece.bars >= 12) {
        if !piece.with_drums || piece.spec.drums.len() < 3 || piece.energy < 0.4 {
            continue;
        }
        let bar = bar_secs(&piece);
        let mut start = 0;
        for section in form(piece.bars) {
            start += section.bars;
            if start == piece.bars || section.strength < 2 {
                continue;
            }
            let last_quarter = (start as f32 - 0.25) * bar - 0.01..start as f32 * bar - 0.01;
            let hits: Vec<_> = score
                .hits
                .iter()
                .filter(|h| last_quarter.contains(&h.at))
                .map(|h| h.drum)
                .collect();
            let usual = piece.spec.drums[0].0;
            assert!(hits.iter().any(|drum| *drum != usual), "{about}: bar {start}: {hits:?}");
            fills += 1;
        }
    }
    assert!(fills > 50, "{fills}");
}

#[test]
fn an_instrument_alone_implies_its_typical_genre() {
    for (prompt, genre) in [
        ("sitar in the evening", "indian"),
        ("an oud", "arabic"),
        ("koto and bamboo", "east asian"),
        ("a banjo on the porch", "country"),
        ("ukulele", "folk"),
        ("harpsichord", "baroque"),
        ("quiet piano at night", "classical"),
        ("calm saxophone", "jazz"),
        ("808s and hi-hats", "trap"),
        ("celtic folk", "celtic"),
        ("samba pop", "samba"),
        ("rock with sitar", "rock"),
    ] {
        assert_eq!(piece(prompt, 3).0.genre(), genre, "{prompt}");
    }
}

#[test]
fn distorted_guitars_play_low_fifths_and_melodies_keep_to_their_scale() {
    let (_, score) = piece("metal, 20 seconds", 5);
    let guitar = track(&score, Tone::Dist).map(|t| t.notes.clone()).unwrap_or_default();
    assert!(guitar.len() > 50 && guitar.iter().all(|n| n.pitch < 64), "{}", guitar.len());
    for minor in ["major", "minor"] {
        let (piece, score) = piece(&format!("chinese music in C {minor}, 40 seconds"), 2);
        let five = if piece.minor { [0, 3, 5, 7, 10] } else { [0, 2, 4, 7, 9] };
        let lead = track(&score, piece.lead).map(|t| t.notes.clone()).unwrap_or_default();
        let sung = lead.iter().filter(|n| five.contains(&n.pitch.rem_euclid(12))).count();
        assert!(sung * 4 >= lead.len() * 3, "{minor}: {sung} of {}", lead.len());
    }
}
