//! The events of a generation, read through connections that break. It must not know how they are
//! used.

use std::collections::VecDeque;
use std::time::Duration;

use ai_now_protocol::{Event, sse};
use reqwest::Response;
use tokio::time::{sleep, timeout};

use crate::Error;
use crate::connection::Connection;

/// How long a stream may be silent: a gateway sends something every 15 seconds.
const SILENCE: Duration = Duration::from_secs(60);
/// How often in a row a stream is reopened without receiving anything.
const REOPENED_MAX: u32 = 10;
/// The pause before that, unless the gateway names one; it grows each time.
const PAUSE: Duration = Duration::from_secs(1);
const PAUSE_MAX: Duration = Duration::from_secs(15);

/// An event with its position in the stream.
#[derive(Clone, Debug, PartialEq)]
pub struct NumberedEvent {
    /// Its number; the stream can be resumed after it. Numbers rise, with gaps.
    pub number: u64,
    /// The event.
    pub event: Event,
}

/// The events of a generation, in their order, each once.
///
/// If the connection breaks, the stream is reopened after the last event. Facts are never left out;
/// of the progress, only the newest is sent. Dropping it closes the stream and cancels nothing.
#[derive(Debug)]
pub struct Events {
    connection: Connection,
    id: String,
    seen: u64,
    stream: Option<Stream>,
    /// How often it was reopened in a row without receiving anything.
    misses: u32,
    ended: bool,
}

#[derive(Debug)]
struct Stream {
    response: Response,
    reader: sse::Reader,
    /// What was read and not yet taken. A frame that is too long hides none behind it.
    waiting: VecDeque<Result<sse::Frame, sse::TooLong>>,
}

impl Events {
    pub(crate) fn new(connection: Connection, id: &str, number: u64) -> Self {
        Self { connection, id: id.into(), seen: number, stream: None, misses: 0, ended: false }
    }

    /// The number of the last event: store it, and a later program can resume there with
    /// [`Client::events_after`](crate::Client::events_after).
    pub fn last_number(&self) -> u64 {
        self.seen
    }

    /// Waits for the next event, for as long as it takes; `None` after the last one.
    ///
    /// # Errors
    /// [`Error::Broken`] if the connection breaks repeatedly, and [`Error`] if the gateway refuses.
    /// It can be called again after an error.
    pub async fn next(&mut self) -> Result<Option<NumberedEvent>, Error> {
        while !self.ended {
            let Some(stream) = &mut self.stream else {
                self.open().await?;
                continue;
            };
            if let Some(frame) = stream.waiting.pop_front() {
                let frame = frame.map_err(|error| Error::Unexpected(error.to_string()))?;
                if let Some(event) = self.take(&frame)? {
                    return Ok(Some(event));
                }
            } else if !stream.read().await? {
                self.stream = None;
            }
        }
        Ok(None)
    }

    fn take(&mut self, frame: &sse::Frame) -> Result<Option<NumberedEvent>, Error> {
        let event: Event = serde_json::from_str(&frame.data)
            .map_err(|error| Error::Unexpected(format!("an event that is none: {error}")))?;
        if let Ok(number) = frame.last_event_id.parse() {
            // A server that starts the stream anew repeats events.
            if number <= self.seen {
                return Ok(None);
            }
            self.seen = number;
        }
        self.misses = 0;
        self.ended = event.is_last();
        Ok(Some(NumberedEvent { number: self.seen, event }))
    }

    async fn open(&mut self) -> Result<(), Error> {
        if self.misses > 0 {
            sleep((PAUSE * self.misses).min(PAUSE_MAX)).await;
        }
        self.misses += 1;
        let opened = self.connection.open(&self.id, self.seen).await;
        match opened {
            Ok(Some(response)) => {
                let (reader, waiting) = (sse::Reader::default(), VecDeque::new());
                self.stream = Some(Stream { response, reader, waiting });
                Ok(())
            }
            Ok(None) => {
                self.ended = true;
                Ok(())
            }
            Err(error) if !error.is_transient() => Err(error),
            Err(_) if self.misses > REOPENED_MAX => {
                self.misses = 0;
                Err(Error::Broken)
            }
            Err(error) => {
                if let Some(pause) = error.retry_after() {
                    sleep(pause.min(PAUSE_MAX)).await;
                }
                Ok(())
            }
        }
    }
}

impl Stream {
    /// Reads on; returns whether the stream is still open.
    async fn read(&mut self) -> Result<bool, Error> {
        let Ok(Ok(Some(chunk))) = timeout(SILENCE, self.response.chunk()).await else {
            return Ok(false);
        };
        self.waiting.extend(self.reader.feed(&chunk));
        Ok(true)
    }
}
