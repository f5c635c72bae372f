//! The gateway as a process: started, killed, audited. It must not know what clients do with it.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// A program and its data directory.
pub struct Place {
    /// The program.
    pub binary: PathBuf,
    /// Its data directory.
    pub data: PathBuf,
}

impl Place {
    /// Makes an API key and answers it.
    ///
    /// # Errors
    /// Where the command fails.
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

    /// Asks the gateway's own audit.
    ///
    /// # Errors
    /// With what it found.
    pub async fn audit(&self) -> Result<()> {
        let output = self.command("audit").arg("--data").arg(&self.data).output().await?;
        if output.status.success() {
            return Ok(());
        }
        let said = [output.stdout, output.stderr].concat();
        bail!("the audit found: {}", String::from_utf8_lossy(&said))
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(&self.binary);
        command.arg(name).kill_on_drop(true);
        command
    }
}

/// A running gateway.
pub struct Gateway {
    child: Child,
    /// Where it listens.
    pub url: String,
    /// How long it took to its first line.
    pub start_took: Duration,
}

impl Gateway {
    /// Starts it and waits for its first line.
    ///
    /// # Errors
    /// Where it ends instead.
    pub async fn start(place: &Place) -> Result<Self> {
        let began = Instant::now();
        let mut child = place
            .command("serve")
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(&place.data)
            // However long it goes on: the end of each is looked at.
            .env("AI_NOW_CANCELLED_RETENTION_SECS", "4000000000")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let stdout = child.stdout.take().context("no standard output")?;
        let first = BufReader::new(stdout).lines().next_line().await?;
        let first = first.context("the gateway ended before it listened")?;
        let url = first.strip_prefix("listening on ").context(first.clone())?.to_owned();
        Ok(Self { child, url, start_took: began.elapsed() })
    }

    /// Ends it as a crash does.
    ///
    /// # Errors
    /// Where it had ended by itself: a gateway never does.
    pub async fn kill(&mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("the gateway ended by itself: {status}");
        }
        self.child.kill().await?;
        Ok(())
    }
}
