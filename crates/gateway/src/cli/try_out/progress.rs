//! The progress bar on standard error: one line that is redrawn on a terminal, or a line for each
//! new step elsewhere.

use std::io::{IsTerminal as _, Write as _};

use ai_now_protocol::event::Progress;

use super::printable::printable;

pub(super) struct ProgressLine {
    terminal: bool,
    last: String,
}

/// How many cells the bar has.
const CELLS: usize = 24;

impl ProgressLine {
    pub(super) fn new() -> Self {
        Self { terminal: std::io::stderr().is_terminal(), last: String::new() }
    }

    /// Shows the progress.
    pub(super) fn show(&mut self, progress: &Progress) {
        let text = self.drawn(progress);
        let mut out = std::io::stderr().lock();
        // Where nobody can be told, nobody is.
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }

    /// What is written for it.
    fn drawn(&mut self, progress: &Progress) -> String {
        let words = words(progress);
        let text = if self.terminal {
            format!("\r\u{1b}[K{}", [bar(progress.progress), words.clone()].join(" ").trim_start())
        } else if words != self.last {
            format!("{words}\n")
        } else {
            String::new()
        };
        self.last = words;
        text
    }

    /// Ends the line.
    pub(super) fn end(&self) {
        if self.terminal && !self.last.is_empty() {
            eprintln!();
        }
    }
}

fn words(progress: &Progress) -> String {
    let step = progress.step.as_ref().map_or("working", |step| &*step.text);
    let mut words = match progress.queue_position {
        Some(0) => "next in the queue".to_owned(),
        Some(before) => format!("{before} in the queue before it"),
        None => printable(step),
    };
    if let Some(secs) = progress.eta_secs {
        words.push_str(&format!(", about {secs} s"));
    }
    words
}

fn bar(progress: Option<f64>) -> String {
    let Some(part) = progress else { return String::new() };
    let full = (part.clamp(0.0, 1.0) * CELLS as f64).round() as usize;
    let percent = (part.clamp(0.0, 1.0) * 100.0).round();
    format!("[{}{}] {percent:3} %", "#".repeat(full), "-".repeat(CELLS - full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_full_as_the_work() {
        assert_eq!(bar(Some(0.0)), format!("[{}]   0 %", "-".repeat(24)));
        assert_eq!(bar(Some(0.5)), format!("[{}{}]  50 %", "#".repeat(12), "-".repeat(12)));
        assert_eq!(bar(Some(7.0)), format!("[{}] 100 %", "#".repeat(24)));
        assert_eq!(bar(Some(f64::NAN)), format!("[{}] NaN %", "-".repeat(24)));
        assert_eq!(bar(None), "");
    }

    #[test]
    fn a_terminal_sees_one_line_and_a_file_each_new_step() {
        let at = |part| Progress { progress: Some(part), ..Progress::default() };
        let mut terminal = ProgressLine { terminal: true, last: String::new() };
        let drawn = terminal.drawn(&at(0.5));
        assert_eq!(
            drawn,
            format!("\r\u{1b}[K[{}{}]  50 % working", "#".repeat(12), "-".repeat(12))
        );
        assert_eq!(terminal.drawn(&Progress::default()), "\r\u{1b}[Kworking");
        let mut file = ProgressLine { terminal: false, last: String::new() };
        assert_eq!(file.drawn(&at(0.1)), "working\n");
        assert_eq!(file.drawn(&at(0.2)), "");
    }

    #[test]
    fn a_place_in_the_queue_is_told_before_a_step() {
        let queued = |position| Progress {
            queue_position: Some(position),
            eta_secs: Some(9),
            ..Progress::default()
        };
        assert_eq!(words(&queued(0)), "next in the queue, about 9 s");
        assert_eq!(words(&queued(3)), "3 in the queue before it, about 9 s");
        assert_eq!(words(&Progress::default()), "working");
    }
}
