//! Readers of event streams that never end: each resumes at once when its stream breaks, and
//! records how long it had to wait.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ai_now_protocol::sse;
use anyhow::{Result, ensure};
use futures_util::StreamExt as _;
use tokio::task::JoinHandle;

/// The delay before a reader reconnects.
const AGAIN: Duration = Duration::from_millis(50);

/// The state of one reader.
struct Reader {
    heard: Instant,
    /// The longest time without receiving a byte.
    silence: Duration,
    /// A broken promise.
    broken: Option<String>,
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
            let heard = Instant::now();
            let reader =
                Arc::new(Mutex::new(Reader { heard, silence: Duration::ZERO, broken: None }));
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
    let mut last: u64 = 0;
    loop {
        let path = format!("{url}/api/events?after={last}");
        if let Ok(answer) = http.get(path).bearer_auth(&key).send().await
            && answer.status().is_success()
        {
            let mut frames = sse::Reader::default();
            let mut bytes = answer.bytes_stream();
            while let Some(Ok(chunk)) = bytes.next().await {
                let mut reader = lock(&reader);
                reader.silence = reader.silence.max(reader.heard.elapsed());
                reader.heard = Instant::now();
                for frame in frames.feed(&chunk).into_iter().flatten() {
                    let Ok(number) = frame.last_event_id.parse::<u64>() else { continue };
                    if number < last {
                        reader.broken = Some(format!("{number} came after {last}"));
                    }
                    last = number;
                }
            }
        }
        tokio::time::sleep(AGAIN).await;
    }
}
