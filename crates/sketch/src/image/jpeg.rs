//! JPEG (ITU-T T.81), with zune-jpeg, which decodes baseline and progressive files in grey, colour
//! and CMYK with integer arithmetic.

use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

use super::watch::Watch;
use super::{IMAGE_MAX_SIDE, ImageError, Raw, check_size, exif};

/// The maximum number of scans. No encoder writes more, and each costs a pass over the picture.
const SCANS_MAX: usize = 64;

/// The information in a file's markers.
struct Head<'a> {
    width: u32,
    height: u32,
    scans: usize,
    exif: Option<&'a [u8]>,
}

pub(super) fn decode(file: &[u8], watch: &mut Watch<'_>) -> Result<Raw, ImageError> {
    let head = walk(file)?;
    let (width, height) = check_size(head.width, head.height)?;
    if head.scans == 0 || head.scans > SCANS_MAX {
        return Err(ImageError::Broken);
    }
    let options = DecoderOptions::new_safe()
        .set_max_width(IMAGE_MAX_SIDE as usize)
        .set_max_height(IMAGE_MAX_SIDE as usize)
        .jpeg_set_max_scans(SCANS_MAX)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(watch, options);
    let bytes = decoder.decode().map_err(|_| ImageError::Broken)?;
    // A second frame header would have a size that was never checked.
    if bytes.len() != width * height * 3 {
        return Err(ImageError::Broken);
    }
    let orientation = head.exif.map_or(1, exif::orientation);
    Ok(Raw { width, height, channels: 3, bytes, orientation })
}

/// Walks from marker to marker to the end of the picture, because a decoder would fill the missing
/// part of a truncated file with grey.
fn walk(file: &[u8]) -> Result<Head<'_>, ImageError> {
    let byte = |at: usize| file.get(at).copied().ok_or(ImageError::Incomplete);
    let u16_at = |at: usize| Ok(u32::from(byte(at)?) << 8 | u32::from(byte(at + 1)?));
    let mut head = Head { width: 0, height: 0, scans: 0, exif: None };
    let mut at = 2;
    loop {
        if byte(at)? != 0xff {
            return Err(ImageError::Broken);
        }
        let marker = byte(at + 1)?;
        let body = at + 2;
        match marker {
            0xff => {
                at += 1;
                continue;
            }
            0x01 | 0xd0..=0xd8 => {
                at = body;
                continue;
            }
            0xd9 => return Ok(head),
            _ => {}
        }
        let length = u16_at(body)? as usize;
        if length < 2 {
            return Err(ImageError::Broken);
        }
        at = body + length;
        match marker {
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                (head.height, head.width) = (u16_at(body + 3)?, u16_at(body + 5)?);
            }
            0xe1 if head.exif.is_none() => {
                let segment = file.get(body + 2..at).ok_or(ImageError::Incomplete)?;
                head.exif = segment.strip_prefix(b"Exif\0\0");
            }
            0xda => {
                head.scans += 1;
                // Scan data: continues up to a marker that isn't part of it.
                loop {
                    let here = file.get(at..).ok_or(ImageError::Incomplete)?;
                    let next =
                        here.iter().position(|b| *b == 0xff).ok_or(ImageError::Incomplete)?;
                    at += next;
                    if !matches!(byte(at + 1)?, 0x00 | 0xd0..=0xd7) {
                        break;
                    }
                    at += 2;
                }
            }
            _ => {}
        }
    }
}
