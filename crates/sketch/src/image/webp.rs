//! WebP (RFC 9649): lossy and lossless; of an animation, the first picture.

use image_webp::{DecodingError, WebPDecoder};

use super::watch::Watch;
use super::{IMAGE_MAX_PIXELS, ImageError, Raw, by_io, check_size, exif};

pub(super) fn decode(watch: &mut Watch<'_>) -> Result<Raw, ImageError> {
    let mut decoder = WebPDecoder::new(watch).map_err(fault)?;
    let (width, height) = decoder.dimensions();
    let (width, height) = check_size(width, height)?;
    decoder.set_memory_limit(IMAGE_MAX_PIXELS as usize * 4);
    let channels = if decoder.has_alpha() { 4 } else { 3 };
    let mut bytes = vec![0; width * height * channels];
    if decoder.is_animated() {
        decoder.read_frame(&mut bytes).map_err(fault)?;
    } else {
        decoder.read_image(&mut bytes).map_err(fault)?;
    }
    let exif = decoder.exif_metadata().ok().flatten();
    let orientation = exif.map_or(1, |exif| {
        // Some writers keep the prefix that Exif data has in JPEG files.
        exif::orientation(exif.strip_prefix(b"Exif\0\0").unwrap_or(&exif))
    });
    Ok(Raw { width, height, channels, bytes, orientation })
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
fn fault(error: DecodingError) -> ImageError {
    match &error {
        DecodingError::IoError(error) => by_io(error),
        _ => ImageError::Broken,
    }
}
