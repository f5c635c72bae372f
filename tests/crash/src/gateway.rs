//! The gateway as a process: started, killed, audited. It must not know what clients do with it.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::clock::Clock;
use crate::network;

/// How many lines of a log are shown as the reason of a failure.
const LAST_LINES: usize = 12;

/// A program and its data directory.
#[derive(Clone)]
pub struct Place {
    /// The program.
    pub binary: PathBuf,
    /// Its data directory.
    pub data: PathBuf,
    /// The database server with its records, if they aren't in a file.
    pub store: Option<String>,
    /// Its listen address.
    pub listen: SocketAddr,
    /// Further settings, as environment variables.
    pub settings: Vec<(&'static str, String)>,
    /// Its network namespace, if it has one.
    pub namespace: Option<usize>,
    /// Its clock, if it has its own.
    pub clock: Option<Clock>,
    /// Its log file.
    pub log: PathBuf,
}

impl Place {
    /// A program, its data directory, and the database server that has its records.
    pub fn new(binary: PathBuf, data: PathBuf, store: Option<String>) -> Self {
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        // Beside the data directory, which belongs to the gateway.
        let log = data.with_extension("log");
        let (settings, namespace, clock) = (Vec::new(), None, None);
        Self { binary, data, store, listen, settings, namespace, clock, log }
    }

    /// Creates an API key and returns it.
    ///
    /// # Errors
    /// If the command fails.
    pub async fn create_key(&self, tokens: u64) -> Result<String> {
        let output = self
            .command("keys")
            .args(["create", "--label", "crash", "--tokens", &tokens.to_string(), "--data"])
            .arg(&self.data)
            .output()
            .await?;
        ensure!(output.status.success(), "keys create: {}", output.status);
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }

    /// Runs the gateway's own audit.
    ///
    /// # Errors
    /// If it finds something.
    pub async fn audit(&self) -> Result<()> {
        let output = self.command("audit").arg("--data").arg(&self.data).output().await?;
        if output.status.success() {
            return Ok(());
        }
        let said = [output.stdout, output.stderr].concat();
        bail!("the audit found: {}", String::from_utf8_lossy(&said))
    }

    fn command(&self, name: &str) -> Command {
        self.set_up(Command::new(&self.binary), name)
    }

    fn serve(&self) -> Command {
        let command = match self.namespace {
            Some(number) => {
                let (program, words) = network::within(number, self.binary.as_os_str());
                let mut command = Command::new(program);
                command.args(words);
                command
            }
            None => Command::new(&self.binary),
        };
        let mut command = self.set_up(command, "serve");
        if let Some(clock) = &self.clock {
            command.envs(clock.environment());
        }
        command
    }

    fn set_up(&self, mut command: Command, name: &str) -> Command {
        command.arg(name).kill_on_drop(true);
        if let Some(store) = &self.store {
            command.env("AI_NOW_STORE", store);
        }
        command.envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// A running gateway.
pub struct Gateway {
    child: Child,
    /// Its address.
    pub url: String,
    /// The time until its first line of output.
    pub start_took: Duration,
}

impl Gateway {
    /// Starts it and waits for its first line of output.
    ///
    /// # Errors
    /// If it exits instead.
    pub async fn start(place: &Place) -> Result<Self> {
        let began = Instant::now();
        let mut child = place
            .serve()
            .args(["--listen", &place.listen.to_string(), "--data"])
            .arg(&place.data)
            // Cancelled generations are kept for the whole run, because the end of each is checked.
            .env("AI_NOW_CANCELLED_RETENTION_SECS", "4000000000")
            // All clients share one address and send requests as fast as they can.
            .env("AI_NOW_LIMITS__REQUESTS_PER_MINUTE", "1000000")
            .env("AI_NOW_LIMITS__ADDRESS_REQUESTS_PER_MINUTE", "1000000")
            .env("AI_NOW_LIMITS__ADDRESS_STREAMS", "1000")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(append(&place.log)?)
            .spawn()?;
        let stdout = child.stdout.take().context("no standard output")?;
        let first = BufReader::new(stdout).lines().next_line().await?;
        let first = first.context("the gateway ended before it listened")?;
        let url = first.strip_prefix("listening on ").context(first.clone())?.to_owned();
        Ok(Self { child, url, start_took: began.elapsed() })
    }

    /// Kills it, like a crash.
    ///
    /// # Errors
    /// If it had already exited: a gateway never does.
    pub async fn kill(&mut self) -> Result<()> {
        self.is_alive()?;
        self.child.kill().await?;
        Ok(())
    }

    /// Its process id.
    pub fn process(&self) -> Option<u32> {
        self.child.id()
    }

    /// Whether it is running.
    ///
    /// # Errors
    /// If it had already exited: a gateway never does.
    pub fn is_alive(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            Some(status) => bail!("the gateway ended by itself: {status}"),
            None => Ok(()),
        }
    }

    /// Sends a signal: STOP suspends it, CONT resumes it.
    ///
    /// # Errors
    /// If it had already exited, or the signal can't be sent.
    pub async fn signal(&mut self, signal: &str) -> Result<()> {
        self.is_alive()?;
        let process = self.child.id().context("the gateway has no process")?.to_string();
        let sent = Command::new("kill").arg(format!("-{signal}")).arg(process).status().await?;
        ensure!(sent.success(), "kill: {sent}");
        Ok(())
    }
}

/// The last log lines of the gateways below a folder, shown when a promise was broken.
pub fn last_words(folder: &Path) -> String {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let logs =
        entries.map(|entry| entry.path()).filter(|path| path.extension() == Some("log".as_ref()));
    logs.fold(String::from("the gateways logged at last:"), |said, log| {
        let text = std::fs::read_to_string(&log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let last = lines[lines.len().saturating_sub(LAST_LINES)..].join("\n");
        format!("{said}\n{}:\n{last}", log.display())
    })
}

fn append(log: &Path) -> Result<File> {
    Ok(File::options().create(true).append(true).open(log)?)
}
