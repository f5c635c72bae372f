//! Making the widget's wasm and the script around it small. wasm-bindgen writes both for every page
//! there is: with long names that only the two of them say to each other, with all that any crate
//! exports, formatted. It must not know what the widget does.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::run::{heading, output, run};

/// What rustc uses by default, and every browser knows. Whatever wasm-opt knows beyond it, it would
/// use too.
const FEATURES: [&str; 6] = [
    "bulk-memory",
    "multivalue",
    "mutable-globals",
    "nontrapping-float-to-int",
    "reference-types",
    "sign-ext",
];

/// What rustc is told for the widget: a stack of 256 KB, where its code needs a few, which also makes
/// every address after it shorter; and no path of the machine that builds in what is shipped.
pub fn rust_flags() -> String {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    let sources = home.and_then(|home| fs::read_dir(home.join("registry/src")).ok());
    let mut flags = String::new();
    for source in sources.into_iter().flatten().flatten() {
        flags += &format!("--remap-path-prefix={}/= ", source.path().display());
    }
    flags + "-Clink-arg=-zstack-size=262144"
}

/// The module that wasm-bindgen has the wasm import from.
const MODULE: &str = "\"./ai-now-widget_bg.js\": ";

/// A tool of the `binaryen` package, for wasm as rustc writes it.
pub fn binaryen(node: &Path, tool: &str) -> Command {
    let mut command = Command::new(node.join("node_modules/.bin").join(tool));
    command.args(FEATURES.map(|feature| format!("--enable-{feature}")));
    command
}

/// Makes the widget in `dist` small: first away with what the page never calls, then short names,
/// then no more spaces. `kept` are the classes that the page uses.
///
/// # Errors
/// Where a tool is missing, or wasm-bindgen writes otherwise than this knows.
pub fn widget(dist: &Path, node: &Path, kept: &[&str]) -> Result<()> {
    heading("Making the widget small");
    let (wasm, script) = (dist.join("ai-now-widget_bg.wasm"), dist.join("ai-now-widget.js"));
    let text = fs::read_to_string(&script).context("ai-now-widget.js")?;
    let text = without_classes(&text, kept);

    let graph = dist.join("exports.json");
    fs::write(&graph, roots(&exports(&text)))?;
    let reduced = binaryen(node, "wasm-metadce")
        .arg(&wasm)
        .arg("--graph-file")
        .arg(&graph)
        .arg("-o")
        .arg(&wasm)
        .output()
        .context("wasm-metadce can't be started")?;
    fs::remove_file(&graph)?;
    if !reduced.status.success() {
        bail!("wasm-metadce: {}", String::from_utf8_lossy(&reduced.stderr));
    }

    let renamed = output(
        binaryen(node, "wasm-opt")
            // Below the stack there is nothing that anybody points at.
            .args(["-Oz", "--converge", "--low-memory-unused"])
            .args(["--flatten", "--rereloop", "-Oz", "-Oz"])
            .args(["--strip-debug", "--strip-producers", "--strip-target-features"])
            .arg("--minify-imports-and-exports-and-modules")
            .arg("-o")
            .args([&wasm, &wasm]),
    )
    .context("wasm-opt fails")?;
    fs::write(&script, with_names(&text, &renamed)?)?;

    let style = dist.join("widget.css");
    fs::write(&style, dense_css(&fs::read_to_string(&style).context("widget.css")?))?;

    run(Command::new(node.join("node_modules/.bin/terser"))
        .args(["--module", "--ecma", "2022", "--compress", "passes=2,unsafe_arrows=true"])
        .args(["--mangle", "--output"])
        .args([&script, &script]))
}

/// The script without the classes that some crate exports and the page doesn't use.
fn without_classes(script: &str, kept: &[&str]) -> String {
    let mut rest = String::new();
    let mut end = None;
    for line in script.split_inclusive('\n') {
        if let Some(last) = end {
            // A class ends at the margin; its methods further in.
            if line.starts_with(last) || line.trim_end().ends_with(";") && last == ";" {
                end = None;
            }
            continue;
        }
        let name = |before| line.strip_prefix(before).and_then(identifier);
        let gone = |name: Option<&str>| name.is_some_and(|name| !kept.contains(&name));
        let finalizer = name("const ").and_then(|name| name.strip_suffix("Finalization"));
        if gone(name("export class ")) {
            end = Some("}");
        } else if gone(finalizer) {
            end = Some(";");
        } else if !gone(name("if (Symbol.dispose) ")) {
            rest.push_str(line);
        }
    }
    rest
}

/// What the script calls of the wasm.
fn exports(script: &str) -> Vec<&str> {
    let mut names: Vec<_> = script.split("wasm.").skip(1).filter_map(identifier).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The name that a text begins with.
fn identifier(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '$');
    Some(&text[..end.unwrap_or(text.len())]).filter(|name| !name.is_empty())
}

/// The exports that are called, as wasm-metadce wants to be told.
fn roots(exports: &[&str]) -> String {
    let mut graph = String::from("[{\"name\":\"page\",\"root\":true,\"reaches\":[");
    graph += &exports.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(",");
    graph += "]}";
    for name in exports {
        graph += &format!(",{{\"name\":\"{name}\",\"export\":\"{name}\"}}");
    }
    graph + "]"
}

/// The script with the names that wasm-opt gave, and without the functions that the wasm doesn't
/// import any more.
fn with_names(script: &str, renamed: &str) -> Result<String> {
    let (imports, exports) = renamed.split_once("\"exports\"").context("no names from wasm-opt")?;
    let imports: Vec<_> = imports.lines().filter_map(|line| quoted::<3>(line)).collect();
    let exports: Vec<_> = exports.lines().filter_map(|line| quoted::<2>(line)).collect();
    let (Some([module, ..]), true) = (imports.first(), script.contains(MODULE)) else {
        bail!("the widget's script imports nothing as it used to");
    };
    if !MODULE.contains(module) {
        bail!("wasm-opt names {module} for the module");
    }
    let mut named = String::new();
    let mut skipping = false;
    for line in script.replace(MODULE, "a: ").split_inclusive('\n') {
        // A function that the wasm imports: eight spaces in, as is the brace that ends it.
        let inner = line.strip_prefix("        ").filter(|line| !line.starts_with(' '));
        if skipping {
            skipping = !inner.is_some_and(|line| line.starts_with('}'));
            continue;
        }
        let import = inner.and_then(identifier).filter(|name| name.starts_with("__wb"));
        let Some(import) = import else {
            named.push_str(line);
            continue;
        };
        match imports.iter().find(|[_, old, _]| *old == import) {
            Some([_, _, new]) => named.push_str(&line.replacen(import, new, 1)),
            None => skipping = line.trim_end().ends_with('{'),
        }
    }
    let mut parts = named.split("wasm.");
    let mut script = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        script += "wasm.";
        let old = identifier(part).unwrap_or_default();
        let new = exports.iter().find(|[known, _]| *known == old).map_or(old, |[_, new]| *new);
        script += new;
        script += &part[old.len()..];
    }
    Ok(script)
}

/// A style sheet without comments and without the spaces that mean nothing. For one that has no
/// text in quotation marks with such a thing in it.
fn dense_css(css: &str) -> String {
    let mut parts = css.split("/*");
    let mut bare = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        bare += part.split_once("*/").map_or("", |(_, rest)| rest);
    }
    let mut dense = bare.split_whitespace().collect::<Vec<_>>().join(" ");
    for mark in ["{", "}", ";", ","] {
        dense = dense.replace(&format!("{mark} "), mark).replace(&format!(" {mark}"), mark);
    }
    // Not the space before a colon: there it means something.
    dense.replace(": ", ":").replace(";}", "}")
}

/// The texts of a line, which stand in quotation marks; none of the names has any in it.
fn quoted<const N: usize>(line: &str) -> Option<[&str; N]> {
    let texts: Vec<_> = line.split('"').skip(1).step_by(2).collect();
    texts.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "\
export class Stream {
    free() {
        wasm.__wbg_stream_free(0);
    }
}
if (Symbol.dispose) Stream.prototype[Symbol.dispose] = Stream.prototype.free;

export class Studio {
    free() {
        wasm.__wbg_studio_free(0);
    }
}
if (Symbol.dispose) Studio.prototype[Symbol.dispose] = Studio.prototype.free;
    const import0 = {
        __wbg_call_1: function(arg0) {
            wasm.__wbindgen_free(arg0);
        },
        __wbg_pull_2: function(arg0) {
            return arg0;
        },
    };
    return {
        \"./ai-now-widget_bg.js\": import0,
    };
const StreamFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_stream_free(ptr));
const module = 'ai-now-widget_bg.wasm';
";

    #[test]
    fn what_nobody_uses_goes() {
        let script = without_classes(SCRIPT, &["Studio"]);
        assert!(!script.contains("Stream"), "{script}");
        assert!(script.contains("export class Studio {\n    free() {\n"), "{script}");
        assert_eq!(exports(&script), ["__wbg_studio_free", "__wbindgen_free"]);
        assert_eq!(
            roots(&["x"]),
            r#"[{"name":"page","root":true,"reaches":["x"]},{"name":"x","export":"x"}]"#
        );
    }

    #[test]
    fn style_sheets_lose_what_means_nothing() {
        let css = "/* A card. */\n.card,\n.card :is(a) {\n  width: calc(1px + 2%);\n  top: 0;\n}\n";
        assert_eq!(dense_css(css), ".card,.card :is(a){width:calc(1px + 2%);top:0}");
    }

    #[test]
    fn names_are_those_of_the_wasm() {
        let renamed = "{\n \"imports\": [\n  [\"./ai-now-widget_bg.js\", \"__wbg_call_1\", \"$\"]\n ],\n\
                       \"exports\": [\n  [\"__wbindgen_free\", \"b\"]\n ]\n}";
        let script = with_names(SCRIPT, renamed).unwrap();
        assert!(
            script.contains("        $: function(arg0) {\n            wasm.b(arg0);\n        },")
        );
        assert!(script.contains("a: import0"));
        assert!(!script.contains("__wbg_pull_2"));
        assert!(with_names(SCRIPT, "").is_err());
    }
}
