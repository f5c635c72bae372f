//! Builds everything that a visitor's browser loads: unoptimised for the demo; optimised and
//! checked against size budgets for distribution.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::progress::Progress;
use crate::release::{self, Effort, Release, SHELL, STYLE, WIDGET_WASM};
use crate::run::{cargo, heading, run, target_dir};
use crate::studio::{self, Profile};
use crate::tools;
use crate::{glue, npm, optimise};

/// The files that trunk and wasm-bindgen name after the package.
pub const WIDGET_GLUE: &str = "ai-now-widget_bg.js";
/// The preview for slow connections.
const PREVIEW: &str = "ai-now-preview.js";
/// The part of the shell that the prompt does not need.
const SECOND: &str = "ai-now-start.js";
/// The part of the shell that contains a style sheet.
const LOOKS: &str = "shell/looks.js";
const ENGINE_WASM: &str = "ai-now-sketch_bg.wasm";
const ENGINE_GLUE: &str = "ai-now-sketch.js";

/// The administrators' page, below the widget's folder, and the files that wasm-bindgen names after
/// its package.
const ADMIN_WASM: &str = "admin/ai-now-admin_bg.wasm";
const ADMIN_GLUE: &str = "admin/ai-now-admin.js";
const ADMIN_STYLE: &str = "admin/admin.css";
const ADMIN_SCRIPT: &str = "admin/admin.js";

/// The worker that runs the engine.
const WORKER: &str = "sketch-worker.js";
/// The pages with preload hints.
const PAGES: [&str; 2] = ["index.html", "demo.html"];

/// Builds the widget, and beside it the sketch engine for the page; returns their folder, which
/// contains everything that a static host needs.
///
/// # Errors
/// If a tool is missing or the build fails.
pub fn widget() -> Result<PathBuf> {
    heading("Building the widget");
    let dist = Progress::during(|progress| named(Profile::Widget, progress))?;
    engine(&dist)?;
    Ok(dist)
}

/// Builds the widget for a demo: everything that a page with a gateway needs, with hashed names and
/// compressed.
///
/// # Errors
/// If a tool is missing or the build fails.
pub fn demo(progress: &Progress) -> Result<PathBuf> {
    named(Profile::Demo, progress)
}

fn named(profile: Profile, progress: &Progress) -> Result<PathBuf> {
    let dist = studio::build(profile, "", progress)?;
    studio::build_admin(profile, "", &dist, progress)?;
    let mut release = Release::new(&dist);
    name_studio(&mut release)?;
    release.tell_shell()?;
    release.write_hints(&PAGES)?;
    release::compress(&dist, Effort::Quick)?;
    Ok(dist)
}

/// Renames the files of the studio that the shell loads to their hashed names.
fn name_studio(release: &mut Release) -> Result<()> {
    for file in [WIDGET_WASM, WIDGET_GLUE, STYLE, PREVIEW, SECOND] {
        release.name(file)?;
    }
    release.name_locales()
}

/// The hook that Trunk.toml runs after each build, with trunk's output folder: connects the glue to
/// its wasm, and adds the sketch engine.
///
/// # Errors
/// If it isn't run by trunk, or the engine can't be built.
pub fn after_trunk() -> Result<()> {
    let called = "only trunk calls this, see Trunk.toml";
    let staging = PathBuf::from(std::env::var_os("TRUNK_STAGING_DIR").context(called)?);
    let profile = std::env::var_os("TRUNK_PROFILE").context(called)?;
    let built = target_dir().join("wasm-bindgen").join(profile);
    fs::copy(built.join(WIDGET_GLUE), staging.join(WIDGET_GLUE)).context(WIDGET_GLUE)?;
    studio::remove_bundlers_start(&staging)?;
    engine(&staging)
}

/// Builds the sketch engine as a separate wasm, because it is optimised for speed and the widget
/// for size.
///
/// # Errors
/// If the build fails.
pub fn engine(dist: &Path) -> Result<()> {
    const PROFILE: &str = "sketch-worker";
    heading("Building the sketch engine for the page");
    run(cargo()
        .args(["build", "--package", "ai-now-sketch-worker", "--profile", PROFILE])
        .args(["--target", tools::WASM_TARGET])
        .env("RUSTFLAGS", optimise::remapped_paths().trim()))?;
    let built = target_dir().join(tools::WASM_TARGET).join(PROFILE);
    run(Command::new(tools::wasm_bindgen(None)?)
        .args(["--target", "web", "--no-typescript", "--out-name", "ai-now-sketch", "--out-dir"])
        .arg(dist)
        .arg(built.join("ai_now_sketch_worker.wasm")))
}

/// Builds the widget and the engine, optimises them and checks their size.
///
/// # Errors
/// If a tool is missing, the build fails, or a file exceeds its budget.
pub fn dist() -> Result<()> {
    heading("Building the widget and the administrators' page");
    let dist = Progress::during(|progress| {
        let flags = optimise::rust_flags();
        let dist = studio::build(Profile::Widget, &flags, progress)?;
        studio::build_admin(Profile::Widget, &flags, &dist, progress)?;
        anyhow::Ok(dist)
    })?;
    engine(&dist)?;
    let tools = optimise::Tools::new(&tools::node_packages()?);
    heading("Making it small");
    // No data lies below the stack, so low memory is unused. Functions that differ only in constants are
    // merged last, when all others are small.
    let small = [
        "-Oz",
        "--converge",
        "--low-memory-unused",
        "--flatten",
        "--rereloop",
        "-Oz",
        "--merge-similar-functions",
        "-Oz",
    ];
    link(&dist, &tools)?;
    tools.wasm(&dist.join(WIDGET_WASM), &small)?;
    tools.wasm(&dist.join(ADMIN_WASM), &small)?;
    for wasm in [WIDGET_WASM, ADMIN_WASM] {
        sort_functions(&dist.join(wasm), &tools)?;
    }
    tools.wasm(&dist.join(ENGINE_WASM), &["-O3"])?;
    for script in [ENGINE_GLUE, STYLE, PREVIEW, SECOND, ADMIN_GLUE, ADMIN_STYLE] {
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
    tools.sheet_in(&dist.join(LOOKS))?;
    tools.bundle(&dist.join(SHELL))?;
    for folder in ["shell", "snippets"] {
        optimise::remove_bundled(&dist.join(folder))?;
    }
    release.pin()?;
    release.write_hints(&PAGES)?;
    optimise::check_for_local_paths(&dist)?;
    heading("Compressing");
    release::compress(&dist, Effort::Best)?;
    npm::build(&dist)?;
    weigh(&release)
}

/// The glue's exports that the shell uses.
const TAKEN: [&str; 3] = ["Studio", "__wbg_set_wasm", "held"];
/// The wasm's exports that it calls directly.
const START: &str = "__wbindgen_start";

/// Bundles the widget's glue with short import names, and removes the exports that neither it nor
/// the shell uses.
fn link(dist: &Path, tools: &optimise::Tools) -> Result<()> {
    let (wasm_file, glue_file) = (dist.join(WIDGET_WASM), dist.join(WIDGET_GLUE));
    let mut wasm = glue::Module::read(&fs::read(&wasm_file)?)?;
    let imports = wasm.shorten_imports()?;
    let entry = dist.join("glue-entry.js");
    fs::write(&entry, glue::entry(WIDGET_GLUE, &imports, &TAKEN))?;
    tools.bundle_to(&entry, &glue_file)?;
    fs::remove_file(entry)?;
    let script = fs::read_to_string(&glue_file)?;
    let used = glue::names(&script);
    wasm.keep_exports(|name| name == START || used.contains(name))?;
    Ok(fs::write(wasm_file, wasm.bytes())?)
}

/// Orders similar functions side by side, where they compress better.
fn sort_functions(file: &Path, tools: &optimise::Tools) -> Result<()> {
    let mut wasm = glue::Module::read(&fs::read(file)?)?;
    wasm.name_by_likeness()?;
    fs::write(file, wasm.bytes())?;
    tools.sort_functions(file)
}

/// The files that a visitor loads, with their maximum size in bytes under brotli 11. A budget may
/// only shrink, or grow with a reason in the commit message.
const BUDGETS: &[Budget] = &[
    // Of that, 560 are the hashes of the files. Too heavy: the aim is 5 KiB.
    Budget { what: "the shell, as far as the prompt needs it", files: &[SHELL], max_bytes: 7_120 },
    Budget { what: "the rest of the shell", files: &[SECOND], max_bytes: 2_520 },
    Budget {
        what: "the widget",
        files: &[WIDGET_WASM, WIDGET_GLUE, STYLE, PREVIEW],
        // An ordinary Leptos app on gloo-net and serde-wasm-bindgen, with options, uploads and codes, and
        // what cancelling costs, told before it is done; what other people's pages and files ask of it; and
        // texts of the page's own; and what is shown of it while it is on its way; and the details of a
        // message, with the names of what a sketch follows, in every language. Too heavy: it is to come
        // back to 176 KiB, and the aim is 128 KiB.
        max_bytes: 230_400,
    },
    Budget {
        what: "the sketch engine, where the page makes it itself",
        files: &[ENGINE_WASM, ENGINE_GLUE, WORKER],
        // It decodes the pictures that people send: JPEG, PNG, WebP and GIF. What it followed is told in
        // codes, so that every language has words for it.
        max_bytes: 607_800,
    },
    Budget {
        what: "the administrators' page",
        files: &[ADMIN_WASM, ADMIN_GLUE, ADMIN_SCRIPT, ADMIN_STYLE],
        // Origins and budgets of a key are changed here, and the log is looked through.
        max_bytes: 299_400,
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
