//! JPEG files.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::SketchError;

/// The quality, from 1 to 100: small files whose edges still look clean.
const QUALITY: u8 = 76;

/// Encodes one picture as JPEG: red, green, blue and an ignored byte, row by row from the top.
pub(crate) fn encode(
    width: usize,
    height: usize,
    pixels: &[[u8; 4]],
) -> Result<Vec<u8>, SketchError> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, QUALITY);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_optimized_huffman_tables(true);
    encoder
        .encode(pixels.as_flattened(), width as u16, height as u16, ColorType::Rgba)
        .map_err(|e| SketchError::Encoding(e.to_string()))?;
    Ok(bytes)
}
