//! `cargo xtask bench`: how fast it is, beside others, in the same run on the same machine.
//!
//! Times are told, never demanded: what must hold exactly are the budgets of `cargo verify`. What is
//! measured goes into `BENCHMARKS.md`, a section for each benchmark.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use crate::run::{heading, output, root};
use crate::{demo, dist, tools};

/// What can be measured alone.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Benchmark {
    /// The page on a slow phone, beside deep-chat
    Page,
}

impl Benchmark {
    /// The heading of its section.
    fn title(self) -> &'static str {
        match self {
            Self::Page => "The page",
        }
    }

    /// Measures, and answers what its section says, as Markdown.
    fn measure(self) -> Result<String> {
        match self {
            Self::Page => page(),
        }
    }
}

/// Runs the benchmarks (all where none is named) and writes down what they found.
///
/// # Errors
/// Where something can't be built, started or measured.
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

/// The page, built for distribution, beside deep-chat from its registry.
fn page() -> Result<String> {
    let browser = tools::browser()?;
    let packages = tools::node_packages_of("tests/bench", "the benchmarks")?;
    demo::gateway()?;
    dist::dist()?;
    let script = packages.join("page.js");
    let mut node = Command::new("node");
    node.arg(script).arg(demo::gateway_binary()).arg(root().join("dist")).arg(browser.browser);
    printed(&mut node)
}

/// What a command prints on its standard output; its errors go to ours.
fn printed(command: &mut Command) -> Result<String> {
    let output = command.stderr(std::process::Stdio::inherit()).output()?;
    if !output.status.success() {
        bail!("the benchmark ended with {}", output.status);
    }
    String::from_utf8(output.stdout).context("the benchmark printed something else than text")
}

/// Puts a section in the place of the one with the same title, or at the end.
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
    fn a_section_takes_the_place_of_its_older_one_and_of_nothing_else() {
        let document = "# Benchmarks\n\n## One\n\nold\n\n## Two\n\nkept\n";
        let one = with_section(document, "One", "## One\n\nnew\n");
        assert_eq!(one, "# Benchmarks\n\n## One\n\nnew\n\n## Two\n\nkept\n");
        let two = with_section(document, "Two", "## Two\n\nnew\n");
        assert_eq!(two, "# Benchmarks\n\n## One\n\nold\n\n## Two\n\nnew\n");
        let three = with_section(document, "Three", "## Three\n\nnew\n");
        assert!(three.ends_with("kept\n\n## Three\n\nnew\n"), "{three}");
    }
}
