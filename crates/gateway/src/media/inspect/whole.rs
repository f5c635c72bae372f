//! Completeness: whether a file is as long as its container declares.
//!
//! Only sizes and ends are checked; parsers read the content in between.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _, SeekFrom};

use ai_now_protocol::Format;

use super::error::ContentError;
use super::iso;

/// Where the content begins, after the `ID3v2` tags (and the zeros that may follow them).
pub(super) fn after_tags(file: &mut File) -> Result<u64, ContentError> {
    /// More tags than any program writes.
    const TAGS_MAX: u32 = 8;
    let mut start = 0;
    for _ in 0..TAGS_MAX {
        file.seek(SeekFrom::Start(start))?;
        let mut head = [0; 10];
        if !fills(file, &mut head)? || head[..3] != *b"ID3" {
            break;
        }
        let [.., flags, a, b, c, d] = head;
        // Seven bits of each byte count.
        let size = [a, b, c, d].iter().fold(0_u64, |size, byte| size << 7 | u64::from(byte & 0x7f));
        let footer = if flags & 0x10 == 0 { 0 } else { 10 };
        start += 10 + size + footer;
    }
    if start == 0 {
        return Ok(0);
    }
    file.seek(SeekFrom::Start(start))?;
    let mut padding = Vec::new();
    file.by_ref().take(4096).read_to_end(&mut padding)?;
    let zeros = padding.iter().take_while(|byte| **byte == 0).count();
    Ok(start + zeros as u64)
}

/// Where the frames end, before an `ID3v1` tag and an APE tag.
pub(super) fn before_tags(file: &mut File, size: u64) -> Result<u64, ContentError> {
    let mut end = size;
    if ends_with(file, end, 128, b"TAG")? {
        end -= 128;
    }
    if ends_with(file, end, 32, b"APETAGEX")? {
        file.seek(SeekFrom::Start(end - 20))?;
        let mut length = [0; 4];
        file.read_exact(&mut length)?;
        end = end.saturating_sub(u64::from(u32::from_le_bytes(length)));
        if ends_with(file, end, 32, b"APETAGEX")? {
            end -= 32;
        }
    }
    Ok(end)
}

/// What the first frame of a stream declares about the whole stream.
pub(super) enum DeclaredLength {
    /// Its length in bytes, that frame included.
    Bytes(u32),
    /// Other properties, but not its length.
    Unknown,
}

/// The Xing, LAME or Fraunhofer tag in a stream's first frame; `None` if it has none.
pub(super) fn declared_by_first_frame(frame: &[u8]) -> Option<DeclaredLength> {
    const HAS_FRAMES: u32 = 1;
    const HAS_BYTES: u32 = 2;
    let number = |at: usize| {
        frame.get(at..at + 4).map(|part| u32::from_be_bytes([part[0], part[1], part[2], part[3]]))
    };
    let find = |mark: &[u8]| frame.windows(4).position(|window| window == mark);
    if let Some(at) = find(b"Xing").or_else(|| find(b"Info")) {
        let flags = number(at + 4)?;
        let after_frames = if flags & HAS_FRAMES == 0 { at + 8 } else { at + 12 };
        let bytes = number(after_frames).filter(|_| flags & HAS_BYTES != 0);
        return Some(bytes.map_or(DeclaredLength::Unknown, DeclaredLength::Bytes));
    }
    let at = find(b"VBRI")?;
    Some(number(at + 10).map_or(DeclaredLength::Unknown, DeclaredLength::Bytes))
}

/// Whether these bytes are at this distance before `end`.
fn ends_with(file: &mut File, end: u64, before: u64, mark: &[u8]) -> Result<bool, ContentError> {
    let Some(at) = end.checked_sub(before) else { return Ok(false) };
    file.seek(SeekFrom::Start(at))?;
    let mut found = [0; 8];
    Ok(fills(file, &mut found[..mark.len()])? && found[..mark.len()] == *mark)
}

/// Fills the buffer. Returns `false` if the file is shorter.
fn fills(file: &mut File, buffer: &mut [u8]) -> Result<bool, ContentError> {
    match file.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(ContentError::Io(error)),
    }
}

/// The segment of Matroska (RFC 8794, RFC 9559), in a document that says that it is `WebM`.
pub(super) fn segment(file: &mut File, size: u64) -> Result<(), ContentError> {
    const SEGMENT: u64 = 0x1853_8067;
    const DOC_TYPE: &[u8] = &[0x42, 0x82];
    let mut reader = BufReader::new(&mut *file);
    let _id = number(&mut reader, true)?;
    let header = number(&mut reader, false)?.filter(|size| *size <= 4096).unwrap_or(0);
    let mut content = Vec::new();
    reader.by_ref().take(header).read_to_end(&mut content)?;
    let is_webm = content.windows(7).any(|part| part[..2] == *DOC_TYPE && part[3..] == *b"webm");
    let hevc = |reader: &mut BufReader<&mut File>| -> Result<bool, ContentError> {
        let mut more = Vec::new();
        reader.by_ref().take(64 * 1024).read_to_end(&mut more)?;
        Ok(more.windows(15).any(|part| part == b"V_MPEGH/ISO/HEV"))
    };
    let id = number(&mut reader, true)?;
    let length = number(&mut reader, false)?;
    let at = reader.stream_position()?;
    if id != Some(SEGMENT) {
        return Err(ContentError::Broken);
    }
    if !is_webm {
        let what = if hevc(&mut reader)? { "HEVC (H.265)" } else { "Matroska" };
        return Err(ContentError::Unplayable(what));
    }
    // A live recording does not declare its length.
    let whole = length.is_none_or(|length| at.saturating_add(length) <= size);
    drop(reader);
    file.seek(SeekFrom::Start(0))?;
    if whole { Ok(()) } else { Err(ContentError::Cut) }
}

/// A number of EBML; `None` if all its bits are set, which means unknown. An id keeps its marker.
fn number(reader: &mut impl std::io::Read, is_id: bool) -> Result<Option<u64>, ContentError> {
    let mut first = [0];
    reader.read_exact(&mut first)?;
    let more = first[0].leading_zeros();
    if more > 7 {
        return Err(ContentError::Broken);
    }
    let mut value = u64::from(first[0]);
    if !is_id {
        value &= (0x80_u64 >> more) - 1;
    }
    for _ in 0..more {
        let mut next = [0];
        reader.read_exact(&mut next)?;
        value = value << 8 | u64::from(next[0]);
    }
    let unknown = (1_u64 << (7 * (more + 1))) - 1;
    Ok(Some(value).filter(|value| is_id || *value != unknown))
}

/// Walks the pages of Ogg (RFC 3533) to the very end: the last page of each stream says that it is.
pub(super) fn pages(file: &mut File, size: u64) -> Result<(), ContentError> {
    const FIRST: u8 = 2;
    const LAST: u8 = 4;
    let mut reader = BufReader::new(&mut *file);
    let (mut at, mut open) = (0, BTreeSet::new());
    while at < size {
        let mut head = [0; 27];
        reader.read_exact(&mut head)?;
        if head[..4] != *b"OggS" {
            return Err(ContentError::Broken);
        }
        let mut lengths = vec![0; head[26].into()];
        reader.read_exact(&mut lengths)?;
        let content: i64 = lengths.iter().copied().map(i64::from).sum();
        reader.seek_relative(content)?;
        at += 27 + lengths.len() as u64 + content.unsigned_abs();
        let stream = [head[14], head[15], head[16], head[17]];
        if head[5] & FIRST != 0 {
            open.insert(stream);
        }
        if head[5] & LAST != 0 {
            open.remove(&stream);
        }
    }
    drop(reader);
    file.seek(SeekFrom::Start(0))?;
    if at == size && open.is_empty() { Ok(()) } else { Err(ContentError::Cut) }
}

/// Checks the chunks of a WAVE file: its sound is there, as long as declared.
pub(super) fn wave(file: &mut File, size: u64) -> Result<(), ContentError> {
    let mut at = 12;
    loop {
        file.seek(SeekFrom::Start(at))?;
        let mut head = [0; 8];
        file.read_exact(&mut head)?;
        let [kind @ .., a, b, c, d] = head;
        let length = u64::from(u32::from_le_bytes([a, b, c, d]));
        if kind == *b"data" {
            file.seek(SeekFrom::Start(0))?;
            // A live recording: its length is the file's.
            let streamed = length >= u64::from(u32::MAX) - 4096;
            return match at + 8 + length {
                _ if length == 0 || at + 8 == size => Err(ContentError::Empty),
                end if end > size && !streamed => Err(ContentError::Cut),
                _ => Ok(()),
            };
        }
        at += 8 + length + (length & 1);
    }
}

/// Whether a picture's last bytes are an end marker.
pub(super) fn picture(format: Format, file: &mut File, size: u64) -> Result<(), ContentError> {
    let whole = match format {
        Format::Png => ends_with(file, size, 8, b"IEND")?,
        Format::Gif => ends_with(file, size, 1, b"\x3b")?,
        Format::Jpeg => {
            // Some programs append zeros. An end marker further up may be that of an embedded
            // thumbnail.
            let tail = tail(file, size)?;
            let zeros = tail.iter().rev().take_while(|byte| **byte == 0).count();
            tail[..tail.len() - zeros].ends_with(&[0xff, 0xd9])
        }
        Format::Webp => {
            file.seek(SeekFrom::Start(4))?;
            let mut length = [0; 4];
            file.read_exact(&mut length)?;
            u64::from(u32::from_le_bytes(length)) + 8 <= size
        }
        Format::Avif => {
            iso::items(file, size)?;
            true
        }
        _ => true,
    };
    if whole { Ok(()) } else { Err(ContentError::Cut) }
}

/// The last bytes of a file.
fn tail(file: &mut File, size: u64) -> Result<Vec<u8>, ContentError> {
    const TAIL_BYTES: u64 = 64 * 1024;
    let mut tail = Vec::new();
    file.seek(SeekFrom::Start(size.saturating_sub(TAIL_BYTES)))?;
    file.read_to_end(&mut tail)?;
    Ok(tail)
}
