//! The crates that are published: `ai-now-protocol`, `ai-now-sketch` and `ai-now-client`; and what all crates may
//! link. It must not know what they do.

use std::process::Command;

use anyhow::{Context, Result};

use crate::run::{cargo, heading, output, root, run};
use crate::tools;

/// Those that are published, in the order in which they depend on each other.
pub const PUBLISHED: [&str; 3] = ["ai-now-protocol", "ai-now-sketch", "ai-now-client"];

/// The revision whose public items others may rely on, as long as crates.io has none of these crates. It moves with a
/// new version. Once they are published this is `None`, and the last ones published are what is compared with.
const BASELINE: Option<&str> = Some("6d4d73f0a6f249c2448be033920dacd3c9a0206d");

/// Packs them as they would be published, and builds what was packed: each against the others as packed. Asks
/// the registry nothing that the workspace's own build didn't.
///
/// # Errors
/// Where one lacks something, or doesn't build by itself.
pub fn package() -> Result<()> {
    heading("Packing the crates that are published");
    // What lies in the working tree is what is checked, committed or not.
    run(selected(cargo().args(["package", "--allow-dirty", "--quiet"])))
}

/// Compares their public items with those of before, by the rules of semver: with what crates.io has, or, until
/// something is there, with [`BASELINE`].
///
/// # Errors
/// Where something that others may use is gone or changed and the version doesn't say so; or where there is
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

/// Whether all that is linked may be: its licences, where it comes from, and that it has versions (`deny.toml`).
///
/// # Errors
/// Where something may not be linked, or cargo-deny can't be had.
pub fn may_be_linked() -> Result<()> {
    heading("Licences and sources of all that is linked");
    run(Command::new(tools::cargo_deny()?)
        .args(["--locked", "check", "licenses", "bans", "sources"])
        .current_dir(root()))
}

/// Whether the fuzz targets, which stand apart from the workspace, still resolve to what its lock file says.
///
/// # Errors
/// Where a dependency was changed and `fuzz/Cargo.lock` wasn't.
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

    /// Nothing else is published by mistake, and each of these is ready for docs.rs and crates.io.
    #[test]
    fn those_that_are_published_say_so_and_no_other() {
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
