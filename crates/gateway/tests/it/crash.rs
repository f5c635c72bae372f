//! Killed at any moment: after the restart every generation is finished or resumed, each token is
//! accounted for, and each result is there.
//!
//! `CRASH_ROUNDS` sets how often it is killed; a few times by default.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use ai_now_protocol::api::{Accepted, Generation, State};
use serde_json::json;

use crate::cli::PROGRAM;
use crate::support::{Place, client};

/// A number below `limit`, another one each time.
fn dice(limit: u64) -> u64 {
    u64::from_be_bytes(ai_now_gateway::secret::random()) % limit
}

pub(crate) struct Process {
    child: Child,
    pub(crate) url: String,
}

impl Process {
    pub(crate) fn start(data: &Path) -> Self {
        Self::run(Command::new(PROGRAM), data)
    }

    /// Files that it writes can't get larger than this; the rest of the world is well.
    fn start_on_a_full_disk(data: &Path, file_kib: u64) -> Self {
        let mut shell = Command::new("sh");
        let blocks = (file_kib * 2).to_string();
        // An ignored signal stays ignored in the program, which then gets an error to handle.
        let script = "trap '' XFSZ; ulimit -f \"$0\"; exec \"$@\"";
        shell.args(["-c", script, &blocks, PROGRAM]);
        Self::run(shell, data)
    }

    /// Where a file that gets too large is an error and not the end, as a full disk is one.
    pub(crate) fn start_where_files_may_fill(data: &Path) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh", PROGRAM]);
        // Its log lies on that disk, too.
        shell.stderr(std::fs::File::create(data.with_extension("log")).unwrap());
        Self::run(shell, data)
    }

    /// The same with settings and an environment of its own.
    pub(crate) fn start_with(data: &Path, config: &Path, environment: &[(&str, &str)]) -> Self {
        let mut shell = Command::new("sh");
        let script = "trap '' XFSZ; config=\"$0\"; exec \"$@\" --config \"$config\"";
        shell.arg("-c").arg(script).arg(config).arg(PROGRAM);
        shell.envs(environment.iter().copied());
        shell.stderr(std::fs::File::create(data.with_extension("log")).unwrap());
        Self::run(shell, data)
    }

    /// One that may open so many files and connections at once.
    pub(crate) fn start_with_descriptors(data: &Path, limit: u32, connections: u32) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", "ulimit -n \"$0\"; exec \"$@\"", &limit.to_string(), PROGRAM]);
        shell.env("AI_NOW_LIMITS__CONNECTIONS", connections.to_string());
        Self::run(shell, data)
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    fn run(mut command: Command, data: &Path) -> Self {
        let mut child = command
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .env("RUST_LOG", "warn")
            .env("AI_NOW_LIMITS__GENERATIONS", "10000")
            .env("AI_NOW_LIMITS__REQUESTS_PER_MINUTE", "1000000")
            .env("AI_NOW_LIMITS__ADDRESS_REQUESTS_PER_MINUTE", "1000000")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("listening on ").unwrap().to_owned();
        Self { child, url }
    }

    /// SIGKILL: no time for anything.
    fn kill(self) {
        drop(self);
    }
}

impl Drop for Process {
    /// No test leaves one behind, however it ends.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Submits one generation again and again under its own key until it was accepted, as a good
/// client does; cancels some of them.
async fn submit(url: String, key: String, name: String, cancel: bool) -> Option<String> {
    let body =
        json!({"model": "suno", "prompt": format!("{name}, 5 seconds"), "options": {"seed": 1}});
    let client = client();
    let asked = client.post(format!("{url}/api/generations")).bearer_auth(&key);
    let answer = asked.header("idempotency-key", &name).json(&body).send().await.ok()?;
    assert_eq!(answer.status(), 201);
    let id = answer.json::<Accepted>().await.ok()?.id;
    if cancel {
        // It may be killed before it answers; then it was cancelled, or not, but never half.
        let _ = client.delete(format!("{url}/api/generations/{id}")).bearer_auth(&key).send().await;
    }
    Some(id)
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_moment_nothing_is_lost() {
    let rounds = std::env::var("CRASH_ROUNDS").map_or(4, |text| text.parse().unwrap());
    let place = Place::new();
    let key = place.key(1_000_000).await;
    let mut known: Vec<(String, String)> = Vec::new();
    let mut open: Vec<String> = Vec::new();
    for round in 0..rounds {
        let process = Process::start(place.data());
        open.extend((0..4).map(|n| format!("song {round} {n}")));
        let submissions: Vec<_> = open
            .iter()
            .map(|name| {
                let cancel = dice(4) == 0;
                let task = submit(process.url.clone(), key.clone(), name.clone(), cancel);
                (name.clone(), tokio::spawn(task))
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(dice(700))).await;
        process.kill();
        open.clear();
        for (name, submission) in submissions {
            match submission.await.unwrap() {
                Some(id) => known.push((name, id)),
                None => open.push(name),
            }
        }
        place.assert_sound().await;
    }

    // A client without an answer repeats its request; one with an answer gets the same one again.
    let process = Process::start(place.data());
    for name in open {
        let id = submit(process.url.clone(), key.clone(), name.clone(), false).await.unwrap();
        known.push((name, id));
    }
    for (name, id) in &known {
        let again = submit(process.url.clone(), key.clone(), name.clone(), false).await;
        assert_eq!(again.as_ref(), Some(id));
    }
    let mut completed = 0;
    let patience = Instant::now() + Duration::from_secs(60 + 5 * known.len() as u64);
    for (_, id) in &known {
        // The stream ends with the generation: nothing to guess about time.
        let path = format!("{}/api/generations/{id}", process.url);
        let events = client().get(format!("{path}/events")).bearer_auth(&key).send().await.unwrap();
        events.bytes().await.unwrap();
        assert!(Instant::now() < patience);
        let row = client().get(&path).bearer_auth(&key).send().await.unwrap();
        let row: Generation = row.json().await.unwrap();
        match row.state {
            State::Completed => {
                let file = client().get(row.url.unwrap().as_str()).send().await.unwrap();
                assert_eq!(file.status(), 200);
                completed += 1;
            }
            State::Cancelled => {}
            other => panic!("{id} is {other:?}: {:?}", row.message),
        }
    }
    process.kill();
    let audit = place.assert_sound().await;
    assert_eq!((audit.unfinished, audit.generations), (0, known.len() as u64));
    let store = place.store().await;
    let account = store.key_by_secret(&key).await.unwrap().unwrap().account_id;
    assert_eq!(store.balance(account).await.unwrap().spent, completed * 10);
    println!("{rounds} rounds, {} generations, {completed} completed", known.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_reported_and_costs_nothing() {
    let place = Place::new();
    let key = place.key(1000).await;
    let process = Process::start_on_a_full_disk(place.data(), 100);
    let body = json!({"model": "suno", "prompt": "a song that finds no room, 5 seconds"});
    let post = || {
        let url = format!("{}/api/generations", process.url);
        client().post(url).bearer_auth(&key).json(&body).send()
    };
    // At some moment there is no room for another word in the records.
    let refused = loop {
        let response = post().await.unwrap();
        if response.status() != 201 {
            break response;
        }
    };
    assert!(refused.headers().contains_key("retry-after"));
    let message = crate::support::problem(refused, 503).await;
    assert!(message.contains("Nothing was charged"), "{message}");
    process.kill();
    place.assert_sound().await;

    let process = Process::start(place.data());
    let name = "there is room again".to_owned();
    let id = submit(process.url.clone(), key.clone(), name, false).await.unwrap();
    let url = format!("{}/api/generations/{id}/events", process.url);
    let events = client().get(url).bearer_auth(&key).send().await.unwrap().text().await.unwrap();
    assert!(events.contains("Completed"), "{events}");
    process.kill();
    place.assert_sound().await;
}
