//! Music as it is heard: decoded, and measured as EBU R 128 says. Every genre is as loud as records
//! are, never over the edge, and begins and ends in silence.

#![allow(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

use std::ops::ControlFlow;

use ai_now_protocol::Catalog;
use ai_now_sketch::{Request, make};
use ebur128::{EbuR128, Mode};

const GENRES: [&str; 43] = [
    "pop",
    "rock",
    "metal",
    "jazz",
    "blues",
    "funk",
    "disco",
    "house",
    "techno",
    "drum and bass",
    "hip hop",
    "lofi",
    "reggae",
    "salsa",
    "bossa nova",
    "folk",
    "country",
    "classical",
    "cinematic",
    "ambient",
    "synthwave",
    "chiptune",
    "waltz",
    "lullaby",
    "tango",
    "flamenco",
    "gospel",
    "soul",
    "trap",
    "celtic",
    "trance",
    "dubstep",
    "samba",
    "arabic",
    "indian",
    "east asian",
    "march",
    "swing",
    "punk",
    "baroque",
    "polka",
    "afrobeat",
    "reggaeton",
];

/// The samples of a piece, left and right in turn, as a decoder gives them.
fn heard(prompt: &str, seed: u32) -> Vec<f32> {
    let catalog = Catalog::BUILT_IN;
    let request = Request { seed, ..Request::new(catalog.model("suno").unwrap(), prompt) };
    let sketch = make(&request, &mut |_| ControlFlow::Continue(())).unwrap();
    let mut decoder = rusty_mp3::Mp3Decoder::new();
    decoder.push(&sketch.bytes);
    decoder.flush();
    let mut all = Vec::new();
    while let Ok(chunk) = decoder.next_frame() {
        all.extend(chunk.samples);
    }
    all
}

/// Holds a piece to what every piece promises.
fn check(prompt: &str, seed: u32) {
    let samples = heard(prompt, seed);
    let mut meter = EbuR128::new(2, 44_100, Mode::I | Mode::TRUE_PEAK).unwrap();
    meter.add_frames_f32(&samples).unwrap();
    let lufs = meter.loudness_global().unwrap();
    assert!((lufs + 14.0).abs() <= 0.5, "{prompt} {seed}: {lufs:.2} LUFS");
    for side in 0..2 {
        let peak = 20.0 * meter.true_peak(side).unwrap().log10();
        assert!(peak < -1.0, "{prompt} {seed}: a peak of {peak:.2} dBTP");
        let one: Vec<f32> = samples.iter().copied().skip(side as usize).step_by(2).collect();
        let mean = one.iter().sum::<f32>() / one.len() as f32;
        assert!(mean.abs() < 0.001, "{prompt} {seed}: {mean} of direct current");
        // The last frames also hold what the encoder filled up with.
        let ends = [&one[..1152], &one[one.len() - 800..]];
        assert!(
            ends.iter().all(|e| e.iter().all(|s| s.abs() < 0.003)),
            "{prompt} {seed}: a hard edge"
        );
    }
}

#[test]
fn every_genre_is_as_loud_as_the_others() {
    for (number, genre) in (0..).zip(GENRES) {
        for seed in [number, number * 7919 + 11] {
            check(&format!("{genre}, 5 seconds"), seed);
        }
    }
}

#[test]
fn longer_pieces_are_as_loud() {
    for (seed, genre) in (3..).zip(["jazz", "country", "ambient", "house", "classical", "metal"]) {
        check(genre, seed);
    }
    check("a cinematic journey that builds and builds, 180 seconds", 5);
}

#[test]
fn odd_wishes_are_as_loud() {
    for (seed, prompt) in (0..).zip([
        "only drums, no bass, no melody, 6 seconds",
        "silence. nothing at all, 5 seconds",
        "no drums no bass no piano no strings no melody 7 seconds",
        "240 bpm metal polka in F# minor with harp, 9 seconds",
        "the quietest ambient whisper, very slow, 40 bpm, 10 seconds",
        "😀 雨の夜 — ابج ♭♭♭ 5 seconds",
        "",
    ]) {
        check(prompt, seed);
    }
}
