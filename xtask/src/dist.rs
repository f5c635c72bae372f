//! Building what a visitor's browser loads: for the demo as it comes, for the world optimised and
//! weighed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::release::{self, Effort, Release, SHELL, STYLE, WIDGET_WASM};
use crate::run::{cargo, heading, root, run, target_dir};
use crate::tools;
use crate::{npm, optimise};

/// The files that trunk and wasm-bindgen name after the package.
pub const WIDGET_GLUE: &str = "ai-now-widget_bg.js";
const ENGINE_WASM: &str = "ai-now-sketch_bg.wasm";
const ENGINE_GLUE: &str = "ai-now-sketch.js";

/// Tells [`after_trunk`] to leave the sketch engine to us.
const WITHOUT_ENGINE: &str = "XTASK_WITHOUT_ENGINE";

/// The worker that runs the engine.
const WORKER: &str = "sketch-worker.js";
/// The pages that give hints.
const PAGES: [&str; 2] = ["index.html", "demo.html"];

/// Builds the widget with trunk, and the sketch engine for the page beside it; answers the folder
/// that holds them: all that a static host needs.
///
/// # Errors
/// Where a tool is missing or the build fails.
pub fn widget() -> Result<PathBuf> {
    let dist = demo()?;
    engine(&dist)?;
    Ok(dist)
}

/// Builds the widget for a demo: all that a page with a gateway needs, named and compressed.
///
/// # Errors
/// Where a tool is missing or the build fails.
pub fn demo() -> Result<PathBuf> {
    let dist = studio("")?;
    let mut release = Release::new(&dist);
    name_studio(&mut release)?;
    release.tell_shell()?;
    release.write_hints(&PAGES)?;
    release::compress(&dist, Effort::Quick)?;
    Ok(dist)
}

/// Names what the shell loads of the studio.
fn name_studio(release: &mut Release) -> Result<()> {
    for file in [WIDGET_WASM, WIDGET_GLUE, STYLE] {
        release.name(file)?;
    }
    release.name_locales()
}

/// Has trunk build the widget. `rust_flags` are for the wasm.
fn studio(rust_flags: &str) -> Result<PathBuf> {
    tools::setup()?;
    heading("Building the widget");
    let dist = root().join("dist");
    run(Command::new(tools::tool("trunk"))
        .args(["build", "--skip-version-check", "--cargo-profile", "widget", "--dist"])
        .arg(&dist)
        .env("PATH", tools::path()?)
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", rust_flags)
        .env(WITHOUT_ENGINE, "1")
        // Trunk reads NO_COLOR as a truth value and fails on `1`.
        .env_remove("NO_COLOR")
        .current_dir(root()))?;
    Ok(dist)
}

/// What Trunk.toml calls after each build, with the folder that trunk builds into: takes the glue to
/// its wasm, and the sketch engine beside it.
///
/// # Errors
/// Where trunk doesn't call, or the engine can't be built.
pub fn after_trunk() -> Result<()> {
    let called = "only trunk calls this, see Trunk.toml";
    let staging = PathBuf::from(std::env::var_os("TRUNK_STAGING_DIR").context(called)?);
    let profile = std::env::var_os("TRUNK_PROFILE").context(called)?;
    let built = target_dir().join("wasm-bindgen").join(profile);
    fs::copy(built.join(WIDGET_GLUE), staging.join(WIDGET_GLUE)).context(WIDGET_GLUE)?;
    // What bundlers start from: browsers can't import wasm.
    fs::remove_file(staging.join("ai-now-widget.js"))?;
    if std::env::var_os(WITHOUT_ENGINE).is_some() {
        return Ok(());
    }
    engine(&staging)
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
    run(Command::new(tools::wasm_bindgen()?)
        .args(["--target", "web", "--no-typescript", "--out-name", "ai-now-sketch", "--out-dir"])
        .arg(dist)
        .arg(built.join("ai_now_sketch_worker.wasm")))
}

/// Builds the widget and the engine, makes them small and weighs the result.
///
/// # Errors
/// Where a tool is missing, the build fails, or something outgrew its budget.
pub fn dist() -> Result<()> {
    let dist = studio(&optimise::rust_flags())?;
    engine(&dist)?;
    let tools = optimise::Tools::new(&tools::node_packages()?);
    heading("Making it small");
    // Below the stack there is nothing that anybody points at.
    let small =
        ["-Oz", "--converge", "--low-memory-unused", "--flatten", "--rereloop", "-Oz", "-Oz"];
    tools.wasm(&dist.join(WIDGET_WASM), &small)?;
    tools.wasm(&dist.join(ENGINE_WASM), &["-O3"])?;
    for script in [WIDGET_GLUE, ENGINE_GLUE, STYLE] {
        tools.bundle(&dist.join(script))?;
    }
    let mut release = Release::new(&dist);
    name_studio(&mut release)?;
    let engine = [ENGINE_GLUE, ENGINE_WASM];
    for file in engine {
        release.name(file)?;
    }
    release.rename_in(WORKER, &engine)?;
    release.name(WORKER)?;
    release.tell_shell()?;
    tools.bundle(&dist.join(SHELL))?;
    for folder in ["shell", "snippets"] {
        optimise::remove_bundled(&dist.join(folder))?;
    }
    release.pin()?;
    release.write_hints(&PAGES)?;
    heading("Compressing");
    release::compress(&dist, Effort::Best)?;
    npm::build(&dist)?;
    weigh(&release)
}

/// What a visitor loads, and what it may weigh in bytes under brotli 11. It may only shrink, or
/// grow with a reason given in the commit that changes it.
const BUDGETS: &[Budget] = &[
    Budget { what: "the shell", files: &[SHELL], max_bytes: 7_850 },
    Budget {
        what: "the widget",
        files: &[WIDGET_WASM, WIDGET_GLUE, STYLE],
        // An ordinary Leptos app on gloo-net and serde-wasm-bindgen, with options, uploads and codes, and
        // what cancelling costs, told before it is done; what other people's pages and files ask of it; and
        // texts of the page's own. Too heavy: it is to come back to 176 KiB, and the aim is 128 KiB.
        max_bytes: 233_000,
    },
    Budget {
        what: "the sketch engine, where the page makes it itself",
        files: &[ENGINE_WASM, ENGINE_GLUE, WORKER],
        // It decodes the pictures that people send: JPEG, PNG, WebP and GIF.
        max_bytes: 606_000,
    },
];

struct Budget {
    what: &'static str,
    files: &'static [&'static str],
    max_bytes: u64,
}

fn weigh(release: &Release) -> Result<()> {
    heading("What a visitor loads (bytes, brotli)");
    let mut over = Vec::new();
    for budget in BUDGETS {
        let mut sum = 0;
        for file in budget.files {
            let bytes = release.brotli_bytes(file)?;
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
