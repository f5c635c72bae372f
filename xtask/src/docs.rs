//! `cargo xtask docs`: builds the documents as a static site in `dist-docs/`, which works offline.
//!
//! `docs/SUMMARY.md` lists the documents and their order. They are collected under `target/docs`
//! first, because mdBook reads a single folder, and our documents also link to other files of the
//! project.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::links::{self, Link};
use crate::run::{heading, root, run, target_dir};
use crate::tools;

const SUMMARY: &str = "docs/SUMMARY.md";

const BOOK: &str = r#"[book]
title = "AI-Now"
language = "en"
src = "src"

[build]
create-missing = false

[output.html]
no-section-label = true
default-theme = "light"
preferred-dark-theme = "navy"

[output.html.fold]
enable = false

[output.html.search]
enable = true
limit-results = 20
"#;

/// Builds the site.
///
/// # Errors
/// If mdBook isn't available, or a document is missing.
pub fn docs() -> Result<()> {
    let book = target_dir().join("docs");
    if book.exists() {
        fs::remove_dir_all(&book)?;
    }
    let src = book.join("src");
    let chapters = chapters()?;
    put_together(&chapters, &src)?;
    fs::write(book.join("book.toml"), BOOK)?;
    let mdbook = tools::mdbook()?;
    let site = root().join("dist-docs");
    heading("Building the documentation");
    run(Command::new(mdbook).arg("build").arg(&book).arg("--dest-dir").arg(&site))?;
    for_language_models(&chapters, &src, &site)?;
    let mut dead = Vec::new();
    find_dead(&site, &mut dead)?;
    if !dead.is_empty() {
        bail!("the site has dead links:\n  {}", dead.join("\n  "));
    }
    println!("{}", site.join("index.html").display());
    Ok(())
}

/// The documents in the summary, relative to the project's root, in order.
fn chapters() -> Result<Vec<PathBuf>> {
    let summary = fs::read_to_string(root().join(SUMMARY)).context(SUMMARY)?;
    let links = links::links(&summary).into_iter();
    Ok(links.filter_map(|link| links::target(Path::new(SUMMARY), &link.file)).collect())
}

/// Copies the documents and the files that they link to, and adjusts the links.
fn put_together(chapters: &[PathBuf], src: &Path) -> Result<()> {
    let known: BTreeSet<&Path> = chapters.iter().map(PathBuf::as_path).collect();
    for chapter in chapters.iter().map(PathBuf::as_path).chain([Path::new(SUMMARY)]) {
        let text = fs::read_to_string(root().join(chapter))
            .with_context(|| chapter.display().to_string())?;
        let mut others = Vec::new();
        let text = relink(&text, chapter, &known, &mut others);
        write(&src.join(place(chapter, &known)), text.as_bytes())?;
        for other in others {
            let from = root().join(&other);
            if from.is_file() {
                write(&src.join(place(&other, &known)), &fs::read(from)?)?;
            }
        }
    }
    Ok(())
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::create_dir_all(path.parent().context("a file has a folder")?)?;
    Ok(fs::write(path, bytes)?)
}

/// The path of a project file in the site. Sources are shown as text, because a copied HTML page
/// wouldn't have the files that it needs.
fn place(file: &Path, chapters: &BTreeSet<&Path>) -> PathBuf {
    if file == Path::new("README.md") {
        // The first page.
        return PathBuf::from("index.md");
    }
    if let Ok(rest) = file.strip_prefix("docs") {
        return rest.to_owned();
    }
    if chapters.contains(file) {
        return Path::new("project").join(file);
    }
    // mdBook takes every `.md` in a link for a page of its own, wherever it stands.
    Path::new("files").join(format!("{}.txt", file.display()).replace(".md", "-md"))
}

/// A document with its links adjusted for the site; `others` collects the other files that it
/// needs.
fn relink(
    text: &str,
    document: &Path,
    chapters: &BTreeSet<&Path>,
    others: &mut Vec<PathBuf>,
) -> String {
    let mut out = String::new();
    let mut done = 0;
    let up = "../".repeat(place(document, chapters).components().count() - 1);
    for Link { file, range, .. } in links::links(text) {
        let Some(target) = links::target(document, &file).filter(|_| !file.is_empty()) else {
            continue;
        };
        // A picture within a link, which was already written.
        if range.start < done {
            continue;
        }
        if !chapters.contains(target.as_path()) && target != Path::new(SUMMARY) {
            others.push(target.clone());
        }
        let link = &text[range.clone()];
        // The last occurrence: text before it is the link's label.
        let Some(at) = link.rfind(&file) else { continue };
        let shown = match target == Path::new(SUMMARY) {
            // mdBook's own page for it.
            true => PathBuf::from("toc.html"),
            false => place(&target, chapters),
        };
        let shown = shown.to_string_lossy().replace('\\', "/");
        out.push_str(&text[done..range.start]);
        out.push_str(&link[..at]);
        out.push_str(&up);
        out.push_str(&shown);
        out.push_str(&link[at + file.len()..]);
        done = range.end;
    }
    out.push_str(&text[done..]);
    out
}

/// Collects dead links between the site's pages and files.
fn find_dead(dir: &Path, dead: &mut Vec<String>) -> Result<()> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.is_dir() {
            find_dead(&path, dead)?;
        } else if path.extension().is_some_and(|extension| extension == "html") {
            for part in fs::read_to_string(&path)?.split(" href=\"").skip(1) {
                let link = part.split(['"', '#']).next().unwrap_or_default();
                let elsewhere = link.contains(':') || link.starts_with('/');
                if !elsewhere && !link.is_empty() && !dir.join(link).exists() {
                    dead.push(format!("{}: {link}", path.display()));
                }
            }
        }
    }
    Ok(())
}

/// Files for language models (llmstxt.org): each document as Markdown beside its page, a list with
/// first sentences (`llms.txt`), and all documents in one file (`llms-full.txt`).
fn for_language_models(chapters: &[PathBuf], src: &Path, site: &Path) -> Result<()> {
    let known: BTreeSet<&Path> = chapters.iter().map(PathBuf::as_path).collect();
    let mut list = String::from(
        "# AI-Now\n\n> Music, pictures and video from a sentence, on anybody's web page: a web \
         component, a gateway, and a procedural sketch engine.\n\n## Documents\n\n",
    );
    let mut all = String::new();
    for chapter in chapters {
        let place = place(chapter, &known);
        let text = fs::read_to_string(src.join(&place))?;
        write(&site.join(&place), text.as_bytes())?;
        list.push_str(&entry(&place, &text));
        all.push_str(&text);
        all.push('\n');
    }
    // The README names it, which stands beside the site in a release.
    write(&site.join("SUMMARY.md"), &fs::read(src.join("SUMMARY.md"))?)?;
    write(&site.join("llms.txt"), list.as_bytes())?;
    Ok(fs::write(site.join("llms-full.txt"), all)?)
}

/// A document's line in the list.
fn entry(place: &Path, text: &str) -> String {
    let title = text.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or("AI-Now");
    format!("- [{title}]({}): {}\n", place.display(), opening(text))
}

/// The first sentence of a document's first paragraph.
fn opening(text: &str) -> String {
    let lines = text.lines().skip_while(|line| line.is_empty() || line.starts_with('#'));
    let paragraph: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    let paragraph = paragraph.join(" ").replace("**", "");
    let end = paragraph.find(". ").map_or(paragraph.len(), |end| end + 1);
    paragraph[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_adjusted_to_the_site() {
        let chapters: Vec<PathBuf> = ["README.md", "docs/a.md"].map(PathBuf::from).into();
        let known = chapters.iter().map(PathBuf::as_path).collect();
        let mut others = Vec::new();
        let in_docs = "[r](../README.md#x) [s](SUMMARY.md) [x.html](../www/x.html) [w](https://a.example) [h](#h)";
        let said = relink(in_docs, Path::new("docs/a.md"), &known, &mut others);
        let expected = "[r](index.md#x) [s](toc.html) [x.html](files/www/x.html.txt) \
                        [w](https://a.example) [h](#h)";
        assert_eq!(said, expected);
        let at_top = relink("![p](docs/p.png)", Path::new("README.md"), &known, &mut others);
        assert_eq!(at_top, "![p](p.png)");
        assert_eq!(others, ["www/x.html", "docs/p.png"].map(PathBuf::from));
        let other = relink("[c](../examples/c.md)", Path::new("docs/a.md"), &known, &mut others);
        assert_eq!(other, "[c](files/examples/c-md.txt)", "mdBook would make c.html of it");
    }

    #[test]
    fn a_document_is_listed_with_its_first_sentence() {
        let text = "# Backup\n\nA copy of the folder. More.\n";
        let line = "- [Backup](ops/backup.md): A copy of the folder.\n";
        assert_eq!(entry(Path::new("ops/backup.md"), text), line);
    }

    #[test]
    fn language_models_find_every_document() {
        let dir = target_dir().join("docs-for-models");
        let (src, site) = (dir.join("src"), dir.join("site"));
        if dir.exists() {
            fs::remove_dir_all(&dir).unwrap();
        }
        let chapters = chapters().unwrap();
        put_together(&chapters, &src).unwrap();
        for_language_models(&chapters, &src, &site).unwrap();
        let list = fs::read_to_string(site.join("llms.txt")).unwrap();
        let all = fs::read_to_string(site.join("llms-full.txt")).unwrap();
        let entries: Vec<&str> = list.lines().filter_map(|line| line.strip_prefix("- [")).collect();
        assert_eq!(entries.len(), chapters.len());
        for entry in entries {
            let (_, rest) = entry.split_once("](").unwrap();
            let (file, says) = rest.split_once("): ").unwrap();
            assert!(!says.is_empty(), "{file}");
            assert!(all.contains(&fs::read_to_string(site.join(file)).unwrap()), "{file}");
        }
    }

    #[test]
    fn the_first_sentence_is_extracted() {
        assert_eq!(opening("# T\n\nOne **bold**\nline. Two.\n\nMore."), "One bold line.");
        assert_eq!(opening("# T\n\nAlone\n"), "Alone");
    }

    #[test]
    fn every_document_is_in_the_summary() {
        let chapters = chapters().unwrap();
        let mut dirs = vec![PathBuf::from("docs")];
        while let Some(dir) = dirs.pop() {
            for entry in fs::read_dir(root().join(&dir)).unwrap() {
                let path = dir.join(entry.unwrap().file_name());
                if root().join(&path).is_dir() {
                    dirs.push(path);
                } else if path.extension().is_some_and(|e| e == "md") && path != Path::new(SUMMARY)
                {
                    assert!(chapters.contains(&path), "{} is not in {SUMMARY}", path.display());
                }
            }
        }
    }

    #[test]
    fn documented_commands_exist() {
        use clap::CommandFactory as _;
        let cli = crate::Cli::command();
        let mut named = 0;
        for chapter in chapters().unwrap() {
            let text = fs::read_to_string(root().join(&chapter)).unwrap();
            for part in text.split("cargo xtask ").skip(1) {
                let end = part.find(|c: char| !c.is_ascii_lowercase() && c != '-');
                let word = &part[..end.unwrap_or(part.len())];
                let place = chapter.display();
                assert!(cli.find_subcommand(word).is_some(), "{place}: cargo xtask {word}");
                named += 1;
            }
        }
        assert!(named > 5, "{named}");
    }
}
