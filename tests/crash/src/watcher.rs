//! Readers of event streams that never end: each resumes at once when its stream breaks, and
//! records how long it had to wait, and which generations it was told have ended.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ai_now_protocol::{Event, sse};
use anyhow::{Context as _, Result, ensure};
use futures_util::StreamExt as _;
use serde_json::Value;
use tokio::task::JoinHandle;

/// The delay before a reader reconnects.
const AGAIN: Duration = Duration::from_millis(50);

/// The time limit for the event of an end to reach a reader.
const TOLD: Duration = Duration::from_secs(30);

/// The state of one reader.
struct Reader {
    heard: Instant,
    /// The longest time without receiving a byte.
    silence: Duration,
    /// The number of the last fact.
    last: u64,
    /// The generations whose end was received.
    ended: HashSet<String>,
    /// A broken promise.
    broken: Option<String>,
}

impl Reader {
    fn new() -> Self {
        let (heard, silence, ended) = (Instant::now(), Duration::ZERO, HashSet::new());
        Self { heard, silence, last: 0, ended, broken: None }
    }

    fn hears(&mut self) {
        self.silence = self.silence.max(self.heard.elapsed());
        self.heard = Instant::now();
    }

    /// Records an event, and compares it with earlier ones.
    ///
    /// # Errors
    /// If it breaks a promise.
    fn note(&mut self, frame: &sse::Frame) -> Result<()> {
        let told: Value = serde_json::from_str(&frame.data).with_context(|| frame.data.clone())?;
        // The first event of a stream only has its current id.
        let Some(generation) = told["generation"].as_str() else { return Ok(()) };
        let number = told["number"].as_u64().context("an event without a number")?;
        // Progress has no id of its own to resume after.
        if frame.last_event_id.parse() != Ok(number) {
            return Ok(());
        }
        ensure!(number > self.last, "{number} came after {}", self.last);
        self.last = number;
        let event: Event = serde_json::from_value(told.clone())?;
        if event.is_last() {
            ensure!(self.ended.insert(generation.to_owned()), "{generation} ended twice");
        }
        Ok(())
    }
}

/// The readers.
pub struct Watchers {
    readers: Vec<Arc<Mutex<Reader>>>,
    tasks: Vec<JoinHandle<()>>,
}

impl Watchers {
    /// One reader per key, all at the same address.
    pub fn start(url: &str, keys: impl Iterator<Item = String>) -> Self {
        let mut watchers = Self { readers: Vec::new(), tasks: Vec::new() };
        for key in keys {
            let reader = Arc::new(Mutex::new(Reader::new()));
            watchers.readers.push(Arc::clone(&reader));
            watchers.tasks.push(tokio::spawn(read(url.to_owned(), key, reader)));
        }
        watchers
    }

    /// Starts a new measurement of the longest silence.
    pub fn begin(&self) {
        for reader in &self.readers {
            let mut reader = lock(reader);
            (reader.silence, reader.heard) = (Duration::ZERO, Instant::now());
        }
    }

    /// The longest silence of any reader since then.
    pub fn silence(&self) -> Duration {
        let silence = |reader: &Arc<Mutex<Reader>>| {
            let reader = lock(reader);
            reader.silence.max(reader.heard.elapsed())
        };
        self.readers.iter().map(silence).max().unwrap_or_default()
    }

    /// Waits until each reader has received something from now on. Returns how long the last one
    /// took.
    pub async fn all_hear(&self, since: Instant) -> Duration {
        while self.readers.iter().any(|reader| lock(reader).heard <= since) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        since.elapsed()
    }

    /// Waits until each reader has received the end of all of these generations of its key.
    ///
    /// # Errors
    /// If one is still missing after [`TOLD`].
    pub async fn all_told(&self, ended: &[Vec<String>]) -> Result<()> {
        let begun = Instant::now();
        for (reader, ended) in self.readers.iter().zip(ended) {
            loop {
                let untold = {
                    let reader = lock(reader);
                    ended.iter().find(|id| !reader.ended.contains(*id)).cloned()
                };
                let Some(untold) = untold else { break };
                ensure!(
                    begun.elapsed() < TOLD,
                    "the stream of its key never told of {untold}'s end"
                );
                tokio::time::sleep(AGAIN).await;
            }
        }
        Ok(())
    }

    /// Stops them.
    ///
    /// # Errors
    /// If a promise was broken.
    pub fn end(self) -> Result<()> {
        self.tasks.iter().for_each(JoinHandle::abort);
        for reader in &self.readers {
            let broken = lock(reader).broken.take();
            ensure!(broken.is_none(), "a stream that went on: {}", broken.unwrap_or_default());
        }
        Ok(())
    }
}

fn lock(reader: &Arc<Mutex<Reader>>) -> MutexGuard<'_, Reader> {
    reader.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn read(url: String, key: String, reader: Arc<Mutex<Reader>>) {
    let http = reqwest::Client::new();
    loop {
        let path = format!("{url}/api/events?after={}", lock(&reader).last);
        if let Ok(answer) = http.get(path).bearer_auth(&key).send().await
            && answer.status().is_success()
        {
            let mut frames = sse::Reader::default();
            let mut bytes = answer.bytes_stream();
            while let Some(Ok(chunk)) = bytes.next().await {
                let mut reader = lock(&reader);
                reader.hears();
                for frame in frames.feed(&chunk) {
                    let noted = frame.context("an event was too long");
                    if let Err(error) = noted.and_then(|frame| reader.note(&frame)) {
                        reader.broken.get_or_insert(format!("{error:#}"));
                    }
                }
            }
        }
        tokio::time::sleep(AGAIN).await;
    }
}

#[cfg(test)]
mod tests {
    use ai_now_protocol::event::Failure;

    use super::*;

    /// An event with an id, in the format of a key's stream.
    fn told(id: &str, number: u64, event: &Event) -> sse::Frame {
        let mut data = serde_json::to_value(event).unwrap();
        data["generation"] = "a".into();
        data["number"] = number.into();
        frame(id, data.to_string())
    }

    fn frame(id: &str, data: String) -> sse::Frame {
        sse::Frame { event: "message".to_owned(), data, last_event_id: id.to_owned() }
    }

    #[test]
    fn facts_rise_progress_does_not_count_and_an_end_is_the_only_one() {
        let mut reader = Reader::new();
        reader.note(&frame("7", "{}".to_owned())).unwrap();
        reader.note(&told("100", 100, &Event::Started)).unwrap();
        reader.note(&told("100", 120, &Event::PROCESSING)).unwrap();
        reader.note(&told("110", 110, &Event::PROCESSING)).unwrap();
        assert!(reader.note(&told("110", 110, &Event::PROCESSING)).is_err(), "told twice");
        assert!(reader.note(&told("105", 105, &Event::PROCESSING)).is_err(), "told too late");
        let end = Event::Failed(Failure::default());
        reader.note(&told("200", 200, &end)).unwrap();
        assert_eq!((reader.last, reader.ended.len()), (200, 1));
        assert!(reader.note(&told("300", 300, &end)).is_err(), "ended twice");
    }
}
