//! The index of a film or song in the boxes of ISO/IEC 14496-12: whether browsers play its codecs,
//! whether anything of it is shown, and how long it claims to be. It must not know what its samples
//! hold.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};

use super::error::ContentError;

/// The index of a film of hours is smaller.
const INDEX_MAX_BYTES: u64 = 64 * 1024 * 1024;

/// A film of hours in fragments of a second has fewer.
const BOXES_MAX: u32 = 200_000;

const ENCRYPTED: &str = "an encrypted film or song";

/// What a film claims about itself.
pub(super) struct Film {
    /// How many bytes its samples can have together.
    pub(super) media_bytes: u64,
    /// Its length, if it is in fragments and says how long all of them are.
    pub(super) declared: Option<DeclaredSecs>,
}

/// The length of all fragments, in seconds.
#[derive(Clone, Copy)]
pub(super) enum DeclaredSecs {
    /// Not less than this.
    AtLeast(f64),
    /// Neither less nor more: nothing else says which fragment is the last one. An index that is also of the
    /// first fragment has the length of that one.
    Just(f64),
}

/// Walks the boxes of a film to the very end, and reads its index.
pub(super) fn film(file: &mut File, size: u64) -> Result<Film, ContentError> {
    let (mut index, mut last, mut first_segments) = (None, None, None);
    let (mut fragments, mut media_bytes, mut media_end) = (BTreeSet::new(), 0_u64, 0_u64);
    walk(file, size, |kind, at, length| match kind {
        b"moov" => _ = index.get_or_insert((at, length)),
        b"moof" => _ = fragments.insert(at),
        b"sidx" if fragments.is_empty() => {
            first_segments.get_or_insert((at, length));
        }
        b"mdat" => {
            media_bytes = media_bytes.saturating_add(length - 8);
            media_end = at.saturating_add(length);
        }
        b"mfra" => last = Some((at, length)),
        _ => {}
    })?;
    let index = read(file, index.ok_or(ContentError::Cut)?)?;
    let index = inside(&index).ok_or(ContentError::Broken)?;
    for track in children(index).filter(|(kind, _)| kind == b"trak") {
        check_track(track.1, fragments.is_empty())?;
    }
    let mut film = Film { media_bytes, declared: None };
    if !fragments.is_empty() {
        let by_segments = match first_segments {
            Some((at, length)) => {
                let end = segments_end(&read(file, (at, length))?, at.saturating_add(length))?;
                if end > size {
                    return Err(ContentError::Cut);
                }
                end >= media_end
            }
            None => false,
        };
        let by_list = match last {
            Some(place) if lists_fragments(&read(file, place)?, &fragments) => true,
            Some(_) => return Err(ContentError::Cut),
            None => false,
        };
        // Fragments that end where the file ends are like any others: something must say that the last one is
        // the last.
        film.declared = match (declared_secs(index), by_segments || by_list) {
            (Some((secs, true)), _) | (Some((secs, _)), true) => Some(DeclaredSecs::AtLeast(secs)),
            (Some((secs, false)), false) => Some(DeclaredSecs::Just(secs)),
            (None, true) => None,
            (None, false) => return Err(ContentError::Cut),
        };
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(film)
}

/// Whether all that a picture's items hold is in the file (8.11.3).
pub(super) fn items(file: &mut File, size: u64) -> Result<(), ContentError> {
    let (mut meta, mut index, mut media_bytes) = (None, None, 0_u64);
    walk(file, size, |kind, at, length| match kind {
        b"meta" => _ = meta.get_or_insert((at, length)),
        b"moov" => _ = index.get_or_insert((at, length)),
        b"mdat" => media_bytes = media_bytes.saturating_add(length),
        _ => {}
    })?;
    if media_bytes == 0 {
        return Err(ContentError::Cut);
    }
    if let Some(place) = index {
        let index = read(file, place)?;
        let index = inside(&index).ok_or(ContentError::Broken)?;
        let tables = children(index).filter_map(|(kind, body)| {
            (kind == *b"trak").then(|| path(body, &[b"mdia", b"minf", b"stbl", b"stsz"])).flatten()
        });
        let bytes: u64 = tables.map(sample_bytes).sum();
        if bytes > media_bytes {
            return Err(ContentError::Cut);
        }
    }
    let Some(place) = meta else {
        return if index.is_some() { Ok(()) } else { Err(ContentError::Cut) };
    };
    let meta = read(file, place)?;
    let meta = inside(&meta).and_then(|body| body.get(4..)).ok_or(ContentError::Broken)?;
    let places = child(meta, b"iloc").ok_or(ContentError::Broken)?;
    item_places(places, size).ok_or(ContentError::Broken)?
}

/// `None` if the box ends too early.
fn item_places(mut body: &[u8], size: u64) -> Option<Result<(), ContentError>> {
    let head = number(&mut body, 4)?;
    let version = head >> 24;
    let sizes = number(&mut body, 2)?;
    let (offset, length) = ((sizes >> 12) as usize, (sizes >> 8 & 15) as usize);
    let (base, index) = ((sizes >> 4 & 15) as usize, (sizes & 15) as usize);
    let count = number(&mut body, if version < 2 { 2 } else { 4 })?;
    for _ in 0..count {
        number(&mut body, if version < 2 { 2 } else { 4 })?;
        let method = if version > 0 { number(&mut body, 2)? & 15 } else { 0 };
        number(&mut body, 2)?;
        let start = number(&mut body, base)?;
        for _ in 0..number(&mut body, 2)? {
            if version > 0 {
                number(&mut body, index)?;
            }
            let at = start.saturating_add(number(&mut body, offset)?);
            let length = number(&mut body, length)?;
            if method == 0 && at.saturating_add(length) > size {
                return Some(Err(ContentError::Cut));
            }
        }
    }
    Some(Ok(()))
}

fn sample_bytes(mut body: &[u8]) -> u64 {
    let mut read = || {
        let (_, each, count) =
            (number(&mut body, 4)?, number(&mut body, 4)?, number(&mut body, 4)?);
        Some(if each > 0 {
            each.saturating_mul(count)
        } else {
            body.chunks_exact(4).take(count as usize).map(be).sum()
        })
    };
    read().unwrap_or(0)
}

/// Walks the boxes at the top to the very end of the file.
pub(super) fn walk(
    file: &mut File,
    size: u64,
    mut see: impl FnMut(&[u8; 4], u64, u64),
) -> Result<(), ContentError> {
    let (mut at, mut count) = (0, 0);
    while at < size {
        file.seek(SeekFrom::Start(at))?;
        let mut head = [0; 8];
        file.read_exact(&mut head)?;
        let [a, b, c, d, kind @ ..] = head;
        let length = match u32::from_be_bytes([a, b, c, d]) {
            // To the end of the file.
            0 => size - at,
            1 => {
                let mut long = [0; 8];
                file.read_exact(&mut long)?;
                u64::from_be_bytes(long)
            }
            length => length.into(),
        };
        count += 1;
        if length < 8
            || count > BOXES_MAX
            || !kind.iter().all(|byte| (0x20..0x7f).contains(byte) || *byte == 0xa9)
        {
            return Err(ContentError::Broken);
        }
        see(&kind, at, length);
        at = at.checked_add(length).ok_or(ContentError::Broken)?;
    }
    if at == size { Ok(()) } else { Err(ContentError::Cut) }
}

/// Refuses a track that browsers don't play, or of which nothing is to be seen or heard.
fn check_track(track: &[u8], has_samples: bool) -> Result<(), ContentError> {
    let media = child(track, b"mdia").ok_or(ContentError::Broken)?;
    let handler = child(media, b"hdlr").and_then(|body| body.get(8..12)).unwrap_or_default();
    let is_film = handler == b"vide";
    if !is_film && handler != b"soun" {
        return Ok(());
    }
    let descriptions = path(media, &[b"minf", b"stbl", b"stsd"]).ok_or(ContentError::Broken)?;
    let entries = descriptions.get(8..).ok_or(ContentError::Broken)?;
    for (kind, entry) in children(entries) {
        let unplayable = if is_film { of_film(&kind, entry)? } else { of_song(&kind) };
        if let Some(what) = unplayable {
            return Err(ContentError::Unplayable(what));
        }
    }
    let references = path(media, &[b"minf", b"dinf", b"dref"]).and_then(|body| body.get(8..));
    let mut references = references.into_iter().flat_map(children);
    // The first of its flags says that the samples are in this very file.
    if references.any(|(_, body)| body.get(3).is_some_and(|flags| flags & 1 == 0)) {
        return Err(ContentError::NoTrack);
    }
    if let Some(edits) = path(track, &[b"edts", b"elst"]) {
        let length = child(media, b"mdhd").and_then(|body| length_of(body, 12)).map(|of| of.1);
        if !shows_anything(edits, length.filter(|_| has_samples)) {
            return Err(ContentError::Empty);
        }
    }
    Ok(())
}

/// What browsers don't play of a film, by its sample entry.
fn of_film(kind: &[u8; 4], entry: &[u8]) -> Result<Option<&'static str>, ContentError> {
    /// Where the boxes of a visual sample entry begin (12.1.3).
    const BOXES: usize = 78;
    let inner = |name| entry.get(BOXES..).and_then(|boxes| child(boxes, name));
    let what = match kind {
        b"avc1" | b"avc3" => {
            let settings = inner(b"avcC").ok_or(ContentError::Broken)?;
            // The profile, and that of the first parameter set, which decoders follow.
            let has_set = settings.get(5).is_some_and(|count| count & 31 > 0);
            let profiles = [settings.get(1), settings.get(9).filter(|_| has_set)];
            profiles.into_iter().flatten().find_map(|profile| match profile {
                66 | 77 | 100 | 118 | 128 => None,
                110 => Some("H.264 in 10 bits"),
                122 => Some("H.264 in 4:2:2"),
                44 | 244 => Some("H.264 in 4:4:4"),
                _ => Some("H.264 in a rare profile"),
            })
        }
        b"av01" => {
            let settings = inner(b"av1C").ok_or(ContentError::Broken)?;
            // Decoders of the main profile are those of the high one.
            let is_rare = settings.get(1).is_none_or(|byte| byte >> 5 > 1);
            is_rare.then_some("AV1 in a rare profile")
        }
        b"vp08" | b"vp09" => None,
        b"encv" => Some(ENCRYPTED),
        b"hvc1" | b"hev1" | b"dvh1" | b"dvhe" | b"hvc2" | b"hev2" => Some("HEVC (H.265)"),
        b"vvc1" | b"vvi1" => Some("VVC (H.266)"),
        b"mp4v" => Some("MPEG-4 Part 2"),
        b"apcn" | b"apch" | b"apcs" | b"apco" | b"ap4h" | b"ap4x" => Some("ProRes"),
        b"jpeg" | b"mjpa" | b"mjpb" => Some("Motion JPEG"),
        _ => Some("a video codec of another kind"),
    };
    let size = entry.get(24..28).ok_or(ContentError::Broken)?;
    if what.is_none() && (size[..2] == [0, 0] || size[2..] == [0, 0]) {
        return Err(ContentError::Empty);
    }
    Ok(what)
}

/// What browsers don't play of a song.
fn of_song(kind: &[u8; 4]) -> Option<&'static str> {
    match kind {
        b"mp4a" | b".mp3" | b"Opus" | b"fLaC" | b"ms\0\x55" => None,
        b"enca" => Some(ENCRYPTED),
        b"sowt" | b"twos" | b"lpcm" | b"ipcm" | b"fpcm" | b"raw " | b"in24" | b"in32" | b"fl32"
        | b"fl64" | b"NONE" | b"\0\0\0\0" => Some("sound without compression (PCM) in a film"),
        b"alac" => Some("Apple Lossless"),
        b"ac-3" | b"ec-3" | b"ac-4" => Some("Dolby sound"),
        _ => Some("an audio codec of another kind"),
    }
}

/// Whether an edit list (8.6.6) shows a part of a track of this length.
fn shows_anything(mut body: &[u8], length: Option<u64>) -> bool {
    let mut read = || {
        let wide = number(&mut body, 4)? >> 24 == 1;
        let size = if wide { 8 } else { 4 };
        let count = number(&mut body, 4)?;
        let mut shows = count == 0;
        for _ in 0..count {
            number(&mut body, size)?;
            let from = number(&mut body, size)?;
            number(&mut body, 4)?;
            // All bits set: nothing is shown for so long.
            let empty = from == if wide { u64::MAX } else { u32::MAX.into() };
            shows |= !empty && length.is_none_or(|length| length == 0 || from < length);
        }
        Some(shows)
    };
    read().unwrap_or(true)
}

/// How long a film is by its index, in seconds, and whether that is said of all fragments.
fn declared_secs(index: &[u8]) -> Option<(f64, bool)> {
    let (scale, of_index) = length_of(child(index, b"mvhd")?, 12)?;
    let extended = path(index, &[b"mvex", b"mehd"]).and_then(|mut body| {
        let wide = number(&mut body, 4)? >> 24 == 1;
        number(&mut body, if wide { 8 } else { 4 }).filter(|length| *length > 0)
    });
    let length = extended.unwrap_or(of_index);
    let known = length > 0 && length < u32::MAX.into() && scale > 0;
    known.then(|| (length as f64 / scale as f64, extended.is_some()))
}

/// The time scale and the length in a header of a film or a track, which stand behind two moments;
/// `at` with moments of 32 bits.
fn length_of(body: &[u8], at: usize) -> Option<(u64, u64)> {
    let wide = *body.first()? == 1;
    let mut rest = body.get(if wide { at + 8 } else { at }..)?;
    Some((number(&mut rest, 4)?, number(&mut rest, if wide { 8 } else { 4 })?))
}

/// Where the last segment of an index of segments (8.16.3) ends; `at` is where the index itself ends.
fn segments_end(segments: &[u8], at: u64) -> Result<u64, ContentError> {
    let read = || {
        let mut body = inside(segments)?;
        let wide = number(&mut body, 4)? >> 24 != 0;
        let size = if wide { 8 } else { 4 };
        number(&mut body, 8)?;
        number(&mut body, size)?;
        let mut end = at.checked_add(number(&mut body, size)?)?;
        for _ in 0..number(&mut body, 4)? & 0xffff {
            end = end.checked_add(number(&mut body, 4)? & 0x7fff_ffff)?;
            number(&mut body, 8)?;
        }
        Some(end)
    };
    read().ok_or(ContentError::Broken)
}

/// Whether each fragment that the list at the end (8.8.9) names is there, and a list is there at all.
fn lists_fragments(list: &[u8], fragments: &BTreeSet<u64>) -> bool {
    let Some(list) = inside(list) else { return false };
    let read = |mut body: &[u8]| {
        let wide = number(&mut body, 4)? >> 24 == 1;
        number(&mut body, 4)?;
        let sizes = number(&mut body, 4)? as usize;
        let rest = (sizes >> 4 & 3) + (sizes >> 2 & 3) + (sizes & 3) + 3;
        let size = if wide { 8 } else { 4 };
        for _ in 0..number(&mut body, 4)? {
            number(&mut body, size)?;
            if !fragments.contains(&number(&mut body, size)?) {
                return Some(false);
            }
            body = body.get(rest..)?;
        }
        Some(true)
    };
    let mut tables = children(list).filter(|(kind, _)| kind == b"tfra").peekable();
    tables.peek().is_some() && tables.all(|(_, body)| read(body) == Some(true))
}

/// A box at the top, with its head.
fn read(file: &mut File, (at, length): (u64, u64)) -> Result<Vec<u8>, ContentError> {
    let mut content = Vec::new();
    file.seek(SeekFrom::Start(at))?;
    file.by_ref().take(length.min(INDEX_MAX_BYTES)).read_to_end(&mut content)?;
    Ok(content)
}

/// What is in a box.
fn inside(whole: &[u8]) -> Option<&[u8]> {
    children(whole).next().map(|(_, body)| body)
}

/// The boxes in these bytes, up to one that does not fit.
fn children(mut bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let kind = bytes.get(4..8)?.try_into().ok()?;
        let (head, length) = match be(&bytes[..4]) {
            0 => (8, bytes.len()),
            1 => (16, usize::try_from(be(bytes.get(8..16)?)).ok()?),
            length => (8, usize::try_from(length).ok()?),
        };
        let body = bytes.get(head..length)?;
        bytes = &bytes[length..];
        Some((kind, body))
    })
}

fn child<'a>(bytes: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    children(bytes).find(|(kind, _)| kind == name).map(|(_, body)| body)
}

fn path<'a>(bytes: &'a [u8], names: &[&[u8; 4]]) -> Option<&'a [u8]> {
    names.iter().try_fold(bytes, |bytes, name| child(bytes, name))
}

/// The next number of so many bytes.
fn number(bytes: &mut &[u8], size: usize) -> Option<u64> {
    let (first, rest) = bytes.split_at_checked(size)?;
    *bytes = rest;
    Some(be(first))
}

fn be(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte))
}
