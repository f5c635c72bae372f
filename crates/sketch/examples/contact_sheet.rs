//! A contact sheet: one scene in every style, or several scenes without a style, as one PNG.
//!
//! `contact_sheet OUT.png --styles "a lake"`, or `contact_sheet OUT.png "a lake" "a city at night"`.
//! `--image FILE` before these gives each a picture to start from.

use std::ops::ControlFlow;

use ai_now_protocol::{Catalog, Choice, MediaKind, Model};
use ai_now_sketch::{Request, make};

const TILE: (usize, usize) = (320, 180);
const COLUMNS: usize = 4;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (out, rest) = arguments.split_first().ok_or("Where to? Give a file.")?;
    let (image, rest) = match rest {
        [flag, file, rest @ ..] if flag == "--image" => (Some(std::fs::read(file)?), rest),
        _ => (None, rest),
    };
    let image = image.as_deref();
    let catalog = Catalog::BUILT_IN;
    let mut tiles = Vec::new();
    if rest.first().is_some_and(|a| a == "--styles") {
        let prompt = rest.get(1).ok_or("Which sentence?")?;
        for model in catalog.models.iter() {
            for style in model.styles() {
                tiles.push(tile(model, Some(style), prompt, image)?);
            }
        }
    } else {
        for prompt in rest {
            tiles.push(tile(&catalog.models[1], None, prompt, image)?);
        }
    }
    let rows = tiles.len().div_ceil(COLUMNS);
    let width = COLUMNS * TILE.0;
    let mut sheet = vec![0; width * rows * TILE.1 * 3];
    for (i, tile) in tiles.iter().enumerate() {
        let (x, y) = (i % COLUMNS * TILE.0, i / COLUMNS * TILE.1);
        for (row, line) in tile.chunks(TILE.0 * 3).enumerate() {
            let at = ((y + row) * width + x) * 3;
            sheet[at..at + line.len()].copy_from_slice(line);
        }
    }
    let file = std::fs::File::create(out)?;
    let mut encoder = png::Encoder::new(file, width as u32, (rows * TILE.1) as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header()?.write_image_data(&sheet)?;
    Ok(())
}

/// One picture, at a quarter of its size.
fn tile(
    model: &Model,
    style: Option<&Choice>,
    prompt: &str,
    image: Option<&[u8]>,
) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let model = Model { kind: MediaKind::Picture, ..model.clone() };
    let request = Request { style, seed: 1, image, ..Request::new(&model, prompt) };
    let sketch = make(&request, &mut |_| ControlFlow::Continue(()))?;
    let mut reader = png::Decoder::new(std::io::Cursor::new(sketch.bytes)).read_info()?;
    let mut rgb = vec![0; reader.output_buffer_size().ok_or("too large")?];
    let (width, height) = (reader.info().width as usize, reader.info().height as usize);
    reader.next_frame(&mut rgb)?;
    let (step_x, step_y) = (width / TILE.0, height / TILE.1);
    let mut small = Vec::with_capacity(TILE.0 * TILE.1 * 3);
    for (y, x) in (0..TILE.1).flat_map(|y| (0..TILE.0).map(move |x| (y, x))) {
        for c in 0..3 {
            let places = (0..step_y).flat_map(|dy| (0..step_x).map(move |dx| (dy, dx)));
            let at = |(dy, dx)| ((y * step_y + dy) * width + x * step_x + dx) * 3 + c;
            let sum: usize = places.map(|place| usize::from(rgb[at(place)])).sum();
            small.push((sum / (step_x * step_y)) as u8);
        }
    }
    Ok(small)
}
