//! Whether a picture's parts follow each other to its end, with a picture among them. A signature and an
//! end alone are easily written around anything.
//!
//! Only the frame of a format is walked; nothing is decoded.

use std::fs::File;
use std::io::{BufReader, Read, Seek as _, SeekFrom};

use ai_now_protocol::Format;

use super::error::ContentError;

/// Walks a picture's parts.
///
/// # Errors
/// [`ContentError`]
pub(super) fn walk(format: Format, file: &mut File, size: u64) -> Result<(), ContentError> {
    file.seek(SeekFrom::Start(0))?;
    let mut reader = BufReader::new(&mut *file);
    let has_picture = match format {
        Format::Png => png(&mut reader)?,
        Format::Gif => gif(&mut reader)?,
        Format::Jpeg => jpeg(&mut reader)?,
        Format::Webp => webp(&mut reader, size)?,
        _ => true,
    };
    if has_picture { Ok(()) } else { Err(ContentError::Broken) }
}

/// The chunks of PNG (Third Edition, 5.3) up to `IEND`. Whether one of them is of a picture.
fn png(reader: &mut BufReader<&mut File>) -> Result<bool, ContentError> {
    skip(reader, 8)?;
    let mut has_picture = false;
    loop {
        let [a, b, c, d, kind @ ..] = take::<8>(reader)?;
        if !kind.iter().all(u8::is_ascii_alphabetic) {
            return Err(ContentError::Broken);
        }
        match &kind {
            b"IEND" => return Ok(has_picture),
            b"IDAT" => has_picture = true,
            _ => {}
        }
        skip(reader, u64::from(u32::from_be_bytes([a, b, c, d])) + 4)?;
    }
}

/// The blocks of `GIF89a` up to the trailer. Whether one of them is a picture.
fn gif(reader: &mut BufReader<&mut File>) -> Result<bool, ContentError> {
    skip(reader, 6)?;
    let [.., flags, _, _] = take::<7>(reader)?;
    skip(reader, colors(flags))?;
    let mut has_picture = false;
    loop {
        match take::<1>(reader)? {
            // An extension, its label.
            [0x21] => skip(reader, 1)?,
            // A picture: its place, its own colours, how it is packed.
            [0x2c] => {
                let [.., flags] = take::<9>(reader)?;
                skip(reader, colors(flags) + 1)?;
                has_picture = true;
            }
            [0x3b] => return Ok(has_picture),
            _ => return Err(ContentError::Broken),
        }
        loop {
            match take::<1>(reader)? {
                [0] => break,
                [length] => skip(reader, length.into())?,
            }
        }
    }
}

/// How many bytes a table of colours has, where these flags say that there is one.
fn colors(flags: u8) -> u64 {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// The segments of JPEG (ITU-T T.81, annex B) up to the end of the image. Whether there is a scan of a
/// frame among them.
fn jpeg(reader: &mut BufReader<&mut File>) -> Result<bool, ContentError> {
    const END: u8 = 0xd9;
    const SCAN: u8 = 0xda;
    skip(reader, 2)?;
    let (mut has_frame, mut has_scan) = (false, false);
    let [mut byte] = take::<1>(reader)?;
    loop {
        if byte != 0xff {
            return Err(ContentError::Broken);
        }
        // Any number of them may stand before a marker.
        while byte == 0xff {
            [byte] = take::<1>(reader)?;
        }
        match byte {
            END => return Ok(has_frame && has_scan),
            0x01 | 0xd0..=0xd7 => {}
            marker => {
                // Without the tables of Huffman and arithmetic codes.
                has_frame |= matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc);
                has_scan |= marker == SCAN;
                let length = u16::from_be_bytes(take::<2>(reader)?);
                skip(reader, length.checked_sub(2).ok_or(ContentError::Broken)?.into())?;
                if marker == SCAN {
                    pass_scan(reader)?;
                    byte = 0xff;
                    // Stands before the marker that ended the scan.
                    continue;
                }
            }
        }
        [byte] = take::<1>(reader)?;
    }
}

/// Passes what a scan holds, up to the marker behind it.
fn pass_scan(reader: &mut BufReader<&mut File>) -> Result<(), ContentError> {
    loop {
        let [byte] = take::<1>(reader)?;
        if byte != 0xff {
            continue;
        }
        let [mut next] = take::<1>(reader)?;
        while next == 0xff {
            [next] = take::<1>(reader)?;
        }
        // A byte of the scan's own, or where it may be restarted.
        if !matches!(next, 0x00 | 0xd0..=0xd7) {
            reader.seek_relative(-1)?;
            return Ok(());
        }
    }
}

/// The chunks of WebP (RFC 9649), as many as it says that it has. Whether one of them is a picture.
fn webp(reader: &mut BufReader<&mut File>, size: u64) -> Result<bool, ContentError> {
    let [.., a, b, c, d] = take::<8>(reader)?;
    let end = u64::from(u32::from_le_bytes([a, b, c, d])) + 8;
    skip(reader, 4)?;
    let (mut at, mut has_picture) = (12, false);
    while at + 8 <= end.min(size) {
        let [kind @ .., a, b, c, d] = take::<8>(reader)?;
        let length = u64::from(u32::from_le_bytes([a, b, c, d]));
        has_picture |= matches!(&kind, b"VP8 " | b"VP8L" | b"ANMF");
        at += 8 + length + (length & 1);
        // The last one may lack the byte that makes it even.
        if at > end + 1 {
            return Err(ContentError::Cut);
        }
        skip(reader, length + (length & 1))?;
    }
    Ok(has_picture)
}

fn take<const N: usize>(reader: &mut impl Read) -> Result<[u8; N], ContentError> {
    let mut bytes = [0; N];
    reader.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Goes on so many bytes; whether they are there, the next read tells.
fn skip(reader: &mut BufReader<&mut File>, count: u64) -> Result<(), ContentError> {
    let count = i64::try_from(count).map_err(|_| ContentError::Broken)?;
    Ok(reader.seek_relative(count)?)
}
