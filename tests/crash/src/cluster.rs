//! Several gateways on one database. Each in turn is killed, or stopped for longer than its lease
//! lasts, while the others continue and clients switch to one that answers; the database server
//! also crashes. The same invariants as in the rest of the harness must hold: nothing lost, nothing
//! charged twice.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use tokio::task::JoinHandle;

use crate::clients::Client;
use crate::gateway::{Gateway, Place};
use crate::promises::{Counts, Ended, Promises};
use crate::{ACCEPTED, Args, ROUND_LIMIT, TOKENS};

/// Longer than the lease of an unresponsive gateway.
const PAUSE: Duration = Duration::from_secs(13);

/// One in this many rounds stops a gateway for [`PAUSE`] instead of killing it.
const PAUSED: u32 = 5;

/// One in this many rounds crashes and restarts the database server.
const WITHOUT_DATABASE: u32 = 3;

/// The current addresses of the gateways.
type Addresses = Arc<Mutex<Vec<String>>>;

/// Kills and stops gateways for this many rounds, then completes everything.
///
/// # Errors
/// If a promise was broken.
pub async fn run(args: &Args, folder: &Path, mut random: fastrand::Rng) -> Result<()> {
    let server = args.store.server().context("several gateways need --store postgres")?;
    let store = server.database();
    let server = Arc::new(server);
    let places: Vec<Place> =
        (0..args.nodes).map(|node| place(args, folder, node, &store)).collect::<Result<_>>()?;
    let mut people = Vec::new();
    for _ in 0..args.clients {
        people.push((places[0].create_key(TOKENS).await?, Arc::new(Promises::default())));
    }
    let mut gateways = Vec::new();
    for place in &places {
        gateways.push(Gateway::start(place).await?);
    }
    let addresses: Addresses = Arc::default();
    let tell = |gateways: &[Gateway]| {
        let urls = gateways.iter().map(|gateway| gateway.url.clone()).collect();
        *addresses.lock().unwrap_or_else(PoisonError::into_inner) = urls;
    };
    tell(&gateways);
    let over = Arc::new(AtomicBool::new(false));
    let crowd: Vec<_> = people
        .iter()
        .map(|(key, promises)| {
            let (key, promises) = (key.clone(), Arc::clone(promises));
            let (addresses, over) = (Arc::clone(&addresses), Arc::clone(&over));
            tokio::spawn(use_them(addresses, over, key, promises, random.fork()))
        })
        .collect();
    let answered = || people.iter().map(|(_, promises)| promises.counts()).sum::<Counts>().answered;
    let mut fewest = usize::MAX;
    for round in 1..=args.rounds {
        let (before, begun) = (answered(), Instant::now());
        let which = random.usize(0..gateways.len());
        tokio::time::sleep(Duration::from_millis(random.u64(0..=args.life_ms))).await;
        if round.is_multiple_of(PAUSED) {
            gateways[which].signal("STOP").await?;
            tokio::time::sleep(PAUSE).await;
            gateways[which].signal("CONT").await?;
        } else if round.is_multiple_of(WITHOUT_DATABASE) {
            let server = Arc::clone(&server);
            tokio::task::spawn_blocking(move || server.crash()).await?;
        } else {
            gateways[which].kill().await?;
            let again = Gateway::start(&places[which]).await;
            gateways[which] = again.with_context(|| format!("round {round}"))?;
            tell(&gateways);
        }
        while answered() < before + ACCEPTED && !crowd.iter().any(JoinHandle::is_finished) {
            ensure!(begun.elapsed() < ROUND_LIMIT, "round {round}: submissions are not accepted");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        if crowd.iter().any(JoinHandle::is_finished) {
            break;
        }
        fewest = fewest.min(answered() - before);
        places[which].audit().await.with_context(|| format!("after round {round}"))?;
    }
    over.store(true, Ordering::SeqCst);
    for client in crowd {
        client.await??;
    }
    let mut ended = Ended::default();
    for (key, promises) in &people {
        let url = &gateways[random.usize(0..gateways.len())].url;
        ended += Client::new(url, key, promises, random.fork()).settle(TOKENS).await?;
    }
    for mut gateway in gateways {
        gateway.kill().await?;
    }
    places[0].audit().await.context("at the end")?;
    ensure!(ended.completed > 0, "no generation was completed: this run proved nothing");
    let counts = people.iter().map(|(_, promises)| promises.counts()).sum::<Counts>();
    println!(
        "crash: {} gateways, {} rounds; {counts}, {fewest} a round at least; {} completed, {} cancelled",
        args.nodes, args.rounds, ended.completed, ended.cancelled
    );
    println!("test result: ok. {} passed; 0 failed; rounds of several gateways", args.rounds);
    Ok(())
}

/// The data folder of one gateway. The files of results are shared.
fn place(args: &Args, folder: &Path, node: u32, store: &str) -> Result<Place> {
    let data = folder.join(format!("node-{node}"));
    std::fs::create_dir_all(&data)?;
    for shared in ["media", "uploads"] {
        let all = folder.join(shared);
        std::fs::create_dir_all(&all)?;
        std::os::unix::fs::symlink(all, data.join(shared))?;
    }
    Ok(Place::new(args.gateway.clone(), data, Some(store.to_owned())))
}

/// One client, which switches to another gateway when one is gone.
async fn use_them(
    addresses: Addresses,
    over: Arc<AtomicBool>,
    key: String,
    promises: Arc<Promises>,
    mut random: fastrand::Rng,
) -> Result<()> {
    while !over.load(Ordering::SeqCst) {
        let urls = addresses.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let url = &urls[random.usize(0..urls.len())];
        let client = Client::new(url, &key, &promises, random.fork());
        client.use_until(|| over.load(Ordering::SeqCst)).await?;
        // So that a gateway that is gone isn't polled in a tight loop.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}
