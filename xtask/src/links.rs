//! Links in the project's documents: their targets, and which are dead.
//!
//! Only links within the project are checked, because a check must not need the network.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// A link or picture in a document that refers to a file of the project.
#[derive(Debug, PartialEq, Eq)]
pub struct Link {
    /// The file as written; empty if the link stays on its page.
    pub file: String,
    /// The part after `#`, if any.
    pub anchor: Option<String>,
    /// The range of the whole link in the document.
    pub range: Range<usize>,
}

/// Every dead link of the documents among `files`, as `document: why`.
pub fn dead(root: &Path, files: &[PathBuf]) -> Vec<String> {
    let documents: HashMap<&Path, String> = files
        .iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .filter_map(|path| Some((path.as_path(), fs::read_to_string(root.join(path)).ok()?)))
        .collect();
    let anchors: HashMap<&Path, HashSet<String>> =
        documents.iter().map(|(path, text)| (*path, anchors(text))).collect();
    let mut dead = Vec::new();
    for (document, text) in &documents {
        for link in links(text) {
            let there = target(document, &link.file);
            let known = there.as_deref().and_then(|there| anchors.get(there));
            let why = match (&there, &link.anchor) {
                (Some(there), _) if !root.join(there).exists() => "is not there",
                (None, _) => "leaves the project",
                (Some(_), Some(anchor)) if known.is_some_and(|known| !known.contains(anchor)) => {
                    "has no such heading"
                }
                _ => continue,
            };
            let anchor = link.anchor.map(|anchor| format!("#{anchor}")).unwrap_or_default();
            dead.push(format!("{}: {}{anchor} {why}", document.display(), link.file));
        }
    }
    dead.sort();
    dead
}

/// The file that a link of `document` refers to, relative to the project's root; `None` if it is
/// outside.
pub fn target(document: &Path, file: &str) -> Option<PathBuf> {
    if file.is_empty() {
        return Some(document.to_owned());
    }
    let mut path = document.parent().unwrap_or(Path::new("")).to_owned();
    for part in Path::new(file).components() {
        match part {
            Component::Normal(name) => path.push(name),
            Component::CurDir => {}
            Component::ParentDir if path.pop() => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(path)
}

/// The links of a document to files of the project.
pub fn links(text: &str) -> Vec<Link> {
    let events = Parser::new_ext(text, options()).into_offset_iter();
    let targets = events.filter_map(|(event, range)| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
            Some((dest_url, range))
        }
        _ => None,
    });
    let inside = targets.filter(|(url, _)| !url.contains(':') && !url.starts_with('/'));
    inside
        .map(|(url, range)| match url.split_once('#') {
            Some((file, anchor)) => {
                Link { file: file.to_owned(), anchor: Some(anchor.to_owned()), range }
            }
            None => Link { file: url.to_string(), anchor: None, range },
        })
        .collect()
}

/// The possible fragments: a document's headings, as GitHub and mdBook name them.
pub fn anchors(text: &str) -> HashSet<String> {
    let mut found = HashSet::new();
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(text, options()) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&text);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let slug = slug(&heading.take().unwrap_or_default());
                let numbered = |n: usize| if n == 0 { slug.clone() } else { format!("{slug}-{n}") };
                let free = (0..).map(numbered).find(|name| !found.contains(name));
                found.extend(free);
            }
            _ => {}
        }
    }
    found
}

fn slug(heading: &str) -> String {
    let lower = heading.to_lowercase();
    let kept = lower.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_found_where_they_are_links() {
        let text = "[a](x.md#y) ![b](p/q.png \"t\") `[no](no.md)` [web](https://a.example) [here](#z)\n\n\
                    ```\n[no](no.md)\n```\n\n| [c] |\n|---|\n\n[c]: ../c.md\n";
        let found: Vec<_> = links(text).into_iter().map(|link| (link.file, link.anchor)).collect();
        let some = |anchor: &str| Some(anchor.to_owned());
        let expected = [
            ("x.md".to_owned(), some("y")),
            ("p/q.png".to_owned(), None),
            (String::new(), some("z")),
            ("../c.md".to_owned(), None),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn headings_make_anchors() {
        let text = "# How it `works`, really\n## Twice\n## Twice\n```\n# no\n```\n";
        let expected = ["how-it-works-really", "twice", "twice-1"].map(str::to_owned);
        assert_eq!(anchors(text), HashSet::from(expected));
    }

    #[test]
    fn targets_are_within_the_project() {
        let from = |file| target(Path::new("docs/a.md"), file);
        assert_eq!(from("../README.md"), Some("README.md".into()));
        assert_eq!(from("./b.md"), Some("docs/b.md".into()));
        assert_eq!(from(""), Some("docs/a.md".into()));
        assert_eq!(from("../../etc"), None);
    }

    #[test]
    fn dead_links_are_reported() {
        let dir = std::env::temp_dir().join(format!("ai-now-links-{}", std::process::id()));
        fs::create_dir_all(dir.join("docs")).unwrap();
        fs::write(dir.join("docs/b.md"), "# Here\n").unwrap();
        let text = "[a](docs/b.md#here) [b](docs/b.md#gone) [c](gone.md) [d](../x) [e](docs)";
        fs::write(dir.join("a.md"), text).unwrap();
        let told = dead(&dir, &["a.md".into(), "docs/b.md".into()]);
        fs::remove_dir_all(&dir).unwrap();
        let expected = [
            "a.md: ../x leaves the project",
            "a.md: docs/b.md#gone has no such heading",
            "a.md: gone.md is not there",
        ];
        assert_eq!(told, expected);
    }
}
