//! Genres are distinguishable by sound alone. Each file is decoded and measured as a listener would
//! describe it (bright, percussive, busy, regular, wide, dynamic); the two pieces of each genre
//! must then be matched.

use std::f32::consts::TAU;

use ai_now_sketch::genres;

use crate::{heard, piece};

const RATE: f32 = 44_100.0;

/// A hundredth of a second.
const HOP: usize = 441;

/// The centre frequencies of the bands, one octave apart.
const BANDS_HZ: [f32; 9] = [55.0, 110.0, 220.0, 440.0, 880.0, 1760.0, 3520.0, 7040.0, 14_080.0];

/// A piece of a genre, decoded.
fn hear(genre: &str, seed: u32) -> Vec<f32> {
    let sketch = piece(&format!("{genre}, 16 seconds"), seed);
    assert!(sketch.note.to_string().contains(genre), "{genre}: {}", sketch.note);
    heard(&sketch)
}

/// The power of one octave in each hundredth of a second, by a second-order band-pass.
fn powers(mono: &[f32], hz: f32) -> Vec<f32> {
    let turn = TAU * hz / RATE;
    let alpha = turn.sin() / (2.0 * std::f32::consts::SQRT_2);
    let (b, a0, a1, a2) = (alpha, 1.0 + alpha, -2.0 * turn.cos(), 1.0 - alpha);
    let (mut x, mut y) = ([0.0; 2], [0.0; 2]);
    let mut pass = |s: f32| {
        let out = (b * (s - x[1]) - a1 * y[0] - a2 * y[1]) / a0;
        (x, y) = ([s, x[0]], [out, y[0]]);
        out * out
    };
    mono.chunks_exact(HOP).map(|hop| hop.iter().map(|s| pass(*s)).sum::<f32>()).collect()
}

fn mean(values: &[f32]) -> f32 {
    values.iter().sum::<f32>() / values.len() as f32
}

/// The properties of a piece that can be measured without knowing how it was made.
fn describe(sound: &[f32]) -> Vec<f32> {
    let mono: Vec<f32> = sound.chunks_exact(2).map(|s| (s[0] + s[1]) / 2.0).collect();
    let side: f32 = sound.chunks_exact(2).map(|s| (s[0] - s[1]) * (s[0] - s[1]) / 4.0).sum();
    let middle: f32 = mono.iter().map(|s| s * s).sum();
    let bands: Vec<Vec<f32>> = BANDS_HZ.iter().map(|hz| powers(&mono, *hz)).collect();
    let total: f32 = bands.iter().flatten().sum();
    let mut said = Vec::new();
    // Brightness: the share of each octave.
    said.extend(bands.iter().map(|band| (band.iter().sum::<f32>() / total + 1e-5).ln()));
    // Percussiveness: how fast each octave rises, on average.
    let rises: Vec<Vec<f32>> = bands
        .iter()
        .map(|band| {
            let floor = mean(band) * 0.01 + 1e-9;
            band.windows(2).map(|w| ((w[1] + floor) / (w[0] + floor)).ln().max(0.0)).collect()
        })
        .collect();
    said.extend(rises.iter().map(|band| mean(band) * 4.0));
    // Regularity: the autocorrelation of the onsets.
    let strokes: Vec<f32> =
        (0..rises[0].len()).map(|i| rises.iter().map(|band| band[i]).sum()).collect();
    let usual = mean(&strokes);
    let strokes: Vec<f32> = strokes.iter().map(|s| s - usual).collect();
    let likeness =
        |lag: usize| -> f32 { strokes.iter().zip(&strokes[lag..]).map(|(a, b)| a * b).sum() };
    let itself = likeness(0);
    said.extend((1..24).map(|i| {
        // Lags from a tenth of a second to two, in equal ratios.
        let lag = 10.0 * 20f32.powf(i as f32 / 23.0);
        (lag as usize..(lag * 1.14) as usize + 1)
            .map(|lag| likeness(lag) / itself)
            .fold(f32::MIN, f32::max)
    }));
    // Stereo width, and dynamic range.
    said.push((side / middle + 1e-4).ln());
    let loudness: Vec<f32> = (0..bands[0].len())
        .map(|i| (bands.iter().map(|band| band[i]).sum::<f32>() + 1e-6).ln())
        .collect();
    let usual = mean(&loudness);
    said.push(mean(&loudness.iter().map(|l| (l - usual).abs()).collect::<Vec<_>>()));
    said
}

/// Scales each property to unit variance.
fn level(pieces: &mut [Vec<f32>]) {
    for i in 0..pieces[0].len() {
        let column: Vec<f32> = pieces.iter().map(|piece| piece[i]).collect();
        let middle = mean(&column);
        let spread = mean(&column.iter().map(|v| (v - middle) * (v - middle)).collect::<Vec<_>>());
        for piece in pieces.iter_mut() {
            piece[i] = (piece[i] - middle) / spread.sqrt().max(1e-6);
        }
    }
}

fn distance(a: &[f32], b: &[f32]) -> f32 {
    let squares: f32 = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum();
    (squares / a.len() as f32).sqrt()
}

/// The number of pieces per genre.
const SEEDS: usize = 2;

/// The table starts with these well-known genres. Those after them have close relatives: punk and
/// metal, trance and disco.
const KNOWN: usize = 24;

#[test]
fn every_genre_is_distinguishable_by_sound() {
    let genres: Vec<_> = genres().collect();
    let pairs = genres.iter().flat_map(|genre| (1..=SEEDS as u32).map(move |seed| (genre, seed)));
    let pieces: Vec<_> = pairs.map(|(genre, seed)| describe(&hear(genre, seed))).collect();
    // A random guess would be right once in 47 times, and once in 85 among all genres.
    tell_apart(&genres[..KNOWN], &pieces[..KNOWN * SEEDS], 3, 0.6);
    tell_apart(&genres, &pieces, genres.len() * SEEDS / 5, 0.5);
}

/// Finds the nearest other piece for each piece, and the distances between genres.
fn tell_apart(genres: &[&str], pieces: &[Vec<f32>], mistakes_at_most: usize, apart: f32) {
    let mut pieces = pieces.to_vec();
    level(&mut pieces);

    let mut mistakes = Vec::new();
    for (i, piece) in pieces.iter().enumerate() {
        let others = (0..pieces.len()).filter(|j| *j != i);
        let away = |j: &usize| distance(piece, &pieces[*j]);
        let nearest = others.min_by(|a, b| away(a).total_cmp(&away(b))).unwrap();
        let (own, other) = (genres[i / SEEDS], genres[nearest / SEEDS]);
        if own != other {
            mistakes.push(format!("{own} for {other}"));
        }
    }
    println!("{} of {}: {mistakes:?}", mistakes.len(), pieces.len());
    assert!(mistakes.len() <= mistakes_at_most, "{mistakes:?}");

    // The mean properties of a genre's pieces.
    let common = |same: &[Vec<f32>]| -> Vec<f32> {
        (0..same[0].len()).map(|i| same.iter().map(|piece| piece[i]).sum::<f32>()).collect()
    };
    let common: Vec<_> = pieces.chunks(SEEDS).map(common).collect();
    let mut pairs = Vec::new();
    for (i, a) in common.iter().enumerate() {
        for (j, b) in common.iter().enumerate().skip(i + 1) {
            pairs.push((distance(a, b) / SEEDS as f32, genres[i], genres[j]));
        }
    }
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0));
    println!("nearest: {:?}", &pairs[..8]);
    assert!(pairs[0].0 > apart, "{:?} sound alike", pairs[0]);
}
