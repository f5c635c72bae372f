//! Encodes sound, and decodes it with an independent decoder.

use super::*;
use crate::rng::Rng;

fn decode(bytes: &[u8]) -> Vec<f32> {
    let mut decoder = rusty_mp3::Mp3Decoder::new();
    decoder.push(bytes);
    decoder.flush();
    let mut all = Vec::new();
    while let Ok(chunk) = decoder.next_frame() {
        all.extend(chunk.samples);
    }
    all
}

/// A chord that differs between the channels, with strokes of noise of this loudness.
fn sound(secs: usize, strokes: f32) -> Vec<f32> {
    let mut rng = Rng::new(5);
    (0..secs * 44_100)
        .flat_map(|i| {
            let t = i as f64 / 44_100.0;
            let tone = |hz: f64| libm::sin(t * hz * std::f64::consts::TAU) as f32 * 0.12;
            let strike = libm::exp(-(t % 0.37) * 40.0) as f32 * rng.range(-strokes, strokes);
            let both = tone(220.0) + tone(277.2) + strike;
            [both + tone(1318.5), both + tone(110.0) * 0.5 + strike * 0.3]
        })
        .collect()
}

fn error_db(a: &[f32], b: &[f32]) -> f32 {
    let noise: f32 = a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum();
    let power: f32 = a.iter().map(|x| x * x).sum();
    10.0 * (noise / power).log10()
}

#[test]
fn a_decoder_gives_back_what_went_in() {
    let about = About {
        title: "t".into(),
        note: "n".into(),
        bpm: None,
        genre: None,
        key: None,
        lyrics: None,
    };
    for (strokes, most) in [(0.0, -40.0), (0.4, -14.0)] {
        let sound = sound(2, strokes);
        let file = encode(&sound, &about, &[], &mut |_| ControlFlow::Continue(())).unwrap();
        let heard = decode(&file);
        // The first frame is silence; the delays of encoder and decoder follow.
        let frames = (sound.len() / 2 + frames::DELAY).div_ceil(1152);
        let from = heard.len() - frames * 2304 + frames::DELAY * 2;
        let error = error_db(&sound, &heard[from..]);
        assert!(error < most, "noise at {error} dB");
    }
}

#[test]
fn a_film_s_sound_begins_at_once_and_keeps_its_rate() {
    let sound = sound(2, 0.02);
    for (kbps, most) in [(128, -20.0), (160, -22.0), (192, -25.0)] {
        let frames = frames(&sound, kbps, &mut |_| ControlFlow::Continue(())).unwrap();
        let bytes = frames.concat();
        let rate = bytes.len() as f64 * 8.0 / (frames.len() * 1152) as f64 * 44.1;
        assert!((rate - f64::from(kbps)).abs() < 1.0, "{rate}");
        let heard = decode(&bytes);
        // The samples before the first one are missing, so half a granule fades in.
        let error = error_db(&sound[2000..], &heard[2000..]);
        assert!(error < most, "{kbps}: noise at {error} dB");
    }
}

#[test]
fn every_kind_of_samples_makes_frames() {
    let mut rng = Rng::new(1);
    let noise: Vec<f32> = (0..40_000).map(|_| rng.range(-1.0, 1.0)).collect();
    let square: Vec<f32> = (0..40_000).map(|i| if i / 200 % 2 == 0 { 1.0 } else { -1.0 }).collect();
    let mut click = vec![0.0f32; 40_000];
    click[20_000] = 1.0;
    let bursts: Vec<f32> =
        noise.iter().enumerate().map(|(i, s)| if i / 3000 % 2 == 0 { *s } else { 0.0 }).collect();
    for (name, samples) in [
        ("noise", noise),
        ("square", square),
        ("click", click),
        ("bursts", bursts),
        ("silence", vec![0.0; 40_000]),
        ("nothing", vec![]),
        ("one", vec![0.5, -0.5]),
        ("softest", vec![1e-20; 9000]),
        ("too loud", vec![50.0; 9000]),
    ] {
        let frames = frames(&samples, 192, &mut |_| ControlFlow::Continue(())).unwrap();
        assert_eq!(frames.len(), (samples.len() / 2).div_ceil(1152), "{name}");
        let heard = decode(&frames.concat());
        assert!(heard.iter().all(|s| s.is_finite()), "{name}");
        if samples.len() > 39_000 && name != "silence" {
            assert_eq!(heard.len(), frames.len() * 2304, "{name}");
            let error = error_db(&samples, &heard);
            assert!(error < -5.0, "{name}: noise at {error} dB");
        }
    }
}

#[test]
fn cancelling_ends_the_encoding() {
    let mut asked = 0;
    let end = frames(&sound(3, 0.1), 192, &mut |_| {
        asked += 1;
        if asked > 1 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!((end.unwrap_err(), asked), (SketchError::Cancelled, 2));
}
