//! The commands of developers and CI.
//!
//! Every command installs what it needs first, reports what it does, and works from a fresh clone.
//! It must not know how the product works: it builds it, starts it and runs its tests.

mod api;
mod artifacts;
mod bench;
mod bill;
mod built;
mod clients;
mod crates;
mod demo;
mod dist;
mod docs;
mod glue;
mod links;
mod npm;
mod ops;
mod optimise;
mod programs;
mod progress;
mod projects;
mod release;
mod run;
mod sketch;
mod studio;
mod tidy;
mod tools;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The project's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what building the widget needs (wasm target, wasm-bindgen, trunk)
    Setup,
    /// Build everything, start the gateway with the studio page, open it in a browser
    Demo(DemoArgs),
    /// Check everything: format, lints, host tests, wasm tests in a browser, end-to-end tests
    Verify(VerifyArgs),
    /// Kill the gateway at random while clients use it, and audit what is left
    Crash {
        /// The number of rounds
        #[arg(long, value_name = "N", default_value_t = 100)]
        rounds: u32,
        /// Where records are kept: file, or postgres
        #[arg(long, value_name = "WHERE", default_value = "file")]
        store: String,
        /// How many gateways share the database (with postgres)
        #[arg(long, value_name = "N", default_value_t = 1)]
        nodes: u32,
        /// Instead, inject faults into each part of an installation: gateways behind nginx,
        /// PostgreSQL, an object store; takes about twenty minutes
        #[arg(long, conflicts_with_all = ["rounds", "store", "nodes"])]
        faults: bool,
        /// Only some of these faults, in a minute or two
        #[arg(long, requires = "faults")]
        short: bool,
    },
    /// Measure performance beside comparable software in the same run, and write BENCHMARKS.md
    Bench {
        /// Only these (by default all)
        #[arg(value_enum)]
        benchmarks: Vec<bench::Benchmark>,
    },
    /// Make one file from a sentence, without a server: "PROMPT" [--model --style --seed --out --png]
    Sketch {
        /// Arguments of the sketch engine's example
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// One scene in every style, or several scenes, as one PNG: OUT.png [--styles] "PROMPT"…
    ContactSheet {
        /// Arguments of the sketch engine's example
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Make the page's thumbnails of styles and models (www/styles, www/models)
    Thumbnails {
        /// Only check whether they are up to date
        #[arg(long)]
        check: bool,
    },
    /// Build the widget into dist/ and the npm package into dist-npm/, optimised for size, and print
    /// what it weighs
    Dist,
    /// Try the npm package out in fresh projects of all bundlers and frameworks (some minutes, network)
    NpmProjects,
    /// Make all files of a release for this kind of machine in dist-release/: archive, page, npm package,
    /// crates, bills of materials, container image, hashes
    Release,
    /// Compare the public items of the published crates with those of the last release, by the rules of semver
    Semver {
        /// Compare with this revision instead
        #[arg(long, value_name = "REVISION")]
        since: Option<String>,
    },
    /// Build the documentation as a static site into dist-docs/ (mdBook)
    Docs,
    /// The hook that trunk runs after each build (see Trunk.toml)
    #[command(hide = true)]
    AfterTrunk,
}

#[derive(clap::Args)]
struct DemoArgs {
    /// Listen on this port of 127.0.0.1 [default: 8787, or a free one where that is taken]
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Do not open a browser
    #[arg(long)]
    no_open: bool,
    /// Keep keys, balances, generations and media here [default: data/ in the project]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

#[derive(clap::Args)]
struct VerifyArgs {
    /// Run only these steps (by default all, in order)
    #[arg(value_enum)]
    steps: Vec<verify::Step>,
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Setup => tools::setup().map(|()| true),
        Command::Demo(args) => {
            demo::demo(args.port, !args.no_open, args.data.as_deref()).map(|()| true)
        }
        Command::Verify(args) => verify::verify(&args.steps),
        Command::Crash { faults: true, short, .. } => verify::faults(short).map(|()| true),
        Command::Crash { rounds, store, nodes, .. } => {
            verify::crash(rounds, &store, nodes).map(|()| true)
        }
        Command::Bench { benchmarks } => bench::bench(&benchmarks).map(|()| true),
        Command::Sketch { args } => sketch::example("sketch", &args).map(|()| true),
        Command::ContactSheet { args } => sketch::example("contact_sheet", &args).map(|()| true),
        Command::Thumbnails { check } => sketch::thumbnails(check).map(|()| true),
        Command::Dist => dist::dist().map(|()| true),
        Command::NpmProjects => verify::npm_projects(),
        Command::Release => artifacts::release().map(|_| true),
        Command::Semver { since } => crates::semver(since.as_deref()).map(|()| true),
        Command::Docs => docs::docs().map(|()| true),
        Command::AfterTrunk => dist::after_trunk().map(|()| true),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}
