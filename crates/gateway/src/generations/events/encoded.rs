//! An event as it goes over the wire, encoded once for all its readers.

use std::sync::Arc;

use ai_now_protocol::event::Completed;
use ai_now_protocol::{Event, MediaUrl, sse};
use bytes::Bytes;

use crate::domain::safe_json;

/// An event with its number, as the frame of an event stream. Cloning it copies no bytes.
#[derive(Clone, Debug)]
pub struct EncodedEvent {
    seq: u64,
    /// The `id:` line, then the `data:` line.
    frame: Bytes,
    /// The offset of the `data:` line.
    data_at: usize,
    /// Set for a result: its address is a path on this gateway, and readers may reach the gateway
    /// under different names.
    completed: Option<Arc<Completed>>,
    last: bool,
}

impl EncodedEvent {
    pub(crate) fn new(seq: u64, event: &Event) -> Self {
        let completed = match event {
            Event::Completed(completed) => Some(Arc::new(completed.clone())),
            _ => None,
        };
        let json = safe_json(event).unwrap_or_else(|error| {
            tracing::error!(%error, "an event could not be encoded");
            r#"{"status":"Processing"}"#.to_owned()
        });
        let mut frame = String::with_capacity(json.len() + 40);
        sse::write_event(&mut frame, Some(seq), &json);
        let data_at = frame.find('\n').map_or(0, |end| end + 1);
        let frame = Bytes::from(frame.into_bytes());
        Self { seq, frame, data_at, completed, last: event.is_last() }
    }

    /// The event's number.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Whether it is the last event of its generation.
    pub fn is_last(&self) -> bool {
        self.last
    }

    /// The frame, with the event's number.
    pub fn numbered(&self) -> Bytes {
        self.frame.clone()
    }

    /// The frame without a number, as the documented stream has it.
    pub fn unnumbered(&self) -> Bytes {
        self.frame.slice(self.data_at..)
    }

    /// The event alone, as JSON.
    pub fn json(&self) -> &[u8] {
        let frame = &self.frame[self.data_at..];
        frame.trim_ascii_end().strip_prefix(b"data: ").unwrap_or_default()
    }

    /// The event with absolute addresses, for a reader that uses this base address of the gateway.
    #[must_use]
    pub fn at(&self, base: &str) -> Self {
        let Some(completed) = &self.completed else { return self.clone() };
        let absolute = MediaUrl::parse(&format!("{base}{}", completed.url.as_str()));
        let Ok(url) = absolute else { return self.clone() };
        let completed = Completed { url, note: completed.note.clone() };
        Self::new(self.seq, &Event::Completed(completed))
    }
}
