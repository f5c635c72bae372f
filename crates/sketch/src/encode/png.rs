//! PNG files.

use crate::SketchError;
use crate::encode::{About, MAKER};

/// Encodes one picture as PNG: red, green, blue and an ignored byte, row by row from the top.
pub(crate) fn encode(
    width: usize,
    height: usize,
    pixels: &[[u8; 4]],
    about: &About,
) -> Result<Vec<u8>, SketchError> {
    let mut bytes = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut bytes, width as u32, height as u32);
    encoder.set_color(::png::ColorType::Rgb);
    encoder.set_depth(::png::BitDepth::Eight);
    let fault = |e: ::png::EncodingError| SketchError::Encoding(e.to_string());
    encoder.add_itxt_chunk("Title".into(), about.title.clone()).map_err(fault)?;
    encoder.add_itxt_chunk("Comment".into(), about.note.clone()).map_err(fault)?;
    encoder.add_itxt_chunk("Software".into(), MAKER.into()).map_err(fault)?;
    let mut writer = encoder.write_header().map_err(fault)?;
    let rgb: Vec<u8> = pixels.iter().flat_map(|p| [p[0], p[1], p[2]]).collect();
    writer.write_image_data(&rgb).map_err(fault)?;
    writer.finish().map_err(fault)?;
    Ok(bytes)
}

/// Encodes one picture as PNG without tags: red, green, blue, row by row from the top.
pub(crate) fn plain(width: usize, height: usize, rgb: &[u8]) -> Result<Vec<u8>, SketchError> {
    let mut bytes = Vec::new();
    let mut encoder = ::png::Encoder::new(&mut bytes, width as u32, height as u32);
    encoder.set_color(::png::ColorType::Rgb);
    encoder.set_depth(::png::BitDepth::Eight);
    let fault = |e: ::png::EncodingError| SketchError::Encoding(e.to_string());
    let mut writer = encoder.write_header().map_err(fault)?;
    writer.write_image_data(rgb).map_err(fault)?;
    writer.finish().map_err(fault)?;
    Ok(bytes)
}
