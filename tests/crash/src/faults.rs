//! A whole installation under load, while one fault after another happens to each of its parts. After each, the
//! streams go on in time, submissions are taken again, and the audit finds nothing. It proves what the other
//! halves of the harness prove: nothing lost, nothing charged twice.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, ensure};
use tokio::task::JoinHandle;

use crate::clients::{Client, Counts, Ended, Promises};
use crate::parts::{Fault, KEEP_ALIVE, Part, Parts};
use crate::watcher::Watchers;
use crate::{TOKENS, gateway};

/// How soon a stream goes on where a part is gone.
const GOES_ON: Duration = Duration::from_secs(5);

/// How many more submissions are taken before the next fault.
const ACCEPTED: usize = 20;

/// How long that may take, on however slow a machine.
const ACCEPTED_LIMIT: Duration = Duration::from_secs(300);

/// Longer than a gateway that is not heard of keeps what it runs.
const BEYOND_LEASE: Duration = Duration::from_secs(13);

/// Lets faults happen to each part of an installation
#[derive(clap::Args)]
pub struct Faults {
    /// The ai-now-gateway to be tried
    #[arg(long)]
    gateway: PathBuf,
    /// How many gateways
    #[arg(long, default_value_t = 3)]
    nodes: usize,
    /// How many clients at once
    #[arg(long, default_value_t = 6)]
    clients: u32,
    /// Some of the faults, in a minute or two
    #[arg(long)]
    short: bool,
    /// This process has a network and mounts of its own, and may do with them what it likes
    #[arg(long)]
    isolated: bool,
    /// The seed of the clients' choices
    #[arg(long)]
    seed: Option<u64>,
}

/// The faults, in order.
fn plan(short: bool, nodes: usize) -> Vec<(Part, Fault)> {
    use Fault::{ClockJumps, CutFrom, DiskFull, Killed, Stopped};
    use Part::{Balancer, Database, Gateway, Objects};
    let (day, brief) = (24, Duration::from_secs(4));
    if short {
        return vec![
            (Gateway(0), Killed),
            (Balancer, Killed),
            (Objects, Killed),
            (Database, Killed),
            (Gateway(1), Stopped(BEYOND_LEASE)),
            (Gateway(2), CutFrom(Database, BEYOND_LEASE)),
            (Objects, DiskFull(brief)),
            (Gateway(0), ClockJumps(day, brief)),
        ];
    }
    let (long, disk) = (Duration::from_secs(30), Duration::from_secs(10));
    let mut all = Vec::new();
    for part in [Gateway(0), Balancer, Database, Objects] {
        all.extend([(part, Killed), (part, Stopped(long))]);
    }
    for (number, other) in [Database, Objects, Balancer, Gateway(0)].into_iter().enumerate() {
        all.push((Gateway((number + 1) % nodes), CutFrom(other, long)));
    }
    for part in [Gateway(0), Database, Objects] {
        all.push((part, DiskFull(disk)));
    }
    for part in [Gateway(1), Database] {
        all.extend([(part, ClockJumps(day, disk)), (part, ClockJumps(-day, disk))]);
    }
    all
}

/// Those who use the installation.
struct Crowd {
    people: Vec<(String, Arc<Promises>)>,
    over: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<Result<()>>>,
}

/// Lets all faults happen, then brings everything to its end.
///
/// # Errors
/// With the promise that was broken.
pub async fn run(faults: Faults) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let proved = endure_all(&faults, folder.path()).await;
    proved.map_err(|broken| anyhow!("{broken:#}\n{}", gateway::last_words(folder.path())))
}

async fn endure_all(faults: &Faults, folder: &Path) -> Result<()> {
    let seed = faults.seed.unwrap_or_else(|| fastrand::u64(..));
    println!("crash: faults of each part, seed {seed}");
    let mut random = fastrand::Rng::with_seed(seed);
    let (nodes, isolated) = (faults.nodes, faults.isolated);
    let mut parts = Parts::start(&faults.gateway, folder, nodes, isolated).await?;
    parts.ready().await?;
    let mut crowd = Crowd::start(&parts, faults.clients, &mut random).await?;
    let watchers = Watchers::start(&parts.url, crowd.people.iter().map(|(key, _)| key.clone()));
    let heard = tokio::time::timeout(ACCEPTED_LIMIT, watchers.all_hear(Instant::now())).await;
    heard.context("no stream began")?;
    crowd.is_served().await?;
    // How late a byte is on this machine while nothing happens, and other things besides.
    watchers.begin();
    tokio::time::sleep(Duration::from_secs(5)).await;
    let late = watchers.silence().saturating_sub(KEEP_ALIVE);
    let limit = GOES_ON * if faults.short { 2 } else { 1 } + 10 * late;
    let mut done = 0;
    for (part, fault) in plan(faults.short, nodes) {
        if let Some(why) = parts.hindrance(part, fault) {
            println!("crash: {part:?} {fault:?}: left out, {why}");
            continue;
        }
        let struck = endure(&mut parts, &mut crowd, &watchers, (part, fault), limit).await;
        struck.with_context(|| format!("{part:?} {fault:?}"))?;
        done += 1;
    }
    let counts = crowd.end().await?;
    watchers.end()?;
    let mut ended = Ended::default();
    for (key, promises) in &crowd.people {
        let url = &parts.gateways[random.usize(0..nodes)].url;
        ended += Client::new(url, key, promises, random.fork()).settle(TOKENS).await?;
    }
    parts.places[0].audit().await.context("at the end")?;
    println!("crash: {counts}; {} completed, {} cancelled", ended.completed, ended.cancelled);
    println!("test result: ok. {done} passed; 0 failed; faults of the crash harness");
    Ok(())
}

/// One fault, and what must hold after it.
async fn endure(
    parts: &mut Parts,
    crowd: &mut Crowd,
    watchers: &Watchers,
    (part, fault): (Part, Fault),
    limit: Duration,
) -> Result<()> {
    watchers.begin();
    let begun = Instant::now();
    parts.strike(part, fault).await?;
    let over = Instant::now();
    let back = tokio::time::timeout(2 * limit, watchers.all_hear(over)).await;
    let back = back.context("a stream did not go on")?;
    let silence = watchers.silence();
    // Where one gateway is gone the others go on; where all go by what is gone, from its return on.
    let waited = if matches!(part, Part::Gateway(_)) { silence } else { back };
    println!(
        "crash: {part:?} {fault:?}: {:.1} s; streams silent for {:.1} s at most, {:.1} s after its end",
        (over - begun).as_secs_f32(),
        silence.as_secs_f32(),
        back.as_secs_f32()
    );
    ensure!(waited <= limit, "a stream went on after {waited:?}, and {limit:?} are right here");
    parts.ready().await?;
    crowd.is_served().await?;
    parts.places[0].audit().await
}

impl Crowd {
    async fn start(parts: &Parts, clients: u32, random: &mut fastrand::Rng) -> Result<Self> {
        let mut people = Vec::new();
        for _ in 0..clients {
            people.push((parts.places[0].create_key(TOKENS).await?, Arc::new(Promises::default())));
        }
        let over = Arc::new(AtomicBool::new(false));
        let using = people.iter().map(|(key, promises)| {
            let (url, key, promises) = (parts.url.clone(), key.clone(), Arc::clone(promises));
            tokio::spawn(use_it(url, key, promises, Arc::clone(&over), random.fork()))
        });
        let tasks = using.collect();
        Ok(Self { people, over, tasks })
    }

    fn answered(&self) -> usize {
        self.people.iter().map(|(_, promises)| promises.answered()).sum()
    }

    /// Waits until more submissions were taken.
    async fn is_served(&mut self) -> Result<()> {
        let (before, begun) = (self.answered(), Instant::now());
        while self.answered() < before + ACCEPTED {
            if let Some(ended) = self.tasks.iter().position(JoinHandle::is_finished) {
                self.tasks.swap_remove(ended).await??;
            }
            ensure!(begun.elapsed() < ACCEPTED_LIMIT, "submissions are not taken any more");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    }

    async fn end(&mut self) -> Result<Counts> {
        self.over.store(true, Ordering::SeqCst);
        for client in self.tasks.drain(..) {
            client.await??;
        }
        Ok(self.people.iter().map(|(_, promises)| promises.counts()).sum())
    }
}

/// One client, who comes again whatever happens.
async fn use_it(
    url: String,
    key: String,
    promises: Arc<Promises>,
    over: Arc<AtomicBool>,
    mut random: fastrand::Rng,
) -> Result<()> {
    while !over.load(Ordering::SeqCst) {
        let client = Client::new(&url, &key, &promises, random.fork());
        client.use_until(|| over.load(Ordering::SeqCst)).await?;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}
