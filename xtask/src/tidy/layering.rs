//! Checks the layers: modules use only what a table allows, and no files use each other in a cycle.
//!
//! A row of a table may only list modules above it, so a table itself can't contain a cycle. Uses
//! are read from the paths in a module's files (`use crate::…`, `crate::…`, `super::…`). Tests may
//! use everything: modules named `tests` and files named `tests.rs` are skipped. It must not know
//! any crate's table.

use std::collections::{BTreeMap, BTreeSet};

use super::paths::{Path, paths};

/// A crate and its table of modules.
pub(super) struct Layers {
    /// The folder of its sources, with a slash at the end.
    pub(super) root: &'static str,
    /// Each module with the modules that it may use, the lowest module first.
    pub(super) rows: &'static [(&'static str, &'static [&'static str])],
    /// Whether modules without a row, and cycles of files, are violations.
    pub(super) complete: bool,
}

/// The sources of one crate: path below its root, text.
pub(super) type Sources<'a> = BTreeMap<&'a str, &'a str>;

impl Layers {
    /// A line for each use that the table doesn't allow, and for each cycle of files.
    pub(super) fn complaints(&self, sources: &Sources<'_>) -> Vec<String> {
        let mut lines = self.table_complaints();
        let mut edges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let root = Root::read(sources);
        for (&file, &text) in sources {
            if is_test(file) {
                continue;
            }
            let module = top_module(file);
            let row = self.rows.iter().find(|(name, _)| *name == module);
            if row.is_none() && self.complete {
                lines.push(format!(
                    "{}{file}: the module `{module}` has no row in the table of layers",
                    self.root
                ));
            }
            for path in paths(text, &module_path(file)) {
                let target = file_of(&path, sources).or_else(|| root.file_of(&path));
                let Some(target) = target else { continue };
                let used = top_module(target);
                if target != file {
                    edges.entry(file).or_default().insert(target);
                }
                if let Some((_, allowed)) = row
                    && used != module
                    && !allowed.contains(&used)
                {
                    let allowed = if allowed.is_empty() {
                        "no other module".to_owned()
                    } else {
                        allowed.join(", ")
                    };
                    lines.push(format!(
                        "{}{file}: uses `{}`; the layers allow `{module}` to use {allowed}",
                        self.root,
                        path.join("::"),
                    ));
                }
            }
        }
        if self.complete {
            lines.extend(circles(&edges).into_iter().map(|files| {
                format!(
                    "{}: these files use each other in a circle: {}",
                    self.root,
                    files.join(", ")
                )
            }));
        }
        lines
    }

    fn table_complaints(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (index, (module, allowed)) in self.rows.iter().enumerate() {
            let below: Vec<_> = self.rows[..index].iter().map(|(name, _)| name).collect();
            for used in allowed.iter().filter(|used| !below.contains(used)) {
                lines.push(format!(
                    "{}: the table of layers lets `{module}` use `{used}`, which is not below it",
                    self.root
                ));
            }
        }
        lines
    }
}

pub(super) fn is_test(file: &str) -> bool {
    file.split('/').any(|part| part == "tests.rs" || part == "tests")
}

pub(super) fn top_module(file: &str) -> &str {
    let end = file.find('/').unwrap_or(file.len());
    file[..end].trim_end_matches(".rs")
}

/// The module of a file: `store/keys.rs` is `store::keys`, `lib.rs` is the crate's root.
fn module_path(file: &str) -> Path {
    let stem = file.trim_end_matches(".rs").trim_end_matches("/mod");
    match stem {
        "lib" | "main" => Path::new(),
        _ => stem.split('/').map(str::to_owned).collect(),
    }
}

/// The file that defines a path's target, as far as files tell: the deepest module in the path.
fn file_of<'s>(path: &[String], sources: &Sources<'s>) -> Option<&'s str> {
    (1..=path.len()).rev().find_map(|length| {
        let stem = path[..length].join("/");
        [format!("{stem}.rs"), format!("{stem}/mod.rs")]
            .iter()
            .find_map(|file| sources.get_key_value(file.as_str()).map(|(file, _)| *file))
    })
}

/// The names that are available at the root of a crate.
struct Root<'s> {
    file: Option<&'s str>,
    /// Re-exported names, with the files that define them.
    passed_on: BTreeMap<String, &'s str>,
}

impl<'s> Root<'s> {
    fn read(sources: &Sources<'s>) -> Self {
        let file = ["lib.rs", "main.rs"].iter().find_map(|file| sources.get_key_value(file));
        let passed_on = file.map_or_else(BTreeMap::new, |(_, text)| {
            let paths = paths(text, &[]).into_iter();
            paths
                .filter_map(|path| Some((path.last()?.clone(), file_of(&path, sources)?)))
                .collect()
        });
        Self { file: file.map(|(file, _)| *file), passed_on }
    }

    /// The file that defines a name of the root: the file that it is re-exported from, or the root
    /// itself.
    fn file_of(&self, path: &[String]) -> Option<&'s str> {
        self.passed_on.get(path.first()?).copied().or(self.file)
    }
}

/// The strongly connected components with more than one file.
fn circles<'a>(edges: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> Vec<Vec<&'a str>> {
    let reachable = |from: &'a str| {
        let mut seen = BTreeSet::new();
        let mut open = vec![from];
        while let Some(file) = open.pop() {
            for &next in edges.get(file).into_iter().flatten() {
                if seen.insert(next) {
                    open.push(next);
                }
            }
        }
        seen
    };
    let reach: BTreeMap<_, _> = edges.keys().map(|&file| (file, reachable(file))).collect();
    let mut found = BTreeSet::new();
    for (&file, targets) in &reach {
        if targets.contains(file) {
            let back = |other: &&str| reach.get(*other).is_some_and(|r| r.contains(file));
            found.insert(targets.iter().copied().filter(back).collect::<Vec<_>>());
        }
    }
    found.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: Layers = Layers {
        root: "src/",
        complete: true,
        rows: &[("low", &[]), ("high", &["low"]), ("lib", &["low", "high"])],
    };

    fn complaints(files: &[(&str, &str)]) -> Vec<String> {
        TWO.complaints(&files.iter().copied().collect())
    }

    #[test]
    fn a_use_downwards_is_allowed() {
        let high = "use crate::low::{Thing, other};\nfn f() { crate::low::other() }";
        assert_eq!(complaints(&[("low.rs", ""), ("high.rs", high)]), [""; 0]);
    }

    #[test]
    fn a_use_upwards_is_found_however_it_is_written() {
        for upwards in [
            "use crate::high::Thing;",
            "use crate::{high::Thing};",
            "use crate::{\n    // why\n    high::{self, Thing},\n};",
            "fn f() { crate::high::thing() }",
            "fn f() -> Vec<crate::high::Thing> { Vec::new() }",
            "fn f() { println!(\"{}\", crate::high::thing()) }",
            "mod inner { use crate::high::Thing; }",
            "mod inner { use super::super::high::Thing; }",
            "use super::high::Thing;",
        ] {
            let lines = complaints(&[("low.rs", upwards), ("high.rs", "")]);
            assert!(!lines.is_empty(), "{upwards}");
            for line in lines {
                assert!(line.starts_with("src/low.rs: uses `high"), "{line}");
                assert!(line.ends_with("allow `low` to use no other module"), "{line}");
            }
        }
        let deep = complaints(&[("low/deep.rs", "use super::super::high::X;"), ("high.rs", "")]);
        assert_eq!(deep.len(), 1, "{deep:?}");
    }

    #[test]
    fn text_that_only_resembles_a_use_is_ignored() {
        for text in [
            "//! See [`crate::high`].",
            "/* crate::high::x */",
            "const TEXT: &str = \"crate::high::x\";",
            "#[cfg(test)]\nmod tests { use crate::high::Thing; }",
            "use other::high::Thing;",
            "pub(in crate::high) fn f() {}",
        ] {
            assert_eq!(complaints(&[("low.rs", text), ("high.rs", "")]), [""; 0], "{text}");
        }
        let test = [("low/tests.rs", "use crate::high::Thing;"), ("low.rs", ""), ("high.rs", "")];
        assert_eq!(complaints(&test), [""; 0]);
    }

    #[test]
    fn a_module_without_a_row_is_found() {
        let lines = complaints(&[("new.rs", "")]);
        assert_eq!(lines, ["src/new.rs: the module `new` has no row in the table of layers"]);
    }

    #[test]
    fn a_cycle_of_files_is_found() {
        let lines = complaints(&[
            ("low.rs", "mod a; mod b; pub use a::A;"),
            ("low/a.rs", "use super::b::B;"),
            ("low/b.rs", "use crate::low::A;"),
        ]);
        let circle = "src/: these files use each other in a circle: low.rs, low/a.rs, low/b.rs";
        assert_eq!(lines, [circle]);
        let facade = [("low.rs", "mod a; mod b; pub use a::A;"), ("low/a.rs", "use super::b::B;")];
        assert_eq!(complaints(&[facade[0], facade[1], ("low/b.rs", "")]), [""; 0]);
    }

    #[test]
    fn a_reexported_name_resolves_to_its_definition() {
        let root = "mod low; mod high; pub use low::Thing; pub use crate::high::Other;";
        let found = |low: &str| complaints(&[("lib.rs", root), ("low.rs", low), ("high.rs", "")]);
        let lines = found("use crate::{Thing, Other};");
        assert_eq!(
            lines,
            ["src/low.rs: uses `Other`; the layers allow `low` to use no other module"]
        );
        assert_eq!(found("use crate::Thing;"), [""; 0]);
        let own = found("use crate::own_of_the_root;");
        assert_eq!(own.len(), 2, "{own:?}");
    }

    #[test]
    fn a_table_with_a_cycle_is_found() {
        let rows = &[("a", &["b"] as &[_]), ("b", &["a"])];
        let lines = Layers { rows, ..TWO }.table_complaints();
        assert_eq!(lines, ["src/: the table of layers lets `a` use `b`, which is not below it"]);
    }
}
