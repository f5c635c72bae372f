//! What a file is, told by its first bytes: whoever sent it may have said anything.

use ai_now_protocol::Format;

/// How many first bytes are needed to tell.
pub(super) const HEAD_BYTES: usize = 16;

/// The format of a file that begins with these bytes; `None` where it is none of ours.
pub(super) fn format(head: &[u8]) -> Option<Format> {
    match head {
        [b'I', b'D', b'3', ..] => Some(Format::Mp3),
        // A frame's sync word, then layer III, then a bit rate that there is.
        [0xff, b, c, ..] if b & 0xe6 == 0xe2 && c & 0xf0 != 0xf0 && b & 0x18 != 0x08 => {
            Some(Format::Mp3)
        }
        [0xff, 0xd8, 0xff, ..] => Some(Format::Jpeg),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Format::Png),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Format::Webp),
        // Sound alone has brands of its own.
        [_, _, _, _, b'f', b't', b'y', b'p', b'M', b'4', b'A' | b'B', ..] => None,
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some(Format::Mp4),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes() {
        let table: &[(&[u8], Option<Format>)] = &[
            (b"ID3\x04\0\0\0\0\0\0", Some(Format::Mp3)),
            (b"\xff\xfb\x90\x00", Some(Format::Mp3)),
            (b"\xff\xf3\x40\x00", Some(Format::Mp3)),
            (b"\xff\xf1\x50\x80", None),
            (b"\xff\xfb\xf0\x00", None),
            (b"\x00\x00\x00\x20ftypisom\0\0\x02\0", Some(Format::Mp4)),
            (b"\x00\x00\x00\x20ftypM4A \0\0\x02\0", None),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Some(Format::Png)),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Some(Format::Jpeg)),
            (b"RIFF\0\0\0\0WEBPVP8 ", Some(Format::Webp)),
            (b"RIFF\0\0\0\0WAVEfmt ", None),
            (b"<!doctype html><html>", None),
            (b"{\"status\":\"Error\"}", None),
            (b"", None),
        ];
        for (head, expected) in table {
            assert_eq!(format(head), *expected, "{head:?}");
        }
    }
}
