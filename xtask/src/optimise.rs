//! Making small what trunk has built: wasm-opt for wasm, esbuild for scripts and style sheets. It
//! must not know what the files do.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::run::run;

/// What rustc uses by default, and every browser knows. Whatever wasm-opt knows beyond it, it would
/// use too.
const FEATURES: [&str; 6] = [
    "bulk-memory",
    "multivalue",
    "mutable-globals",
    "nontrapping-float-to-int",
    "reference-types",
    "sign-ext",
];

/// What the browsers that scripts are written for know: `es2022` is Chromium 94, Firefox 93, Safari
/// 16.4.
const SCRIPT_TARGET: &str = "--target=es2022";

/// What rustc is told for what is shipped: a stack of 256 KB, where the widget's code needs a few,
/// which also makes every address after it shorter; and no path of the machine that builds.
pub fn rust_flags() -> String {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    let sources = home.and_then(|home| fs::read_dir(home.join("registry/src")).ok());
    let mut flags = String::new();
    for source in sources.into_iter().flatten().flatten() {
        flags += &format!("--remap-path-prefix={}/= ", source.path().display());
    }
    flags + "-Clink-arg=-zstack-size=262144"
}

/// The tools, which are Node packages of the end-to-end tests.
pub struct Tools {
    bin: PathBuf,
}

impl Tools {
    /// The tools among the packages in `node`.
    pub fn new(node: &Path) -> Self {
        Self { bin: node.join("node_modules/.bin") }
    }

    /// Optimises a wasm in place, as `passes` say.
    ///
    /// # Errors
    /// Where wasm-opt fails.
    pub fn wasm(&self, file: &Path, passes: &[&str]) -> Result<()> {
        run(Command::new(self.bin.join("wasm-opt"))
            .args(FEATURES.map(|feature| format!("--enable-{feature}")))
            .args(["--strip-debug", "--strip-producers", "--strip-target-features"])
            .args(passes)
            .arg(file)
            .arg("-o")
            .arg(file))
    }

    /// Minifies a script or a style sheet in place, with all that it imports put into it.
    ///
    /// # Errors
    /// Where esbuild fails.
    pub fn bundle(&self, file: &Path) -> Result<()> {
        let mut out = std::ffi::OsString::from("--outfile=");
        out.push(file);
        run(Command::new(self.bin.join("esbuild"))
            .args(["--bundle", "--format=esm", "--minify", "--allow-overwrite"])
            .args([SCRIPT_TARGET, "--charset=utf8", "--legal-comments=none", "--log-level=warning"])
            .arg(file)
            .arg(out))
    }
}

/// Removes a folder whose files were bundled into others.
///
/// # Errors
/// Where it is there and can't be removed.
pub fn remove_bundled(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    Ok(())
}
