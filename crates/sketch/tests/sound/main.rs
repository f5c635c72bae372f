//! Tests of how the music sounds: files are made, decoded and measured, without looking at how they
//! were made.

#![expect(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

mod genres;
mod loudness;

use std::ops::ControlFlow;

use ai_now_protocol::Catalog;
use ai_now_sketch::{Request, Sketch, make};

/// A piece of music.
fn piece(prompt: &str, seed: u32) -> Sketch {
    let catalog = Catalog::BUILT_IN;
    let request = Request { seed, ..Request::new(catalog.model("suno").unwrap(), prompt) };
    make(&request, &mut |_| ControlFlow::Continue(())).unwrap()
}

/// The decoded samples, interleaved.
fn heard(sketch: &Sketch) -> Vec<f32> {
    let mut decoder = rusty_mp3::Mp3Decoder::new();
    decoder.push(&sketch.bytes);
    decoder.flush();
    let mut all = Vec::new();
    while let Ok(chunk) = decoder.next_frame() {
        all.extend(chunk.samples);
    }
    all
}
