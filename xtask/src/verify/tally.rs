//! Parses the output of test runners: counts, and the failures with their output, so that the end
//! of a long run shows all of them. It must not know how runners are started.

use std::fmt::Write as _;

/// The maximum lines of a failure that are repeated; the rest is further up in the output.
const DETAIL_LINES: usize = 30;

/// A runner whose output can be parsed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Runner {
    /// `cargo test`, wasm-bindgen-test, and harnesses with the same format.
    Cargo,
    /// Playwright's list reporter. Flaky tests and tests that didn't run count as failed.
    Playwright,
    /// The Test Anything Protocol, as Node's runner prints it. Cancelled tests count as failed.
    Tap,
}

/// The counts so far, and the failures.
#[derive(Default)]
pub struct Tally {
    pub passed: usize,
    pub failed: usize,
    failures: Vec<Failure>,
    /// What the following lines belong to.
    told: Option<usize>,
}

struct Failure {
    name: String,
    detail: Vec<String>,
}

impl Tally {
    /// Parses the next line of `runner`.
    pub fn read(&mut self, runner: Runner, line: &str) {
        let counts = match runner {
            Runner::Cargo => cargo_counts(line),
            Runner::Playwright => playwright_counts(line),
            Runner::Tap => tap_counts(line),
        };
        if let Some((passed, failed)) = counts {
            self.passed += passed;
            self.failed += failed;
            self.told = None;
            return;
        }
        let head = match runner {
            Runner::Cargo => cargo_head(line),
            Runner::Playwright => playwright_head(line),
            Runner::Tap => tap_head(line),
        };
        match head {
            Head::Of(name) => self.told = Some(self.index_of(name)),
            Head::End => self.told = None,
            Head::None => self.detail(line),
        }
    }

    /// Records the failure of a whole step, without a test's name.
    pub fn broke_off(&mut self, name: &str, why: &str) {
        if self.failed == 0 {
            self.failed = 1;
            let detail = why.lines().map(str::to_owned).collect();
            self.failures.push(Failure { name: name.to_owned(), detail });
        }
    }

    /// Records a passed check that has no tests to count.
    pub fn held(&mut self) {
        if self.passed + self.failed == 0 {
            self.passed = 1;
        }
    }

    /// The failures, one paragraph each, under the name of `step`; empty if there are none.
    pub fn report(&self, step: &str) -> String {
        let mut text = String::new();
        for failure in &self.failures {
            // A test file of Node's that only reports that tests in it failed.
            if failure.detail.iter().any(|line| line.contains("'subtestsFailed'")) {
                continue;
            }
            let _ = writeln!(text, "  {step}: {}", failure.name);
            for line in failure.detail.iter().take(DETAIL_LINES) {
                let _ = writeln!(text, "      {line}");
            }
        }
        if text.is_empty() && self.failed > 0 {
            let _ = writeln!(text, "  {step}: {} without a name, see above", self.failed);
        }
        text
    }

    fn index_of(&mut self, name: &str) -> usize {
        let known = self.failures.iter().position(|failure| failure.name == name);
        known.unwrap_or_else(|| {
            self.failures.push(Failure { name: name.to_owned(), detail: Vec::new() });
            self.failures.len() - 1
        })
    }

    fn detail(&mut self, line: &str) {
        let Some(failure) = self.told.and_then(|index| self.failures.get_mut(index)) else {
            return;
        };
        // One line more than is shown is enough; a test's output may be endless.
        if !line.trim().is_empty() && failure.detail.len() <= DETAIL_LINES {
            failure.detail.push(line.trim_end().to_owned());
        }
    }
}

/// Whether the line starts the output of a failed test.
enum Head<'l> {
    Of(&'l str),
    End,
    None,
}

/// `test result: ok. 28 passed; 0 failed; …`
fn cargo_counts(line: &str) -> Option<(usize, usize)> {
    let (_, counts) = line.trim().strip_prefix("test result: ")?.split_once(". ")?;
    let count = |word| {
        let part = counts.split("; ").find_map(|part| part.strip_suffix(word))?;
        part.trim().parse().ok()
    };
    Some((count("passed")?, count("failed")?))
}

/// `---- store::tests::adds stdout ----`, and in a browser `---- web::adds output ----`; ends at
/// `failures:`, which repeats the names.
fn cargo_head(line: &str) -> Head<'_> {
    let quoted = line.strip_prefix("---- ").and_then(|line| line.strip_suffix(" ----"));
    if let Some(name) = quoted {
        let name = name.strip_suffix(" stdout").or_else(|| name.strip_suffix(" output"));
        return name.map_or(Head::None, Head::Of);
    }
    let failed = line.strip_prefix("test ").and_then(|line| line.split_once(" ... FAIL"));
    match failed {
        // Its output follows after all tests have run.
        Some((name, _)) => Head::Of(name),
        None if line == "failures:" || line.starts_with("test ") => Head::End,
        None => Head::None,
    }
}

/// `  12 passed (34.5s)`, `  1 failed`, `  1 flaky`: summary lines, one per count.
fn playwright_counts(line: &str) -> Option<(usize, usize)> {
    let mut words = line.split_whitespace();
    let count = words.next()?.parse().ok()?;
    match words.next()? {
        "passed" => Some((count, 0)),
        "failed" | "flaky" | "interrupted" | "did" => Some((0, count)),
        _ => None,
    }
}

/// `  1) [chromium] › a.spec.js:3:1 › it plays ─────`, after all tests have run.
fn playwright_head(line: &str) -> Head<'_> {
    let Some((number, name)) = line.trim_start().split_once(") [") else {
        return Head::None;
    };
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Head::None;
    }
    let name = name.trim_end_matches(['─', ' ']);
    name.split_once("] › ").map_or(Head::None, |(_, name)| Head::Of(name))
}

/// `# pass 12`, `# fail 0`: summary lines, one per count.
fn tap_counts(line: &str) -> Option<(usize, usize)> {
    let (word, count) = line.strip_prefix("# ")?.split_once(' ')?;
    let count = count.parse().ok()?;
    match word {
        "pass" => Some((count, 0)),
        "fail" | "cancelled" => Some((0, count)),
        _ => None,
    }
}

/// `not ok 3 - it plays`, followed by a block from `---` to `...`.
fn tap_head(line: &str) -> Head<'_> {
    let line = line.trim_start();
    if let Some((_, name)) = line.strip_prefix("not ok ").and_then(|line| line.split_once(" - ")) {
        return Head::Of(name);
    }
    if line == "..." || line.starts_with("ok ") { Head::End } else { Head::None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(runner: Runner, output: &str) -> Tally {
        let mut tally = Tally::default();
        for line in output.lines() {
            tally.read(runner, line);
        }
        tally
    }

    #[test]
    fn closing_lines_are_counted() {
        let cargo = "running 3 tests\n\
            test result: FAILED. 28 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out\n\
            test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out";
        let playwright = "  ✓  1 [chromium] › a.spec.js:3:1 › passed\n  1 failed\n  1 flaky\n  \
            2 did not run\n  12 passed (34.5s)";
        let tap = "# Subtest: pass 3\nok 1 - pass 12\n# pass 12\n# fail 2\n# cancelled 1";
        for (runner, output, passed, failed) in [
            (Runner::Cargo, cargo, 29, 2),
            (Runner::Playwright, playwright, 12, 4),
            (Runner::Tap, tap, 12, 3),
        ] {
            let tally = read(runner, output);
            assert_eq!((tally.passed, tally.failed), (passed, failed), "{output}");
        }
    }

    #[test]
    fn failures_are_reported_by_name() {
        let cargo = "test a::adds ... ok\ntest a::takes ... FAILED\n\nfailures:\n\n\
            ---- a::takes stdout ----\nthread 'a::takes' panicked at a.rs:3:\nleft: 1\n\n\
            failures:\n    a::takes\n\n\
            test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out";
        let playwright = "  ✘  1 [chromium] › a.spec.js:3:1 › it plays (2s)\n\n  \
            1) [chromium] › a.spec.js:3:1 › it plays ─────\n\n    Error: it is silent\n\n  \
            1 failed\n    [chromium] › a.spec.js:3:1 › it plays ───\n  12 passed (34.5s)";
        let tap = "# Subtest: a.test.mjs\n    not ok 1 - it plays\n      ---\n      \
            error: 'it is silent'\n      ...\n    1..1\nnot ok 1 - a.test.mjs\n  ---\n  \
            failureType: 'subtestsFailed'\n  ...\n# pass 0\n# fail 1";
        for (runner, output, report) in [
            (
                Runner::Cargo,
                cargo,
                "  host: a::takes\n      thread 'a::takes' panicked at a.rs:3:\n      left: 1\n",
            ),
            (
                Runner::Playwright,
                playwright,
                "  host: a.spec.js:3:1 › it plays\n          Error: it is silent\n",
            ),
            (
                Runner::Tap,
                tap,
                "  host: it plays\n            ---\n            error: 'it is silent'\n",
            ),
        ] {
            assert_eq!(read(runner, output).report("host"), report);
        }
    }

    #[test]
    fn an_aborted_step_counts_as_one_failure() {
        let mut tally = Tally::default();
        tally.broke_off("dist", "too heavy");
        tally.broke_off("dist", "too heavy");
        assert_eq!(tally.failed, 1);
        assert_eq!(tally.report("dist"), "  dist: dist\n      too heavy\n");
        assert_eq!(Tally::default().report("dist"), "");
    }

    #[test]
    fn a_passed_check_counts_once() {
        let mut tally = Tally::default();
        tally.held();
        tally.held();
        assert_eq!((tally.passed, tally.failed), (1, 0));
    }
}
