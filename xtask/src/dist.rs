//! Building what a visitor's browser loads: for the demo as it comes, for the world optimised and
//! weighed.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::guard::guard;
use crate::pin::pin;
use crate::run::{cargo, heading, output, root, run, target_dir};
use crate::shrink;
use crate::tools;

/// Builds the widget with trunk, and the sketch engine for the page beside it; answers the folder
/// that holds them: all that a static host needs.
///
/// # Errors
/// Where a tool is missing or the build fails.
pub fn widget() -> Result<PathBuf> {
    let dist = studio()?;
    engine(&dist)?;
    Ok(dist)
}

/// Builds the widget alone: all that a page with a gateway needs.
///
/// # Errors
/// Where a tool is missing or the build fails.
pub fn studio() -> Result<PathBuf> {
    tools::setup()?;
    heading("Building the widget");
    let dist = root().join("dist");
    run(Command::new(tools::tool("trunk"))
        .args(["build", "--skip-version-check", "--cargo-profile", "widget", "--dist"])
        .arg(&dist)
        .env("PATH", tools::path()?)
        .env("RUSTFLAGS", shrink::rust_flags())
        // Trunk reads NO_COLOR as a truth value and fails on `1`.
        .env_remove("NO_COLOR")
        .current_dir(root()))?;
    guard(&dist.join("ai-now-widget.js"), &root().join("www/guard.js"))?;
    Ok(dist)
}

/// Builds the sketch engine as a wasm of its own: trunk builds with one profile for all, and this one
/// wants to be fast where the widget wants to be small.
///
/// # Errors
/// Where the build fails.
pub fn engine(dist: &Path) -> Result<()> {
    const PROFILE: &str = "sketch-worker";
    heading("Building the sketch engine for the page");
    run(cargo()
        .args(["build", "--package", "ai-now-sketch-worker", "--profile", PROFILE])
        .args(["--target", tools::WASM_TARGET]))?;
    let built = target_dir().join(tools::WASM_TARGET).join(PROFILE);
    run(Command::new(tools::tool("wasm-bindgen"))
        .args(["--target", "web", "--no-typescript", "--out-name", "ai-now-sketch", "--out-dir"])
        .arg(dist)
        .arg(built.join("ai_now_sketch_worker.wasm")))
}

/// Builds the widget and the engine, optimises their wasm and weighs the result.
///
/// # Errors
/// Where a tool is missing, the build fails, or something outgrew its budget.
pub fn dist() -> Result<()> {
    let dist = widget()?;
    let node = tools::node_packages()?;
    heading("Optimising the engine");
    let engine = dist.join(ENGINE_WASM);
    run(shrink::binaryen(&node, "wasm-opt").args(["-O3", "-o"]).args([&engine, &engine]))?;
    shrink::widget(&dist, &node, &["Studio"])?;
    pin(&dist, &node.join("node_modules/.bin/terser"))?;
    weigh(&dist)
}

const ENGINE_WASM: &str = "ai-now-sketch_bg.wasm";

/// What a visitor loads, and what it may weigh in bytes under brotli 11. It may only shrink, or
/// grow with a reason given in the commit that changes it.
const BUDGETS: &[Budget] = &[
    Budget { what: "the shell", files: &["ai-now.js"], max_bytes: 3 * 1024 },
    Budget {
        what: "the widget",
        files: &["ai-now-widget_bg.wasm", "ai-now-widget.js", "widget.css"],
        // An ordinary Leptos app on gloo-net and serde-wasm-bindgen; the aim is 128 KiB.
        max_bytes: 176 * 1024,
    },
    Budget {
        what: "the sketch engine, where the page makes it itself",
        files: &[ENGINE_WASM, "ai-now-sketch.js", "sketch-worker.js"],
        max_bytes: 464_000,
    },
];

struct Budget {
    what: &'static str,
    files: &'static [&'static str],
    max_bytes: usize,
}

fn weigh(dist: &Path) -> Result<()> {
    heading("What a visitor loads (bytes, brotli)");
    let mut over = Vec::new();
    for budget in BUDGETS {
        let mut sum = 0;
        for file in budget.files {
            let bytes = brotli_bytes(&dist.join(file))?;
            println!("{bytes:>9}  {file}");
            sum += bytes;
        }
        println!("{sum:>9}  {} (budget {})", budget.what, budget.max_bytes);
        if sum > budget.max_bytes {
            over.push(budget.what);
        }
    }
    if !over.is_empty() {
        bail!("over budget: {}", over.join(", "));
    }
    Ok(())
}

/// The size of a file under brotli at its best, as Node's zlib makes it.
fn brotli_bytes(file: &Path) -> Result<usize> {
    const SCRIPT: &str = "const {brotliCompressSync:b}=require('zlib');\
        console.log(b(require('fs').readFileSync(process.argv[1])).length)";
    output(Command::new("node").args(["-e", SCRIPT]).arg(file))
        .and_then(|said| said.parse().ok())
        .with_context(|| format!("{} can't be weighed", file.display()))
}
