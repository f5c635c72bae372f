//! The crash harness: kills the real gateway again and again while clients use it, and proves that
//! nothing was lost and nothing charged twice. `cargo xtask crash --rounds N` builds and runs it.
//!
//! It knows the gateway as its clients do: a program, its command line, its socket. What it expects
//! is what the clients were told. It must not look into the store; `audit` does that.

mod clients;
mod gateway;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use clap::Parser;

use clients::{Counts, Ended, Promises};
use gateway::Gateway;

/// Kills the gateway at random and audits what is left
#[derive(Parser)]
struct Args {
    /// The ai-now-gateway to be killed
    #[arg(long)]
    gateway: PathBuf,
    /// How often
    #[arg(long, default_value_t = 100)]
    rounds: u32,
    /// How many clients at once
    #[arg(long, default_value_t = 6)]
    clients: u32,
    /// The longest life of a gateway, in milliseconds from its first line
    #[arg(long, default_value_t = 800)]
    life_ms: u64,
    /// The seed of the moments and the clients' choices, to see the same run again as far as a
    /// machine repeats itself
    #[arg(long)]
    seed: Option<u64>,
}

/// Enough that no run ever spends it.
const TOKENS: u64 = 100_000_000;

#[tokio::main]
async fn main() -> ExitCode {
    match run(Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("crash: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> Result<()> {
    let seed = args.seed.unwrap_or_else(|| fastrand::u64(..));
    println!("crash: {} rounds, seed {seed}", args.rounds);
    let mut random = fastrand::Rng::with_seed(seed);
    let folder = tempfile::tempdir()?;
    let place = gateway::Place { binary: args.gateway, data: folder.path().join("data") };
    let mut people = Vec::new();
    for _ in 0..args.clients {
        people.push((place.create_key(TOKENS).await?, Arc::new(Promises::default())));
    }
    let summary = || people.iter().map(|(_, promises)| promises.counts()).sum::<Counts>();

    let mut slowest_start = Duration::ZERO;
    let mut started = Instant::now();
    for round in 1..=args.rounds {
        let mut gateway = Gateway::start(&place).await.with_context(|| format!("round {round}"))?;
        slowest_start = slowest_start.max(gateway.start_took);
        let crowd: Vec<_> = people
            .iter()
            .map(|(key, promises)| {
                let client = clients::Client::new(&gateway.url, key, promises, random.fork());
                tokio::spawn(client.use_until_gone())
            })
            .collect();
        // The moment of death is the one thing here that is left to chance.
        tokio::time::sleep(Duration::from_millis(random.u64(0..=args.life_ms))).await;
        gateway.kill().await?;
        for client in crowd {
            client.await?.with_context(|| format!("round {round}"))?;
        }
        place.audit().await.with_context(|| format!("after the kill of round {round}"))?;
        if started.elapsed() > Duration::from_secs(20) {
            println!("crash: round {round}: {}", summary());
            started = Instant::now();
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
        "crash: {} kills; {}; {} completed, {} cancelled, {} failed; slowest start {} ms",
        args.rounds,
        summary(),
        ended.completed,
        ended.cancelled,
        ended.failed,
        slowest_start.as_millis()
    );
    println!("test result: ok. {} passed; 0 failed; rounds of the crash harness", args.rounds);
    Ok(())
}
