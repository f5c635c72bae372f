//! Inspection of a result's file: its container, its tracks, its length, its end. A sender's
//! content type can be wrong, and the file can be truncated.
//!
//! Containers and tracks are read by symphonia, pictures by their decoders, what neither tells by the
//! modules below. It must not know who made the file, nor what for.

mod error;
mod iso;
mod parts;
mod pictures;
mod scan;
mod tracks;
mod whole;

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use ai_now_protocol::Format;

pub use error::ContentError;
use tracks::Container;

/// How many first bytes determine the container.
pub const HEAD_BYTES: usize = 512;

/// Whether a file that begins like this may have a known format: anything else need not be loaded
/// to its end.
pub fn begins_like_media(head: &[u8]) -> bool {
    head.starts_with(b"ID3") || begins(head).is_some()
}

/// The format of a complete file that browsers can play or show. The whole file is read.
///
/// It blocks for as long as the disk takes.
///
/// # Errors
/// [`ContentError`]
pub fn inspect(path: &Path) -> Result<Format, ContentError> {
    let mut file = File::open(path).map_err(ContentError::Io)?;
    let size = file.metadata().map_err(ContentError::Io)?.len();
    let start = whole::after_tags(&mut file)?;
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    file.by_ref().take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(start))?;
    match begins(&head) {
        // A leading tag says little: the content behind it decides.
        Some(Begins::Mpeg) => tracks::read(Container::Mpeg, file, size, start),
        Some(Begins::Adts) => tracks::read(Container::Adts, file, size, start),
        Some(Begins::Flac) if start == 0 => tracks::read(Container::Flac, file, size, start),
        _ if start > 0 => Err(ContentError::Unknown),
        Some(Begins::Iso) => {
            let film = iso::film(&mut file, size)?;
            tracks::read_film(file, size, &film)
        }
        Some(Begins::Matroska) => {
            whole::segment(&mut file, size)?;
            tracks::read(Container::Matroska, file, size, start)
        }
        Some(Begins::Ogg) => {
            whole::pages(&mut file, size)?;
            tracks::read(Container::Ogg, file, size, start)
        }
        Some(Begins::Wave) => {
            whole::wave(&mut file, size)?;
            tracks::read(Container::Wave, file, size, start)
        }
        Some(Begins::Picture(format)) => {
            whole::picture(format, &mut file, size)?;
            pictures::walk(format, &mut file, size)?;
            picture(format, path)
        }
        Some(Begins::Unplayable(what)) => Err(ContentError::Unplayable(what)),
        Some(Begins::Flac) | None => Err(ContentError::Unknown),
    }
}

enum Begins {
    Mpeg,
    Adts,
    Flac,
    Iso,
    Matroska,
    Ogg,
    Wave,
    Picture(Format),
    Unplayable(&'static str),
}

fn begins(head: &[u8]) -> Option<Begins> {
    Some(match head {
        [0xff, 0xd8, 0xff, ..] => Begins::Picture(Format::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Begins::Picture(Format::Png),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Begins::Picture(Format::Gif),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => {
            Begins::Picture(Format::Webp)
        }
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => Begins::Wave,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'A', b'V', b'I', b' ', ..] => {
            Begins::Unplayable("AVI")
        }
        [b'O', b'g', b'g', b'S', ..] => Begins::Ogg,
        [b'f', b'L', b'a', b'C', ..] => Begins::Flac,
        [0x1a, 0x45, 0xdf, 0xa3, ..] => Begins::Matroska,
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => of_brands(head),
        // A frame's sync word; then its layer distinguishes the two.
        [0xff, b, ..] if b & 0xf6 == 0xf0 => Begins::Adts,
        [0xff, b, c, ..] if b & 0xe6 == 0xe2 && b & 0x18 != 0x08 && c & 0xf0 != 0xf0 => {
            Begins::Mpeg
        }
        _ => return None,
    })
}

/// A film and a picture use the same container: its brands distinguish them.
fn of_brands(head: &[u8]) -> Begins {
    let declared = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
    let brands = &head[8..declared.clamp(8, head.len())];
    let has = |names: &[&[u8]]| brands.chunks_exact(4).any(|brand| names.contains(&brand));
    if has(&[b"avif", b"avis"]) {
        Begins::Picture(Format::Avif)
    } else if has(&[b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"]) {
        Begins::Unplayable("HEIC")
    } else {
        Begins::Iso
    }
}

/// A picture whose header has its size.
fn picture(format: Format, path: &Path) -> Result<Format, ContentError> {
    match imagesize::size(path) {
        Ok(size) if size.width == 0 || size.height == 0 => Err(ContentError::Empty),
        Ok(size) if size.width as u64 * size.height as u64 > parts::SHOWN_MAX_PIXELS => {
            Err(ContentError::TooLarge)
        }
        Ok(_) => Ok(format),
        Err(imagesize::ImageError::IoError(error)) => Err(error.into()),
        Err(_) => Err(ContentError::Broken),
    }
}

#[cfg(test)]
mod tests;
