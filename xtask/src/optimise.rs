//! Optimises built files for size: wasm-opt for wasm, esbuild for scripts and style sheets. It must
//! not know what the files do.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run::{root, run};

/// The features that rustc enables by default and every browser supports. wasm-opt would otherwise
/// use all that it knows.
const FEATURES: [&str; 6] = [
    "bulk-memory",
    "multivalue",
    "mutable-globals",
    "nontrapping-float-to-int",
    "reference-types",
    "sign-ext",
];

/// The language level of the supported browsers: `es2022` means Chromium 94, Firefox 93, Safari
/// 16.4.
const SCRIPT_TARGET: &str = "--target=es2022";

/// rustc flags for distribution builds: a stack of 256 KB (the widget needs a few), which also
/// shortens every address above it; and no local paths.
pub fn rust_flags() -> String {
    remapped_paths() + "-Clink-arg=-zstack-size=262144"
}

/// rustc flags that remove local paths from the output.
pub fn remapped_paths() -> String {
    let sources = cargo_home().and_then(|home| fs::read_dir(home.join("registry/src")).ok());
    let mut flags = String::new();
    for source in sources.into_iter().flatten().flatten() {
        flags += &format!("--remap-path-prefix={}/= ", source.path().display());
    }
    flags
}

fn cargo_home() -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")))
}

/// Checks that no file below `dist` names a folder of this machine.
///
/// # Errors
/// If one does, or can't be read.
pub fn check_for_local_paths(dist: &Path) -> Result<()> {
    let places: Vec<String> = cargo_home()
        .into_iter()
        .chain([root().to_owned()])
        .map(|place| place.display().to_string())
        .collect();
    for entry in fs::read_dir(dist)? {
        let path = entry?.path();
        if path.is_dir() {
            check_for_local_paths(&path)?;
            continue;
        }
        // Whatever else is in a file, a path in it is readable.
        let text = String::from_utf8_lossy(&fs::read(&path)?).into_owned();
        if let Some(place) = places.iter().find(|place| text.contains(place.as_str())) {
            bail!("{} names {place}, a folder of this machine", path.display());
        }
    }
    Ok(())
}

/// The tools, installed as Node packages of the end-to-end tests.
pub struct Tools {
    bin: PathBuf,
}

impl Tools {
    /// The tools in the packages below `node`.
    pub fn new(node: &Path) -> Self {
        Self { bin: node.join("node_modules/.bin") }
    }

    /// Optimises a wasm in place with these `passes`.
    ///
    /// # Errors
    /// If wasm-opt fails.
    pub fn wasm(&self, file: &Path, passes: &[&str]) -> Result<()> {
        run(Command::new(self.bin.join("wasm-opt"))
            .args(FEATURES.map(|feature| format!("--enable-{feature}")))
            .args(["--strip-debug", "--strip-producers", "--strip-target-features"])
            .args(passes)
            .arg(file)
            .arg("-o")
            .arg(file))
    }

    /// Sorts the functions of a wasm by name, and removes the names.
    ///
    /// # Errors
    /// If wasm-opt fails.
    pub fn sort_functions(&self, file: &Path) -> Result<()> {
        run(Command::new(self.bin.join("wasm-opt"))
            .args(FEATURES.map(|feature| format!("--enable-{feature}")))
            .args(["--reorder-functions-by-name", "--strip-debug"])
            .arg(file)
            .arg("-o")
            .arg(file))
    }

    /// Minifies a script or a style sheet in place, and bundles its imports into it.
    ///
    /// # Errors
    /// If esbuild fails.
    pub fn bundle(&self, file: &Path) -> Result<()> {
        self.bundle_to(file, file)
    }

    /// The same, into another file.
    ///
    /// # Errors
    /// If esbuild fails.
    pub fn bundle_to(&self, file: &Path, to: &Path) -> Result<()> {
        let mut out = std::ffi::OsString::from("--outfile=");
        out.push(to);
        run(Command::new(self.bin.join("esbuild"))
            .args(["--bundle", "--format=esm", "--minify", "--allow-overwrite"])
            .args([SCRIPT_TARGET, "--charset=utf8", "--legal-comments=none", "--log-level=warning"])
            .arg(file)
            .arg(out))
    }

    /// Minifies the style sheet that a script of ours contains as a string, which esbuild doesn't
    /// look into.
    ///
    /// # Errors
    /// If there is none, or esbuild fails.
    pub fn sheet_in(&self, script: &Path) -> Result<()> {
        let text = fs::read_to_string(script).with_context(|| script.display().to_string())?;
        let (before, sheet, after) = sheet_of(&text)?;
        let file = script.with_extension("css");
        fs::write(&file, sheet)?;
        self.bundle(&file)?;
        let small = fs::read_to_string(&file)?;
        fs::remove_file(&file)?;
        Ok(fs::write(script, [before, "scaled(`", small.trim(), "`)", after].concat())?)
    }
}

/// The style sheet in a script of ours, with the text before and after it.
///
/// # Errors
/// If there is none.
fn sheet_of(script: &str) -> Result<(&str, &str, &str)> {
    let (before, rest) = script.split_once("scaled(`").context("no style sheet begins")?;
    let (sheet, after) = rest.split_once("`)").context("the style sheet doesn't end")?;
    Ok((before, sheet, after))
}

/// Removes a folder whose files were bundled into others.
///
/// # Errors
/// If it exists and can't be removed.
pub fn remove_bundled(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shell_has_one_style_sheet_in_a_text() {
        let script = include_str!("../../www/shell/looks.js");
        let (before, sheet, after) = sheet_of(script).unwrap();
        assert!(before.ends_with("LOOKS = SCALE + "), "{before}");
        assert!(sheet.contains("\n:host {") && sheet.contains("@container"), "{sheet}");
        assert_eq!(after, ";\n");
        assert!(sheet_of("let x = 1;").is_err());
    }

    #[test]
    fn a_folder_of_this_machine_in_a_file_is_found() {
        let dist = std::env::temp_dir().join(format!("ai-now-optimise-{}", std::process::id()));
        fs::create_dir_all(dist.join("admin")).unwrap();
        let file = dist.join("admin/a.wasm");
        fs::write(&file, b"\0asm\xff crc32fast-1.5.5/src/baseline.rs").unwrap();
        check_for_local_paths(&dist).unwrap();
        let mut bytes = b"\0asm\xff ".to_vec();
        bytes.extend(root().join("src/lib.rs").to_string_lossy().bytes());
        fs::write(&file, bytes).unwrap();
        let error = check_for_local_paths(&dist).unwrap_err().to_string();
        assert!(error.contains("a.wasm names"), "{error}");
        fs::remove_dir_all(&dist).unwrap();
    }
}
