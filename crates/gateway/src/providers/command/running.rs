//! A running program: its output, its error output, its end.
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

/// How many lines of its standard error are logged.
const LOG_LINES: usize = 200;

/// How long its output is read after it has ended. Everything it wrote is in the pipe by then.
const REST: Duration = Duration::from_secs(1);

/// The program's standard output. Children may hold it open for longer than the program lives: once
/// the program has ended by itself, what it wrote is read, and nothing more is waited for.
pub(super) struct Said<R> {
    lines: R,
    /// When reading ends, once the program has ended.
    until: Option<Instant>,
}

impl<R: AsyncBufRead + Unpin> Said<R> {
    pub(super) fn new(lines: R) -> Self {
        Self { lines, until: None }
    }

    /// The next line; `None` after the last.
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
            // What is missing now does not come any more.
            if let Ok(read) = read {
                read?;
            }
        }
        // The last line needs no newline.
        Ok((!line.is_empty()).then_some(line))
    }
}

/// A line without its newline; `None` at the end.
async fn next_line(lines: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    read_line(lines, &mut line).await?;
    Ok((!line.is_empty()).then_some(line))
}

/// Reads a line with its newline; nothing at the end.
async fn read_line(lines: &mut (impl AsyncBufRead + Unpin), line: &mut Vec<u8>) -> io::Result<()> {
    let read = lines.take(LINE_MAX_BYTES).read_until(b'\n', line).await?;
    if read as u64 == LINE_MAX_BYTES && line.last() != Some(&b'\n') {
        return Err(io::Error::other("a line is too long"));
    }
    Ok(())
}

/// What the program says on its standard error, for the operator; without what it says back of what was
/// `asked` for.
pub(super) async fn log(provider: String, asked: Vec<String>, stderr: impl AsyncRead + Unpin) {
    let mut lines = BufReader::new(stderr);
    let mut count = 0;
    while let Ok(Some(line)) = next_line(&mut lines).await {
        count += 1;
        if count <= LOG_LINES {
            let text = text::plain(&String::from_utf8_lossy(&line), None);
            let repeats = asked.iter().any(|asked| text::repeats(&text, asked));
            let text =
                if repeats { "(a line that repeats what was asked for)" } else { text.as_str() };
            tracing::info!(provider, text, "the program says");
        }
    }
}

/// A running program. Dropping it ends the program and all its children.
pub(super) struct Running {
    pub(super) child: Child,
    /// Its process group has its id, and lives on in its children. The system does not reuse the id
    /// while one of them lives.
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
