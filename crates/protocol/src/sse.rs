//! The event stream: a writer, and an incremental parser.
//!
//! The parser follows the WHATWG HTML standard, section 9.2 "Server-sent events", for any split of
//! any bytes into chunks. It must not know what the events mean.
//!
//! A browser's own `EventSource` is used for `GET`; this parser is for streams that answer a
//! `POST`, which `EventSource` cannot send.

use std::fmt;

/// The content type of an event stream.
pub const CONTENT_TYPE: &str = "text/event-stream";

/// Appends an event to `out`.
///
/// Line breaks in `data` (`\n`, `\r\n`, `\r`) arrive as `\n`: the format has no other.
pub fn write_event(out: &mut String, id: Option<u64>, data: &str) {
    use fmt::Write as _;
    if let Some(id) = id {
        let _ = writeln!(out, "id: {id}");
    }
    for line in data.replace("\r\n", "\n").split(['\n', '\r']) {
        out.push_str("data: ");
        out.push_str(line);
        out.push('\n');
    }
    out.push('\n');
}

/// Writes a comment, which clients ignore: it opens a stream, or keeps it open. Line breaks in
/// `text` become spaces.
pub fn write_comment(out: &mut String, text: &str) {
    out.push_str(": ");
    out.push_str(&text.replace(['\r', '\n'], " "));
    out.push_str("\n\n");
}

/// Writes how long a client should wait before it reconnects.
pub fn write_retry(out: &mut String, millis: u32) {
    use fmt::Write as _;
    let _ = write!(out, "retry: {millis}\n\n");
}

/// An event as the parser dispatches it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The type: the `event` field, or `message`.
    pub event: String,
    /// The `data` lines, joined with `\n`.
    pub data: String,
    /// The last event id at that moment; empty if the stream has sent none.
    pub last_event_id: String,
}

/// An event that was dropped because one of its lines, or its data as a whole, exceeded the
/// parser's limit. The stream goes on after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

impl fmt::Display for TooLong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("An event of the stream was too long and was left out.")
    }
}

impl std::error::Error for TooLong {}

/// Parses an event stream chunk by chunk.
///
/// An event that the stream's end cuts off is never dispatched, as the standard requires; dropping
/// the parser is enough.
#[derive(Debug)]
pub struct Reader {
    max_bytes: usize,
    line: Vec<u8>,
    line_too_long: bool,
    /// The last byte was a CR: a LF right after it belongs to the same line end.
    after_cr: bool,
    first_line: bool,
    event: String,
    data: String,
    event_too_long: bool,
    last_event_id: String,
    id_buffer: String,
    retry_millis: Option<u32>,
}

impl Default for Reader {
    fn default() -> Self {
        Self::new(Self::DEFAULT_MAX_BYTES)
    }
}

impl Reader {
    /// The limit of [`Reader::default`] for a line, and for an event's data: 256 KiB.
    pub const DEFAULT_MAX_BYTES: usize = 256 * 1024;

    /// A parser with a limit of `max_bytes` for a line, and for an event's data.
    pub fn new(max_bytes: usize) -> Self {
        Self {
            max_bytes,
            line: Vec::new(),
            line_too_long: false,
            after_cr: false,
            first_line: true,
            event: String::new(),
            data: String::new(),
            event_too_long: false,
            last_event_id: String::new(),
            id_buffer: String::new(),
            retry_millis: None,
        }
    }

    /// Takes the next bytes of the stream and returns the events that end in them, in order.
    pub fn feed(&mut self, chunk: &[u8]) -> Vec<Result<Frame, TooLong>> {
        let mut frames = Vec::new();
        let mut rest = chunk;
        while let Some(&first) = rest.first() {
            if std::mem::take(&mut self.after_cr) && first == b'\n' {
                rest = &rest[1..];
                continue;
            }
            let Some(end) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
                self.push(rest);
                break;
            };
            self.push(&rest[..end]);
            self.after_cr = rest[end] == b'\r';
            rest = &rest[end + 1..];
            frames.extend(self.end_line());
        }
        frames
    }

    /// The last event id of the last dispatch: to be sent as `Last-Event-ID` when reconnecting.
    pub fn last_event_id(&self) -> &str {
        &self.last_event_id
    }

    /// How long the stream asked to wait before a reconnect, if it did.
    pub fn retry_millis(&self) -> Option<u32> {
        self.retry_millis
    }

    fn push(&mut self, bytes: &[u8]) {
        // A byte order mark in the first line is not counted.
        let room = (self.max_bytes + BOM.len()).saturating_sub(self.line.len());
        if bytes.len() > room {
            self.line_too_long = true;
        }
        self.line.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn end_line(&mut self) -> Option<Result<Frame, TooLong>> {
        let bytes = std::mem::take(&mut self.line);
        let mut line = bytes.as_slice();
        if std::mem::take(&mut self.first_line) {
            line = line.strip_prefix(BOM).unwrap_or(line);
        }
        let too_long = std::mem::take(&mut self.line_too_long) || line.len() > self.max_bytes;
        let frame = if line.is_empty() {
            self.dispatch()
        } else {
            // Line ends are never part of a longer UTF-8 sequence, so a line can be decoded alone.
            self.field(&String::from_utf8_lossy(line), too_long);
            None
        };
        // Keeps the buffer, but not the capacity that a hostile line gave it.
        self.line = bytes;
        self.line.clear();
        frame
    }

    /// "Process the field" of section 9.2.6; a comment is a field without a name.
    fn field(&mut self, line: &str, too_long: bool) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "data" | "event" | "id" if too_long => self.event_too_long = true,
            "data" => {
                if self.data.len() + value.len() > self.max_bytes {
                    self.event_too_long = true;
                    self.data.clear();
                } else if !self.event_too_long {
                    self.data.push_str(value);
                    self.data.push('\n');
                }
            }
            "event" => value.clone_into(&mut self.event),
            "id" if !value.contains('\0') => value.clone_into(&mut self.id_buffer),
            "retry" if !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit()) => {
                self.retry_millis = Some(value.parse().unwrap_or(u32::MAX));
            }
            _ => {}
        }
    }

    /// "Dispatch the event" of section 9.2.6.
    fn dispatch(&mut self) -> Option<Result<Frame, TooLong>> {
        self.id_buffer.clone_into(&mut self.last_event_id);
        let event = std::mem::take(&mut self.event);
        let mut data = std::mem::take(&mut self.data);
        if std::mem::take(&mut self.event_too_long) {
            return Some(Err(TooLong));
        }
        if data.is_empty() {
            return None;
        }
        data.pop();
        Some(Ok(Frame {
            event: if event.is_empty() { "message".into() } else { event },
            data,
            last_event_id: self.last_event_id.clone(),
        }))
    }
}

const BOM: &[u8] = b"\xef\xbb\xbf";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(chunks: &[&[u8]]) -> Vec<Result<Frame, TooLong>> {
        let mut reader = Reader::default();
        chunks.iter().flat_map(|chunk| reader.feed(chunk)).collect()
    }

    fn data(stream: &[u8]) -> Vec<String> {
        read(&[stream]).into_iter().map(|frame| frame.unwrap().data).collect()
    }

    fn frame(event: &str, data: &str, id: &str) -> Frame {
        Frame { event: event.into(), data: data.into(), last_event_id: id.into() }
    }

    /// The examples and the corner cases of the standard.
    #[test]
    fn streams() {
        let table: &[(&[u8], &[&str])] = &[
            (b"data: YHOO\ndata: +2\ndata: 10\n\n", &["YHOO\n+2\n10"]),
            (b": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
             &["first event", "second event", " third event"]),
            (b"data\n\ndata\ndata\n\ndata:", &["", "\n"]),
            (b"data:test\n\ndata: test\n\n", &["test", "test"]),
            (b"data: cut off by the end\n", &[]),
            (b"data: lf\n\ndata: crlf\r\n\r\ndata: cr\r\rdata: mixed\r\n\n", &["lf", "crlf", "cr", "mixed"]),
            (b"\xef\xbb\xbfdata: bom\n\n", &["bom"]),
            (b"\xef\xbb\xbf\xef\xbb\xbfdata: two boms\n\n", &[]),
            (b"\n\xef\xbb\xbfdata: a late bom\n\n", &[]),
            (b"data: bad \xff\xe2\x82 utf-8\n\n", &["bad \u{fffd}\u{fffd} utf-8"]),
            (b"Data: no\ndata : no\nfoo: no\n\n", &[]),
            (b"data: a:b: c\n\n", &["a:b: c"]),
            (b"event: x\n\ndata: y\n\n", &["y"]),
            (b"data: \x00\n\n", &["\0"]),
            (b"", &[]),
        ];
        for (stream, expected) in table {
            assert_eq!(data(stream), *expected, "{}", String::from_utf8_lossy(stream));
        }
    }

    #[test]
    fn ids_types_and_retries() {
        let mut reader = Reader::default();
        let stream =
            b"id: 1\nevent: add\ndata: a\n\ndata: b\n\nid: x\0y\ndata: c\n\nid\ndata: d\n\n\
                       id: 9\n\nretry: 10\nretry: 1x\nretry: -1\nretry: \n\n";
        let frames: Vec<_> = reader.feed(stream).into_iter().map(Result::unwrap).collect();
        assert_eq!(
            frames,
            [
                frame("add", "a", "1"),
                frame("message", "b", "1"),
                frame("message", "c", "1"),
                frame("message", "d", ""),
            ]
        );
        assert_eq!((reader.last_event_id(), reader.retry_millis()), ("9", Some(10)));
        reader.feed(b"retry: 99999999999999999999\n");
        assert_eq!(reader.retry_millis(), Some(u32::MAX));
    }

    #[test]
    fn an_id_counts_only_once_its_event_is_dispatched() {
        let mut reader = Reader::default();
        reader.feed(b"id: 1\ndata: a\n\nid: 2\ndata: b\n");
        assert_eq!(reader.last_event_id(), "1");
    }

    #[test]
    fn what_is_too_long_is_left_out_and_said() {
        let mut reader = Reader::new(16);
        let mut feed = |bytes: &[u8]| reader.feed(bytes);
        assert_eq!(feed(b"data: 0123456789\n\n"), [Ok(frame("message", "0123456789", ""))]);
        assert_eq!(feed(b"data: 0123456789X\n\n"), [Err(TooLong)]);
        assert_eq!(feed(b"data: 012345\ndata: 012345\ndata: 0123\n\n"), [Err(TooLong)]);
        assert_eq!(feed(b":0123456789abcdefgh\n\n"), []);
        assert_eq!(feed(b"data: ok\n\n"), [Ok(frame("message", "ok", ""))]);
    }

    #[test]
    fn an_endless_line_takes_no_memory() {
        let mut reader = Reader::new(1024);
        for _ in 0..10_000 {
            assert!(reader.feed(&[b'x'; 1024]).is_empty());
        }
        assert!(reader.line.capacity() < 8 * 1024);
    }

    #[test]
    fn what_is_written_is_read() {
        let mut stream = String::new();
        write_comment(&mut stream, "hello\nthere");
        write_retry(&mut stream, 1500);
        write_event(&mut stream, Some(7), "{\"a\":1}");
        write_event(&mut stream, None, "two\r\nlines");
        let mut reader = Reader::default();
        let frames: Vec<_> =
            reader.feed(stream.as_bytes()).into_iter().map(Result::unwrap).collect();
        assert_eq!(
            frames,
            [frame("message", "{\"a\":1}", "7"), frame("message", "two\nlines", "7")]
        );
        assert_eq!(reader.retry_millis(), Some(1500));
    }

    /// The standard's algorithm in its simplest form: the whole stream at once, without limits.
    fn reference(stream: &[u8]) -> Vec<Frame> {
        let text = String::from_utf8_lossy(stream);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let (mut frames, mut event, mut data, mut id) =
            (Vec::new(), String::new(), String::new(), String::new());
        let complete = text.rfind('\n').map_or("", |end| &text[..end]);
        for line in complete.split('\n') {
            if line.is_empty() {
                if let Some(data) = data.strip_suffix('\n') {
                    let event = if event.is_empty() { "message" } else { &event };
                    frames.push(frame(event, data, &id));
                }
                data.clear();
                event.clear();
                continue;
            }
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match name {
                "data" => data += &format!("{value}\n"),
                "event" => event = value.into(),
                "id" if !value.contains('\0') => id = value.into(),
                _ => {}
            }
        }
        frames
    }

    /// Bytes that resemble a stream often enough to reach deep states.
    fn stream_bytes() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            4 => prop::sample::select(vec![
                &b"data:"[..], b"data: ", b"data", b"id: 1", b"id:\0", b"id", b"event: e", b"event",
                b"retry: 5", b":", b": comment", b"\xef\xbb\xbf", b"\xe2\x82", b"\xff", b" ",
            ]).prop_map(<[u8]>::to_vec),
            5 => prop::sample::select(vec![&b"\n"[..], b"\r", b"\r\n", b"\n\n"])
                .prop_map(<[u8]>::to_vec),
            1 => prop::collection::vec(any::<u8>(), 0..8),
        ];
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn any_chunking_of_any_bytes_reads_as_the_standard_says(
            stream in stream_bytes(),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        ) {
            let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
            cuts.extend([0, stream.len()]);
            cuts.sort_unstable();
            let chunks: Vec<_> = cuts.windows(2).map(|cut| &stream[cut[0]..cut[1]]).collect();
            let frames: Vec<_> = read(&chunks).into_iter().map(Result::unwrap).collect();
            prop_assert_eq!(frames, reference(&stream));
        }

        #[test]
        fn any_data_survives(data in "\\PC*|[a\r\n:]*", id in any::<u64>()) {
            let mut stream = String::new();
            write_event(&mut stream, Some(id), &data);
            let frames = read(&[stream.as_bytes()]);
            let expected = data.replace("\r\n", "\n").replace('\r', "\n");
            prop_assert_eq!(frames, [Ok(frame("message", &expected, &id.to_string()))]);
        }
    }
}
