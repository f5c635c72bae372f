//! Which files are whole and playable, and why others are refused.

use super::*;

const FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/files/");

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(format!("{FILES}{name}")).unwrap()
}

fn of(bytes: &[u8]) -> Result<Format, String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    inspect(file.path()).map_err(|error| error.to_string())
}

/// What a program writes to a pipe, where it can't go back to write down how long it got.
#[test]
fn a_wave_that_was_written_as_it_went_is_whole() {
    let mut wave = bytes("song.wav");
    let data = wave.windows(4).position(|part| part == b"data").unwrap();
    for at in [4, data + 4] {
        wave[at..at + 4].copy_from_slice(&[0xff; 4]);
    }
    assert_eq!(of(&wave), Ok(Format::Wav));
    wave.truncate(data + 8);
    assert!(of(&wave).is_err(), "nothing is in it");
}

const GOOD: [(&str, Format); 25] = [
    ("song.mp3", Format::Mp3),
    ("song-without-length.mp3", Format::Mp3),
    ("song.m4a", Format::M4a),
    ("song.aac", Format::Aac),
    ("song.wav", Format::Wav),
    ("song.flac", Format::Flac),
    ("song.ogg", Format::Ogg),
    ("song.opus", Format::Ogg),
    ("sound-alone.mp4", Format::M4a),
    ("film.mp4", Format::Mp4),
    ("film-with-sound.mp4", Format::Mp4),
    ("film-fragmented.mp4", Format::Mp4),
    ("film-faststart.mp4", Format::Mp4),
    ("film-av1.mp4", Format::Mp4),
    ("film.webm", Format::Webm),
    ("film-vp8.webm", Format::Webm),
    ("fragments-list.mp4", Format::Mp4),
    ("fragments-index.mp4", Format::Mp4),
    ("picture.jpg", Format::Jpeg),
    ("progressive.jpg", Format::Jpeg),
    ("subsampled.jpg", Format::Jpeg),
    ("grey.jpg", Format::Jpeg),
    ("picture.png", Format::Png),
    ("picture.webp", Format::Webp),
    ("picture.avif", Format::Avif),
];

#[test]
fn files_that_browsers_play_are_recognised_by_their_content() {
    for (name, format) in GOOD {
        assert_eq!(of(&bytes(name)), Ok(format), "{name}");
    }
    assert_eq!(of(&bytes("picture.gif")), Ok(Format::Gif));
    for (name, format) in
        [("moving.avif", Format::Avif), ("moving.webp", Format::Webp), ("moving.png", Format::Png)]
    {
        assert_eq!(of(&bytes(name)), Ok(format), "{name}");
    }
}

#[test]
fn files_that_browsers_do_not_play_are_refused_with_the_reason() {
    for (name, why) in [
        ("hevc.mp4", "HEVC"),
        ("hevc.mkv", "HEVC"),
        ("mpeg4.mp4", "MPEG-4 Part 2"),
        ("film.mkv", "Matroska"),
        ("film.avi", "AVI"),
        ("sound-alone.webm", "nothing in it to play"),
        ("two-tracks.mp4", "more than one"),
        ("h264-10-bit.mp4", "H.264 in 10 bits"),
        ("h264-422.mp4", "H.264 in 4:2:2"),
        ("h264-444.mp4", "H.264 in 4:4:4"),
        ("sound-pcm.mov", "PCM"),
        ("encrypted.mp4", "encrypted"),
        ("arithmetic.jpg", "a kind of JPEG"),
        ("picture.bmp", "not a media file"),
        ("picture.tiff", "not a media file"),
    ] {
        let error = of(&bytes(name)).unwrap_err();
        assert!(error.contains(why), "{name}: {error}");
    }
}

/// With a header and an end, and this between them.
fn png_around(content: &[u8]) -> Vec<u8> {
    let picture = bytes("picture.png");
    let (head, end) = (&picture[..33], &picture[picture.len() - 12..]);
    [head, content, end].concat()
}

fn webp_around(content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len() + 22).unwrap().to_le_bytes();
    let head = b"WEBPVP8X\x0a\0\0\0\0\0\0\0\x0f\0\0\x0f\0\0";
    [b"RIFF".as_slice(), &length, head, content].concat()
}

/// One that lacks its middle, though its end stands where ends stand, and its length is right.
#[test]
fn a_picture_whose_end_was_put_behind_a_cut_is_refused() {
    for (name, end) in
        [("picture.png", 12), ("picture.gif", 1), ("picture.webp", 0), ("moving.webp", 0)]
    {
        let whole = bytes(name);
        for part in [50, 80] {
            let mut cut = whole[..whole.len() * part / 200 * 2].to_vec();
            if name.ends_with("webp") {
                let length = u32::try_from(cut.len() - 8).unwrap().to_le_bytes();
                cut[4..8].copy_from_slice(&length);
            }
            cut.extend_from_slice(&whole[whole.len() - end..]);
            assert!(of(&cut).is_err(), "{part} % of {name}");
        }
    }
}

/// Where the boxes at the top of a film begin, with their kinds.
fn top_boxes(film: &[u8]) -> Vec<(String, usize)> {
    let (mut at, mut boxes) = (0, Vec::new());
    while let Some(length) = film.get(at..at + 4) {
        let kind = String::from_utf8_lossy(&film[at + 4..at + 8]).into_owned();
        boxes.push((kind, at));
        at += u32::from_be_bytes(length.try_into().unwrap()) as usize;
    }
    boxes
}

/// Decoders fill up what is missing, so a browser shows it, grey below the cut.
#[test]
fn a_jpeg_that_was_cut_and_ended_anew_is_refused() {
    for name in ["picture.jpg", "progressive.jpg", "subsampled.jpg", "grey.jpg"] {
        let whole = bytes(name);
        let scan = whole.windows(2).position(|part| part == [0xff, 0xda]).unwrap() + 14;
        let cuts: Vec<usize> = (scan..whole.len() - 4).step_by(3).collect();
        assert!(cuts.len() > 5, "{name}");
        for cut in cuts {
            let ended = [&whole[..cut], b"\xff\xd9".as_slice()].concat();
            assert!(of(&ended).is_err(), "{name} of {} bytes, cut at {cut}", whole.len());
        }
    }
    // From between two scans on, nothing is missing but a scan.
    let whole = bytes("progressive.jpg");
    let scans = whole.windows(2).enumerate().filter(|(_, part)| *part == [0xff, 0xda]);
    let scans: Vec<usize> = scans.map(|(at, _)| at).collect();
    assert!(scans.len() > 5);
    for at in &scans[1..] {
        let ended = [&whole[..*at], b"\xff\xd9".as_slice()].concat();
        assert!(of(&ended).is_err(), "cut before the scan at {at}");
    }
}

/// It plays, and stops too early.
#[test]
fn a_film_that_lacks_fragments_is_refused() {
    for name in ["fragments-list.mp4", "fragments-index.mp4"] {
        let whole = bytes(name);
        let boxes = top_boxes(&whole);
        let (list, ends) = boxes.split_last().unwrap();
        assert_eq!(list.0, "mfra");
        let fragments: Vec<usize> =
            ends.iter().filter(|one| one.0 == "moof").map(|one| one.1).collect();
        assert_eq!(fragments.len(), 4);
        for at in &fragments[1..] {
            assert!(of(&whole[..*at]).is_err(), "{name} up to {at}");
            let ended = [&whole[..*at], &whole[list.1..]].concat();
            assert!(of(&ended).is_err(), "{name} up to {at}, with its end");
        }
        // One from the middle.
        let lacks = [&whole[..fragments[1]], &whole[fragments[2]..]].concat();
        assert!(of(&lacks).is_err(), "{name} without its second fragment");
        // The index of segments alone says that these are all.
        let alone = of(&whole[..list.1]);
        assert_eq!(alone.is_ok(), name == "fragments-index.mp4", "{alone:?}");
    }
}

/// The bytes of its samples that are not there would be read from what follows.
#[test]
fn a_film_whose_samples_are_cut_is_refused_whatever_its_boxes_say() {
    for name in ["film.mp4", "film-faststart.mp4", "fragments-list.mp4", "song.m4a"] {
        let whole = bytes(name);
        let boxes = top_boxes(&whole);
        let (_, at) = boxes.iter().rfind(|(kind, _)| kind == "mdat").unwrap().clone();
        let length = u32::from_be_bytes(whole[at..at + 4].try_into().unwrap());
        let keep = length - 20;
        let mut cut = whole[..at + keep as usize].to_vec();
        cut[at..at + 4].copy_from_slice(&keep.to_be_bytes());
        cut.extend_from_slice(&whole[at + length as usize..]);
        assert!(of(&cut).is_err(), "{name}");
    }
}

#[test]
fn a_song_that_ends_between_two_pages_is_refused() {
    for name in ["song.ogg", "song.opus"] {
        let whole = bytes(name);
        let pages: Vec<usize> =
            (0..whole.len() - 4).filter(|at| whole[*at..].starts_with(b"OggS")).collect();
        assert!(pages.len() > 2, "{name}");
        for at in &pages[1..] {
            assert!(of(&whole[..*at]).is_err(), "{name} up to the page at {at}");
        }
    }
}

/// A film with these bytes in the place of those.
fn film_with(name: &str, was: &[u8], is: &[u8]) -> Vec<u8> {
    let mut film = bytes(name);
    assert_eq!(was.len(), is.len());
    let at = film.windows(was.len()).position(|part| part == was).unwrap();
    film[at..at + is.len()].copy_from_slice(is);
    film
}

#[test]
fn a_film_that_shows_nothing_is_refused() {
    // It is in another file.
    let elsewhere = film_with("film.mp4", b"url \0\0\0\x01", b"url \0\0\0\0");
    assert!(of(&elsewhere).unwrap_err().contains("nothing in it"), "another file's");
    // Its edit list shows an empty piece alone; or from after the end.
    let film = bytes("film.mp4");
    let edits = film.windows(4).position(|part| part == b"elst").unwrap();
    for from in [[0xff; 4], [0x7f, 0, 0, 0]] {
        let mut hidden = film.clone();
        hidden[edits + 16..edits + 20].copy_from_slice(&from);
        assert_eq!(of(&hidden).unwrap_err(), "it is empty", "from {from:?}");
    }
    // No picture has this size.
    let entry = film.windows(4).position(|part| part == b"avc1").unwrap();
    let entry =
        (entry + 4..film.len()).find(|at| film[*at..].starts_with(b"avc1")).unwrap_or(entry);
    let mut flat = film.clone();
    flat[entry + 4 + 24..entry + 4 + 28].fill(0);
    assert_eq!(of(&flat).unwrap_err(), "it is empty", "without a size");
}

/// A recording of unknown size ends anywhere; what it says of its length stays.
#[test]
fn a_webm_that_is_shorter_than_it_says_is_refused() {
    let mut film = bytes("film.webm");
    let at = film.windows(3).position(|part| part == [0x44, 0x89, 0x88]).unwrap() + 3;
    film[at..at + 8].copy_from_slice(&4000.0_f64.to_be_bytes());
    assert_eq!(of(&film).unwrap_err(), "it is not whole");
}

/// Few bytes, and more pixels than any memory holds.
#[test]
fn a_picture_of_too_many_pixels_is_refused() {
    let mut jpeg = bytes("picture.jpg");
    let frame = jpeg.windows(2).position(|part| part == [0xff, 0xc0]).unwrap();
    jpeg[frame + 5..frame + 9].fill(0xff);
    assert_eq!(of(&jpeg).unwrap_err(), "it has more pixels than browsers show");
    let mut gif = bytes("picture.gif");
    gif[6..10].fill(0xff);
    assert_eq!(of(&gif).unwrap_err(), "it has more pixels than browsers show");
}

#[test]
fn what_only_begins_like_a_media_file_is_none() {
    let html = b"<!doctype html><html><body>Not found</body></html>".repeat(40);
    let tag = b"ID3\x04\0\0\0\0\0\x04\0\0\0\0";
    for (name, bytes) in [
        ("HTML behind a tag", [tag.as_slice(), &html].concat()),
        ("HTML", html.clone()),
        ("a tag alone", tag.to_vec()),
        ("a frame's sync word", [b"\xff\xfb\x90\x00".as_slice(), &html].concat()),
        (
            "a file type box",
            [b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41".as_slice(), &html].concat(),
        ),
        ("a file type box alone", b"\0\0\0\x18ftypisom\0\0\x02\0isommp41".to_vec()),
        ("a page of Ogg", [b"OggS".as_slice(), &html].concat()),
        ("EBML", [b"\x1a\x45\xdf\xa3".as_slice(), &html].concat()),
        ("a PNG's signature", [b"\x89PNG\r\n\x1a\n".as_slice(), &html].concat()),
        ("a JPEG's marker", [b"\xff\xd8\xff\xe0".as_slice(), &html].concat()),
        ("a RIFF", [b"RIFF\0\0\0\0WAVE".as_slice(), &html].concat()),
        (
            "a GIF's signature and end",
            [b"GIF89a\x10\0\x10\0\0\0\0".as_slice(), &html, b";"].concat(),
        ),
        ("a GIF's signature in markup", [b"GIF89a".as_slice(), &html, b";"].concat()),
        (
            "a JPEG's marker and end",
            [b"\xff\xd8\xff\xe0\0\x04JF".as_slice(), &html, b"\xff\xd9"].concat(),
        ),
        ("a PNG's signature and end", png_around(&html)),
        ("a PNG without a picture", png_around(b"")),
        ("a WebP without a picture", webp_around(&html)),
        ("nothing", Vec::new()),
        ("zeros", vec![0; 4096]),
        ("a film with HTML behind it", [bytes("film.mp4"), html.clone()].concat()),
    ] {
        assert!(of(&bytes).is_err(), "{name}");
    }
}

/// However much is missing.
#[test]
fn a_cut_file_is_refused() {
    for (name, format) in GOOD {
        let whole = bytes(name);
        for part in [5, 25, 50, 75, 90, 99] {
            let cut = &whole[..whole.len() * part / 100];
            assert!(of(cut).is_err(), "{part} % of {name} ({format:?})");
        }
    }
}

#[test]
fn no_bytes_are_too_odd() {
    use proptest::prelude::*;
    let names: Vec<&str> = GOOD.iter().map(|(name, _)| *name).collect();
    let damage = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20);
    proptest!(ProptestConfig::with_cases(256), |(name in prop::sample::select(names), damage in damage)| {
        let mut bytes = bytes(name);
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        // Whatever the content type claims.
        let _ = of(&bytes);
    });
}
