//! What a demo is made of, kept for other clones of the same revision on this machine: the gateway and its
//! page. It must not know how they are built.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

use crate::run::{output, root, target_dir};
use crate::studio::copy;
use crate::tools::cache;

/// How many revisions are kept; the least recently made go.
const KEPT: usize = 3;

const PROGRAM: &str = "program";
const PAGE: &str = "page";

/// One revision's demo, by what it is built of.
pub struct Built {
    folder: PathBuf,
    name: String,
}

impl Built {
    /// Of this clone as it is now; `None` if something in it was changed, or git can't say.
    pub fn of_this_clone() -> Option<Self> {
        Self::of(root(), cache::folder("demos", &target_dir().join("demos")))
    }

    fn of(clone: &Path, folder: PathBuf) -> Option<Self> {
        let git = |args: &[&str]| output(Command::new("git").args(args).current_dir(clone));
        let changed = git(&["status", "--porcelain", "--untracked-files=normal"])?;
        let tree = git(&["rev-parse", "HEAD^{tree}"]).filter(|_| changed.is_empty())?;
        let compiler = output(Command::new("rustc").arg("-vV").current_dir(clone))?;
        let hash = Sha256::digest(format!("{tree}\n{compiler}"));
        let name = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Some(Self { folder, name })
    }

    /// Copies what another clone has kept to the places of this one, unless this one has built a
    /// gateway: then cargo knows best what to build anew. Whether it did.
    ///
    /// # Errors
    /// If it can't be copied.
    pub fn restore(&self, program: &Path, page: &Path) -> Result<bool> {
        let place = self.folder.join(&self.name);
        if program.exists() || !is_whole(&place) {
            return Ok(false);
        }
        if page.exists() {
            fs::remove_dir_all(page)?;
        }
        fs::create_dir_all(program.parent().context("a program has a folder")?)?;
        copy(&place.join(PROGRAM), program)?;
        copy(&place.join(PAGE), page)?;
        Ok(true)
    }

    /// Keeps what this clone has built.
    ///
    /// # Errors
    /// If it can't be kept.
    pub fn keep(&self, program: &Path, page: &Path) -> Result<()> {
        cache::place(&self.folder, &self.name, is_whole, |partial| {
            copy(program, &partial.join(PROGRAM))?;
            copy(page, &partial.join(PAGE))
        })?;
        self.forget_old()
    }

    fn forget_old(&self) -> Result<()> {
        let mut kept: Vec<(SystemTime, PathBuf)> = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            if is_whole(&path) {
                kept.push((path.metadata()?.modified()?, path));
            }
        }
        kept.sort();
        let old = kept.len().saturating_sub(KEPT);
        for (_, path) in kept.into_iter().take(old) {
            if path.file_name() != Some(OsStr::new(&self.name)) {
                fs::remove_dir_all(path)?;
            }
        }
        Ok(())
    }
}

fn is_whole(place: &Path) -> bool {
    place.join(PROGRAM).is_file() && place.join(PAGE).join("index.html").is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_clone_of_the_same_revision_has_what_one_has_built() {
        let top = std::env::temp_dir().join(format!("ai-now-built-{}", std::process::id()));
        let (clone, folder) = (top.join("clone"), top.join("cache"));
        fs::create_dir_all(&clone).unwrap();
        let git = |args: &[&str]| {
            let mut git = Command::new("git");
            git.args(["-c", "user.name=a", "-c", "user.email=a@a.example"]).args(args);
            assert!(git.current_dir(&clone).output().unwrap().status.success(), "{args:?}");
        };
        let of = || Built::of(&clone, folder.clone());
        git(&["init", "-q"]);
        assert!(of().is_none(), "nothing is committed");
        fs::write(clone.join("a"), "1").unwrap();
        git(&["add", "a"]);
        git(&["commit", "-qm", "one"]);
        let one = of().unwrap();
        fs::write(clone.join("a"), "2").unwrap();
        assert!(of().is_none(), "a file was changed");

        let (program, page) = (top.join("bin/gateway"), top.join("web"));
        assert!(!one.restore(&program, &page).unwrap());
        fs::create_dir_all(top.join("made/page")).unwrap();
        fs::write(top.join("made/gateway"), "program").unwrap();
        fs::write(top.join("made/page/index.html"), "page").unwrap();
        one.keep(&top.join("made/gateway"), &top.join("made/page")).unwrap();
        assert!(one.restore(&program, &page).unwrap());
        assert_eq!(fs::read_to_string(&program).unwrap(), "program");
        assert_eq!(fs::read_to_string(page.join("index.html")).unwrap(), "page");
        assert!(!one.restore(&program, &page).unwrap(), "it is built here");
        fs::remove_file(&program).unwrap();

        for n in 0..KEPT {
            git(&["commit", "-qam", "more", "--allow-empty"]);
            fs::write(clone.join("a"), format!("more {n}")).unwrap();
            git(&["commit", "-qam", "more"]);
            of().unwrap().keep(&top.join("made/gateway"), &top.join("made/page")).unwrap();
        }
        assert!(!one.restore(&program, &page).unwrap(), "the oldest is gone");
        fs::remove_dir_all(top).unwrap();
    }
}
