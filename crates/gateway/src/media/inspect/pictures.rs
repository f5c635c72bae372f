//! Whether a picture's parts follow each other to its end, with a picture among them. A signature and an
//! end alone are easily written around anything.
//!
//! The frame of a format is walked; then what is in it is decoded, for a picture that was cut may have
//! been given the right end.

use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _, SeekFrom};
use std::sync::{Mutex, PoisonError};

use ai_now_protocol::Format;

use super::error::ContentError;
use super::parts::{SHOWN_MAX_PIXELS, take};
use super::scan::{Frame, Tables};

/// How many pixels of one file are decoded: the first pictures of a long animation.
const DECODED_MAX_PIXELS: u64 = 500_000_000;

/// The decoder of WebP keeps the whole picture: a larger one is only walked.
const WEBP_MAX_PIXELS: u64 = 32_000_000;

/// One picture is decoded at a time: several would need that much memory each.
static DECODING: Mutex<()> = Mutex::new(());

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
        // No decoder of AVIF is here.
        _ => true,
    };
    if !has_picture {
        return Err(ContentError::Broken);
    }
    file.seek(SeekFrom::Start(0))?;
    let reader = BufReader::new(file);
    let _alone = DECODING.lock().unwrap_or_else(PoisonError::into_inner);
    match format {
        Format::Png => decode_png(reader),
        Format::Gif => decode_gif(reader),
        Format::Webp => decode_webp(reader),
        _ => Ok(()),
    }
}

/// Decodes a PNG row by row, each picture of an animation.
fn decode_png(reader: BufReader<&mut File>) -> Result<(), ContentError> {
    use png::{Decoder, DecodingError, Transformations};
    let fault = |error| match error {
        DecodingError::IoError(error) => error.into(),
        _ => ContentError::Broken,
    };
    let mut decoder = Decoder::new(reader);
    decoder.set_transformations(Transformations::IDENTITY);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let head = decoder.read_header_info().map_err(fault)?;
    check_size(head.width, head.height)?;
    let mut reader = decoder.read_info().map_err(fault)?;
    let mut pixels = 0;
    loop {
        while let Some(row) = reader.next_row().map_err(fault)? {
            pixels += row.data().len() as u64;
        }
        if pixels > DECODED_MAX_PIXELS {
            return Ok(());
        }
        match reader.next_frame_info() {
            Ok(_) => {}
            // There are no more.
            Err(DecodingError::Parameter(_)) => return Ok(()),
            Err(error) => return Err(fault(error)),
        }
    }
}

fn decode_gif(reader: BufReader<&mut File>) -> Result<(), ContentError> {
    use gif::{ColorOutput, DecodeOptions, DecodingError, MemoryLimit};
    let fault = |error| match error {
        DecodingError::Io(error) => error.into(),
        _ => ContentError::Broken,
    };
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    let limit = std::num::NonZeroU64::new(SHOWN_MAX_PIXELS).ok_or(ContentError::Broken)?;
    options.set_memory_limit(MemoryLimit::Bytes(limit));
    let mut decoder = options.read_info(reader).map_err(fault)?;
    check_size(decoder.width().into(), decoder.height().into())?;
    let mut pixels = 0;
    while let Some(frame) = decoder.read_next_frame().map_err(fault)? {
        pixels += u64::from(frame.width) * u64::from(frame.height);
        if pixels > DECODED_MAX_PIXELS {
            break;
        }
    }
    Ok(())
}

fn decode_webp(reader: BufReader<&mut File>) -> Result<(), ContentError> {
    use image_webp::{DecodingError, WebPDecoder};
    let fault = |error| match error {
        DecodingError::IoError(error) => error.into(),
        _ => ContentError::Broken,
    };
    let mut decoder = WebPDecoder::new(reader).map_err(fault)?;
    let (width, height) = decoder.dimensions();
    let pixels = check_size(width, height)?;
    if pixels > WEBP_MAX_PIXELS {
        return Ok(());
    }
    decoder.set_memory_limit(4 * WEBP_MAX_PIXELS as usize);
    let mut buffer = vec![0; decoder.output_buffer_size().ok_or(ContentError::Broken)?];
    if !decoder.is_animated() {
        return decoder.read_image(&mut buffer).map_err(fault);
    }
    let frames = u64::from(decoder.num_frames()).min(DECODED_MAX_PIXELS / pixels);
    for _ in 0..frames {
        decoder.read_frame(&mut buffer).map_err(fault)?;
    }
    Ok(())
}

/// How many pixels a picture has, if it is neither empty nor too large.
fn check_size(width: u32, height: u32) -> Result<u64, ContentError> {
    match u64::from(width) * u64::from(height) {
        0 => Err(ContentError::Empty),
        pixels if pixels > SHOWN_MAX_PIXELS => Err(ContentError::TooLarge),
        pixels => Ok(pixels),
    }
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

/// The segments of JPEG (ITU-T T.81, annex B) up to the end of the image, and the scans between them.
/// Whether they hold a whole picture.
fn jpeg(reader: &mut BufReader<&mut File>) -> Result<bool, ContentError> {
    const END: u8 = 0xd9;
    skip(reader, 2)?;
    let (mut frame, mut tables) = (None::<Frame>, Tables::default());
    let mut next = None;
    loop {
        let marker = match next.take() {
            Some(marker) => marker,
            None => {
                if take::<1>(reader)? != [0xff] {
                    return Err(ContentError::Broken);
                }
                let [mut byte] = take::<1>(reader)?;
                // Any number of them may stand before a marker.
                while byte == 0xff {
                    [byte] = take::<1>(reader)?;
                }
                byte
            }
        };
        match marker {
            END => {
                let frame = frame.ok_or(ContentError::Broken)?;
                return if frame.is_whole() { Ok(true) } else { Err(ContentError::Cut) };
            }
            0x01 | 0xd0..=0xd7 => continue,
            _ => {}
        }
        let length = u16::from_be_bytes(take::<2>(reader)?);
        let length = length.checked_sub(2).ok_or(ContentError::Broken)?;
        let mut segment = vec![0; length.into()];
        reader.read_exact(&mut segment)?;
        match marker {
            0xc4 => tables.define(&segment)?,
            0xdd => tables.restarts(&segment)?,
            0xc0..=0xcf if frame.is_none() && marker != 0xc8 => {
                frame = Some(Frame::read(marker, &segment)?);
            }
            0xc0..=0xcf => return Err(ContentError::Broken),
            0xda => {
                let frame = frame.as_mut().ok_or(ContentError::Broken)?;
                next = Some(frame.scan(&tables, &segment, reader)?);
            }
            _ => {}
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

/// Goes on so many bytes; whether they are there, the next read tells.
fn skip(reader: &mut BufReader<&mut File>, count: u64) -> Result<(), ContentError> {
    let count = i64::try_from(count).map_err(|_| ContentError::Broken)?;
    Ok(reader.seek_relative(count)?)
}
