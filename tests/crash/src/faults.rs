//! A whole installation under load, while one fault after another is injected into each part. After
//! each fault, streams continue in time, submissions are accepted again, and the audit finds
//! nothing. The same invariants as in the rest of the harness must hold: nothing lost, nothing
//! charged twice.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, ensure};
use tokio::task::JoinHandle;

use crate::clients::Client;
use crate::parts::{Fault, KEEP_ALIVE, Part, Parts};
use crate::promises::{Counts, Ended, Promises};
use crate::watcher::Watchers;
use crate::{ACCEPTED, ROUND_LIMIT, TOKENS, gateway};

/// The time limit for a stream to continue when a part is gone.
const GOES_ON: Duration = Duration::from_secs(5);

/// Longer than the lease of an unresponsive gateway.
const BEYOND_LEASE: Duration = Duration::from_secs(13);

/// Injects faults into each part of an installation
#[derive(clap::Args)]
pub struct Faults {
    /// The ai-now-gateway to test
    #[arg(long)]
    gateway: PathBuf,
    /// The number of gateways
    #[arg(long, default_value_t = 3)]
    nodes: usize,
    /// The number of concurrent clients
    #[arg(long, default_value_t = 6)]
    clients: u32,
    /// Some of the faults, in a minute or two
    #[arg(long)]
    short: bool,
    /// This process has a private network and mounts, which it may change
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

/// The users of the installation.
struct Crowd {
    people: Vec<(String, Arc<Promises>)>,
    over: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<Result<()>>>,
}

/// Injects all faults, then completes everything.
///
/// # Errors
/// If a promise was broken.
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
    let heard = tokio::time::timeout(ROUND_LIMIT, watchers.all_hear(Instant::now())).await;
    heard.context("no stream began")?;
    crowd.is_served().await?;
    // The delay of a byte on this machine without faults, which includes other load.
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
    let mut ended = Ended::default();
    for (key, promises) in &crowd.people {
        let url = &parts.gateways[random.usize(0..nodes)].url;
        ended += Client::new(url, key, promises, random.fork()).settle(TOKENS).await?;
    }
    let all: Vec<_> = crowd.people.iter().map(|(_, promises)| promises.generations()).collect();
    watchers.all_told(&all).await?;
    watchers.end()?;
    parts.places[0].audit().await.context("at the end")?;
    println!("crash: {counts}; {} completed, {} cancelled", ended.completed, ended.cancelled);
    println!("test result: ok. {done} passed; 0 failed; faults of the crash harness");
    Ok(())
}

/// One fault, and the invariants after it.
async fn endure(
    parts: &mut Parts,
    crowd: &mut Crowd,
    watchers: &Watchers,
    (part, fault): (Part, Fault),
    limit: Duration,
) -> Result<()> {
    watchers.begin();
    let (before, begun) = (crowd.answered(), Instant::now());
    parts.strike(part, fault).await?;
    let over = Instant::now();
    let back = tokio::time::timeout(2 * limit, watchers.all_hear(over)).await;
    let back = back.context("a stream did not go on")?;
    let silence = watchers.silence();
    // If one gateway is gone, the others continue; if a shared part is gone, count from its return
    // on.
    let waited = if matches!(part, Part::Gateway(_)) { silence } else { back };
    let told = format!(
        "{:.1} s; streams silent for {:.1} s at most, {:.1} s after its end",
        (over - begun).as_secs_f32(),
        silence.as_secs_f32(),
        back.as_secs_f32()
    );
    ensure!(waited <= limit, "{told}: {limit:?} are right here");
    let ready = parts.ready().await;
    ready.with_context(|| told.clone())?;
    let during = crowd.answered() - before;
    crowd.is_served().await.with_context(|| told.clone())?;
    let accepted = crowd.answered() - before;
    println!(
        "crash: {part:?} {fault:?}: {told}; {accepted} accepted, {during} of them before all was ready"
    );
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
        self.people.iter().map(|(_, promises)| promises.counts().answered).sum()
    }

    /// Waits until more submissions were accepted.
    async fn is_served(&mut self) -> Result<()> {
        let (before, begun) = (self.answered(), Instant::now());
        while self.answered() < before + ACCEPTED {
            if let Some(ended) = self.tasks.iter().position(JoinHandle::is_finished) {
                self.tasks.swap_remove(ended).await??;
            }
            ensure!(begun.elapsed() < ROUND_LIMIT, "submissions are not taken any more");
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

/// One client, which reconnects after every failure.
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
