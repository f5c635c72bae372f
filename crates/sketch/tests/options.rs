//! The options of a request, each tested by its effect on the file; and pictures that can't be
//! used.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

use std::ops::ControlFlow;

use ai_now_protocol::{MediaKind, Model};
use ai_now_sketch::{
    AspectRatio, Fact, ImageError, ImageRole, Request, Resolution, Size, Sketch, SketchError, Step,
    make,
};

mod common;

use common::{frames, model, pixels, small};

/// 60 by 40 pixels: red, green, blue and white in the corners.
const IMAGE: &[u8] = include_bytes!("images/rgb.png");
/// The same with a hole in its middle.
const CUT_OUT: &[u8] = include_bytes!("images/holes.png");

const LYRICS: &str = "[Verse]\nMorning comes across the hill\nEvery window glowing still\n\
    [Chorus]\nSing it out, sing it low\nLet it go\n[Verse]\nEvening falls upon the town\n\
    All the lights are coming down\n[Chorus]\n[Outro]";

fn run(request: &Request<'_>) -> Sketch {
    make(request, &mut |_| ControlFlow::Continue(())).unwrap()
}

fn still(id: &str) -> Model {
    Model { kind: MediaKind::Picture, ..model(id) }
}

fn picture(prompt: &str, image: Option<&[u8]>) -> Vec<u8> {
    let model = still("luma");
    pixels(&run(&Request { image, ..small(&model, prompt) }).bytes)
}

/// The part of the bytes that differ clearly.
fn apart(a: &[u8], b: &[u8]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).filter(|(a, b)| a.abs_diff(**b) > 12).count() as f64 / a.len() as f64
}

fn role(prompt: &str, image: &[u8]) -> Option<ImageRole> {
    let model = still("luma");
    let sketch = run(&Request { image: Some(image), ..small(&model, prompt) });
    sketch.note.facts.iter().find_map(|fact| match fact {
        Fact::Image(role) => Some(*role),
        _ => None,
    })
}

#[test]
fn a_requested_length_is_exact_and_overrides_the_prompt() {
    let suno = model("suno");
    for secs in [5, 17, 40] {
        let prompt = "a calm tune, 9 seconds";
        let sketch = run(&Request { duration_secs: Some(secs), ..Request::new(&suno, prompt) });
        assert_eq!(sketch.duration_secs, f64::from(secs));
        assert!(sketch.note.facts.contains(&Fact::DurationSecs(secs as f32)), "{}", sketch.note);
    }
    let luma = model("luma");
    for (asked, secs) in [(3, 3.0), (0, 2.0)] {
        let prompt = "a lake, 5 seconds";
        let sketch = run(&Request { duration_secs: Some(asked), ..small(&luma, prompt) });
        assert_eq!(sketch.duration_secs, secs);
        assert_eq!(frames(&sketch.bytes).len(), (secs * 24.0) as usize);
    }
}

#[test]
fn films_have_the_requested_aspect_ratio() {
    let luma = model("luma");
    for (shape, wide, high) in [
        (AspectRatio::R9x16, 360, 640),
        (AspectRatio::R1x1, 360, 360),
        (AspectRatio::R21x9, 840, 360),
    ] {
        let size = Size::of(shape, Resolution::P360);
        let sketch = run(&Request { size, ..small(&luma, "a lighthouse, 2 seconds") });
        let frames = frames(&sketch.bytes);
        assert_eq!((frames[0].width, frames[0].height), (wide, high));
    }
}

#[test]
fn a_picture_is_the_backdrop_and_the_first_frame_shows_it() {
    let luma = model("luma");
    let sketch = run(&Request { image: Some(IMAGE), ..small(&luma, "a calm day, 2 seconds") });
    assert_eq!(sketch.note.to_string(), "Procedural sketch: day; your picture as its backdrop");
    let frames = frames(&sketch.bytes);
    let (wide, high) = (frames[0].width, frames[0].height);
    let at = |frame: usize, x: usize, y: usize| frames[frame].y[y * wide + x];
    // The expected brightness of each corner: white is bright, green medium, red dark, blue darker.
    let corners =
        [at(0, 30, 20), at(0, wide - 30, 20), at(0, 30, high - 20), at(0, wide - 30, high - 20)];
    let [red, green, blue, white] = corners;
    assert!(white > 200 && green > red && red > blue, "{corners:?}");
    let moved = frames[0].y.iter().zip(&frames[47].y).filter(|(a, b)| a.abs_diff(**b) > 8).count();
    assert!(moved > 4000, "the camera stands still: {moved}");
}

#[test]
fn words_are_drawn_over_the_picture() {
    let plain = picture("", Some(IMAGE));
    assert!(apart(&plain, &picture("", None)) > 0.5);
    assert_eq!(plain, picture("", Some(IMAGE)));
    for (prompt, least) in [
        ("snow", 0.01),
        ("a storm", 0.2),
        ("at night", 0.4),
        ("a red hot air balloon", 0.01),
        ("fireworks", 0.01),
        ("zoom out", 0.01),
    ] {
        // The prompt changes the seed, and thereby the camera move, so the comparison is limited to
        // one place.
        let with = picture(&format!("{prompt}, still camera"), Some(IMAGE));
        let without = picture("still camera", Some(IMAGE));
        let part = apart(&with, &without);
        assert!(part > least, "{prompt}: {part}");
    }
    let mean = |px: &[u8]| px.iter().map(|c| f64::from(*c)).sum::<f64>() / px.len() as f64;
    let night = picture("at night, still camera", Some(IMAGE));
    assert!(mean(&night) < mean(&plain) * 0.7);
}

#[test]
fn the_prompt_decides_how_the_picture_is_used() {
    for (prompt, image, expected) in [
        ("rain over the hills", IMAGE, ImageRole::Backdrop),
        ("animate this", IMAGE, ImageRole::Alive),
        ("the picture on a wall", IMAGE, ImageRole::Framed),
        ("framed, on the beach", IMAGE, ImageRole::Framed),
        ("this cat on the moon", IMAGE, ImageRole::Subject),
        ("in a forest", CUT_OUT, ImageRole::Subject),
    ] {
        assert_eq!(role(prompt, image), Some(expected), "{prompt}");
        let with = picture(prompt, Some(image));
        // Each contains the picture's green; the picture fills the whole view only as the backdrop.
        let green = |p: &[u8; 3]| p[1] > 90 && p[1] / 2 > p[0].max(p[2]) / 3 * 2;
        let count = with.as_chunks().0.iter().filter(|p| green(p)).count();
        assert!(count > 300, "{prompt}: {count}");
    }
}

#[test]
fn every_style_treats_an_input_picture_differently() {
    let mut seen: Vec<(String, Vec<u8>)> = Vec::new();
    for id in ["pika", "run"] {
        let model = still(id);
        for style in model.styles() {
            let request =
                Request { style: Some(style), image: Some(IMAGE), ..small(&model, "a balloon") };
            let px = pixels(&run(&request).bytes);
            let few: Vec<u8> = px.chunks(3 * 61).flat_map(|p| p[..3].to_vec()).collect();
            for (name, other) in &seen {
                assert!(apart(&few, other) > 0.05, "{id} {} looks like {name}", style.name);
            }
            seen.push((format!("{id} {}", style.name), few));
        }
    }
}

#[test]
fn a_picture_that_cannot_be_used_is_an_error_that_says_what_to_do() {
    for (id, image, error) in [
        ("luma", &IMAGE[..100], ImageError::Incomplete),
        ("pika", b"not a picture", ImageError::Format),
    ] {
        let model = model(id);
        let request = Request { image: Some(image), ..small(&model, "a lake") };
        let end = make(&request, &mut |_| ControlFlow::Continue(())).unwrap_err();
        assert_eq!(end, SketchError::Image(error));
    }
    // Music doesn't use a picture.
    let suno = model("suno");
    run(&Request { image: Some(b"?"), duration_secs: Some(5), ..Request::new(&suno, "jazz") });
}

#[test]
fn with_a_picture_progress_rises_and_break_stops_the_work() {
    let model = still("luma");
    let request = Request { image: Some(IMAGE), ..small(&model, "a lake") };
    let mut seen = Vec::new();
    make(&request, &mut |p| {
        seen.push(p);
        ControlFlow::Continue(())
    })
    .unwrap();
    assert!(seen.windows(2).all(|w| w[0].fraction <= w[1].fraction), "{seen:?}");
    assert!(seen.iter().any(|p| p.step == Step::Looking), "{seen:?}");
    assert_eq!(seen.last().map(|p| (p.fraction, p.step)), Some((1.0, Step::Done)));
    let end = make(&request, &mut |p| match p.step {
        Step::Looking => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    assert_eq!(end.unwrap_err(), SketchError::Cancelled);
}

#[test]
fn lyrics_set_the_form_and_lie_in_the_file() {
    let suno = model("suno");
    let with = |lyrics, instrumental| {
        run(&Request { lyrics, instrumental, ..Request::new(&suno, "folk at 120 bpm") })
    };
    let (plain, sung, played) =
        (with(None, false), with(Some(LYRICS), false), with(Some(LYRICS), true));
    let lyrics = |sketch: &Sketch| {
        sketch.note.facts.iter().find(|f| matches!(f, Fact::Lyrics { .. })).cloned()
    };
    assert_eq!(lyrics(&plain), None);
    for (sketch, sung_by_instrument) in [(&sung, true), (&played, false)] {
        let expected =
            Fact::Lyrics { sections: 5, lines: 8, lines_left_out: 0, sung_by_instrument };
        assert_eq!(lyrics(sketch), Some(expected), "{}", sketch.note);
        assert!(sketch.note.to_string().contains("which it cannot sing"), "{}", sketch.note);
        let line: &[u8] = b"Every window glowing still";
        assert!(sketch.bytes.windows(line.len()).any(|w| w == line));
    }
    assert!(played.note.to_string().ends_with("instrumental"), "{}", played.note);
    assert_eq!(sung.bytes, with(Some(LYRICS), false).bytes);
    assert!(sung.bytes != played.bytes && sung.bytes != plain.bytes);
    // As long as the song, or as long as requested.
    assert!(sung.duration_secs > 30.0, "{}", sung.duration_secs);
    let short = Request {
        lyrics: Some(LYRICS),
        duration_secs: Some(12),
        ..Request::new(&suno, "folk at 120 bpm")
    };
    let short = run(&short);
    assert_eq!(short.duration_secs, 12.0);
}

#[test]
fn lyrics_colour_the_mood_where_the_words_do_not() {
    let suno = model("suno");
    let note = |prompt: &str, lyrics: &str| {
        let request =
            Request { lyrics: Some(lyrics), duration_secs: Some(5), ..Request::new(&suno, prompt) };
        run(&request).note
    };
    let sad = note("a piano piece", "So sad and lonely\nCrying alone");
    assert!(sad.facts.contains(&Fact::MoodOfLyrics), "{sad}");
    assert!(sad.to_string().contains(" minor"), "{sad}");
    let happy = note("a happy piano piece", "So sad and lonely\nCrying alone");
    assert!(!happy.facts.contains(&Fact::MoodOfLyrics), "{happy}");
    assert!(happy.to_string().contains(" major"), "{happy}");
}
