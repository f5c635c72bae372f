//! Input pictures: from the bytes of a file to pixels, within hard limits.
//!
//! Every input is treated as hostile: its size is checked before anything is decoded, and each
//! problem is an [`ImageError`] whose message says what to do. It must not know what the picture is
//! used for.

mod exif;
mod gif;
mod jpeg;
mod png;
mod resize;
mod watch;
mod webp;

use std::fmt;
use std::ops::ControlFlow;

use ai_now_protocol::{Code, Message};

use crate::{SketchError, encode};
use watch::Watch;

/// The maximum size of an input file, in bytes.
pub const IMAGE_MAX_BYTES: usize = 16 * 1024 * 1024;

/// The maximum number of pixels: the largest pictures that phones take by default.
pub const IMAGE_MAX_PIXELS: u64 = 25_000_000;

/// The maximum number of pixels on one side.
pub const IMAGE_MAX_SIDE: u32 = 16_384;

/// Why an input picture can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ImageError {
    /// The format isn't supported.
    Format,
    /// The file is larger than [`IMAGE_MAX_BYTES`].
    Bytes,
    /// It has more pixels than [`IMAGE_MAX_PIXELS`], or a side longer than [`IMAGE_MAX_SIDE`].
    Pixels {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
    },
    /// The file is truncated.
    Incomplete,
    /// The file violates the rules of its format.
    Broken,
}

impl ImageError {
    /// A stable name, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Format => "image_format_unknown",
            Self::Bytes => "image_too_many_bytes",
            Self::Pixels { .. } => "image_too_many_pixels",
            Self::Incomplete => "image_incomplete",
            Self::Broken => "image_broken",
        }
    }

    /// The error with its code in the protocol.
    pub fn message(&self) -> Message {
        Message::new(Code::UnsupportedPicture, self.to_string())
            .with("allowed", "JPEG, PNG, WebP, GIF")
    }
}

impl fmt::Display for ImageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Format => {
                f.write_str("This file is not a picture that can be read. Use a JPEG, PNG, WebP or GIF.")
            }
            Self::Bytes => write!(
                f,
                "The picture's file is too large. Use one of at most {} MB.",
                IMAGE_MAX_BYTES / (1024 * 1024)
            ),
            Self::Pixels { width, height } => write!(
                f,
                "The picture is too large: {width} by {height} pixels. Make it smaller: at most {} \
                 million pixels, and {IMAGE_MAX_SIDE} on a side.",
                IMAGE_MAX_PIXELS / 1_000_000
            ),
            Self::Incomplete => {
                f.write_str("The picture's file ends too early. Send the whole file again.")
            }
            Self::Broken => f.write_str(
                "The picture's file is damaged. Open it in an image editor, save it anew, and send that.",
            ),
        }
    }
}

impl std::error::Error for ImageError {}

/// A decoded picture, upright, and no larger than needed.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Red, green, blue and alpha (255: opaque).
    pub(crate) px: Vec<[u8; 4]>,
}

/// A decoder's output: rows from the top, with one byte per channel and pixel.
struct Raw {
    width: usize,
    height: usize,
    /// 1 grey, 2 grey and alpha, 3 colour, 4 colour and alpha.
    channels: usize,
    bytes: Vec<u8>,
    /// The Exif orientation; 1 is upright.
    orientation: u8,
}

impl Picture {
    /// Decodes a file. A picture larger than what covers `cover` (width, height) is scaled down; it
    /// is never scaled up. `report` gets the fraction done, and says whether to go on.
    ///
    /// # Errors
    /// [`SketchError::Image`], [`SketchError::Cancelled`]
    pub(crate) fn read(
        file: &[u8],
        cover: (usize, usize),
        report: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Result<Self, SketchError> {
        if file.len() > IMAGE_MAX_BYTES {
            return Err(ImageError::Bytes.into());
        }
        let mut watch = Watch::new(file, report);
        let raw = match file {
            [0xff, 0xd8, 0xff, ..] => jpeg::decode(file, &mut watch),
            [0x89, b'P', b'N', b'G', ..] => png::decode(&mut watch),
            [b'G', b'I', b'F', b'8', ..] => gif::decode(&mut watch),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => {
                webp::decode(&mut watch)
            }
            _ => Err(ImageError::Format),
        };
        if watch.stopped() {
            return Err(SketchError::Cancelled);
        }
        Ok(resize::upright(&raw?, cover))
    }

    /// Whether any pixel is transparent.
    pub(crate) fn has_holes(&self) -> bool {
        let open = self.px.iter().filter(|p| p[3] < 128).count();
        open * 20 > self.px.len()
    }
}

/// Converts a picture of any supported format to PNG: upright, at its full size, transparent parts
/// white.
///
/// # Errors
/// [`SketchError::Image`]
pub fn to_png(file: &[u8]) -> Result<Vec<u8>, SketchError> {
    let whole = (IMAGE_MAX_SIDE as usize, IMAGE_MAX_SIDE as usize);
    let Picture { width, height, px } =
        Picture::read(file, whole, &mut |_| ControlFlow::Continue(()))?;
    let on_white = |[r, g, b, a]: [u8; 4]| {
        let over = |c: u8| ((u16::from(c) * u16::from(a) + 255 * (255 - u16::from(a))) / 255) as u8;
        [over(r), over(g), over(b)]
    };
    let rgb: Vec<u8> = px.into_iter().flat_map(on_white).collect();
    encode::png::plain(width, height, &rgb)
}

/// Rejects sizes beyond the limits, before memory is allocated for them.
fn check_size(width: u32, height: u32) -> Result<(usize, usize), ImageError> {
    if width == 0 || height == 0 {
        return Err(ImageError::Broken);
    }
    let pixels = u64::from(width) * u64::from(height);
    if pixels > IMAGE_MAX_PIXELS || width.max(height) > IMAGE_MAX_SIDE {
        return Err(ImageError::Pixels { width, height });
    }
    Ok((width as usize, height as usize))
}

/// The error for a decoder's I/O error.
fn by_io(error: &std::io::Error) -> ImageError {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => ImageError::Incomplete,
        _ => ImageError::Broken,
    }
}

#[cfg(test)]
mod tests;
