//! House rules as checks: recurring review comments, automated.

mod external_crates;
mod layering;
mod layers;
mod paths;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::links;
use crate::run::{output, root};

/// Checks the tracked and new files of the project.
///
/// # Errors
/// If a rule is broken, with a line for each violation.
pub fn tidy() -> Result<()> {
    let mut broken = Vec::new();
    let mut texts = Vec::new();
    let sources = sources()?;
    broken.extend(links::dead(root(), &sources));
    for path in sources {
        let bytes = fs::read(root().join(&path))
            .with_context(|| format!("{} can't be read", path.display()))?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        broken.extend(complaints(&path, &text).map(|why| format!("{}: {why}", path.display())));
        if path.extension().is_some_and(|extension| extension == "rs") {
            texts.push((path.to_string_lossy().into_owned(), text));
        }
    }
    for layers in layers::ALL {
        let of_crate = texts.iter().filter_map(|(path, text)| {
            path.strip_prefix(layers.root).map(|file| (file, text.as_str()))
        });
        broken.extend(layers.complaints(&of_crate.collect()));
    }
    for (path, text) in &texts {
        let file = path.strip_prefix(external_crates::ROOT);
        broken.extend(file.map_or_else(Vec::new, |file| external_crates::complaints(file, text)));
    }
    if !broken.is_empty() {
        bail!("house rules:\n  {}", broken.join("\n  "));
    }
    Ok(())
}

/// Files that git tracks, and new files that it doesn't ignore.
fn sources() -> Result<Vec<PathBuf>> {
    let list = ["ls-files", "--cached", "--others", "--exclude-standard"];
    let files = output(Command::new("git").args(list).current_dir(root()))
        .context("git doesn't list the files; is this a clone?")?;
    let sources = files.lines().map(PathBuf::from);
    Ok(sources.filter(|path| root().join(path).is_file()).collect())
}

fn complaints(path: &Path, text: &str) -> impl Iterator<Item = &'static str> {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
    let rust = extension == "rs";
    let rules = [
        (rust && !text.starts_with("//!"), "does not open with //! and what it is for"),
        (
            // Split in two, so that this file doesn't break its own rule.
            rust && ["TO\u{44}O", "FIX\u{4d}E"].iter().any(|word| text.contains(word)),
            "leaves something to do; do it or file an issue",
        ),
        (
            rust && text.contains(concat!("#[", "ignore")),
            "switches a test off; mend it or delete it",
        ),
        (
            name == "package-lock.json" && text.contains("\"resolved\": \"http"),
            "holds download addresses; .npmrc has the setting against it",
        ),
    ];
    rules.into_iter().filter_map(|(broken, why)| broken.then_some(why))
}
