//! Bills of materials in `CycloneDX` 1.5: what a program consists of, without any information about
//! the build machine. It must not know what else a release contains.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::run::{output, root, run};
use crate::tools;

/// The version that current tools read.
const SPEC_VERSION: &str = "1.5";
/// The file name that cargo-cyclonedx uses, without the extension.
const NAME: &str = "release.cdx";
/// The prefix of cargo's id for a package in a local folder.
const FOLDER: &str = "path+file://";

/// Writes the bill of `package`, whose manifest is in `folder` of the project, as built for
/// `target`.
///
/// # Errors
/// If cargo-cyclonedx isn't available or fails, or its output isn't a bill of that package.
pub fn write(package: &str, folder: &str, target: &str, file: &Path) -> Result<()> {
    let made = root().join(folder).join(format!("{NAME}.json"));
    let described = describe(folder, target);
    let text = described.and_then(|()| Ok(fs::read_to_string(&made)?));
    // It writes one beside every crate of the workspace, whichever is requested.
    forget(root())?;
    let mut bill: Value = serde_json::from_str(&text.context(made.display().to_string())?)?;
    if bill["specVersion"] != SPEC_VERSION || bill["metadata"]["component"]["name"] != package {
        bail!("what was written is no bill of materials {SPEC_VERSION} of {package}");
    }
    without_folders(&mut bill);
    Ok(fs::write(file, serde_json::to_string_pretty(&bill)? + "\n")?)
}

fn describe(folder: &str, target: &str) -> Result<()> {
    let mut command = Command::new(tools::cyclonedx()?);
    command
        .args(["cyclonedx", "--quiet", "--format", "json", "--spec-version", SPEC_VERSION])
        .args(["--override-filename", NAME, "--target", target, "--manifest-path"])
        .arg(root().join(folder).join("Cargo.toml"))
        .current_dir(root());
    // For reproducible bytes, the time is the commit's.
    if let Some(time) =
        output(Command::new("git").args(["log", "-1", "--format=%ct"]).current_dir(root()))
    {
        command.env("SOURCE_DATE_EPOCH", time);
    }
    run(&mut command)
}

/// Removes the files written beside crates outside these folders.
fn forget(folder: &Path) -> Result<()> {
    const OTHERS: [&str; 6] = [".git", "data", "dist", "dist-release", "node_modules", "target"];
    for entry in fs::read_dir(folder)? {
        let path: PathBuf = entry?.path();
        if path.is_dir() && !path.is_symlink() && !OTHERS.iter().any(|other| path.ends_with(other))
        {
            forget(&path)?;
        } else if path.ends_with(format!("{NAME}.json")) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Replaces the ids of this project's packages, which contain local paths, by ids with package
/// names.
fn without_folders(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Some(named) = named(text) {
                *text = named;
            }
        }
        Value::Array(values) => values.iter_mut().for_each(without_folders),
        Value::Object(fields) => fields.values_mut().for_each(without_folders),
        _ => {}
    }
}

/// An id without its local path; `None` if it has none.
fn named(text: &str) -> Option<String> {
    if let Some(reference) = text.strip_prefix(FOLDER) {
        let (folder, rest) = reference.split_once('#')?;
        // If a package is named like its folder, cargo only gives the version.
        let name = if rest.contains('@') {
            String::new()
        } else {
            folder.rsplit_once('/')?.1.to_owned() + "@"
        };
        // A target of a package: a library or a binary.
        return Some(format!("pkg:cargo/{name}{}", rest.replacen(' ', "#", 1)));
    }
    let (before, after) = text.split_once("?download_url=file")?;
    let part = after.find('#').map_or("", |at| &after[at..]);
    Some(before.to_owned() + part)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn packages_are_identified_by_name_and_the_rest_is_unchanged() {
        let mut bill = json!({
            "bom-ref": "path+file:///home/me/ai-now/crates/gateway#ai-now-gateway@0.1.0",
            "purl": "pkg:cargo/ai-now-gateway@0.1.0?download_url=file://.",
            "components": [
                { "bom-ref": "path+file:///home/me/ai-now/crates/gateway#ai-now-gateway@0.1.0 bin-target-0",
                  "purl": "pkg:cargo/ai-now-gateway@0.1.0?download_url=file://.#src/main.rs" },
                { "bom-ref": "path+file:///home/me/xtask#0.1.0" },
                { "bom-ref": "registry+https://github.com/rust-lang/crates.io-index#serde@1.0.0",
                  "purl": "pkg:cargo/serde@1.0.0", "scope": "required" },
            ],
            "dependencies": [{ "ref": "path+file:///home/me/ai-now/crates/gateway#ai-now-gateway@0.1.0" }],
        });
        without_folders(&mut bill);
        let expected = json!({
            "bom-ref": "pkg:cargo/ai-now-gateway@0.1.0",
            "purl": "pkg:cargo/ai-now-gateway@0.1.0",
            "components": [
                { "bom-ref": "pkg:cargo/ai-now-gateway@0.1.0#bin-target-0",
                  "purl": "pkg:cargo/ai-now-gateway@0.1.0#src/main.rs" },
                { "bom-ref": "pkg:cargo/xtask@0.1.0" },
                { "bom-ref": "registry+https://github.com/rust-lang/crates.io-index#serde@1.0.0",
                  "purl": "pkg:cargo/serde@1.0.0", "scope": "required" },
            ],
            "dependencies": [{ "ref": "pkg:cargo/ai-now-gateway@0.1.0" }],
        });
        assert_eq!(bill, expected);
    }
}
