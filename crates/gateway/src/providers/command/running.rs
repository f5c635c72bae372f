//! A program that runs: its lines, its complaints, its end.
//!
//! It must not know what the lines mean.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader};
use tokio::process::Child;
use tokio::time::{Instant, timeout_at};

use crate::providers::text;

/// The longest line that is read. A longer one ends the program.
const LINE_MAX_BYTES: u64 = 64 * 1024;

/// How many lines of its standard error go to the log.
const LOG_LINES: usize = 200;

/// How long is read on once the program has ended. All that it said lies in the pipe by then.
const REST: Duration = Duration::from_secs(1);

/// What the program says on its standard output. Whatever it started may hold that open for longer
/// than it lives: once it has ended by itself, what it said is read and nothing more waited for.
pub(super) struct Said<R> {
    lines: R,
    /// When reading ends, once the program has ended.
    until: Option<Instant>,
}

impl<R: AsyncBufRead + Unpin> Said<R> {
    pub(super) fn new(lines: R) -> Self {
        Self { lines, until: None }
    }

    /// The next line; `None` once it has said all.
    pub(super) async fn next(&mut self, child: &mut Child) -> io::Result<Option<Vec<u8>>> {
        let mut line = Vec::new();
        {
            let mut reading = std::pin::pin!(read_line(&mut self.lines, &mut line));
            let read = match self.until {
                Some(until) => timeout_at(until, reading).await,
                None => tokio::select! {
                    biased;
                    read = &mut reading => Ok(read),
                    ended = child.wait() => {
                        ended?;
                        let until = *self.until.insert(Instant::now() + REST);
                        timeout_at(until, reading).await
                    }
                },
            };
            // What stays away now does not come any more.
            if let Ok(read) = read {
                read?;
            }
        }
        // A last line needs no end.
        Ok((!line.is_empty()).then_some(line))
    }
}

/// A line without its end; `None` at the end of all.
async fn next_line(lines: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    read_line(lines, &mut line).await?;
    Ok((!line.is_empty()).then_some(line))
}

/// Reads a line with its end; nothing at the end of all.
async fn read_line(lines: &mut (impl AsyncBufRead + Unpin), line: &mut Vec<u8>) -> io::Result<()> {
    let read = lines.take(LINE_MAX_BYTES).read_until(b'\n', line).await?;
    if read as u64 == LINE_MAX_BYTES && line.last() != Some(&b'\n') {
        return Err(io::Error::other("a line is too long"));
    }
    Ok(())
}

/// What the program says on its standard error, for the operator.
pub(super) async fn log(provider: String, stderr: impl AsyncRead + Unpin) {
    let mut lines = BufReader::new(stderr);
    let mut count = 0;
    while let Ok(Some(line)) = next_line(&mut lines).await {
        count += 1;
        if count <= LOG_LINES {
            let text = text::plain(&String::from_utf8_lossy(&line), None);
            tracing::info!(provider, text, "the program says");
        }
    }
}

/// A program that runs. It is ended with the value, and everything it started with it.
pub(super) struct Running {
    pub(super) child: Child,
    /// Its process group has its id, and lives on in its children when it has ended. The system gives
    /// that id to nobody else as long as one of them lives.
    group: Option<u32>,
}

impl Running {
    pub(super) fn new(child: Child) -> Self {
        Self { group: child.id(), child }
    }

    fn kill(&mut self) {
        #[cfg(unix)]
        if let Some(group) = self.group.take().and_then(|id| i32::try_from(id).ok())
            && let Some(group) = rustix::process::Pid::from_raw(group)
        {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
        let _ = self.child.start_kill();
    }

    pub(super) async fn end(mut self) {
        self.kill();
        let _ = self.child.wait().await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}
