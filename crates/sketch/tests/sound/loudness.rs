//! Loudness of the decoded music, measured according to EBU R 128. Every genre has the usual
//! loudness of records, doesn't clip, and starts and ends in silence.

use ai_now_sketch::genres;
use ebur128::{EbuR128, Mode};

use crate::{heard, piece};

/// Checks the properties of every piece.
fn check(prompt: &str, seed: u32) {
    let samples = heard(&piece(prompt, seed));
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
        // The last frames also hold the encoder's padding.
        let ends = [&one[..1152], &one[one.len() - 800..]];
        assert!(
            ends.iter().all(|e| e.iter().all(|s| s.abs() < 0.003)),
            "{prompt} {seed}: a hard edge"
        );
    }
}

#[test]
fn every_genre_is_equally_loud() {
    for (number, genre) in (0..).zip(genres()) {
        for seed in [number, number * 7919 + 11] {
            check(&format!("{genre}, 5 seconds"), seed);
        }
    }
}

#[test]
fn longer_pieces_are_equally_loud() {
    for (seed, genre) in (3..).zip(["jazz", "country", "ambient", "house", "classical", "metal"]) {
        check(genre, seed);
    }
    check("a cinematic journey that builds and builds, 180 seconds", 5);
}

#[test]
fn unusual_requests_are_equally_loud() {
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
