//! PNG (W3C, third edition): of an animation, its default picture.

use ::png::{ColorType, Decoder, DecodingError, Limits, Transformations};

use super::watch::Watch;
use super::{ImageError, Raw, by_io, check_size, exif};

/// The maximum memory of the decoder, apart from the pixels.
const MEMORY_MAX_BYTES: usize = 64 * 1024 * 1024;

pub(super) fn decode(watch: &mut Watch<'_>) -> Result<Raw, ImageError> {
    let mut decoder = Decoder::new_with_limits(watch, Limits { bytes: MEMORY_MAX_BYTES });
    decoder.set_transformations(Transformations::normalize_to_color8());
    // Texts and colour profiles can expand a lot, and nothing here reads them.
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let (width, height) = {
        let info = decoder.read_header_info().map_err(fault)?;
        check_size(info.width, info.height)?
    };
    let mut reader = decoder.read_info().map_err(fault)?;
    let channels = match reader.output_color_type().0 {
        ColorType::Grayscale => 1,
        ColorType::GrayscaleAlpha => 2,
        ColorType::Rgb => 3,
        ColorType::Rgba => 4,
        ColorType::Indexed => return Err(ImageError::Broken),
    };
    let mut bytes = vec![0; width * height * channels];
    let frame = reader.next_frame(&mut bytes).map_err(fault)?;
    if (frame.width as usize, frame.height as usize) != (width, height) {
        return Err(ImageError::Broken);
    }
    let orientation = reader.info().exif_metadata.as_deref().map_or(1, exif::orientation);
    Ok(Raw { width, height, channels, bytes, orientation })
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
fn fault(error: DecodingError) -> ImageError {
    match &error {
        DecodingError::IoError(error) => by_io(error),
        _ => ImageError::Broken,
    }
}
