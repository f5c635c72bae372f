//! `cargo verify`: all checks and tests, counted.
//!
//! Every step runs even if an earlier one failed, so that one run shows all failures. The last line
//! is `N passed, N failed`, where a test counts as one and so does a check; failures are listed
//! before it. A browser step that ran no test has failed.

mod tally;

use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::projects::{self, Projects};
use crate::run::{cargo, heading, root, run, watch};
use crate::{api, crates, dist, ops, programs, sketch, tidy, tools};
use tally::{Runner, Tally};

/// The steps, in the order in which they run.
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
    /// The crates that are published, packed and built by themselves; licences of all that is linked
    Crates,
    /// The real gateway, killed at random and audited; a whole installation while each of its parts fails
    Crash,
    /// Proxies, backups and the other files under ops/, and documents against the program
    Ops,
    /// The real page in a real browser against the real gateway
    E2e,
}

/// Runs the steps (all if none is named) and returns whether nothing failed.
///
/// # Errors
/// Never for a failed test or check: those are counted.
pub fn verify(only: &[Step]) -> Result<bool> {
    let steps = if only.is_empty() { Step::value_variants() } else { only };
    let (mut passed, mut failed) = (0, 0);
    let mut report = String::new();
    let mut durations = String::new();
    for &step in steps {
        let started = Instant::now();
        let tally = performed(step);
        let name = name(step);
        let took_secs = started.elapsed().as_secs();
        println!("{name}: {} passed, {} failed, in {took_secs} s", tally.passed, tally.failed);
        durations.push_str(&format!("  {name} {took_secs} s"));
        passed += tally.passed;
        failed += tally.failed;
        report.push_str(&tally.report(&name));
    }
    if !report.is_empty() {
        println!("\nWhat failed:\n{report}");
    }
    println!("\nWhat took how long:{durations}");
    println!("\n{passed} passed, {failed} failed");
    Ok(failed == 0)
}

/// Runs one step and counts; a step that aborted has failed as a whole.
fn performed(step: Step) -> Tally {
    let mut tally = Tally::default();
    match perform(step, &mut tally) {
        Ok(()) => tally.held(),
        Err(error) => {
            let why = format!("{error:#}");
            eprintln!("\nfailed: {}: {why}", name(step));
            tally.broke_off(&name(step), &why);
        }
    }
    tally
}

/// `cargo xtask npm-projects`: tests the npm package in every kind of project, as a release
/// requires.
///
/// # Errors
/// If the tests can't be run.
pub fn npm_projects() -> Result<bool> {
    let mut tally = Tally::default();
    let ran = tests(&mut projects::command(Projects::All)?, Runner::Tap, &mut tally);
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
        Step::Lint => lint(),
        Step::Host => {
            sketch::thumbnails(true)?;
            tools::postgres()?;
            tests(cargo().args(["test", "--workspace", "--no-fail-fast"]), Runner::Cargo, tally)
        }
        Step::Wasm => wasm(tally),
        Step::Dist => dist::dist(),
        Step::Npm => tests(&mut projects::command(Projects::Bundlers)?, Runner::Tap, tally),
        Step::Api => api::verify(),
        Step::Crates => {
            crates::may_be_linked()?;
            crates::package()?;
            crates::fuzz_resolves()
        }
        Step::Crash => {
            programs::build()?;
            tools::postgres()?;
            for (rounds, store, nodes) in CRASHES {
                tests(&mut crash_harness(rounds, store, nodes)?, Runner::Cargo, tally)?;
            }
            tests(&mut fault_harness(true)?, Runner::Cargo, tally)
        }
        Step::Ops => tests(&mut ops::command()?, Runner::Tap, tally),
        Step::E2e => tests(&mut end_to_end()?, Runner::Playwright, tally),
    }
}

fn lint() -> Result<()> {
    tools::wasm_target()?;
    let deny = ["--", "-D", "warnings"];
    run(cargo().args(["clippy", "--workspace", "--all-targets"]).args(deny))?;
    run(cargo().args(["clippy", "--all-targets"]).args(WIDGET_ON_WASM).args(deny))?;
    run(cargo().args(["clippy", "--all-targets"]).args(ADMIN_ON_WASM).args(deny))?;
    let engine = ["clippy", "--package", "ai-now-sketch-worker", "--target"];
    run(cargo().args(engine).arg(tools::WASM_TARGET).args(deny))?;
    document(&["--workspace"])?;
    document(&WIDGET_ON_WASM)?;
    document(&ADMIN_ON_WASM)
}

fn wasm(tally: &mut Tally) -> Result<()> {
    tools::wasm_target()?;
    let browser = tools::browser()?;
    let suites = [(["--test", "web"].as_slice(), WIDGET_ON_WASM), (&["--lib"], ADMIN_ON_WASM)];
    for (which, package) in suites {
        let mut command = cargo();
        command
            .args(["test", "--no-fail-fast"])
            .args(which)
            .args(package)
            .env("PATH", tools::path()?)
            .env("CHROMEDRIVER", &browser.driver)
            // For all tests together; a busy machine needs more than the default of 20 s.
            .env("WASM_BINDGEN_TEST_TIMEOUT", "600");
        tests(&mut command, Runner::Cargo, tally)?;
    }
    Ok(())
}

/// Runs Playwright on `tests/e2e`, after building everything that the tests open.
fn end_to_end() -> Result<Command> {
    let browser = tools::browser()?;
    let firefox = tools::firefox()?;
    // For the recipe under examples/, and for records that tests write themselves.
    tools::programs(&[("hugo", "hugo"), ("sqlite3", "sqlite3")])?;
    let dir = tools::node_packages()?;
    programs::build()?;
    let web = root().join("dist");
    if !web.join("index.html").is_file() {
        dist::widget()?;
    }
    let mut command = Command::new(dir.join("node_modules/.bin/playwright"));
    command
        .arg("test")
        .env("E2E_GATEWAY", programs::gateway())
        .env("E2E_WEB", web)
        .env("E2E_SKETCH", programs::sketch())
        .env("E2E_BROWSER", browser.browser)
        .env("E2E_FIREFOX", firefox)
        .current_dir(dir);
    Ok(command)
}

/// Builds the documentation with private items, so that links in all comments are checked.
fn document(what: &[&str]) -> Result<()> {
    let doc = ["doc", "--no-deps", "--document-private-items"];
    run(cargo().args(doc).args(what).env("RUSTDOCFLAGS", "-D warnings"))
}

/// Rounds, store and gateways of each run of the harness. A round of one gateway takes about three
/// kills, until 20 submissions are accepted: on a file, enough to hit every write of a generation's
/// life several times, in about two minutes; fewer on a database server, whose own durability isn't
/// under test here. A round of several gateways is one kill.
const CRASHES: [(u32, &str, u32); 3] = [(20, "file", 1), (4, "postgres", 1), (15, "postgres", 3)];

/// `cargo xtask crash`: only the harness, with any number of rounds.
///
/// # Errors
/// If it can't be built or a round fails.
pub fn crash(rounds: u32, store: &str, nodes: u32) -> Result<()> {
    programs::build()?;
    run(&mut crash_harness(rounds, store, nodes)?)
}

/// `cargo xtask crash --faults`: injects faults into each part of an installation, one after
/// another; `short`: only some.
///
/// # Errors
/// If it can't be built or an invariant is violated.
pub fn faults(short: bool) -> Result<()> {
    programs::build()?;
    tools::postgres()?;
    run(&mut fault_harness(short)?)
}

/// The command of the harness with an installation of its own. If possible it gets its own network
/// and mount namespaces, so that mounts and processes disappear with it.
fn fault_harness(short: bool) -> Result<Command> {
    tools::programs(&[("nginx", "nginx-light"), ("ip", "iproute2"), ("faketime", "faketime")])?;
    let harness = programs::crash();
    let isolated = || {
        let mut unshare = Command::new("unshare");
        unshare.args(["--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"]);
        unshare
    };
    let may = tools::is_root() && isolated().arg("true").status().is_ok_and(|said| said.success());
    let mut command = if may { isolated() } else { Command::new(&harness) };
    if may {
        command.arg(harness).args(["faults", "--isolated"]);
    } else {
        command.arg("faults");
    }
    command.arg("--gateway").arg(programs::gateway());
    if short {
        command.arg("--short");
    }
    Ok(command)
}

fn crash_harness(rounds: u32, store: &str, nodes: u32) -> Result<Command> {
    let mut harness = Command::new(programs::crash());
    harness.arg("--gateway").arg(programs::gateway());
    harness.args([
        "--rounds",
        &rounds.to_string(),
        "--store",
        store,
        "--nodes",
        &nodes.to_string(),
    ]);
    Ok(harness)
}

const WIDGET_ON_WASM: [&str; 4] =
    ["--package", "ai-now-widget", "--target", "wasm32-unknown-unknown"];

const ADMIN_ON_WASM: [&str; 4] =
    ["--package", "ai-now-admin", "--target", "wasm32-unknown-unknown"];

/// Runs a test runner and counts the results in its output.
fn tests(command: &mut Command, runner: Runner, tally: &mut Tally) -> Result<()> {
    let before = tally.passed + tally.failed;
    let succeeded = watch(command, |line| tally.read(runner, line))?;
    if tally.passed + tally.failed == before {
        bail!("no test was executed");
    }
    if !succeeded {
        bail!("the test runner failed");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The test runner looks for the browser's settings in the folder of the package that it tests.
    #[test]
    fn both_packages_are_tested_with_the_same_settings_of_the_browser() {
        let settings = |folder: &str| {
            std::fs::read_to_string(root().join(folder).join("webdriver.json")).unwrap()
        };
        assert_eq!(settings("."), settings("crates/admin"));
    }
}
