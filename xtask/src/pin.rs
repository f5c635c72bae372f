//! Pinning: the shell gets the hashes of all that it loads, so that a page that pins the shell
//! (`integrity`) has pinned everything. It must not know what the files hold.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::optimise::Tools;
use crate::run::{heading, output};

const SHELL: &str = "ai-now.js";

/// Where the shell keeps its pins; empty as it is written.
const PINS: &str = "const INTEGRITY = {};";

/// The page that shows how to pin the shell, and its script tag, which gets the hash.
const PAGE: &str = "examples/strict.html";
const TAG: &str = r#"<script type="module" src="../ai-now.js" crossorigin="anonymous">"#;

/// Writes the hashes of what the shell loads into it, puts it into one file, and writes its own
/// hash into `integrity.json` and the page that shows it.
///
/// # Errors
/// Where a file is missing or isn't as expected.
pub fn pin(dist: &Path, tools: &Tools) -> Result<()> {
    heading("Pinning what the shell loads");
    let mut names: Vec<String> =
        ["ai-now-widget_bg.js", "ai-now-widget_bg.wasm", "widget.css"].map(String::from).into();
    for entry in fs::read_dir(dist.join("locales")).context("dist/locales")? {
        names.push(format!("locales/{}", entry?.file_name().to_string_lossy()));
    }
    let mut pins = BTreeMap::new();
    for name in names {
        let hash = integrity(&dist.join(&name))?;
        pins.insert(name, hash);
    }
    let shell = dist.join(SHELL);
    let text = fs::read_to_string(&shell).context(SHELL)?;
    if text.matches(PINS).count() != 1 {
        bail!("{SHELL} has no line `{PINS}`");
    }
    fs::write(&shell, text.replace(PINS, &format!("const INTEGRITY = {};", object(&pins))))?;
    tools.bundle(&shell)?;

    pins.insert(SHELL.into(), integrity(&shell)?);
    fs::write(dist.join("integrity.json"), object(&pins) + "\n")?;
    let page = dist.join(PAGE);
    let text = fs::read_to_string(&page).context(PAGE)?;
    if !text.contains(TAG) {
        bail!("{PAGE} has no line `{TAG}`");
    }
    let tag = TAG.replace('>', &format!(" integrity=\"{}\">", pins[SHELL]));
    fs::write(&page, text.replace(TAG, &tag))?;
    println!("{}  {SHELL}", pins[SHELL]);
    Ok(())
}

/// A JSON object. Names and hashes need no escapes.
fn object(pins: &BTreeMap<String, String>) -> String {
    let lines: Vec<_> =
        pins.iter().map(|(name, hash)| format!("  \"{name}\": \"{hash}\"")).collect();
    format!("{{\n{}\n}}", lines.join(",\n"))
}

/// The hash of a file as an `integrity` attribute has it, as Node's crypto makes it.
fn integrity(file: &Path) -> Result<String> {
    const SCRIPT: &str = "console.log('sha256-'+require('crypto').createHash('sha256')\
        .update(require('fs').readFileSync(process.argv[1])).digest('base64'))";
    output(Command::new("node").args(["-e", SCRIPT]).arg(file))
        .with_context(|| format!("{} can't be hashed", file.display()))
}
