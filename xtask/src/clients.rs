//! Clients generated from the OpenAPI document: each is generated without a warning, compiles, and
//! works with the running gateway.
//!
//! `tests/api/clients` has a folder per language: the generator's configuration, and a program that
//! uses the generated client.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::run::{cargo, heading, root, run, target_dir};
use crate::tools;

/// A running gateway, and its document in a file.
pub struct Gateway<'a> {
    /// Its address.
    pub url: &'a str,
    /// A key with a balance.
    pub key: &'a str,
    /// Its OpenAPI document.
    pub document: &'a Path,
}

impl Gateway<'_> {
    /// Generates the clients and tests them. `python`: the folder of Python's programs.
    ///
    /// # Errors
    /// If one can't be generated, or doesn't work.
    pub fn try_clients(&self, python: &Path) -> Result<()> {
        heading("A client in TypeScript, by openapi-typescript");
        self.typescript()?;
        heading("A client in Python, by openapi-python-client");
        self.python(python)?;
        heading("A client in Rust, by oas3-gen");
        self.rust()
    }

    fn typescript(&self) -> Result<()> {
        let dir = copied("typescript")?;
        tools::node_packages_of(&dir, "clients in TypeScript")?;
        let bin = dir.join("node_modules/.bin");
        without_warning(
            Command::new(bin.join("openapi-typescript"))
                .arg(self.document)
                .args(["--output", "api.d.ts"])
                .current_dir(&dir),
        )?;
        run(Command::new(bin.join("tsc")).current_dir(&dir))?;
        self.called(Command::new("node").arg("smoke.js").current_dir(&dir))
    }

    fn python(&self, bin: &Path) -> Result<()> {
        let dir = copied("python")?;
        without_warning(
            Command::new(bin.join("openapi-python-client"))
                .args(["generate", "--fail-on-warning", "--overwrite", "--meta", "none"])
                .args(["--config", "openapi-python-client.yaml"])
                .args(["--output-path", "ai_now_client", "--path"])
                .arg(self.document)
                .current_dir(&dir),
        )?;
        self.called(Command::new(bin.join("python")).arg("smoke.py").current_dir(&dir))
    }

    fn rust(&self) -> Result<()> {
        let dir = copied("rust")?;
        let made = dir.join("src/client");
        without_warning(
            Command::new(tools::oas3_gen()?)
                .args(["generate", "client-mod", "--input"])
                .arg(self.document)
                .arg("--output")
                .arg(made),
        )?;
        self.called(
            cargo()
                .args(["run", "--locked", "--target-dir"])
                .arg(dir.join("target"))
                .current_dir(&dir),
        )
    }

    /// Runs a program that calls the gateway.
    fn called(&self, program: &mut Command) -> Result<()> {
        run(program.env("AI_NOW_GATEWAY", self.url).env("AI_NOW_KEY", self.key))
    }
}

/// Copies the folder of a language to the build folder. Earlier build output stays there, because
/// building on it is faster.
fn copied(language: &str) -> Result<PathBuf> {
    let from = root().join("tests/api/clients").join(language);
    let to = target_dir().join("api-clients").join(language);
    copy(&from, &to).with_context(|| format!("{} can't be copied", from.display()))?;
    Ok(to)
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            std::fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}

/// Runs a generator, and fails on any warning.
fn without_warning(generator: &mut Command) -> Result<()> {
    let output = generator.stdin(Stdio::null()).output();
    let output =
        output.with_context(|| format!("{:?} can't be started", generator.get_program()))?;
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    eprint!("{said}");
    if !output.status.success() {
        bail!("{:?} ended with {}", generator.get_program(), output.status);
    }
    if warns(&said) {
        bail!("{:?} warns of something in the document", generator.get_program());
    }
    Ok(())
}

fn warns(said: &str) -> bool {
    said.contains('⚠') || said.to_lowercase().contains("warn")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_generator_warning_is_reported() {
        for said in ["Warning: Invalid regex", "⚠ unresolved", "WARNING parsing", "[warn] x"] {
            assert!(warns(said), "{said}");
        }
        assert!(!warns("✨ openapi-typescript 7.13.0\nGenerating client"));
    }
}
