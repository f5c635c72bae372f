//! The process ends when it is told to, within the time that the document names, whatever hangs.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use ai_now_protocol::Event;
use ai_now_protocol::api::{Accepted, Upload};
use serde_json::json;
use tokio::net::TcpListener;

use crate::cli::PROGRAM;
use crate::support::{EventStream, Place, client, png};

/// How long it may take where nothing may go on and no provider is on the network, and some time for a
/// machine that is busy.
const LONGEST: Duration = Duration::from_secs(18 + 12);

struct Running(Child);

impl Running {
    fn start(data: &Path, environment: &[(&str, &str)]) -> Self {
        let mut command = Command::new(PROGRAM);
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data);
        command.env("AI_NOW_SHUTDOWN_SECS", "0").envs(environment.iter().copied());
        command.stderr(std::fs::File::create(data.with_extension("log")).unwrap());
        Self(command.stdout(Stdio::piped()).spawn().unwrap())
    }

    fn url(&mut self) -> String {
        let mut line = String::new();
        BufReader::new(self.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
        line.trim().strip_prefix("listening on ").unwrap().to_owned()
    }

    /// Tells it to stop. How it ended; `None` where it did not in time.
    async fn stopped(&mut self) -> Option<ExitStatus> {
        assert!(Command::new("kill").arg(self.0.id().to_string()).status().unwrap().success());
        let begun = Instant::now();
        while begun.elapsed() < LONGEST {
            if let Some(status) = self.0.try_wait().unwrap() {
                return Some(status);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        None
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Puts something in a file's place that whoever opens it waits for, as for a server of files that went
/// away.
fn hang(file: &Path) {
    let _ = std::fs::remove_file(file);
    assert!(Command::new("mkfifo").arg(file).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_does_not_answer_keeps_nobody_from_stopping() {
    let place = Place::new();
    let key = place.key(1000).await;
    let mut running = Running::start(place.data(), &[]);
    let url = running.url();
    let client = client();
    let upload = client.post(format!("{url}/api/uploads")).bearer_auth(&key).body(png());
    let upload: Upload = upload.send().await.unwrap().json().await.unwrap();
    hang(&place.data().join("uploads").join(&upload.id));
    let name = ai_now_gateway::media::new_name("x", ai_now_protocol::Format::Mp3);
    hang(&place.data().join("media").join(&name));

    // A generation that waits for its picture, and a reader that waits for a result.
    let body =
        json!({"model": "luma", "prompt": "a lake, 2 seconds", "options": {"image": upload.id}});
    let asked = client.post(format!("{url}/api/generations")).bearer_auth(&key).json(&body);
    let accepted: Accepted = asked.send().await.unwrap().json().await.unwrap();
    let events = client.get(format!("{url}{}", accepted.events)).send().await.unwrap();
    let mut events = EventStream::new(events);
    events.next().await.unwrap();
    events.next().await.unwrap();
    let reading = tokio::spawn(client.get(format!("{url}/media/{name}")).send());

    let status = running.stopped().await.expect("it ends in time");
    assert!(status.success(), "{status}");
    let log = std::fs::read_to_string(place.data().with_extension("log")).unwrap();
    assert!(log.contains("some work does not end") && log.contains("stopped"), "{log}");
    assert!(reading.await.unwrap().is_err());

    // The next one has the directory, and takes the generation up, to its end.
    std::fs::remove_file(place.data().join("uploads").join(&upload.id)).unwrap();
    std::fs::write(place.data().join("uploads").join(&upload.id), png()).unwrap();
    let mut running = Running::start(place.data(), &[]);
    let url = running.url();
    let events = client.get(format!("{url}/api/generations/{}/events", accepted.id));
    let events = events.bearer_auth(&key).send().await.unwrap();
    let events = crate::support::read_all(events).await;
    let end = &events.last().unwrap().1;
    assert!(matches!(end, Event::Completed(_)), "{end:?}");
}

/// A server of records that takes connections and says nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_hangs_is_stopped_too() {
    let place = Place::new();
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let store = format!("postgres://nobody@{}/nothing", silent.local_addr().unwrap());
    let mut running = Running::start(place.data(), &[("AI_NOW_STORE", &store)]);
    let _connection = silent.accept().await.unwrap();
    let status = running.stopped().await.expect("it ends in time");
    assert!(status.success(), "{status}");
}
