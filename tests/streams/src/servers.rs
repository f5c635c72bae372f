//! The servers to measure, each in its own process or process group.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;

use crate::process;

/// The kind of server.
pub enum Kind {
    /// The gateway's binary.
    Gateway(PathBuf),
    /// axum's own `Sse`, in this program.
    Axum,
    /// nginx with this module.
    Nchan(PathBuf),
    /// Node with this script.
    BetterSse(PathBuf),
}

impl Kind {
    /// Its name.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Gateway(_) => "AI-Now gateway",
            Self::Axum => "axum's `Sse`",
            Self::Nchan(_) => "nginx with nchan",
            Self::BetterSse(_) => "better-sse on Node",
        }
    }
}

/// A running server with two streams.
pub struct Server {
    process: Child,
    /// An idle stream.
    pub idle: String,
    /// The same over HTTP/2 without TLS; `None` if the server has no such.
    pub idle_http2: Option<String>,
    /// A stream with four events a second.
    pub busy: String,
    /// Whether child processes also serve.
    with_children: bool,
    publishing: Option<JoinHandle<()>>,
    _data: Option<TempDir>,
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(publishing) = &self.publishing {
            publishing.abort();
        }
        // Killing a master leaves its workers running; a signal lets it stop them.
        if self.with_children
            && let Some(id) = self.process.id()
            && let Some(id) = rustix::process::Pid::from_raw(id.cast_signed())
        {
            let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
        }
    }
}

impl Server {
    /// Starts a server for this many streams.
    ///
    /// # Errors
    /// If it can't be started.
    pub async fn start(kind: &Kind, streams: usize) -> Result<Self> {
        match kind {
            Kind::Gateway(binary) => gateway(binary, streams).await,
            Kind::Axum => {
                let mut command = Command::new(std::env::current_exe()?);
                command.arg("peer");
                plain(command, true).await
            }
            Kind::BetterSse(script) => {
                let mut command = Command::new("node");
                command.arg(script);
                plain(command, false).await
            }
            Kind::Nchan(module) => nchan(module, streams).await,
        }
    }

    /// Its memory once it has stopped growing.
    ///
    /// # Errors
    /// If the system doesn't report it.
    pub async fn settled_bytes(&self) -> Result<u64> {
        let mut before = 0;
        loop {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let now =
                self.family()?.into_iter().map(process::resident_bytes).sum::<Result<u64>>()?;
            if now <= before {
                return Ok(now);
            }
            before = now;
        }
    }

    /// The processor time that it has used.
    ///
    /// # Errors
    /// If the system doesn't report it.
    pub fn cpu(&self) -> Result<Duration> {
        self.family()?.into_iter().map(process::cpu).sum()
    }

    fn family(&self) -> Result<Vec<u32>> {
        process::family(self.process.id().context("the server has ended")?, self.with_children)
    }
}

/// A server that prints its address and sends events by itself.
async fn plain(command: Command, has_http2: bool) -> Result<Server> {
    let (process, url) = start(command).await?;
    let idle = format!("{url}/idle");
    Ok(Server {
        process,
        idle_http2: has_http2.then(|| idle.clone()),
        idle,
        busy: format!("{url}/busy"),
        with_children: false,
        publishing: None,
        _data: None,
    })
}

/// nginx with a worker per core, as by default, and a publisher.
async fn nchan(module: &Path, streams: usize) -> Result<Server> {
    let dir = tempfile::tempdir()?;
    // Ports that are freed at once, because nginx can't let the system choose one. Without TLS, a
    // port of it has one version of HTTP.
    let (one, two) = (TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?);
    let (port, http2_port) = (one.local_addr()?.port(), two.local_addr()?.port());
    drop((one, two));
    let room = streams * 2 + 64;
    let text = format!(
        "load_module {module};\ndaemon off;\nworker_processes auto;\nworker_rlimit_nofile {room};\n\
         pid nginx.pid;\nerror_log stderr crit;\n\
         events {{ worker_connections {room}; }}\n\
         http {{\n  access_log off;\n  server {{\n    listen 127.0.0.1:{port};\n    listen 127.0.0.1:{http2_port} http2;\n\
         location = /idle {{ nchan_subscriber eventsource; nchan_channel_id idle; }}\n\
         location = /busy {{ nchan_subscriber eventsource; nchan_channel_id busy; }}\n\
         location = /publish {{ nchan_publisher; nchan_channel_id busy; }}\n  }}\n}}\n",
        module = module.display()
    );
    let settings = dir.path().join("nginx.conf");
    std::fs::write(&settings, text)?;
    let mut command = Command::new("nginx");
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{path}:/usr/sbin")).arg("-p").arg(dir.path());
    command.arg("-c").arg(&settings).stdin(Stdio::null());
    let process = command.spawn().context("nginx")?;
    let url = format!("http://127.0.0.1:{port}");
    let client = reqwest::Client::new();
    let mut tries = 0;
    while client.get(format!("{url}/publish")).send().await.is_err() {
        tries += 1;
        ensure!(tries < 100, "nginx does not answer");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let publish = format!("{url}/publish");
    let publishing = tokio::spawn(async move {
        let mut ticks = tokio::time::interval(Duration::from_millis(250));
        for number in 1_u64.. {
            ticks.tick().await;
            let event =
                json!({"status": "Processing", "progress": 0.5, "step": format!("step {number}")});
            if let Err(error) = client.post(&publish).body(event.to_string()).send().await {
                eprintln!("not published: {error}");
            }
        }
    });
    Ok(Server {
        process,
        idle: format!("{url}/idle"),
        idle_http2: Some(format!("http://127.0.0.1:{http2_port}/idle")),
        busy: format!("{url}/busy"),
        with_children: true,
        publishing: Some(publishing),
        _data: Some(dir),
    })
}

/// A provider that never finishes: it reports progress, or nothing, depending on the prompt.
const PROGRAM: &str = r#"#!/bin/sh
read -r job
case "$job" in *idle*) exec sleep 1000 ;; esac
n=0
while :; do
  n=$((n + 1))
  echo "{\"progress\":0.5,\"step\":\"step $n\"}" || exit 1
  sleep 0.25
done
"#;

/// The gateway with a provider that never finishes.
async fn gateway(binary: &Path, streams: usize) -> Result<Server> {
    let dir = tempfile::tempdir()?;
    let program = dir.path().join("program");
    std::fs::write(&program, PROGRAM)?;
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
    std::fs::set_permissions(&program, mode)?;
    let settings = dir.path().join("ai-now.toml");
    let room = streams + 64;
    let text = format!(
        "[limits]\nstreams = {room}\naddress_streams = {room}\nconnections = {room}\n\
         address_connections = {room}\nrequests_per_minute = 10000000\n\
         address_requests_per_minute = 10000000\n\n\
         [[models]]\nid = \"suno\"\nroutes = [\"own\"]\n\n\
         [providers.own]\nkind = \"command\"\nprogram = \"{}\"\n",
        program.display()
    );
    std::fs::write(&settings, text)?;
    let data = dir.path().join("data");
    let mut keys = Command::new(binary);
    keys.args(["keys", "create", "--label", "bench", "--tokens", "1000", "--data"]).arg(&data);
    let made = keys.output().await?;
    ensure!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let key = String::from_utf8(made.stdout)?.trim().to_owned();
    let mut command = Command::new(binary);
    command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(&data);
    // A log line per stream would add to the measured cost.
    command.arg("--config").arg(&settings).env("RUST_LOG", "warn");
    let (process, url) = start(command).await?;
    let submit = async |prompt: &str| -> Result<String> {
        let asked = reqwest::Client::new().post(format!("{url}/api/generations"));
        let body = json!({"model": "suno", "prompt": prompt});
        let answer = asked.bearer_auth(&key).json(&body).send().await?.error_for_status()?;
        let answer: Value = answer.json().await?;
        let events = answer["events"].as_str().context("no address of events")?;
        Ok(if events.starts_with("http") { events.to_owned() } else { format!("{url}{events}") })
    };
    let (idle, busy) = (submit("idle").await?, submit("busy").await?);
    Ok(Server {
        process,
        idle_http2: Some(idle.clone()),
        idle,
        busy,
        // Its child is the provider's program.
        with_children: false,
        publishing: None,
        _data: Some(dir),
    })
}

async fn start(mut command: Command) -> Result<(Child, String)> {
    command.kill_on_drop(true).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    let mut process = command.spawn()?;
    let stdout = process.stdout.take().context("no standard output")?;
    let first = BufReader::new(stdout).lines().next_line().await?.context("it did not start")?;
    let url = first.strip_prefix("listening on ").context(first.clone())?.to_owned();
    Ok((process, url))
}
