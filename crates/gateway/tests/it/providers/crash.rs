//! Killed while a provider is at work: nothing is bought three times, nothing is forgotten.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use ai_now_gateway::domain::Outcome;
use ai_now_protocol::api::{Accepted, Generation, State};
use ai_now_protocol::event::Failure;
use ai_now_protocol::{Code, Event, Message};

use super::fixture::{Fixture, SECRET, request};
use super::upstream::{Script, Speaks, Submit, Upstream, What};
use crate::cli::PROGRAM;
use crate::support::{Place, client};

/// The program, which is killed with the value.
pub(super) struct Process {
    child: Child,
    pub(super) url: String,
}

impl Process {
    /// Starts it on a data directory, with a configuration.
    pub(super) fn start(data: &Path, listen: &str, toml: &str) -> Self {
        let file = data.with_extension("toml");
        std::fs::write(&file, toml).unwrap();
        let mut child = Command::new(PROGRAM)
            .args(["serve", "--listen", listen, "--config"])
            .arg(file)
            .arg("--data")
            .arg(data)
            .env("RUST_LOG", "error")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("listening on ").unwrap().to_owned();
        Self { child, url }
    }

    pub(super) fn address(&self) -> String {
        self.url.strip_prefix("http://").unwrap().to_owned()
    }

    pub(super) async fn create(&self, key: &str, body: &serde_json::Value) -> Accepted {
        let url = format!("{}/api/generations", self.url);
        let asked = client().post(url).bearer_auth(key).json(body);
        asked.send().await.unwrap().json().await.unwrap()
    }

    /// Waits for its end, and returns what it is then.
    pub(super) async fn end(&self, key: &str, id: &str) -> Generation {
        let path = format!("{}/api/generations/{id}", self.url);
        let events = client().get(format!("{path}/events")).bearer_auth(key).send().await.unwrap();
        events.bytes().await.unwrap();
        client().get(path).bearer_auth(key).send().await.unwrap().json().await.unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn luma(place: &Place, upstream: &Upstream) -> String {
    let key = place.path("luma.key");
    std::fs::write(&key, SECRET).unwrap();
    format!(
        "[providers.up]\nkind = 'luma'\nbase_url = '{}'\nallow_private = true\n\
         key_file = '{}'\npoll_ms = 5\n[[models]]\nid = 'run'\nroutes = ['up', 'sketch']\n",
        upstream.url,
        key.display()
    )
}

/// Luma has no seed.
fn without_seed() -> serde_json::Value {
    let mut request = request();
    request.as_object_mut().unwrap().remove("options");
    request
}

#[tokio::test]
async fn killed_between_sending_and_writing_down_it_asks_once_more_at_most() {
    let place = Place::new();
    let script = Script { submits: vec![Submit::Silence], ..Script::default() };
    let upstream = Upstream::start(Speaks::Luma, script).await;
    let (key, toml) = (place.key(100).await, luma(&place, &upstream));
    let process = Process::start(place.data(), "127.0.0.1:0", &toml);
    let accepted = process.create(&key, &without_seed()).await;
    upstream.wait_for(What::Submit, 1).await;
    drop(process);
    let process = Process::start(place.data(), "127.0.0.1:0", &toml);
    upstream.wait_for(What::Submit, 2).await;
    drop(process);
    let process = Process::start(place.data(), "127.0.0.1:0", &toml);
    let ended = process.end(&key, &accepted.id).await;
    assert_eq!(ended.state, State::Failed);
    let message = ended.message.unwrap().text;
    assert!(message.contains("asked twice"), "{message}");
    assert_eq!(upstream.came(What::Submit).len(), 2);
    drop(process);
    place.assert_sound().await;
}

#[tokio::test]
async fn killed_while_it_waits_it_goes_on_waiting() {
    let place = Place::new();
    let upstream = Upstream::start(Speaks::Luma, Script { held: 1, ..Script::default() }).await;
    let (key, toml) = (place.key(100).await, luma(&place, &upstream));
    let process = Process::start(place.data(), "127.0.0.1:0", &toml);
    let accepted = process.create(&key, &without_seed()).await;
    upstream.wait_for(What::Status, 1).await;
    drop(process);
    let process = Process::start(place.data(), "127.0.0.1:0", &toml);
    upstream.go_on();
    upstream.go_on();
    assert_eq!(process.end(&key, &accepted.id).await.state, State::Completed);
    assert_eq!(upstream.came(What::Submit).len(), 1);
    drop(process);
    place.assert_sound().await;
}

/// Cancelled, and the process ended before the provider was notified.
#[tokio::test]
async fn unsent_cancellations_are_sent_after_the_next_start() {
    let speaks = Speaks::Replicate;
    let upstream = Upstream::start(speaks, Script { held: 1, ..Script::default() }).await;
    let fixture = Fixture::alone(speaks, upstream, "").await;
    let accepted = fixture.ask().await;
    fixture.upstream.wait_for(What::Status, 1).await;
    let Fixture { place, gateway, upstream, key, .. } = fixture;
    gateway.stop().await;
    let store = place.store().await;
    let event = Event::Failed(Failure { cancelled: true, ..Failure::default() });
    let message = Message::new(Code::Cancelled, "So.");
    let cancelled = Outcome::Ended { state: State::Cancelled, message, event };
    let node = store.join(Duration::from_secs(60)).await.unwrap();
    store.claim_generations(node, 9).await.unwrap();
    assert!(store.finish(&accepted.id, node, cancelled).await.unwrap().is_some());
    store.close().await;
    let gateway = place.start().await;
    upstream.wait_for(What::Cancel, 1).await;
    Fixture { speaks, place, gateway, upstream, key }.finish(0).await;
}

#[tokio::test]
async fn a_program_is_started_once_more_at_most() {
    let place = Place::new();
    let key = place.key(100).await;
    // It ends by itself once it has no reader.
    let script = "echo >> \"$0/starts\"; while echo '{\"step\":\"on\"}'; do sleep 0.05; done";
    let toml = format!(
        "[providers.own]\nkind = 'command'\nprogram = '/bin/sh'\nargs = ['-c', '''{script}''', \
         '{}']\n[[models]]\nid = 'run'\nroutes = ['own']\n",
        place.path("").display()
    );
    let starts =
        || std::fs::read_to_string(place.path("starts")).unwrap_or_default().lines().count();
    let mut accepted = None;
    for start in 1..=2 {
        let process = Process::start(place.data(), "127.0.0.1:0", &toml);
        if accepted.is_none() {
            accepted = Some(process.create(&key, &request()).await);
        }
        while starts() < start {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }
    let process = Process::start(place.data(), "127.0.0.1:0", &toml);
    let ended = process.end(&key, &accepted.unwrap().id).await;
    assert_eq!((ended.state, starts()), (State::Failed, 2), "{:?}", ended.message);
    drop(process);
    place.assert_sound().await;
}
