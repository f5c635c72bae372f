//! `cargo xtask release`: makes and tests all files of a release for this machine's target, with
//! bills of materials and hashes, in `dist-release/`. Files of several machines may be collected
//! there: `SHA256SUMS` lists everything in the folder. It uploads nothing. It must not know how the
//! parts are built.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use sha2::{Digest as _, Sha256};

use crate::run::{cargo, find, heading, output, root, run, target_dir};
use crate::{bill, crates, dist, docs, npm, optimise, tools};

/// The version of all parts.
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Files for operators that ship beside the program.
const DOCUMENTS: [&str; 4] = ["README.md", "CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT"];
const SUMS: &str = "SHA256SUMS";
/// The paths of completion scripts in packages, by shell.
const COMPLETIONS: [(&str, &str); 3] = [
    ("bash", "bash-completion/completions/ai-now-gateway"),
    ("zsh", "zsh/site-functions/_ai-now-gateway"),
    ("fish", "fish/vendor_completions.d/ai-now-gateway.fish"),
];

/// Makes the files of a release.
///
/// # Errors
/// If a part can't be built, or doesn't meet the requirements of a release.
pub fn release() -> Result<PathBuf> {
    let out = root().join("dist-release");
    fs::create_dir_all(&out)?;
    let target = host()?;
    heading(&format!("Releasing {VERSION} for {target}"));
    let program = gateway()?;
    dist::dist()?;
    docs::docs()?;
    let name = format!("ai-now-{VERSION}-{target}");
    let folder = staged(&name, &program)?;
    archive(&folder, &out.join(format!("{name}.tar.gz")))?;
    archive_as(&root().join("dist"), &format!("ai-now-web-{VERSION}"), &out)?;
    pack_npm(&out)?;
    pack_crates(&out)?;
    bills_of_materials(&target, &out)?;
    install_script(&out)?;
    container(&folder, &out)?;
    let listed = sums(&out)?;
    try_out(&out)?;
    heading(&format!("{} files in {}", listed.lines().count(), out.display()));
    print!("{listed}");
    Ok(out)
}

/// The target triple of this machine.
fn host() -> Result<String> {
    let said = output(Command::new("rustc").arg("-vV").current_dir(root())).context("rustc")?;
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc doesn't say what it builds for")?.to_owned())
}

/// Builds the release binary of the gateway, without local paths in it.
fn gateway() -> Result<PathBuf> {
    let flags = format!("-Cstrip=symbols {}", optimise::remapped_paths());
    run(cargo()
        .args(["build", "--release", "--locked", "--package", "ai-now-gateway"])
        .env("RUSTFLAGS", flags.trim()))?;
    let name = format!("ai-now-gateway{}", std::env::consts::EXE_SUFFIX);
    Ok(target_dir().join("release").join(name))
}

/// Assembles the contents of the archive.
fn staged(name: &str, program: &Path) -> Result<PathBuf> {
    let folder = target_dir().join("release-files").join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(folder.join("bin"))?;
    let file = program.file_name().context("the gateway has no name")?;
    fs::copy(program, folder.join("bin").join(file))?;
    describe(program, &folder.join("share"))?;
    for (from, to) in [("dist", "web"), ("dist-docs", "docs"), ("ops", "ops")] {
        crate::studio::copy(&root().join(from), &folder.join(to))?;
    }
    for document in DOCUMENTS {
        fs::copy(root().join(document), folder.join(document)).context(document)?;
    }
    Ok(folder)
}

/// Writes the files that the program generates about its commands: man pages and completion
/// scripts.
fn describe(program: &Path, share: &Path) -> Result<()> {
    run(Command::new(program).args(["man", "--out"]).arg(share.join("man/man1")))?;
    for (shell, file) in COMPLETIONS {
        let path = share.join(file);
        fs::create_dir_all(path.parent().context("a file without a folder")?)?;
        let script = output(Command::new(program).args(["completions", shell]));
        let script = script.with_context(|| format!("the program completes nothing in {shell}"))?;
        fs::write(path, script + "\n")?;
    }
    Ok(())
}

/// Archives a folder under another name.
fn archive_as(folder: &Path, name: &str, out: &Path) -> Result<()> {
    let copy = target_dir().join("release-files").join(name);
    if copy.exists() {
        fs::remove_dir_all(&copy)?;
    }
    crate::studio::copy(folder, &copy)?;
    archive(&copy, &out.join(format!("{name}.tar.gz")))
}

/// Archives a folder reproducibly: the same files give the same bytes.
fn archive(folder: &Path, file: &Path) -> Result<()> {
    let name = folder.file_name().context("a folder without a name")?;
    let encoder = flate2::GzBuilder::new().write(File::create(file)?, flate2::Compression::best());
    let mut tar = tar::Builder::new(encoder);
    let mut paths = Vec::new();
    list(folder, &mut paths)?;
    paths.sort();
    for path in paths {
        let bytes = fs::read(&path)?;
        let program = path.parent().is_some_and(|parent| parent.ends_with("bin"))
            || path.extension().is_some_and(|extension| extension == "sh");
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(if program { 0o755 } else { 0o644 });
        header.set_mtime(0);
        let within = Path::new(name).join(path.strip_prefix(folder)?);
        tar.append_data(&mut header, within, &bytes[..])?;
    }
    tar.into_inner()?.finish()?.flush()?;
    Ok(())
}

fn list(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            list(&path, paths)?;
        } else {
            paths.push(path);
        }
    }
    Ok(())
}

fn pack_npm(out: &Path) -> Result<()> {
    run(Command::new("npm")
        .args(["pack", "--silent", "--pack-destination"])
        .arg(out)
        .current_dir(npm::folder()))
}

/// Packs the crates as they would be published, after checking them for semver violations.
fn pack_crates(out: &Path) -> Result<()> {
    crates::semver(None)?;
    crates::package()?;
    for name in crates::PUBLISHED {
        let file = format!("{name}-{VERSION}.crate");
        fs::copy(target_dir().join("package").join(&file), out.join(&file)).context(file)?;
    }
    Ok(())
}

/// Writes bills of materials of the gateway and of the page.
fn bills_of_materials(target: &str, out: &Path) -> Result<()> {
    heading("Bills of materials");
    for (package, folder, target) in [
        ("ai-now-gateway", "crates/gateway", target),
        ("ai-now-widget", ".", tools::WASM_TARGET),
        ("ai-now-sketch-worker", "crates/sketch-worker", tools::WASM_TARGET),
        ("ai-now-admin", "crates/admin", tools::WASM_TARGET),
    ] {
        bill::write(
            package,
            folder,
            target,
            &out.join(format!("{package}-{VERSION}-{target}.cdx.json")),
        )?;
    }
    Ok(())
}

fn install_script(out: &Path) -> Result<()> {
    let script = fs::read_to_string(root().join("ops/install.sh")).context("ops/install.sh")?;
    if !script.contains("@VERSION@") {
        bail!("ops/install.sh has no place for the version");
    }
    Ok(fs::write(out.join("install.sh"), script.replace("@VERSION@", VERSION))?)
}

/// Builds the container image, if a builder is installed.
fn container(folder: &Path, out: &Path) -> Result<()> {
    let Some(builder) = ["podman", "docker"].into_iter().find(|name| works(name)) else {
        eprintln!("      no podman and no docker that works: the container image is left out");
        return Ok(());
    };
    heading(&format!("The container image, by {builder}"));
    let tag = format!("ai-now:{VERSION}");
    run(Command::new(builder)
        .args(["build", "--tag", &tag, "--file"])
        .arg(root().join("ops/Dockerfile.release"))
        .arg(folder))?;
    let file = out.join(format!("ai-now-{VERSION}-container.tar"));
    run(Command::new(builder).arg("save").arg("--output").arg(file).arg(&tag))
}

fn works(program: &str) -> bool {
    find(program).is_some_and(|found| output(Command::new(found).arg("info")).is_some())
}

/// Writes the hashes of all files of the release in the format of `sha256sum -c`, and returns them.
fn sums(out: &Path) -> Result<String> {
    let mut paths = Vec::new();
    list(out, &mut paths)?;
    paths.sort();
    let mut listed = String::new();
    for path in paths.iter().filter(|path| !path.ends_with(SUMS)) {
        let hash = Sha256::digest(fs::read(path)?);
        let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        listed += &format!("{hash}  {name}\n");
    }
    fs::write(out.join(SUMS), &listed)?;
    Ok(listed)
}

/// Tests the release as a user who downloads it, and the documentation in a browser. The tests are
/// Node's, under `tests/ops`.
fn try_out(out: &Path) -> Result<()> {
    heading("Trying the files out");
    let node = find("node").context("trying the files out needs Node.js 20.19 or newer")?;
    let tests = root().join("tests/ops");
    run(Command::new(node)
        .arg("--test")
        .args([tests.join("archive.release.mjs"), tests.join("documents.release.mjs")])
        .env("RELEASE_FILES", out)
        .env("E2E_BROWSER", tools::browser()?.browser))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_has_the_same_bytes_each_time() {
        let top = std::env::temp_dir().join(format!("ai-now-artifacts-{}", std::process::id()));
        let folder = top.join("ai-now-1");
        fs::create_dir_all(folder.join("bin")).unwrap();
        fs::write(folder.join("bin/gateway"), "program").unwrap();
        fs::write(folder.join("README.md"), "text").unwrap();
        let made = |name: &str| {
            archive(&folder, &top.join(name)).unwrap();
            fs::read(top.join(name)).unwrap()
        };
        let first = made("a.tar.gz");
        // Written again, later and in another order.
        fs::remove_file(folder.join("README.md")).unwrap();
        fs::write(folder.join("README.md"), "text").unwrap();
        assert_eq!(first, made("b.tar.gz"));
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(&first[..]));
        let entries = archive.entries().unwrap().map(|entry| {
            let entry = entry.unwrap();
            (entry.path().unwrap().display().to_string(), entry.header().mode().unwrap())
        });
        let expected =
            [("ai-now-1/README.md".to_owned(), 0o644), ("ai-now-1/bin/gateway".to_owned(), 0o755)];
        assert_eq!(entries.collect::<Vec<_>>(), expected);

        fs::remove_dir_all(&folder).unwrap();
        let listed = sums(&top).unwrap();
        assert_eq!(listed.lines().count(), 2);
        assert!(listed.lines().next().unwrap().ends_with("  a.tar.gz"), "{listed}");
        fs::remove_dir_all(top).unwrap();
    }
}
