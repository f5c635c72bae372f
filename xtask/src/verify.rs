//! `cargo verify`: all checks and tests, counted.
//!
//! Every step runs even where one before it failed, so that one run tells all. The last line is
//! `N passed, N failed`: tests one by one, and each check as one. A run in which a browser step
//! executed no test has failed.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::projects::{self, Projects};
use crate::run::{cargo, heading, root, run, target_dir, watch};
use crate::{api, demo, dist, ops, sketch, tidy, tools};

/// What can be verified alone; in the order in which all are run.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Step {
    /// House rules
    Tidy,
    /// Formatting
    Format,
    /// clippy and rustdoc on the host and for wasm, warnings denied
    Lint,
    /// Unit, property and socket tests on the host
    Host,
    /// wasm-bindgen-test in a headless browser
    Wasm,
    /// The widget built for distribution, within its budget of bytes
    Dist,
    /// The npm package, linted, and opened in a browser from fresh projects
    Npm,
    /// The description that the API gives of itself, validated and tried out (needs Python)
    Api,
    /// The real gateway, killed at random and audited
    Crash,
    /// Proxies, backups and the other files under ops/, and documents against the program
    Ops,
    /// The real page in a real browser against the real gateway
    E2e,
}

#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
}

/// Runs the steps (all where none is named) and answers whether nothing failed.
///
/// # Errors
/// Never for a failed test or check: those are counted.
pub fn verify(only: &[Step]) -> Result<bool> {
    let steps = if only.is_empty() { Step::value_variants() } else { only };
    let mut sum = Tally::default();
    for &step in steps {
        let mut tally = Tally::default();
        if let Err(error) = perform(step, &mut tally) {
            eprintln!("\nfailed: {}: {error:#}", name(step));
            // A step that broke off without counting a failure has failed as a whole.
            tally.failed = tally.failed.max(1);
        } else if tally.passed + tally.failed == 0 {
            tally.passed = 1;
        }
        println!("{}: {} passed, {} failed", name(step), tally.passed, tally.failed);
        sum.passed += tally.passed;
        sum.failed += tally.failed;
    }
    println!("\n{} passed, {} failed", sum.passed, sum.failed);
    Ok(sum.failed == 0)
}

/// `cargo xtask npm-projects`: the npm package in every kind of project, as a release wants it.
///
/// # Errors
/// Where the tests can't be run.
pub fn npm_projects() -> Result<bool> {
    let mut tally = Tally::default();
    let ran = tests(&mut projects::command(Projects::All)?, ops::result, &mut tally);
    println!("{} passed, {} failed", tally.passed, tally.failed);
    Ok(ran.is_ok() && tally.failed == 0)
}

fn name(step: Step) -> String {
    step.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
}

fn perform(step: Step, tally: &mut Tally) -> Result<()> {
    heading(&format!("verify {}", name(step)));
    match step {
        Step::Tidy => tidy::tidy(),
        Step::Format => run(cargo().args(["fmt", "--all", "--check"])),
        Step::Lint => {
            tools::setup()?;
            let deny = ["--", "-D", "warnings"];
            run(cargo().args(["clippy", "--workspace", "--all-targets"]).args(deny))?;
            run(cargo().args(["clippy", "--all-targets"]).args(WIDGET_ON_WASM).args(deny))?;
            let engine = ["clippy", "--package", "ai-now-sketch-worker", "--target"];
            run(cargo().args(engine).arg(tools::WASM_TARGET).args(deny))?;
            document(&["--workspace"])?;
            document(&WIDGET_ON_WASM)
        }
        Step::Host => {
            sketch::thumbnails(true)?;
            tests(cargo().args(["test", "--workspace", "--no-fail-fast"]), cargo_result, tally)
        }
        Step::Wasm => {
            tools::setup()?;
            let browser = tools::browser()?;
            tests(
                cargo()
                    .args(["test", "--no-fail-fast", "--test", "web"])
                    .args(WIDGET_ON_WASM)
                    .env("PATH", tools::path()?)
                    .env("CHROMEDRIVER", browser.driver)
                    // For all tests together; a busy machine needs more than the usual 20 s.
                    .env("WASM_BINDGEN_TEST_TIMEOUT", "600"),
                cargo_result,
                tally,
            )
        }
        Step::Dist => dist::dist(),
        Step::Npm => tests(&mut projects::command(Projects::Bundlers)?, ops::result, tally),
        Step::Api => api::verify(),
        Step::Crash => {
            demo::gateway()?;
            tests(&mut crash_harness(CRASH_ROUNDS)?, cargo_result, tally)
        }
        Step::Ops => tests(&mut ops::command()?, ops::result, tally),
        Step::E2e => {
            let browser = tools::browser()?;
            let firefox = tools::firefox()?;
            // For its recipe under examples/.
            tools::programs(&[("hugo", "hugo")])?;
            let dir = tools::node_packages()?;
            demo::gateway()?;
            let web = root().join("dist");
            if !web.join("index.html").is_file() {
                dist::widget()?;
            }
            tests(
                Command::new(dir.join("node_modules/.bin/playwright"))
                    .arg("test")
                    .env("E2E_GATEWAY", demo::gateway_binary())
                    .env("E2E_WEB", web)
                    .env("E2E_SKETCH", sketch_binary()?)
                    .env("E2E_BROWSER", browser.browser)
                    .env("E2E_FIREFOX", firefox)
                    .current_dir(dir),
                playwright_result,
                tally,
            )
        }
    }
}

/// Builds the documentation, private items too: what comments link to is there.
fn document(what: &[&str]) -> Result<()> {
    let doc = ["doc", "--no-deps", "--document-private-items"];
    run(cargo().args(doc).args(what).env("RUSTDOCFLAGS", "-D warnings"))
}

/// Builds the sketch engine's example: what it makes is compared with what the page makes.
fn sketch_binary() -> Result<PathBuf> {
    run(cargo().args(["build", "--package", "ai-now-sketch", "--example", "sketch"]))?;
    let name = format!("sketch{}", std::env::consts::EXE_SUFFIX);
    Ok(target_dir().join("debug/examples").join(name))
}

/// Enough to hit every write of a generation's life several times over, in a minute or so.
const CRASH_ROUNDS: u32 = 60;

/// `cargo xtask crash`: the harness alone, as often as one likes.
///
/// # Errors
/// Where it can't be built or a round fails.
pub fn crash(rounds: u32) -> Result<()> {
    demo::gateway()?;
    run(&mut crash_harness(rounds)?)
}

fn crash_harness(rounds: u32) -> Result<Command> {
    run(cargo().args(["build", "--package", "ai-now-crash"]))?;
    let name = format!("ai-now-crash{}", std::env::consts::EXE_SUFFIX);
    let mut harness = Command::new(target_dir().join("debug").join(name));
    harness.arg("--gateway").arg(demo::gateway_binary());
    harness.args(["--rounds", &rounds.to_string()]);
    Ok(harness)
}

const WIDGET_ON_WASM: [&str; 4] =
    ["--package", "ai-now-widget", "--target", "wasm32-unknown-unknown"];

/// Runs a test runner and counts what its lines tell.
fn tests(
    command: &mut Command,
    result: fn(&str) -> Option<(usize, usize)>,
    tally: &mut Tally,
) -> Result<()> {
    let succeeded = watch(command, |line| {
        if let Some((passed, failed)) = result(line) {
            tally.passed += passed;
            tally.failed += failed;
        }
    })?;
    if tally.passed + tally.failed == 0 {
        bail!("no test was executed");
    }
    if !succeeded {
        bail!("the test runner failed");
    }
    Ok(())
}

/// `test result: ok. 28 passed; 0 failed; …`, of cargo and of wasm-bindgen-test.
fn cargo_result(line: &str) -> Option<(usize, usize)> {
    let (_, counts) = line.trim().strip_prefix("test result: ")?.split_once(". ")?;
    let count = |word| {
        let part = counts.split("; ").find_map(|part| part.strip_suffix(word))?;
        part.trim().parse().ok()
    };
    Some((count("passed")?, count("failed")?))
}

/// `  12 passed (34.5s)`, `  1 failed`, `  1 flaky`: Playwright's closing lines, one a count. Flaky is
/// failed, and so is what never ran.
fn playwright_result(line: &str) -> Option<(usize, usize)> {
    let mut words = line.split_whitespace();
    let count = words.next()?.parse().ok()?;
    match words.next()? {
        "passed" => Some((count, 0)),
        "failed" | "flaky" | "interrupted" | "did" => Some((0, count)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_counted() {
        let cargo =
            "test result: FAILED. 28 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(cargo_result(cargo), Some((28, 2)));
        assert_eq!(cargo_result("running 3 tests"), None);
        assert_eq!(playwright_result("  12 passed (34.5s)"), Some((12, 0)));
        assert_eq!(playwright_result("  1 flaky"), Some((0, 1)));
        assert_eq!(playwright_result("  2 did not run"), Some((0, 2)));
        assert_eq!(playwright_result("  ✓  1 [chromium] › a.spec.js:3:1 › passed"), None);
    }
}
