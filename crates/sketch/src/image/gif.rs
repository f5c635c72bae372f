//! GIF (89a): of an animation, the first picture.

use gif::{ColorOutput, DecodeOptions, DecodingError, MemoryLimit};

use super::watch::Watch;
use super::{IMAGE_MAX_PIXELS, ImageError, Raw, by_io, check_size};

pub(super) fn decode(watch: &mut Watch<'_>) -> Result<Raw, ImageError> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::RGBA);
    options.check_frame_consistency(true);
    let limit = std::num::NonZeroU64::new(IMAGE_MAX_PIXELS * 4).ok_or(ImageError::Broken)?;
    options.set_memory_limit(MemoryLimit::Bytes(limit));
    let mut decoder = options.read_info(watch).map_err(fault)?;
    let (width, height) = check_size(u32::from(decoder.width()), u32::from(decoder.height()))?;
    let frame = decoder.read_next_frame().map_err(fault)?.ok_or(ImageError::Incomplete)?;
    let (left, top) = (usize::from(frame.left), usize::from(frame.top));
    let (wide, high) = (usize::from(frame.width), usize::from(frame.height));
    if wide == 0 || high == 0 || left + wide > width || top + high > height {
        return Err(ImageError::Broken);
    }
    // Parts that the first picture doesn't cover stay transparent.
    let mut bytes = vec![0; width * height * 4];
    for (row, line) in frame.buffer.chunks_exact(wide * 4).take(high).enumerate() {
        let at = ((top + row) * width + left) * 4;
        bytes[at..at + line.len()].copy_from_slice(line);
    }
    Ok(Raw { width, height, channels: 4, bytes, orientation: 1 })
}

#[expect(clippy::needless_pass_by_value, reason = "it is what map_err hands over")]
fn fault(error: DecodingError) -> ImageError {
    match &error {
        DecodingError::Io(error) => by_io(error),
        _ => ImageError::Broken,
    }
}
