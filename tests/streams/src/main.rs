//! The cost of event streams: memory per idle stream (over HTTP/1.1 and over HTTP/2), processor time
//! per delivered event, and the delay between the first and the last reader. Measures the gateway beside axum's `Sse`, nginx
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
    /// The number of busy streams; they are measured once more with as many as there are idle ones
    #[arg(long, default_value_t = 2000)]
    busy: usize,
}

/// How long events are counted.
const DELIVERING: Duration = Duration::from_secs(8);

/// One measurement.
struct Cost {
    idle_bytes: f64,
    /// `None` for a server without HTTP/2.
    idle_http2_bytes: Option<f64>,
    some: Delivery,
    many: Delivery,
}

/// What delivering events to a number of streams costs.
struct Delivery {
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
    let idle_bytes = idle(kind, what.idle, false).await?.context("a stream over HTTP/1.1")?;
    let idle_http2_bytes = idle(kind, what.idle, true).await?;
    let some = deliver(kind, what.busy).await?;
    let many = deliver(kind, what.idle).await?;
    Ok(Cost { idle_bytes, idle_http2_bytes, some, many })
}
/// The memory of one more idle stream, from an eighth of `streams` to all of them; `None` if the server
/// has no HTTP/2.
async fn idle(kind: &Kind, streams: usize, http2: bool) -> Result<Option<f64>> {
    let server = Server::start(kind, streams).await?;
    let mut readers = Readers::default();
    let few = streams / 8;
    let mut settled = [0; 2];
    for (bytes, more) in settled.iter_mut().zip([few, streams - few]) {
        match (&server.idle_http2, http2) {
            (Some(url), true) => readers.open_multiplexed(url, more).await?,
            (None, true) => return Ok(None),
            (_, false) => readers.open(&server.idle, more).await?,
        }
        *bytes = server.settled_bytes().await?;
    }
    let [before, after] = settled.map(|bytes| bytes as f64);
    Ok(Some((after - before) / (streams - few) as f64))
}

/// What events cost that go to this many streams.
async fn deliver(kind: &Kind, streams: usize) -> Result<Delivery> {
    let server = Server::start(kind, streams).await?;
    let mut readers = Readers::default();
    readers.open(&server.busy, streams).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    readers.count_from_now();
    let before = server.cpu()?;
    tokio::time::sleep(DELIVERING).await;
    let cpu = server.cpu()? - before;
    let deliveries = readers.deliveries();
    ensure!(deliveries.count > streams, "only {} events came", deliveries.count);
    let cpu_micros_per_event = cpu.as_secs_f64() * 1e6 / deliveries.count as f64;
    Ok(Delivery { cpu_micros_per_event, deliveries })
}

/// The value of a column, if the server has it, and its unit.
type Column = (fn(&Cost) -> Option<f64>, &'static str);

const COLUMNS: [Column; 7] = [
    (|cost| Some(cost.idle_bytes / 1024.0), "KiB"),
    (|cost| cost.idle_http2_bytes.map(|bytes| bytes / 1024.0), "KiB"),
    (|cost| Some(cost.some.cpu_micros_per_event), "µs"),
    (|cost| Some(cost.some.deliveries.p99.as_secs_f64() * 1000.0), "ms"),
    (|cost| Some(cost.many.cpu_micros_per_event), "µs"),
    (|cost| Some(cost.many.deliveries.p99.as_secs_f64() * 1000.0), "ms"),
    (|cost| Some(cost.many.deliveries.count as f64), ""),
];

/// How many columns have a ratio: the last tells how much was measured.
const COMPARED: usize = COLUMNS.len() - 1;

fn told(all: &[Measured], what: &Measure) -> String {
    let (some, many) = (what.busy, what.idle);
    let mut lines = vec![
        format!(
            "| | memory per idle stream | the same over HTTP/2 | processor time per event, {some} streams | \
             behind the first reader, p99 | the same time, {many} streams | behind the first, p99 | \
             events to these |"
        ),
        format!("|{}", "---|".repeat(COLUMNS.len() + 1)),
    ];
    for measured in all {
        let cells = COLUMNS.map(|column| cell(&measured.costs, column));
        lines.push(format!("| {} | {} |", measured.kind.name(), cells.join(" | ")));
    }
    let (ours, peers) = (&all[0], &all[1..]);
    for peer in peers {
        let ratios = COLUMNS[..COMPARED].iter().map(|(of, _)| {
            match (middle(&sorted(&ours.costs, *of)), middle(&sorted(&peer.costs, *of))) {
                (Some(ours), Some(theirs)) => format!("{:.2}", ours / theirs),
                _ => "–".to_owned(),
            }
        });
        let ratios = ratios.collect::<Vec<_>>().join(" | ");
        lines.push(format!("| ours to {} | {ratios} | |", peer.kind.name()));
    }
    lines.push(format!(
        "\nMemory: the slope from {} to {} idle streams; over HTTP/2, {} share a connection. Events: about four a \
         second, {} s. The middle of {} rounds in turn (least to most).",
        what.idle / 8,
        what.idle,
        readers::STREAMS_PER_CONNECTION,
        DELIVERING.as_secs(),
        what.rounds
    ));
    lines.join("\n")
}

/// The middle of a column's values, with the least and the most.
fn cell(costs: &[Cost], (of, unit): Column) -> String {
    let values = sorted(costs, of);
    let (Some(middle), Some(least), Some(most)) = (middle(&values), values.first(), values.last())
    else {
        return "–".to_owned();
    };
    let digits = usize::from(!unit.is_empty());
    let told = format!("{middle:.digits$} {unit}");
    format!("{} ({least:.digits$} to {most:.digits$})", told.trim_end())
}

fn sorted(costs: &[Cost], of: fn(&Cost) -> Option<f64>) -> Vec<f64> {
    let mut values: Vec<f64> = costs.iter().filter_map(of).collect();
    values.sort_by(f64::total_cmp);
    values
}

fn middle(sorted: &[f64]) -> Option<f64> {
    sorted.get(sorted.len() / 2).copied()
}
