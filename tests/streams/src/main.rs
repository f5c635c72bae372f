//! The cost of event streams: memory per idle stream, processor time per delivered event, and the
//! delay between the first and the last reader. Measures the gateway beside axum's `Sse`, nginx
//! with nchan and better-sse, in the same run. `cargo xtask bench streams` builds and runs it.
//!
//! It uses the servers as their clients do, and reads the system's data about their processes.

mod peer;
mod process;
mod readers;
mod servers;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use clap::{Parser, Subcommand};

use readers::{Deliveries, Readers};
use servers::{Kind, Server};

#[derive(Parser)]
struct Args {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Measures, and prints a table
    Measure(Measure),
    /// Serves streams with axum's own `Sse`
    Peer,
}

#[derive(clap::Args)]
struct Measure {
    /// The ai-now-gateway to measure
    #[arg(long)]
    gateway: PathBuf,
    /// nginx's module nchan, if it is to be measured
    #[arg(long)]
    nchan: Option<PathBuf>,
    /// The better-sse server script, if it is to be measured
    #[arg(long)]
    better_sse: Option<PathBuf>,
    /// The number of measurements of each server, in alternation; the median counts
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// The maximum number of idle streams; the slope starts at an eighth of them
    #[arg(long, default_value_t = 8000)]
    idle: usize,
    /// The number of busy streams
    #[arg(long, default_value_t = 2000)]
    busy: usize,
}

/// How long events are counted.
const DELIVERING: Duration = Duration::from_secs(8);

/// One measurement.
struct Cost {
    idle_bytes: f64,
    cpu_micros_per_event: f64,
    deliveries: Deliveries,
}

/// A server and its measurements.
struct Measured {
    kind: Kind,
    costs: Vec<Cost>,
}

#[tokio::main]
async fn main() -> Result<()> {
    match Args::parse().command {
        Task::Peer => peer::serve().await,
        Task::Measure(what) => measure_all(&what).await,
    }
}

async fn measure_all(what: &Measure) -> Result<()> {
    let mut kinds = vec![Kind::Gateway(what.gateway.clone()), Kind::Axum];
    kinds.extend(what.nchan.clone().map(Kind::Nchan));
    kinds.extend(what.better_sse.clone().map(Kind::BetterSse));
    let mut all: Vec<Measured> =
        kinds.into_iter().map(|kind| Measured { kind, costs: Vec::new() }).collect();
    for round in 1..=what.rounds.max(1) {
        for measured in &mut all {
            let name = measured.kind.name();
            eprintln!("round {round}: {name}");
            let cost = measure(&measured.kind, what).await;
            measured.costs.push(cost.with_context(|| name.to_owned())?);
        }
    }
    println!("{}", told(&all, what));
    Ok(())
}

/// Starts a new server for each part, because earlier parts would influence later ones.
async fn measure(kind: &Kind, what: &Measure) -> Result<Cost> {
    let server = Server::start(kind, what.idle.max(what.busy)).await?;
    let mut readers = Readers::default();
    let few = what.idle / 8;
    readers.open(&server.idle, few).await?;
    let before = server.settled_bytes().await?;
    readers.open(&server.idle, what.idle - few).await?;
    let after = server.settled_bytes().await?;
    let idle_bytes = (after as f64 - before as f64) / (what.idle - few) as f64;
    drop((readers, server));

    let server = Server::start(kind, what.idle.max(what.busy)).await?;
    let mut readers = Readers::default();
    readers.open(&server.busy, what.busy).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    readers.count_from_now();
    let before = server.cpu()?;
    tokio::time::sleep(DELIVERING).await;
    let cpu = server.cpu()? - before;
    let deliveries = readers.deliveries();
    ensure!(deliveries.count > what.busy, "only {} events came", deliveries.count);
    let cpu_micros_per_event = cpu.as_secs_f64() * 1e6 / deliveries.count as f64;
    Ok(Cost { idle_bytes, cpu_micros_per_event, deliveries })
}

/// The value of a column, and its unit.
type Column = (fn(&Cost) -> f64, &'static str);

const COLUMNS: [Column; 4] = [
    (|cost| cost.idle_bytes / 1024.0, "KiB"),
    (|cost| cost.cpu_micros_per_event, "µs"),
    (|cost| cost.deliveries.p99.as_secs_f64() * 1000.0, "ms"),
    (|cost| cost.deliveries.count as f64, ""),
];

fn told(all: &[Measured], what: &Measure) -> String {
    let mut lines = vec![
        "| | memory per idle stream | processor time per event | behind the first reader, p99 | events |"
            .to_owned(),
        "|---|---|---|---|---|".to_owned(),
    ];
    for measured in all {
        let cells = COLUMNS.map(|(of, unit)| {
            let values = sorted(&measured.costs, of);
            let (least, most) = (values[0], values[values.len() - 1]);
            let digits = usize::from(!unit.is_empty());
            let told = format!("{:.digits$} {unit}", middle(&values));
            format!("{} ({least:.digits$} to {most:.digits$})", told.trim_end())
        });
        lines.push(format!("| {} | {} |", measured.kind.name(), cells.join(" | ")));
    }
    let (ours, peers) = (&all[0], &all[1..]);
    for peer in peers {
        let ratios = COLUMNS[..3].iter().map(|(of, _)| {
            let ratio = middle(&sorted(&ours.costs, *of)) / middle(&sorted(&peer.costs, *of));
            format!("{ratio:.2}")
        });
        let ratios = ratios.collect::<Vec<_>>().join(" | ");
        lines.push(format!("| ours to {} | {ratios} | |", peer.kind.name()));
    }
    lines.push(format!(
        "\nMemory: the slope from {} to {} idle streams. Events: {} streams, about four a second, {} s. \
         The middle of {} rounds in turn (least to most).",
        what.idle / 8,
        what.idle,
        what.busy,
        DELIVERING.as_secs(),
        what.rounds
    ));
    lines.join("\n")
}

fn sorted(costs: &[Cost], of: fn(&Cost) -> f64) -> Vec<f64> {
    let mut values: Vec<f64> = costs.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values
}

fn middle(sorted: &[f64]) -> f64 {
    sorted[sorted.len() / 2]
}
