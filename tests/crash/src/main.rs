//! The crash harness: kills the real gateway repeatedly while clients use it, and checks that
//! nothing was lost and nothing charged twice. `cargo xtask crash --rounds N` builds and runs it.
//!
//! It uses the gateway as its clients do: a program, its command line, its socket. Its expectations
//! come from the clients' answers. It must not look into the store; `audit` does that.

mod clients;
mod clock;
mod cluster;
mod disk;
mod faults;
mod gateway;
mod network;
mod objects;
mod parts;
mod promises;
mod watcher;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ai_now_test_postgres::Server;
use anyhow::{Context as _, Result, anyhow, ensure};
use clap::{Parser, Subcommand};

use gateway::Gateway;
use promises::{Counts, Ended, Promises};

/// Kills the gateway at random, and audits its records
#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
struct Cli {
    #[command(subcommand)]
    task: Option<Task>,
    #[command(flatten)]
    kills: Option<Args>,
}

#[derive(Subcommand)]
enum Task {
    Faults(faults::Faults),
    /// Serves an object store, for the faults
    Objects(objects::Objects),
}

/// How the gateway is killed.
#[derive(clap::Args)]
struct Args {
    /// The ai-now-gateway to kill
    #[arg(long)]
    gateway: PathBuf,
    /// The number of rounds. A round of one gateway is as many kills as it takes to accept enough
    #[arg(long, default_value_t = 100)]
    rounds: u32,
    /// The number of concurrent clients
    #[arg(long, default_value_t = 6)]
    clients: u32,
    /// The longest life of a gateway, in milliseconds after its first line of output
    #[arg(long, default_value_t = 800)]
    life_ms: u64,
    /// Where records are kept
    #[arg(long, value_enum, default_value_t = Store::File)]
    store: Store,
    /// The number of gateways that share the database: a single one is killed repeatedly, several
    /// in turn
    #[arg(long, default_value_t = 1)]
    nodes: u32,
    /// The seed of the times and the clients' choices, to repeat a run as far as the machine allows
    #[arg(long)]
    seed: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Store {
    /// In a file of the data directory
    File,
    /// On a PostgreSQL server, which is started for it
    Postgres,
}

impl Store {
    fn server(self) -> Option<Server> {
        (self == Self::Postgres).then(|| Server::start(&[]))
    }
}

/// How many submissions every round must accept: killing an idle gateway proves nothing.
const ACCEPTED: usize = 20;

/// The time limit of a round, for very slow machines.
const ROUND_LIMIT: Duration = Duration::from_secs(300);

/// A balance that no run can spend.
const TOKENS: u64 = 100_000_000;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let (name, outcome) = match (cli.task, cli.kills) {
        (Some(Task::Faults(faults)), _) => ("faults".to_owned(), faults::run(faults).await),
        (Some(Task::Objects(objects)), _) => ("objects".to_owned(), objects::serve(objects).await),
        (None, Some(args)) => (format!("{} on {:?}", args.nodes, args.store), run(args).await),
        (None, None) => (String::new(), Err(anyhow!("what is to be done? --help says"))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // In the format of a test runner, so that tools that count tests also get the reason.
            println!("---- gateways: {name} stdout ----\n{error:#}\n");
            println!("test result: FAILED. 0 passed; 1 failed; rounds of the crash harness");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> Result<()> {
    let seed = args.seed.unwrap_or_else(|| fastrand::u64(..));
    println!("crash: {} rounds, seed {seed}", args.rounds);
    let random = fastrand::Rng::with_seed(seed);
    let folder = tempfile::tempdir()?;
    let proved = if args.nodes > 1 {
        cluster::run(&args, folder.path(), random).await
    } else {
        alone(&args, folder.path(), random).await
    };
    proved.map_err(|broken| anyhow!("{broken:#}\n{}", gateway::last_words(folder.path())))
}

/// One gateway, killed repeatedly.
async fn alone(args: &Args, folder: &Path, mut random: fastrand::Rng) -> Result<()> {
    let store = args.store.server().map(|server| server.database());
    let place = gateway::Place::new(args.gateway.clone(), folder.join("data"), store);
    let mut people = Vec::new();
    for _ in 0..args.clients {
        people.push((place.create_key(TOKENS).await?, Arc::new(Promises::default())));
    }
    let summary = || people.iter().map(|(_, promises)| promises.counts()).sum::<Counts>();

    let (mut kills, mut slowest_start) = (0, Duration::ZERO);
    let mut fewest = usize::MAX;
    let mut told = Instant::now();
    for round in 1..=args.rounds {
        let (before, begun) = (summary().answered, Instant::now());
        let accepted = loop {
            let mut gateway =
                Gateway::start(&place).await.with_context(|| format!("round {round}"))?;
            slowest_start = slowest_start.max(gateway.start_took);
            let crowd: Vec<_> = people
                .iter()
                .map(|(key, promises)| {
                    let client = clients::Client::new(&gateway.url, key, promises, random.fork());
                    tokio::spawn(client.use_until_gone())
                })
                .collect();
            // The time of the kill is the only thing that is left to chance here.
            tokio::time::sleep(Duration::from_millis(random.u64(0..=args.life_ms))).await;
            gateway.kill().await?;
            kills += 1;
            for client in crowd {
                client.await?.with_context(|| format!("round {round}"))?;
            }
            place.audit().await.with_context(|| format!("after a kill of round {round}"))?;
            let accepted = summary().answered - before;
            if accepted >= ACCEPTED {
                break accepted;
            }
            ensure!(begun.elapsed() < ROUND_LIMIT, "round {round} accepted only {accepted}");
        };
        fewest = fewest.min(accepted);
        if told.elapsed() > Duration::from_secs(20) {
            println!("crash: round {round}: {}", summary());
            told = Instant::now();
        }
    }

    let mut gateway = Gateway::start(&place).await?;
    let mut ended = Ended::default();
    for (key, promises) in &people {
        let client = clients::Client::new(&gateway.url, key, promises, random.fork());
        ended += client.settle(TOKENS).await?;
    }
    gateway.kill().await?;
    place.audit().await.context("at the end")?;
    ensure!(ended.completed > 0, "no generation was completed: this run proved nothing");
    println!(
        "crash: {} rounds, {kills} kills; {}, {fewest} a round at least; {} completed, {} cancelled; slowest \
         start {} ms",
        args.rounds,
        summary(),
        ended.completed,
        ended.cancelled,
        slowest_start.as_millis()
    );
    println!("test result: ok. {} passed; 0 failed; rounds of the crash harness", args.rounds);
    Ok(())
}
