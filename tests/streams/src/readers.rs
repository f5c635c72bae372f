//! Many readers of one stream, which record the events and their times: each on a connection of its
//! own, or many on one connection over HTTP/2.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use h2::client;
use http::{Request, StatusCode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// When each reader received each event, by event number.
type Arrivals = HashMap<u64, Vec<Instant>>;

/// How many streams share a connection over HTTP/2. Every server allows that many.
pub const STREAMS_PER_CONNECTION: usize = 50;

/// Open streams. Dropping them closes them.
#[derive(Default)]
pub struct Readers {
    tasks: JoinSet<()>,
    arrivals: Arc<Mutex<Arrivals>>,
}

/// The received events.
pub struct Deliveries {
    /// How many events a reader received.
    pub count: usize,
    /// The delay of an event between its first reader and the others.
    pub p99: Duration,
}

impl Readers {
    /// Opens more streams, and waits until each is answered.
    ///
    /// # Errors
    /// If one isn't.
    pub async fn open(&mut self, url: &str, count: usize) -> Result<()> {
        let (host, path) = url
            .strip_prefix("http://")
            .and_then(|url| url.split_once('/'))
            .context("an address")?;
        let accept = "Accept: text/event-stream";
        let request = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\n{accept}\r\n\r\n");
        for _ in 0..count {
            let mut socket = TcpStream::connect(host).await?;
            socket.write_all(request.as_bytes()).await?;
            let mut begun = [0; 12];
            socket.read_exact(&mut begun).await?;
            ensure!(begun.ends_with(b" 200"), "{}", String::from_utf8_lossy(&begun));
            self.tasks.spawn(read(socket, self.arrivals.clone()));
        }
        Ok(())
    }

    /// Opens more streams over HTTP/2 without TLS, which record nothing, and waits until each is
    /// answered.
    ///
    /// # Errors
    /// If one isn't.
    pub async fn open_multiplexed(&mut self, url: &str, count: usize) -> Result<()> {
        let request = Request::get(url).header("accept", "text/event-stream").body(())?;
        let host = request.uri().authority().context("an address")?.as_str();
        for first in (0..count).step_by(STREAMS_PER_CONNECTION) {
            let (mut sender, connection) =
                client::handshake(TcpStream::connect(host).await?).await?;
            self.tasks.spawn(async move { drop(connection.await) });
            for _ in first..count.min(first + STREAMS_PER_CONNECTION) {
                sender = sender.ready().await?;
                let (answer, _) = sender.send_request(request.clone(), true)?;
                let answer = answer.await?;
                ensure!(answer.status() == StatusCode::OK, "{}", answer.status());
                self.tasks.spawn(discard(answer.into_body()));
            }
        }
        Ok(())
    }

    /// Discards the records so far.
    pub fn count_from_now(&self) {
        self.arrivals.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The records since then.
    pub fn deliveries(&self) -> Deliveries {
        let arrivals = self.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        let mut late: Vec<Duration> = Vec::new();
        for moments in arrivals.values() {
            if let Some(first) = moments.iter().min() {
                late.extend(moments.iter().map(|moment| *moment - *first));
            }
        }
        late.sort();
        let p99 = late.get(late.len() * 99 / 100).copied().unwrap_or_default();
        Deliveries { count: late.len(), p99 }
    }
}

async fn read(mut socket: TcpStream, arrivals: Arc<Mutex<Arrivals>>) {
    let mut buffer = [0; 2048];
    let mut rest = String::new();
    while let Ok(length @ 1..) = socket.read(&mut buffer).await {
        let now = Instant::now();
        rest.push_str(&String::from_utf8_lossy(&buffer[..length]));
        let Some(end) = rest.rfind('\n') else { continue };
        // Each server numbers events differently; their data are the same.
        let numbers = rest[..end].lines().filter_map(|line| {
            let (_, step) = line.split_once("step ")?;
            step.split(|c: char| !c.is_ascii_digit()).next()?.parse::<u64>().ok()
        });
        let mut arrivals = arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        numbers.for_each(|number| arrivals.entry(number).or_default().push(now));
        drop(arrivals);
        rest.drain(..=end);
    }
}

async fn discard(mut body: h2::RecvStream) {
    while let Some(Ok(bytes)) = body.data().await {
        // It only fails for a stream that has ended, which the next step finds.
        let _ = body.flow_control().release_capacity(bytes.len());
    }
}
