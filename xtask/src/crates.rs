//! The published crates: `ai-now-protocol`, `ai-now-sketch` and `ai-now-client`; and the
//! dependencies that all crates may link. It must not know what the crates do.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run::{cargo, heading, output, root, run};
use crate::tools;

/// The published crates, in the order of their dependencies.
pub const PUBLISHED: [&str; 3] = ["ai-now-protocol", "ai-now-sketch", "ai-now-client"];

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

/// Compares public items with the previous ones under the rules of semver: with those of the revision
/// `since`, if given; else with the newest release in the history (its tag, `v…`); else with those on
/// crates.io. Before the first release there is nothing to compare with; then it says so, and what to
/// do.
///
/// # Errors
/// If a public item was removed or changed incompatibly without a new version, or if the previous
/// ones can't be found.
pub fn semver(since: Option<&str>) -> Result<()> {
    let tag = match since {
        Some(revision) => Some(revision.to_owned()),
        None => newest_release(root())?,
    };
    let before = match &tag {
        Some(revision) => with_manifest(root(), revision)?,
        None => on_crates_io()?,
    };
    let name = tag.as_deref().unwrap_or("crates.io");
    heading(&format!("Comparing the published crates with {name}"));
    if before.is_empty() {
        println!("{NOTHING_BEFORE}");
        return Ok(());
    }
    for new in PUBLISHED.iter().filter(|name| !before.contains(name)) {
        println!("{new} is new: nothing of it can be gone or changed.");
    }
    let mut command = Command::new(tools::semver_checks()?);
    command.arg("semver-checks").current_dir(root());
    command.args(before.iter().flat_map(|name| ["--package", name]));
    if let Some(revision) = &tag {
        command.args(["--baseline-rev", revision]);
    }
    run(&mut command)
}

/// The message before the first release.
const NOTHING_BEFORE: &str = "\
Nothing was compared: no release is in the history of this revision (no tag `v…`), and crates.io has none of the
crates, so nobody can rely on what they export yet. With the first release, tag it (`git tag v0.1.0`, as its
version is) and push the tag: from then on it is what later revisions are compared with. To compare with any other
revision now: `cargo xtask semver --since REVISION`.";

/// The tag of the newest release before this revision: a release is compared with the previous one.
/// Pre-releases (`v1.0.0-rc.1`) don't count. `None` if there is no release.
fn newest_release(top: &Path) -> Result<Option<String>> {
    let git = |args: &[&str]| output(Command::new("git").args(args).current_dir(top));
    let released = |revision| {
        git(&["describe", "--tags", "--abbrev=0", "--match=v[0-9]*", "--exclude=*-*", revision])
    };
    let this = git(&["rev-parse", "HEAD"]).context("this is no clone of the project")?;
    let of = |tag: &str| git(&["rev-parse", &format!("{tag}^{{commit}}")]);
    let found = match released("HEAD") {
        Some(tag) if of(&tag).as_ref() == Some(&this) => released("HEAD^"),
        found => found,
    };
    let shallow = git(&["rev-parse", "--is-shallow-repository"]);
    if found.is_none() && shallow.as_deref() == Some("true") {
        bail!("this clone lacks the history, and with it releases: git fetch --unshallow --tags");
    }
    Ok(found)
}

/// The published crates that a revision contains.
fn with_manifest(top: &Path, revision: &str) -> Result<Vec<&'static str>> {
    let git = |args: &[&str]| output(Command::new("git").args(args).current_dir(top));
    let commit = format!("{revision}^{{commit}}");
    git(&["rev-parse", "--verify", "--quiet", &commit])
        .with_context(|| format!("this clone has no revision {revision}"))?;
    let has = |name: &&str| {
        let folder = name.trim_start_matches("ai-now-");
        git(&["cat-file", "-e", &format!("{revision}:crates/{folder}/Cargo.toml")]).is_some()
    };
    Ok(PUBLISHED.into_iter().filter(has).collect())
}

/// The published crates that crates.io has.
fn on_crates_io() -> Result<Vec<&'static str>> {
    let mut found = Vec::new();
    for name in PUBLISHED {
        let asked = cargo().args(["info", "--quiet", "--registry", "crates-io", name]).output()?;
        let said = String::from_utf8_lossy(&asked.stderr);
        if asked.status.success() {
            found.push(name);
        } else if !said.contains("could not find") {
            bail!(
                "no release is in the history of this revision (no tag `v…`), and crates.io can't be asked for \
                 {name}: {}",
                said.trim()
            );
        }
    }
    Ok(found)
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

    /// A temporary git repository, removed on drop.
    struct History(std::path::PathBuf);

    impl History {
        fn new(name: &str) -> Self {
            let dir = std::env::temp_dir().join(format!("ai-now-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&dir).unwrap();
            let history = Self(dir);
            history.git(&["init", "--quiet"]);
            history
        }

        fn git(&self, args: &[&str]) {
            let who = ["-c", "user.name=a", "-c", "user.email=a@example.com"];
            let mut command = Command::new("git");
            let done = command.args(who).args(args).current_dir(&self.0).status().unwrap();
            assert!(done.success(), "{args:?}");
        }

        fn commit(&self) {
            self.git(&["commit", "--quiet", "--allow-empty", "--no-gpg-sign", "-m", "a change"]);
        }

        fn newest(&self) -> Option<String> {
            newest_release(&self.0).unwrap()
        }
    }

    impl Drop for History {
        fn drop(&mut self) {
            // Best effort: it is in the system's temporary folder.
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn the_newest_release_before_this_revision_is_compared_with() {
        let history = History::new("releases");
        assert!(newest_release(&history.0).is_err(), "no revision at all");
        history.commit();
        assert_eq!(history.newest(), None);
        history.git(&["tag", "v0.1.0"]);
        assert_eq!(history.newest(), None, "a first release has none before it");
        history.commit();
        assert_eq!(history.newest().as_deref(), Some("v0.1.0"));
        history.git(&["tag", "v0.2.0-rc.1"]);
        history.git(&["tag", "viewed"]);
        history.commit();
        assert_eq!(history.newest().as_deref(), Some("v0.1.0"));
        history.git(&["tag", "-a", "-m", "a release", "v0.2.0"]);
        assert_eq!(history.newest().as_deref(), Some("v0.1.0"));
        history.commit();
        assert_eq!(history.newest().as_deref(), Some("v0.2.0"));
        // A release that is not in the history of this revision doesn't count.
        history.git(&["checkout", "--quiet", "v0.1.0"]);
        history.commit();
        assert_eq!(history.newest().as_deref(), Some("v0.1.0"));
    }

    #[test]
    fn a_clone_without_its_history_is_no_project_without_releases() {
        let history = History::new("whole");
        history.commit();
        history.git(&["tag", "v0.1.0"]);
        history.commit();
        history.commit();
        let clone = History::new("shallow");
        let from = format!("file://{}", history.0.display());
        clone.git(&["fetch", "--quiet", "--depth=1", "--no-tags", &from, "HEAD"]);
        clone.git(&["checkout", "--quiet", "FETCH_HEAD"]);
        assert!(newest_release(&clone.0).unwrap_err().to_string().contains("--unshallow"));
    }

    #[test]
    fn a_crate_that_came_later_is_not_looked_for_before() {
        let history = History::new("crates");
        std::fs::create_dir_all(history.0.join("crates/sketch")).unwrap();
        std::fs::write(history.0.join("crates/sketch/Cargo.toml"), "").unwrap();
        history.git(&["add", "."]);
        history.commit();
        assert_eq!(with_manifest(&history.0, "HEAD").unwrap(), ["ai-now-sketch"]);
        assert!(with_manifest(&history.0, "v9").is_err());
    }

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
            assert!(folder.join("README.md").is_file(), "{name} lacks README.md");
            // Copies, since links get lost where a file system or an archive has none.
            for file in ["LICENSE-MIT", "LICENSE-APACHE"] {
                let text = |folder: &std::path::Path| std::fs::read_to_string(folder.join(file));
                assert_eq!(text(&folder).unwrap(), text(root()).unwrap(), "{name}: {file}");
            }
            published.push(name);
        }
        published.sort_unstable();
        let mut expected = PUBLISHED.map(str::to_owned).to_vec();
        expected.sort_unstable();
        assert_eq!(published, expected);
    }
}
