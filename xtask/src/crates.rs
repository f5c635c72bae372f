//! The published crates: `ai-now-protocol`, `ai-now-sketch` and `ai-now-client`; and the
//! dependencies that all crates may link. It must not know what the crates do.

use std::process::Command;

use anyhow::{Context, Result};

use crate::run::{cargo, heading, output, root, run};
use crate::tools;

/// The published crates, in the order of their dependencies.
pub const PUBLISHED: [&str; 3] = ["ai-now-protocol", "ai-now-sketch", "ai-now-client"];

/// The revision whose public items users may rely on, until crates.io has these crates. It moves
/// with each new version. Once they are published, set it to `None`: then the last published ones
/// are compared.
const BASELINE: Option<&str> = Some("6d4d73f0a6f249c2448be033920dacd3c9a0206d");

/// Packs the crates as they would be published, and builds each against the others as packed. It
/// makes no registry requests beyond those of the workspace's own build.
///
/// # Errors
/// If a crate is incomplete, or doesn't build by itself.
pub fn package() -> Result<()> {
    heading("Packing the crates that are published");
    // The working tree is checked, committed or not.
    run(selected(cargo().args(["package", "--allow-dirty", "--quiet"])))
}

/// Compares public items with the previous ones under the rules of semver: with those on crates.io,
/// or with [`BASELINE`] before the first publication.
///
/// # Errors
/// If a public item was removed or changed incompatibly without a new version, or if there is
/// nothing to compare with.
pub fn semver() -> Result<()> {
    let mut command = Command::new(tools::semver_checks()?);
    selected(command.arg("semver-checks").current_dir(root()));
    match BASELINE {
        Some(revision) => {
            let commit = format!("{revision}^{{commit}}");
            let known = ["rev-parse", "--verify", "--quiet", &commit];
            output(Command::new("git").args(known).current_dir(root())).with_context(|| {
                format!("this clone has no revision {revision}; fetch all: git fetch --unshallow")
            })?;
            heading(&format!("Comparing the published crates with {revision}"));
            command.args(["--baseline-rev", revision]);
        }
        None => heading("Comparing the published crates with those on crates.io"),
    }
    run(&mut command)
}

/// Checks linked dependencies: licences, sources and versions (`deny.toml`).
///
/// # Errors
/// If a dependency isn't allowed, or cargo-deny isn't available.
pub fn may_be_linked() -> Result<()> {
    heading("Licences and sources of all that is linked");
    run(Command::new(tools::cargo_deny()?)
        .args(["--locked", "check", "licenses", "bans", "sources"])
        .current_dir(root()))
}

/// Checks that the lock file of the fuzz targets, which are outside the workspace, is up to date.
///
/// # Errors
/// If a dependency was changed and `fuzz/Cargo.lock` wasn't.
pub fn fuzz_resolves() -> Result<()> {
    let metadata =
        ["metadata", "--locked", "--format-version", "1", "--manifest-path", "fuzz/Cargo.toml"];
    output(cargo().args(metadata)).map(drop).context(
        "fuzz/Cargo.lock is behind; bring it up with: \
         cp Cargo.lock fuzz/ && cargo metadata --format-version 1 --manifest-path fuzz/Cargo.toml > /dev/null",
    )
}

fn selected(command: &mut Command) -> &mut Command {
    command.args(PUBLISHED.iter().flat_map(|name| ["--package", name]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// No other crate is publishable, and each of these is ready for docs.rs and crates.io.
    #[test]
    fn only_the_published_crates_are_publishable() {
        let mut manifests = vec![("xtask".to_owned(), root().join("xtask"))];
        for entry in std::fs::read_dir(root().join("crates")).unwrap() {
            let entry = entry.unwrap();
            manifests.push((format!("ai-now-{}", entry.file_name().display()), entry.path()));
        }
        let mut published = Vec::new();
        for (name, folder) in manifests {
            let Ok(manifest) = std::fs::read_to_string(folder.join("Cargo.toml")) else { continue };
            if manifest.contains("publish.workspace = true") {
                continue;
            }
            for needed in ["publish = true", "readme = ", "keywords = ", "categories = ", "docs.rs"]
            {
                assert!(manifest.contains(needed), "{name} lacks {needed}");
            }
            for file in ["README.md", "LICENSE-MIT", "LICENSE-APACHE"] {
                assert!(folder.join(file).is_file(), "{name} lacks {file}");
            }
            published.push(name);
        }
        published.sort_unstable();
        let mut expected = PUBLISHED.map(str::to_owned).to_vec();
        expected.sort_unstable();
        assert_eq!(published, expected);
    }
}
