//! `cargo xtask bench`: measures performance beside comparable software, in the same run on the
//! same machine.
//!
//! Times are reported, never asserted: the budgets of `cargo verify` are what must hold. Results go
//! into `BENCHMARKS.md`, one section per benchmark.

mod sketch;

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::run::{cargo, heading, output, root, run, target_dir};
use crate::{dist, programs, tools};

/// The benchmarks.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Benchmark {
    /// The page on a slow phone, beside deep-chat
    Page,
    /// The store, beside plain programs on the same database
    Store,
    /// What event streams cost the gateway, beside those of axum, nginx with nchan and better-sse
    Streams,
    /// The sketch engine, beside programs that only encode
    Sketch,
}

impl Benchmark {
    /// The heading of its section.
    fn title(self) -> &'static str {
        match self {
            Self::Page => "The page",
            Self::Store => "The store",
            Self::Streams => "Event streams",
            Self::Sketch => "The sketch engine",
        }
    }

    /// Runs it, and returns the text of its section, as Markdown.
    fn measure(self) -> Result<String> {
        match self {
            Self::Page => page(),
            Self::Store => store(),
            Self::Streams => streams(),
            Self::Sketch => sketch::sketch(),
        }
    }
}

/// Runs the benchmarks (all if none is named) and writes their sections.
///
/// # Errors
/// If something can't be built, started or measured.
pub fn bench(only: &[Benchmark]) -> Result<()> {
    let benchmarks = if only.is_empty() { Benchmark::value_variants() } else { only };
    for &benchmark in benchmarks {
        heading(benchmark.title());
        let text = benchmark.measure()?;
        println!("{text}");
        record(&root().join("BENCHMARKS.md"), benchmark.title(), &text)?;
    }
    Ok(())
}

/// Measures the page, built for distribution, beside deep-chat from its registry.
fn page() -> Result<String> {
    let browser = tools::browser()?;
    let packages = tools::node_packages_of("tests/bench", "the benchmarks")?;
    programs::build()?;
    dist::dist()?;
    let script = packages.join("page.js");
    let mut node = Command::new("node");
    node.arg(script).arg(programs::gateway()).arg(root().join("dist")).arg(browser.browser);
    printed(&mut node)
}

/// Measures the store, on a file and on a server, beside plain programs that write six rows and
/// commit.
fn store() -> Result<String> {
    tools::postgres()?;
    let mut bench = cargo();
    bench.args(["bench", "--quiet", "--package", "ai-now-gateway", "--bench", "store"]);
    let table = printed(&mut bench)?;
    Ok(format!("{STORE}\n\n{table}"))
}

const STORE: &str = "Generations accepted durably, in turn for 512 accounts: tokens held, row, event, ledger, \
    idempotency key, usage. Beside it, a plain program writes six rows into the same tables and commits \
    each time: with SQLite one after another (WAL, `synchronous=FULL`), with PostgreSQL on a connection \
    for each client, under the lock of the account's row. Medians of 5 rounds of 3 seconds in turn, with the \
    smallest and the largest. Here a ratio above 1 is better.";

/// Measures the gateway's event streams beside those of axum, nginx and better-sse, all in release
/// builds.
fn streams() -> Result<String> {
    let packages = tools::node_packages_of("tests/bench", "the benchmarks")?;
    let nchan = tools::nchan();
    let build =
        ["build", "--release", "--package", "ai-now-gateway", "--package", "ai-now-streams"];
    run(cargo().args(build))?;
    let built = |name: &str| {
        target_dir().join("release").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    };
    let mut measuring = Command::new(built("ai-now-streams"));
    measuring.args(["measure", "--gateway"]).arg(built("ai-now-gateway"));
    measuring.arg("--better-sse").arg(packages.join("streams.js"));
    let versions = match nchan {
        Ok(module) => {
            measuring.arg("--nchan").arg(module);
            nchan_versions().unwrap_or_default()
        }
        Err(why) => format!("nginx with nchan was skipped: {why}"),
    };
    let measured = printed(&mut measuring)?;
    let axum = tools::locked_version("axum")?;
    let node = output(Command::new("node").arg("--version")).unwrap_or_default();
    let version = "require('./node_modules/better-sse/package.json').version";
    let better_sse = output(Command::new("node").args(["-p", version]).current_dir(&packages));
    let better_sse = better_sse.context("better-sse's version")?;
    Ok(format!(
        "{measured}\n\naxum {axum}; better-sse {better_sse} on Node {node}; {versions}.",
        measured = measured.trim()
    ))
}

/// The versions of Debian's nginx and nchan.
fn nchan_versions() -> Option<String> {
    let packages = ["nginx", "libnginx-mod-nchan"];
    let versions = output(
        Command::new("dpkg-query").args(["-W", "-f=${Package} ${Version}\\n"]).args(packages),
    );
    Some(versions?.lines().collect::<Vec<_>>().join(", "))
}

/// Returns a command's standard output; its standard error goes to ours.
fn printed(command: &mut Command) -> Result<String> {
    let output = command.stderr(std::process::Stdio::inherit()).output()?;
    if !output.status.success() {
        bail!("the benchmark ended with {}", output.status);
    }
    String::from_utf8(output.stdout).context("the benchmark printed something else than text")
}

/// Replaces the section with the same title, or appends it.
fn record(file: &Path, title: &str, text: &str) -> Result<()> {
    let before = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    fs::write(file, with_section(&before, title, &section(title, text)))?;
    Ok(())
}

fn section(title: &str, text: &str) -> String {
    let commit = output(Command::new("git").args(["rev-parse", "--short", "HEAD"]));
    let day = output(Command::new("date").arg("+%F"));
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    format!(
        "## {title}\n\n{day}, {commit}, {cores} cores, {system}.\n\n{text}\n",
        day = day.unwrap_or_default(),
        commit = commit.unwrap_or_default(),
        system = std::env::consts::OS,
        text = text.trim(),
    )
}

fn with_section(document: &str, title: &str, section: &str) -> String {
    let head = format!("## {title}\n");
    let Some(start) = document.find(&head) else {
        return format!("{}\n\n{section}", document.trim_end());
    };
    let rest = &document[start + head.len()..];
    let after = rest.find("\n## ").map_or("", |end| &rest[end..]);
    format!("{}{}{after}", &document[..start], section.trim_end().to_owned() + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_replaces_only_its_older_version() {
        let document = "# Benchmarks\n\n## One\n\nold\n\n## Two\n\nkept\n";
        let one = with_section(document, "One", "## One\n\nnew\n");
        assert_eq!(one, "# Benchmarks\n\n## One\n\nnew\n\n## Two\n\nkept\n");
        let two = with_section(document, "Two", "## Two\n\nnew\n");
        assert_eq!(two, "# Benchmarks\n\n## One\n\nold\n\n## Two\n\nnew\n");
        let three = with_section(document, "Three", "## Three\n\nnew\n");
        assert!(three.ends_with("kept\n\n## Three\n\nnew\n"), "{three}");
    }
}
