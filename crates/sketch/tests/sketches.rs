//! The engine's promises, tested from outside: every model makes a file that decoders accept, with
//! the same bytes each time and accurate progress, and no prompt breaks it.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

use std::ops::ControlFlow;

use ai_now_protocol::{Choice, Format, MediaKind, Model};
use ai_now_sketch::{Progress, Request, Size, Sketch, SketchError, make, poster};
use proptest::prelude::*;

mod common;

use common::{frames, model, pixels, small};

fn sketch(model: &Model, style: Option<&Choice>, prompt: &str, seed: u32) -> Sketch {
    let request = Request { style, seed, ..small(model, prompt) };
    make(&request, &mut |_| ControlFlow::Continue(())).unwrap()
}

/// A sound's interleaved samples.
fn samples(mp3: &[u8]) -> Vec<f32> {
    let mut decoder = rusty_mp3::Mp3Decoder::new();
    decoder.push(mp3);
    decoder.flush();
    let mut all = Vec::new();
    while let Ok(chunk) = decoder.next_frame() {
        assert_eq!((chunk.sample_rate, chunk.channels), (44_100, 2));
        all.extend(chunk.samples);
    }
    all
}

#[test]
fn music_is_heard_and_does_not_clip() {
    let sketch = sketch(&model("suno"), None, "a happy folk song, 8 seconds", 3);
    assert_eq!((sketch.format, sketch.duration_secs), (Format::Mp3, 8.0));
    assert!(sketch.note.to_string().starts_with("Procedural sketch: folk, "), "{}", sketch.note);
    let samples = samples(&sketch.bytes);
    assert!(samples.len() >= 8 * 44_100 * 2 && samples.len() < 9 * 44_100 * 2);
    let peak = samples.iter().fold(0.0f32, |m, s| m.max(s.abs()));
    assert!(peak < 0.97, "peak {peak}");
    // Every second except the last is audible, in both channels.
    for second in samples.chunks(88_200).take(7) {
        for side in 0..2 {
            let power: f32 = second.iter().skip(side).step_by(2).map(|s| s * s).sum();
            assert!((power / 44_100.0).sqrt() > 0.01);
        }
    }
    // It ends in silence, and has no jumps that would be audible as clicks.
    assert!(samples[samples.len() - 400..].iter().all(|s| s.abs() < 0.01));
    assert!(samples.windows(3).all(|w| (w[2] - w[0]).abs() < 0.9));
    assert!(sketch.bytes.windows(27).any(|w| w == b"procedural sketch by AI-Now"));
}

#[test]
fn genres_sound_different() {
    // Descriptions of the sound: the mean jump between samples (bright or dark), and the change of
    // loudness between tenths of a second (driving or calm).
    let signs = |prompt: &str| {
        let samples = samples(&sketch(&model("suno"), None, prompt, 5).bytes);
        let bright: f32 = samples.windows(3).map(|w| (w[2] - w[0]).abs()).sum::<f32>();
        let total: f32 = samples.iter().map(|s| s.abs()).sum();
        let power: Vec<f32> = samples
            .chunks(8820)
            .map(|c| (c.iter().map(|s| s * s).sum::<f32>() / 8820.0).sqrt())
            .collect();
        let moves: f32 = power.windows(2).map(|w| (w[1] - w[0]).abs()).sum();
        (bright / total, moves / power.iter().sum::<f32>())
    };
    let (techno, ambient) = (signs("techno 10 seconds"), signs("ambient 10 seconds"));
    let metal = signs("metal 10 seconds");
    assert!(techno.0 > ambient.0 * 1.5, "{techno:?} {ambient:?}");
    assert!(techno.1 > ambient.1 * 2.0, "{techno:?} {ambient:?}");
    assert!(metal.0 > ambient.0 * 1.5, "{metal:?} {ambient:?}");
}

#[test]
fn videos_move_and_are_as_long_as_asked() {
    for id in ["luma", "pika", "run"] {
        let sketch = sketch(&model(id), None, "boats on the sea at sunset, 2 seconds", 3);
        assert_eq!((sketch.format, sketch.duration_secs), (Format::Mp4, 2.0));
        let frames = frames(&sketch.bytes);
        assert_eq!(frames.len(), 48);
        assert_eq!((frames[0].width, frames[0].height), (640, 360));
        let moved =
            frames[0].y.iter().zip(&frames[47].y).filter(|(a, b)| a.abs_diff(**b) > 8).count();
        assert!(moved > 4000, "only {moved} pixels moved");
        let (low, high) = frames[0].y.iter().fold((255, 0), |(l, h), y| (*y.min(&l), *y.max(&h)));
        assert!(high - low > 60, "a grey picture: {low} to {high}");
    }
}

#[test]
fn the_same_request_gives_the_same_bytes_and_another_seed_others() {
    for (id, prompt) in [("suno", "calm jazz, 6 seconds"), ("luma", "a forest, 2 seconds")] {
        let first = sketch(&model(id), None, prompt, 9);
        assert_eq!(first.bytes, sketch(&model(id), None, prompt, 9).bytes);
        assert_ne!(first.bytes, sketch(&model(id), None, prompt, 10).bytes);
    }
}

/// A picture in every style and without one, by name; one pixel in 61 is enough to compare.
fn in_every_style(prompt: &str) -> Vec<(String, Vec<u8>)> {
    let mut seen = Vec::new();
    for id in ["pika", "run"] {
        let model = Model { kind: MediaKind::Picture, ..model(id) };
        for style in model.styles().iter().map(Some).chain([None]) {
            if style.is_none() && id == "run" {
                continue;
            }
            let name = style.map_or("none".into(), |s| format!("{id} {}", s.name));
            let sketch = sketch(&model, style, prompt, 2);
            assert_eq!(sketch.format, Format::Png);
            let few = pixels(&sketch.bytes).chunks(3 * 61).flat_map(|p| p[..3].to_vec()).collect();
            seen.push((name, few));
        }
    }
    seen
}

#[test]
fn every_style_differs_from_every_other_and_from_none() {
    for prompt in [
        "a house and a boat on a lake, mountains",
        "a city at night in the rain with cars",
        "a cat and flowers on a meadow, sunny day",
    ] {
        let seen = in_every_style(prompt);
        assert_eq!(seen.len(), 33);
        for (i, (a, one)) in seen.iter().enumerate() {
            for (b, other) in &seen[..i] {
                let sum: u64 = one.iter().zip(other).map(|(x, y)| u64::from(x.abs_diff(*y))).sum();
                let mean = sum as f64 / one.len() as f64;
                let least = if a == "none" || b == "none" { 3.0 } else { 8.0 };
                assert!(mean > least, "{prompt}: {a} and {b} differ by {mean} only");
            }
        }
    }
}

/// The bodies of all boxes with this name, at any level.
fn boxes<'a>(mp4: &'a [u8], name: &[u8; 4]) -> Vec<&'a [u8]> {
    let mut found = Vec::new();
    for (at, _) in mp4.windows(4).enumerate().filter(|(_, w)| w == name) {
        let size = u32::from_be_bytes(mp4[at - 4..at].try_into().unwrap()) as usize;
        found.push(&mp4[at + 4..at - 4 + size]);
    }
    found
}

#[test]
fn a_video_has_sound_unless_prompt_or_request_exclude_it() {
    let luma = model("luma");
    let make_it = |prompt: &str, soundtrack| {
        let request = Request { soundtrack, ..small(&luma, prompt) };
        make(&request, &mut |_| ControlFlow::Continue(())).unwrap().bytes
    };
    let heard = make_it("a happy forest, 2 seconds", true);
    assert_eq!(boxes(&heard, b"trak").len(), 2);
    // Every sound frame in the index starts like MPEG-1 layer III at 44.1 kHz.
    let u32s = |body: &[u8]| -> Vec<usize> {
        body.chunks_exact(4).map(|c| u32::from_be_bytes(c.try_into().unwrap()) as usize).collect()
    };
    let sizes = u32s(boxes(&heard, b"stsz")[1]);
    let runs = u32s(boxes(&heard, b"stsc")[1]);
    let chunks = u32s(boxes(&heard, b"stco")[1]);
    let (mut frame, mut stream) = (3, Vec::new());
    for (i, start) in chunks[2..].iter().enumerate() {
        let count = runs[2..].chunks(3).rfind(|run| run[0] <= i + 1).unwrap()[1];
        let mut at = *start;
        for size in &sizes[frame..frame + count] {
            assert_eq!((heard[at], heard[at + 1] & 0xfe), (0xff, 0xfa));
            stream.extend_from_slice(&heard[at..at + size]);
            at += size;
        }
        frame += count;
    }
    assert_eq!(frame, sizes.len());
    let samples = samples(&stream);
    let secs = samples.len() as f64 / 88_200.0;
    assert!((1.9..2.1).contains(&secs), "{secs} s of sound for 2 s of pictures");
    let power: f32 = samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32;
    assert!(power.sqrt() > 0.01, "nothing is heard");
    for silent in
        [make_it("a happy forest, 2 seconds", false), make_it("no music, 2 seconds", true)]
    {
        assert_eq!(boxes(&silent, b"trak").len(), 1);
    }
}

#[test]
fn videos_have_the_requested_size() {
    let luma = model("luma");
    for (wish, size) in [((200, 160), (200, 160)), ((321, 7), (320, 160))] {
        let prompt = "a lake, 2 seconds, silent";
        let request = Request { size: Size::new(wish.0, wish.1), ..Request::new(&luma, prompt) };
        let sketch = make(&request, &mut |_| ControlFlow::Continue(())).unwrap();
        let frames = frames(&sketch.bytes);
        assert_eq!((frames[0].width, frames[0].height), size);
    }
}

#[test]
fn posters_are_jpegs_of_that_size_and_small() {
    let suno = model("suno");
    let request = Request::new(&suno, "a piano by the sea");
    for (width, height) in [(192, 108), (300, 300), (1280, 720)] {
        let jpeg = poster(&request, width, height).unwrap();
        assert_eq!(jpeg[..3], [0xff, 0xd8, 0xff]);
        // The frame header: the size follows three bytes after the marker.
        let frame = jpeg.windows(2).position(|w| w == [0xff, 0xc0]).unwrap();
        let side = |at: usize| u32::from(u16::from_be_bytes([jpeg[at], jpeg[at + 1]]));
        assert_eq!((side(frame + 7), side(frame + 5)), (width, height));
        assert!(jpeg.len() < (width * height / 2) as usize, "{} bytes", jpeg.len());
        assert_eq!(jpeg, poster(&request, width, height).unwrap());
    }
}

#[test]
fn progress_never_falls_and_ends_at_one() {
    for (id, prompt) in [("suno", "rock, 5 seconds"), ("pika", "a cat, 2 seconds")] {
        let model = model(id);
        let mut seen: Vec<Progress> = Vec::new();
        let request = Request { seed: 1, ..small(&model, prompt) };
        make(&request, &mut |p| {
            seen.push(p);
            ControlFlow::Continue(())
        })
        .unwrap();
        assert!(seen.windows(2).all(|w| w[0].fraction <= w[1].fraction));
        assert_eq!(seen.last().unwrap().fraction, 1.0);
        assert!(seen.len() > 20 && seen.iter().all(|p| (0.0..=1.0).contains(&p.fraction)));
    }
}

#[test]
fn break_stops_the_work() {
    for (id, after) in [("suno", 0.0), ("suno", 0.3), ("suno", 0.8), ("luma", 0.1)] {
        let model = model(id);
        let request = Request { seed: 1, ..small(&model, "a long way") };
        let mut asked = 0;
        let end = make(&request, &mut |p| {
            if p.fraction < after {
                return ControlFlow::Continue(());
            }
            asked += 1;
            ControlFlow::Break(())
        });
        assert_eq!(end.unwrap_err(), SketchError::Cancelled);
        assert_eq!(asked, 1, "it went on after it was told to stop");
    }
}

#[test]
fn an_unknown_style_is_drawn_plain() {
    let model = Model { kind: MediaKind::Picture, ..model("luma") };
    let style = Choice {
        value: "no such".into(),
        name: "No such".into(),
        words: "anything".into(),
        price_percent: 100,
    };
    let plain = sketch(&model, None, "a lake", 1);
    assert_eq!(pixels(&sketch(&model, Some(&style), "a lake", 1).bytes), pixels(&plain.bytes));
}

#[test]
fn durations_are_clamped() {
    let secs = |id: &str, prompt: &str| sketch(&model(id), None, prompt, 1).duration_secs;
    assert_eq!(secs("suno", "1 second of ambient"), 5.0);
    assert_eq!(secs("luma", "0.1 seconds of rain"), 2.0);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any text, in any script, makes a picture and a short piece.
    #[test]
    fn no_prompt_breaks_it(text in "\\PC{0,200}", words in "[ a-zäöü0-9#♭'\"<>&\\u{202e}😀雨夜ابج-]{0,120}", seed: u32) {
        let picture = Model { kind: MediaKind::Picture, ..model("luma") };
        for prompt in [&text, &words] {
            let request = Request { seed, ..small(&picture, prompt) };
            make(&request, &mut |_| ControlFlow::Continue(())).unwrap();
            let short = format!("{prompt} 5 seconds");
            let audio = model("suno");
            let request = Request { seed, ..small(&audio, &short) };
            // Words only affect the plan and the first notes; the rest is arithmetic.
            let mut heard = 0;
            let end = make(&request, &mut |_| {
                heard += 1;
                if heard > 40 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            });
            prop_assert!(matches!(end, Ok(_) | Err(SketchError::Cancelled)));
        }
    }
}
