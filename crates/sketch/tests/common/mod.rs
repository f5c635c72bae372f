//! Helpers of the engine's integration tests.

#![allow(dead_code, reason = "each test takes what it needs")]
#![allow(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

use ai_now_protocol::{Catalog, Model};
use ai_now_sketch::{Request, Size};

pub fn model(id: &str) -> Model {
    Catalog::BUILT_IN.model(id).unwrap().clone()
}

/// A request without sound and with few pixels: most tests are about the pictures.
pub fn small<'a>(model: &'a Model, prompt: &'a str) -> Request<'a> {
    Request { size: Size::SMALL, soundtrack: false, ..Request::new(model, prompt) }
}

/// A picture's pixels, three bytes each.
pub fn pixels(png_bytes: &[u8]) -> Vec<u8> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(png_bytes)).read_info().unwrap();
    let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut rgb).unwrap();
    rgb
}

/// The pictures of one of our MP4 files: the samples fill all of `mdat`.
pub fn frames(mp4: &[u8]) -> Vec<rusty_h264::YuvFrame> {
    let find = |name: &[u8]| mp4.windows(4).position(|w| w == name).unwrap();
    let avcc = &mp4[find(b"avcC") + 4..];
    let set = |at: usize| {
        let len = usize::from(u16::from_be_bytes([avcc[at], avcc[at + 1]]));
        (&avcc[at + 2..at + 2 + len], at + 2 + len)
    };
    let (sps, after) = set(6);
    let (pps, _) = set(after + 1);
    let mut stream = [b"\0\0\0\x01", sps, b"\0\0\0\x01", pps].concat();
    assert!(find(b"moov") < find(b"mdat"), "a player could not start early");
    let mut data = &mp4[find(b"mdat") + 4..];
    while let Some((len, rest)) = data.split_first_chunk::<4>() {
        let (unit, next) = rest.split_at(u32::from_be_bytes(*len) as usize);
        stream.extend(b"\0\0\0\x01");
        stream.extend(unit);
        data = next;
    }
    rusty_h264::Decoder::new().decode_stream(&stream).unwrap()
}
