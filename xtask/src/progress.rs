//! Progress of long builds: builds that run in parallel share one line with the work done, the time
//! elapsed and an estimate of the time left. It must not know what is built.

use std::io::{IsTerminal as _, Read, Write as _};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// The intervals between reports: on a terminal, where the line is overwritten, and elsewhere.
const ON_TERMINAL: Duration = Duration::from_millis(500);
const ELSEWHERE: Duration = Duration::from_secs(20);

/// The builds that run in parallel.
pub struct Progress {
    started: Instant,
    terminal: bool,
    parts: Mutex<Vec<Part>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    name: &'static str,
    done: u32,
    total: u32,
}

impl Progress {
    /// Runs `work`, and reports progress until it ends.
    pub fn during<T: Send>(work: impl FnOnce(&Self) -> T + Send) -> T {
        let terminal = std::io::stderr().is_terminal();
        let progress = Self { started: Instant::now(), terminal, parts: Mutex::default() };
        let (working, ended) = channel::<()>();
        thread::scope(|scope| {
            scope.spawn(|| progress.tell_until(ended));
            let done = work(&progress);
            drop(working);
            done
        })
    }

    /// Runs a command that builds with cargo. Its output is passed on, except for what the progress
    /// line shows.
    ///
    /// # Errors
    /// If it can't be started or fails.
    pub fn run(&self, name: &'static str, command: &mut Command) -> Result<()> {
        let mut child = command
            .env("CARGO_TERM_PROGRESS_WHEN", "always")
            .env("CARGO_TERM_PROGRESS_WIDTH", "100")
            .env("CARGO_TERM_COLOR", "never")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("{name} can't be built: cargo or trunk doesn't start"))?;
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        thread::scope(|scope| {
            if let Some(stdout) = stdout {
                scope.spawn(|| self.read(name, stdout));
            }
            if let Some(stderr) = stderr {
                self.read(name, stderr);
            }
        });
        let status = child.wait()?;
        self.parts().retain(|part| part.name != name);
        if !status.success() {
            bail!("building {name} ended with {status}; what it says above tells why");
        }
        Ok(())
    }

    fn parts(&self) -> std::sync::MutexGuard<'_, Vec<Part>> {
        // After a panic in another thread, the data is still usable.
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read(&self, name: &'static str, mut said: impl Read) {
        let (mut line, mut bytes) = (Vec::new(), [0; 4096]);
        while let Ok(read @ 1..) = said.read(&mut bytes) {
            for &byte in &bytes[..read] {
                if byte != b'\n' && byte != b'\r' {
                    line.push(byte);
                    continue;
                }
                self.heard(name, String::from_utf8_lossy(&line).trim_end());
                line.clear();
            }
        }
        self.heard(name, String::from_utf8_lossy(&line).trim_end());
    }

    fn heard(&self, name: &'static str, line: &str) {
        if let Some((done, total)) = counted(line) {
            let mut parts = self.parts();
            parts.retain(|part| part.name != name);
            parts.push(Part { name, done, total });
        } else if is_worth_saying(line) {
            let clear = if self.terminal { "\r\x1b[K" } else { "" };
            eprintln!("{clear}{line}");
        }
    }

    fn tell_until(&self, ended: Receiver<()>) {
        let every = if self.terminal { ON_TERMINAL } else { ELSEWHERE };
        while ended.recv_timeout(every) == Err(RecvTimeoutError::Timeout) {
            let Some(line) = line(&self.parts(), self.started.elapsed()) else { continue };
            if self.terminal {
                eprint!("\r\x1b[K      {line}");
                // If the line can't be written, progress is lost, nothing else.
                let _ = std::io::stderr().flush();
            } else {
                eprintln!("      {line}");
            }
        }
        if self.terminal {
            eprint!("\r\x1b[K");
        }
    }
}

/// `1:23  gateway 120 of 342, widget 88 of 201; about 3 min left`; empty if nothing is known.
fn line(parts: &[Part], elapsed: Duration) -> Option<String> {
    if parts.is_empty() {
        return None;
    }
    let each = parts.iter().map(|part| format!("{} {} of {}", part.name, part.done, part.total));
    let mut line = format!("{}  {}", clock(elapsed), each.collect::<Vec<_>>().join(", "));
    let done: u32 = parts.iter().map(|part| part.done).sum();
    let total: u32 = parts.iter().map(|part| part.total).sum();
    // Earlier, an estimate would have too little data; units that were already built count at once.
    if elapsed > Duration::from_secs(30) && done > 0 {
        let left = elapsed * (total - done.min(total)) / done;
        line += &format!("; about {} min left", left.as_secs().div_ceil(60).max(1));
    }
    Some(line)
}

/// Minutes and seconds.
pub fn clock(elapsed: Duration) -> String {
    format!("{}:{:02}", elapsed.as_secs() / 60, elapsed.as_secs() % 60)
}

/// cargo's progress line: `    Building [====>    ] 120/342: serde, syn`.
fn counted(line: &str) -> Option<(u32, u32)> {
    let (_, counts) = line.trim_start().strip_prefix("Building [")?.split_once("] ")?;
    let (done, total) = counts.split(':').next()?.trim().split_once('/')?;
    Some((done.parse().ok()?, total.parse().ok()?))
}

/// Whether a line is worth showing, rather than routine output.
fn is_worth_saying(line: &str) -> bool {
    const USUAL: [&str; 14] = [
        "Adding",
        "Blocking",
        "Building",
        "Checking",
        "Compiling",
        "Downloaded",
        "Downloading",
        "Finished",
        "Installed",
        "Installing",
        "Locking",
        "Replacing",
        "Running",
        "Updating",
    ];
    let first = line.split_whitespace().next();
    // Trunk's own log.
    first.is_some_and(|word| !USUAL.contains(&word)) && !line.contains(" INFO ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_is_understood() {
        assert_eq!(counted("    Building [====>    ] 120/342: serde, syn"), Some((120, 342)));
        assert_eq!(counted("    Building [=>  ] 1/2"), Some((1, 2)));
        assert_eq!(counted("   Compiling serde v1.0.0"), None);
        for usual in ["   Compiling serde v1", "", "2026-11-26T17:00:00Z  INFO starting build"] {
            assert!(!is_worth_saying(usual), "{usual}");
        }
        for other in ["warning: unused", "error[E0308]: mismatched types", "  --> src/a.rs:1:2"] {
            assert!(is_worth_saying(other), "{other}");
        }
    }

    #[test]
    fn the_time_left_is_estimated_from_the_work_done() {
        let part = |name, done, total| Part { name, done, total };
        let both = [part("gateway", 100, 300), part("widget", 50, 150)];
        let line = |secs| line(&both, Duration::from_secs(secs)).unwrap();
        assert_eq!(line(9), "0:09  gateway 100 of 300, widget 50 of 150");
        assert_eq!(line(65), "1:05  gateway 100 of 300, widget 50 of 150; about 3 min left");
        assert_eq!(super::line(&[], Duration::ZERO), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_failed_build_is_reported() {
        let fails = |script| {
            Progress::during(|progress| progress.run("it", Command::new("sh").args(["-c", script])))
        };
        assert!(fails("printf '    Building [=> ] 1/2\\r'; exit 0").is_ok());
        let error = fails("echo 'error: no' >&2; exit 3").unwrap_err().to_string();
        assert!(error.starts_with("building it ended with exit status: 3"), "{error}");
    }
}
