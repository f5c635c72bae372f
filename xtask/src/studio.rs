//! Assembles the page as trunk does for `trunk serve`, but without trunk, which takes longer to
//! build than everything else that a first start needs. The files of the page are listed in
//! `index.html`, in the links that trunk reads. It must not know what the files do.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::progress::Progress;
use crate::run::{cargo, root, target_dir};
use crate::tools;

/// The base name of the widget's files.
pub const NAME: &str = "ai-now-widget";

/// The base name of the administrators' page's files.
const ADMIN_NAME: &str = "ai-now-admin";

/// The compilation profile of the widget.
#[derive(Clone, Copy)]
pub enum Profile {
    /// Fast to build, for a demo.
    Demo,
    /// Small, for distribution.
    Widget,
}

impl Profile {
    fn name(self) -> &'static str {
        match self {
            Self::Demo => "demo",
            Self::Widget => "widget",
        }
    }
}

/// Builds the widget and assembles the page in `dist/`, as it is in the source; returns that
/// folder. `rust_flags` apply to the wasm.
///
/// # Errors
/// If a tool is missing, the build fails or a file of the page doesn't exist.
pub fn build(profile: Profile, rust_flags: &str, progress: &Progress) -> Result<PathBuf> {
    tools::wasm_target()?;
    compile(NAME, "widget", profile, rust_flags, progress)?;

    let dist = root().join("dist");
    // Replaced atomically: readers of `dist` see the complete new build, or the previous one.
    let staging = dist.with_extension("partial");
    remove(&staging)?;
    fs::create_dir_all(&staging)?;
    page(root(), &staging)?;
    bind(NAME, "bundler", profile, &staging, progress)?;
    remove_bundlers_start(&staging)?;
    remove(&dist)?;
    fs::rename(&staging, &dist)?;
    Ok(dist)
}

/// Builds the administrators' page into its folder of `dist`.
///
/// # Errors
/// If a tool is missing, the build fails or a file of the page doesn't exist.
pub fn build_admin(
    profile: Profile,
    rust_flags: &str,
    dist: &Path,
    progress: &Progress,
) -> Result<()> {
    compile(ADMIN_NAME, "administrators' page", profile, rust_flags, progress)?;
    let folder = dist.join("admin");
    fs::create_dir_all(&folder)?;
    page(&root().join("crates/admin"), &folder)?;
    bind(ADMIN_NAME, "web", profile, &folder, progress)
}

/// Compiles a page's program.
fn compile(
    name: &str,
    what: &'static str,
    profile: Profile,
    rust_flags: &str,
    progress: &Progress,
) -> Result<()> {
    let mut build = cargo();
    build
        .args(["build", "--package", name, "--bin", name, "--profile", profile.name()])
        .args(["--target", tools::WASM_TARGET])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", rust_flags);
    progress.run(what, &mut build)
}

/// Writes a compiled program and its glue into a folder.
fn bind(
    name: &str,
    target: &str,
    profile: Profile,
    folder: &Path,
    progress: &Progress,
) -> Result<()> {
    let wasm = target_dir().join(tools::WASM_TARGET).join(profile.name());
    let bound = Command::new(tools::wasm_bindgen(Some(progress))?)
        .args(["--target", target, "--no-typescript", "--out-name", name, "--out-dir"])
        .arg(folder)
        .arg(wasm.join(format!("{name}.wasm")))
        .status()?;
    if !bound.success() {
        bail!("wasm-bindgen ended with {bound}; what it says above tells why");
    }
    Ok(())
}

/// Removes the entry file for bundlers: browsers can't import wasm.
///
/// # Errors
/// If it doesn't exist.
pub fn remove_bundlers_start(folder: &Path) -> Result<()> {
    let start = folder.join(format!("{NAME}.js"));
    fs::remove_file(&start).with_context(|| start.display().to_string())
}

/// Copies the page, and all files that it lists for trunk, into `dist`.
fn page(top: &Path, dist: &Path) -> Result<()> {
    let html = fs::read_to_string(top.join("index.html")).context("index.html")?;
    let (links, page) = split(&html);
    for link in links {
        let attribute = |name| attribute(link, name);
        match (attribute("rel"), attribute("href")) {
            (Some("copy-file" | "copy-dir"), Some(href)) => {
                let from = top.join(href);
                let name = from.file_name().with_context(|| href.to_owned())?;
                copy(&from, &dist.join(name)).with_context(|| href.to_owned())?;
            }
            (Some("rust"), _) => {}
            _ => bail!("index.html has a link for trunk that isn't understood here: {link}"),
        }
    }
    Ok(fs::write(dist.join("index.html"), page)?)
}

/// The links for trunk, and the page without them. Each link is on its own line.
fn split(html: &str) -> (Vec<&str>, String) {
    let (links, page): (Vec<_>, Vec<_>) =
        html.split_inclusive('\n').partition(|line| line.contains("<link data-trunk "));
    (links.into_iter().map(str::trim).collect(), page.concat())
}

fn attribute<'a>(link: &'a str, name: &str) -> Option<&'a str> {
    let (_, value) = link.split_once(&format!(" {name}=\""))?;
    value.split('"').next()
}

/// Copies a file, or a folder with its contents.
///
/// # Errors
/// If something can't be read or written.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    if !from.is_dir() {
        fs::copy(from, to)?;
        return Ok(());
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| folder.display().to_string())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_all_of_its_files() {
        let dist = std::env::temp_dir().join(format!("ai-now-page-{}", std::process::id()));
        fs::create_dir_all(&dist).unwrap();
        page(root(), &dist).unwrap();
        let html = fs::read_to_string(dist.join("index.html")).unwrap();
        assert!(html.contains("<ai-now-studio>") && !html.contains("data-trunk"), "{html}");
        for file in fs::read_dir(root().join("www")).unwrap() {
            let name = file.unwrap().file_name();
            assert!(dist.join(&name).exists(), "index.html doesn't name {name:?} for trunk");
        }
        assert!(dist.join("locales/de.json").is_file());
        fs::remove_dir_all(dist).unwrap();
    }

    #[test]
    fn links_are_read() {
        let html = "<p>\n  <link data-trunk rel=\"copy-dir\" href=\"www/a\" />\n</p>\n";
        let (links, page) = split(html);
        assert_eq!(page, "<p>\n</p>\n");
        assert_eq!(attribute(links[0], "href"), Some("www/a"));
        assert_eq!(attribute(links[0], "rel"), Some("copy-dir"));
        assert_eq!(attribute(links[0], "src"), None);
    }
}
