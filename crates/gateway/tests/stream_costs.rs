//! What an open event stream costs the gateway, counted, not timed: memory that it holds while nothing
//! happens, allocations for each event that is delivered, bytes on the wire around each event.
//!
//! Budgets: they may only shrink, or grow with the reason in the commit. A program of its own, because it
//! counts every allocation of its process.

#![expect(clippy::unwrap_used, reason = "a test that fails to get what it asks for has failed")]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use ai_now_gateway::config::{Config, Flags};
use ai_now_gateway::metrics::Metrics;
use ai_now_gateway::server::Server;
use ai_now_gateway::store::{NewKey, Store};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// What an idle stream holds on the heap, in bytes.
const IDLE_BYTES: u64 = 4 * 1024;

/// How often memory is allocated for an event that is delivered to one of many readers.
const ALLOCATIONS: f64 = 4.0;

/// What surrounds an event's JSON on the wire: its number, the fields' names, the chunk.
const FRAME_BYTES: usize = 32;

/// How many streams are opened at a time.
const STREAMS: u64 = 256;

/// Makes nothing: it says how far it is for as long as it is asked for more, or nothing at all.
const PROGRAM: &str = r#"#!/bin/sh
read -r job
case "$job" in *idle*) exec sleep 1000 ;; esac
n=0
while :; do
  n=$((n + 1))
  echo "{\"progress\":0.5,\"step\":\"step $n;\"}" || exit 1
  sleep 0.3
done
"#;

fn config(dir: &Path) -> Config {
    let program = dir.join("program");
    std::fs::write(&program, PROGRAM).unwrap();
    std::fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o700))
        .unwrap();
    let text = format!(
        "listen = '127.0.0.1:0'\nshutdown_secs = 0\n[limits]\nstreams = 2000\naddress_streams = 2000\n\
         address_connections = 2000\nrequests_per_minute = 100000\n\
         address_requests_per_minute = 100000\n[[models]]\nid = 'suno'\nroutes = ['own']\n\
         [providers.own]\nkind = 'command'\nprogram = '{}'\n",
        program.display()
    );
    let file = dir.join("gateway.toml");
    std::fs::write(&file, text).unwrap();
    let flags = Flags { data: Some(dir.join("data")), ..Flags::default() };
    Config::load(Some(&file), [], flags).unwrap()
}

/// A reader that needs no memory of its own to speak of.
struct Reader {
    socket: TcpStream,
    text: String,
}

impl Reader {
    fn open(host: &str, path: &str) -> Self {
        let mut socket = TcpStream::connect(host).unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        socket.write_all(request.as_bytes()).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let mut reader = Self { socket, text: String::with_capacity(4096) };
        reader.read_until("retry: ", 1);
        reader
    }

    /// Reads on until something was said so often.
    fn read_until(&mut self, words: &str, times: usize) {
        let mut buffer = [0; 2048];
        while self.text.matches(words).count() < times {
            let length = self.socket.read(&mut buffer).unwrap();
            assert!(length > 0, "it ended: {}", self.text);
            self.text.push_str(std::str::from_utf8(&buffer[..length]).unwrap());
        }
    }
}

fn readers(host: &str, path: &str, count: u64) -> Vec<Reader> {
    (0..count).map(|_| Reader::open(host, path)).collect()
}

/// Waits until what is counted is within its budget; for ten seconds at most.
fn settles(what: &str, budget: f64, count: impl Fn() -> f64) {
    let begun = Instant::now();
    while count() > budget && begun.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(50));
    }
    println!("{what}: {:.1} of {budget:.1}", count());
    assert!(count() <= budget, "{what}: {:.1}, and the budget is {budget:.1}", count());
}

async fn submit(url: &str, key: &str, prompt: &str) -> String {
    let asked = reqwest::Client::new().post(format!("{url}/api/generations")).bearer_auth(key);
    let body = json!({"model": "suno", "prompt": prompt});
    let accepted: Value = asked.json(&body).send().await.unwrap().json().await.unwrap();
    let events = accepted["events"].as_str().unwrap();
    events.strip_prefix(url).unwrap_or(events).to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_cost_no_more_than_this() {
    let _profiler = dhat::Profiler::builder().testing().build();
    let dir = tempfile::tempdir().unwrap();
    let config = config(dir.path());
    let store = Store::open(&config.data, Metrics::default()).await.unwrap();
    let key = store.create_key(NewKey::Secret { tokens: 100 }, String::new()).await.unwrap();
    store.close().await;
    let server = Server::start(config).await.unwrap();
    let host = server.address().to_string();
    let url = format!("http://{host}");
    let stop = CancellationToken::new();
    let running = tokio::spawn(server.run(stop.clone()));
    let (idle, busy) = (submit(&url, &key, "idle").await, submit(&url, &key, "busy").await);
    let counting = tokio::task::spawn_blocking(move || {
        // The first ones find everything that is made once.
        let held = readers(&host, &idle, STREAMS);
        let before = dhat::HeapStats::get().curr_bytes as f64;
        let more = readers(&host, &idle, STREAMS);
        let own = more.iter().map(|reader| reader.text.capacity()).sum::<usize>() as f64;
        settles("bytes of an idle stream", IDLE_BYTES as f64, || {
            (dhat::HeapStats::get().curr_bytes as f64 - before - own) / STREAMS as f64
        });
        drop((held, more));

        let mut readers = readers(&host, &busy, STREAMS);
        for reader in &mut readers {
            reader.read_until("\"step ", 1);
            reader.text.clear();
            reader.text.reserve(16 * 1024);
        }
        let before = dhat::HeapStats::get().total_blocks;
        for reader in &mut readers {
            reader.read_until("\"step ", 10);
        }
        let blocks = dhat::HeapStats::get().total_blocks - before;
        let events: usize =
            readers.iter().map(|reader| reader.text.matches("data: ").count()).sum();
        let each = blocks as f64 / events as f64;
        settles("allocations for a delivered event", ALLOCATIONS, || each);

        let text = &readers[0].text;
        let from = text.find("id: ").unwrap();
        let end = from + text[from..].find("\n\n").unwrap() + 2;
        let data = text[from..end].split_once("data: ").unwrap().1.trim_end();
        let size = format!("{:x}\r\n\r\n", end - from);
        settles("bytes around an event", FRAME_BYTES as f64, || {
            (end - from + size.len() - data.len()) as f64
        });
    });
    counting.await.unwrap();
    stop.cancel();
    running.await.unwrap();
}
