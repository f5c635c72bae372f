//! Inspection of an uploaded picture, by its own bytes: a sender's content type can be wrong.
//!
//! Only its header is read. The decoder finds out whether the rest is valid.

use std::fmt;

use imagesize::ImageType;

/// The longest side of a picture, in pixels.
pub const PICTURE_MAX_SIDE: usize = 16_384;

/// The most pixels of a picture: a small file may decode to a picture that fills the memory.
pub const PICTURE_MAX_PIXELS: usize = 25_000_000;

/// A format in which pictures may be uploaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureFormat {
    /// JPEG.
    Jpeg,
    /// Portable Network Graphics.
    Png,
    /// WebP.
    Webp,
    /// GIF, of which the first picture is used.
    Gif,
}

/// Every format: its extension, its content type.
const FORMATS: [(PictureFormat, &str, &str); 4] = [
    (PictureFormat::Jpeg, "jpg", "image/jpeg"),
    (PictureFormat::Png, "png", "image/png"),
    (PictureFormat::Webp, "webp", "image/webp"),
    (PictureFormat::Gif, "gif", "image/gif"),
];

/// The accepted formats, for a sentence.
pub const PICTURE_FORMATS: &str = "JPEG, PNG, WebP, GIF";

/// Why a picture is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// It has none of the formats.
    #[error("The file is not a picture. Send one of: {PICTURE_FORMATS}.")]
    Format,
    /// It begins like a picture, but its size can't be read.
    #[error("The picture is damaged, or was cut off. Save it anew, and send that.")]
    Broken,
    /// It has too many pixels, or none.
    #[error(
        "The picture is {width} by {height} pixels. At most {PICTURE_MAX_SIDE} on a side and \
         {} million in all are possible. Make it smaller.",
        PICTURE_MAX_PIXELS / 1_000_000
    )]
    Size {
        /// Its width in pixels.
        width: usize,
        /// Its height in pixels.
        height: usize,
    },
}

impl PictureFormat {
    /// The format of a picture that is accepted.
    ///
    /// # Errors
    /// [`PictureError`]
    pub fn of(file: &[u8]) -> Result<Self, PictureError> {
        let format = match imagesize::image_type(file).map_err(|_| PictureError::Format)? {
            ImageType::Jpeg => Self::Jpeg,
            ImageType::Png => Self::Png,
            ImageType::Webp => Self::Webp,
            ImageType::Gif => Self::Gif,
            _ => return Err(PictureError::Format),
        };
        let size = imagesize::blob_size(file).map_err(|_| PictureError::Broken)?;
        let (width, height) = (size.width, size.height);
        let sides = 1..=PICTURE_MAX_SIDE;
        let fits = sides.contains(&width)
            && sides.contains(&height)
            && width.saturating_mul(height) <= PICTURE_MAX_PIXELS;
        fits.then_some(format).ok_or(PictureError::Size { width, height })
    }

    /// All formats.
    pub const ALL: &[Self] = &[Self::Jpeg, Self::Png, Self::Webp, Self::Gif];

    /// The format with this extension.
    pub fn from_extension(extension: &str) -> Option<Self> {
        FORMATS.iter().find(|row| row.1 == extension).map(|row| row.0)
    }

    /// Its extension, without a dot.
    pub fn extension(self) -> &'static str {
        FORMATS[self as usize].1
    }

    /// Its content type.
    pub fn content_type(self) -> &'static str {
        FORMATS[self as usize].2
    }
}

impl fmt::Display for PictureFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.extension())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let (width, height) = (width.to_be_bytes(), height.to_be_bytes());
        [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".as_slice(), &width, &height, b"\x08\x02\0\0\0"].concat()
    }

    #[test]
    fn pictures_are_recognised_by_their_headers() {
        let gif = b"GIF89a\x02\0\x03\0\0\0\0";
        let jpeg = b"\xff\xd8\xff\xc0\0\x11\x08\0\x03\0\x02\x03\x01\x22\0\x02\x11\x01\x03\x11\x01";
        let webp = b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\x01\x80\0\0\0\0\0\0\0\0\0\0\0\0";
        for (file, format) in [
            (png(2, 3).as_slice(), PictureFormat::Png),
            (gif, PictureFormat::Gif),
            (jpeg, PictureFormat::Jpeg),
            (webp, PictureFormat::Webp),
        ] {
            assert_eq!(PictureFormat::of(file), Ok(format));
            assert_eq!(PictureFormat::from_extension(format.extension()), Some(format));
            assert_eq!(FORMATS[format as usize].0, format);
        }
    }

    #[test]
    fn what_is_no_picture_or_too_large_is_refused() {
        for junk in [
            b"".as_slice(),
            b"<svg xmlns='http://www.w3.org/2000/svg'/>",
            b"<!doctype html>",
            b"ID3\x04\0\0\0\0\0\0",
            b"\0\0\0\x20ftypisom",
            b"BM\x3a\0\0\0\0\0",
            b"II*\0\x08\0\0\0",
        ] {
            assert_eq!(PictureFormat::of(junk), Err(PictureError::Format), "{junk:?}");
        }
        assert_eq!(
            PictureFormat::of(b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01"),
            Err(PictureError::Broken)
        );
        assert_eq!(PictureFormat::of(&png(1, 1)[..20]), Err(PictureError::Broken));
        for (width, height) in [(0, 1), (16_385, 1), (5001, 5000), (u32::MAX, u32::MAX)] {
            let refused = PictureFormat::of(&png(width, height));
            assert!(matches!(refused, Err(PictureError::Size { .. })), "{width} {height}");
        }
        assert!(PictureFormat::of(&png(5000, 5000)).is_ok());
    }

    proptest! {
        #[test]
        fn no_bytes_are_a_fault(
            head in prop::sample::select(vec![
                b"\x89PNG\r\n\x1a\n".as_slice(), b"GIF89a", b"\xff\xd8\xff\xc0", b"RIFF\0\0\0\0WEBPVP8 ",
                b"RIFF\0\0\0\0WEBPVP8X", b"RIFF\0\0\0\0WEBPVP8L", b"",
            ]),
            rest in prop::collection::vec(any::<u8>(), 0..200),
        ) {
            let _ = PictureFormat::of(&[head, &rest].concat());
        }
    }
}
