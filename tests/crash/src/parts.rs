//! The parts of a whole installation as processes (gateways behind an nginx balancer, a PostgreSQL
//! server and an object store), and the faults of each.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ai_now_test_postgres::{Options, Server};
use anyhow::{Context as _, Result, bail, ensure};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::clock::Clock;
use crate::disk::{Disk, own_shared_memory};
use crate::gateway::{Gateway, Place};
use crate::{network, objects};

/// The time limit for a part to answer again.
const READY: Duration = Duration::from_secs(120);

/// The keep-alive interval of a stream.
pub const KEEP_ALIVE: Duration = Duration::from_secs(1);

/// How long a killed part stays down.
const AWAY: Duration = Duration::from_secs(1);

/// A part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// One of the gateways.
    Gateway(usize),
    /// nginx.
    Balancer,
    /// PostgreSQL.
    Database,
    /// The object store.
    Objects,
}

/// The faults.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// It is killed, and started again.
    Killed,
    /// It is suspended for this long.
    Stopped(Duration),
    /// For this long, packets to the other part are dropped.
    CutFrom(Part, Duration),
    /// Its disk is full for this long.
    DiskFull(Duration),
    /// Its clock jumps by this many hours, and back later.
    ClockJumps(i64, Duration),
}

/// All parts.
pub struct Parts {
    /// The gateways' configurations.
    pub places: Vec<Place>,
    /// The gateways.
    pub gateways: Vec<Gateway>,
    /// The address for clients.
    pub url: String,
    balancer: Child,
    objects: Child,
    database: Arc<Server>,
    disks: HashMap<Part, Disk>,
    clocks: HashMap<Part, Clock>,
    folder: PathBuf,
    addresses: Addresses,
}

/// The addresses of the parts.
struct Addresses {
    isolated: bool,
    objects: SocketAddr,
    balancer: SocketAddr,
    gateways: Vec<SocketAddr>,
}

impl Addresses {
    fn new(isolated: bool, gateways: usize) -> Result<Self> {
        if isolated {
            network::build(gateways)?;
            own_shared_memory()?;
        }
        let at = |address: Ipv4Addr| -> Result<SocketAddr> {
            let address = if isolated { address } else { Ipv4Addr::LOCALHOST };
            // A currently free port. In private namespaces, all are free.
            let port = match isolated {
                true => 8080,
                false => TcpListener::bind((address, 0))?.local_addr()?.port(),
            };
            Ok((address, port).into())
        };
        let gateways = (0..gateways).map(|number| at(network::of_gateway(number)));
        Ok(Self {
            isolated,
            objects: at(network::OBJECTS)?,
            balancer: at(network::CLIENTS)?,
            gateways: gateways.collect::<Result<_>>()?,
        })
    }
}

impl Parts {
    /// Starts all of them. `isolated`: in a private network and with private disks.
    ///
    /// # Errors
    /// If one doesn't start.
    pub async fn start(
        binary: &Path,
        folder: &Path,
        gateways: usize,
        isolated: bool,
    ) -> Result<Self> {
        // The database server runs as another user, who needs access.
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(folder, open)?;
        let addresses = Addresses::new(isolated, gateways)?;
        let Belongings { disks, clocks } = Belongings::new(folder, gateways, isolated)?;
        let database = database(&disks[&Part::Database], clocks.get(&Part::Database), isolated);
        let store = store(&database, isolated);
        let objects = serve_objects(&disks[&Part::Objects].folder, addresses.objects).await?;
        let secret = folder.join("secret");
        std::fs::write(&secret, objects::SECRET)?;
        let settings = settings(addresses.objects, &secret);
        let place = |number: usize| Place {
            listen: addresses.gateways[number],
            settings: settings.clone(),
            namespace: isolated.then_some(number),
            clock: clocks.get(&Part::Gateway(number)).cloned(),
            log: folder.join(format!("gateway-{number}.log")),
            ..Place::new(
                binary.to_owned(),
                disks[&Part::Gateway(number)].folder.join("data"),
                Some(store.clone()),
            )
        };
        let places: Vec<Place> = (0..gateways).map(place).collect();
        let mut running = Vec::new();
        for place in &places {
            running.push(Gateway::start(place).await?);
        }
        let balancer = balance(folder, &addresses).await?;
        let url = format!("http://{}", addresses.balancer);
        Ok(Self {
            places,
            gateways: running,
            url,
            balancer,
            objects,
            database: Arc::new(database),
            disks,
            clocks,
            folder: folder.to_owned(),
            addresses,
        })
    }

    /// Why a fault can't be injected here; `None` if it can.
    pub fn hindrance(&self, part: Part, fault: Fault) -> Option<&'static str> {
        match fault {
            Fault::CutFrom(..) | Fault::DiskFull(_) if !self.addresses.isolated => {
                Some("it needs namespaces: run it as root, on Linux")
            }
            Fault::ClockJumps(..) if !self.clocks.contains_key(&part) => {
                Some("it needs libfaketime: apt-get install faketime")
            }
            _ => None,
        }
    }

    /// Injects a fault, waits, and ends it.
    ///
    /// # Errors
    /// If a part doesn't recover.
    pub async fn strike(&mut self, part: Part, fault: Fault) -> Result<()> {
        match fault {
            Fault::Killed => self.kill(part).await,
            Fault::Stopped(time) => {
                let processes = self.processes(part)?;
                signal("-STOP", &processes).await?;
                tokio::time::sleep(time).await;
                signal("-CONT", &processes).await
            }
            Fault::CutFrom(other, time) => {
                let Part::Gateway(number) = part else {
                    bail!("{part:?} has no network of its own")
                };
                let other = match other {
                    Part::Gateway(other) => network::of_gateway(other),
                    Part::Balancer => network::CLIENTS,
                    Part::Database => network::DATABASE,
                    Part::Objects => network::OBJECTS,
                };
                network::cut(number, other)?;
                tokio::time::sleep(time).await;
                network::join(number, other)
            }
            Fault::DiskFull(time) => {
                let disk = self.disks.get(&part).context("a disk")?;
                disk.fill()?;
                tokio::time::sleep(time).await;
                disk.clear()
            }
            Fault::ClockJumps(hours, time) => {
                let clock = self.clocks.get(&part).context("a clock")?;
                clock.set(hours)?;
                tokio::time::sleep(time).await;
                clock.set(0)
            }
        }
    }

    async fn kill(&mut self, part: Part) -> Result<()> {
        match part {
            Part::Gateway(number) => {
                self.gateways[number].kill().await?;
                tokio::time::sleep(AWAY).await;
                self.gateways[number] = Gateway::start(&self.places[number]).await?;
            }
            Part::Balancer => {
                self.balancer.kill().await?;
                tokio::time::sleep(AWAY).await;
                self.balancer = balance(&self.folder, &self.addresses).await?;
            }
            Part::Database => {
                let server = Arc::clone(&self.database);
                tokio::task::spawn_blocking(move || server.crash()).await?;
            }
            Part::Objects => {
                self.objects.kill().await?;
                tokio::time::sleep(AWAY).await;
                let folder = &self.disks[&Part::Objects].folder;
                self.objects = serve_objects(folder, self.addresses.objects).await?;
            }
        }
        Ok(())
    }

    fn processes(&self, part: Part) -> Result<Vec<u32>> {
        let first = match part {
            Part::Gateway(number) => self.gateways[number].process(),
            Part::Balancer => self.balancer.id(),
            Part::Database => self.database.process(),
            Part::Objects => self.objects.id(),
        };
        Ok(with_children(first.context("a process")?))
    }

    /// Waits until all parts answer, and checks that no gateway has exited.
    ///
    /// # Errors
    /// If one has, or doesn't answer in time.
    pub async fn ready(&mut self) -> Result<()> {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(10)).build()?;
        let begun = Instant::now();
        for gateway in &mut self.gateways {
            let asked = format!("{}/readyz", gateway.url);
            loop {
                gateway.is_alive()?;
                let said = match http.get(&asked).send().await {
                    Ok(answer) if answer.status().is_success() => break,
                    Ok(answer) => answer.text().await.unwrap_or_default(),
                    Err(error) => error.to_string(),
                };
                ensure!(begun.elapsed() < READY, "{asked} is not ready: {said}");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        Ok(())
    }
}

/// The resources of each part.
struct Belongings {
    disks: HashMap<Part, Disk>,
    clocks: HashMap<Part, Clock>,
}

impl Belongings {
    fn new(folder: &Path, gateways: usize, isolated: bool) -> Result<Self> {
        let (mut disks, mut clocks) = (HashMap::new(), HashMap::new());
        let all = (0..gateways).map(Part::Gateway).chain([Part::Database, Part::Objects]);
        for part in all {
            let (name, mib) = match part {
                Part::Gateway(number) => (format!("gateway-{number}"), 32),
                Part::Database => ("database".to_owned(), 512),
                _ => ("objects".to_owned(), 512),
            };
            disks.insert(part, Disk::new(folder.join(&name), mib, isolated)?);
            if let Some(clock) = Clock::new(folder, &name)? {
                clocks.insert(part, clock);
            }
        }
        Ok(Self { disks, clocks })
    }
}

/// The address of a new database, from the gateways' point of view.
fn store(server: &Server, isolated: bool) -> String {
    let socket = server.database();
    if !isolated {
        return socket;
    }
    let name = socket.rsplit('/').next().unwrap_or_default();
    server.url_at(network::DATABASE, name)
}

fn database(disk: &Disk, clock: Option<&Clock>, isolated: bool) -> Server {
    let environment = clock.map(Clock::environment);
    let environment: Vec<(&str, &str)> =
        environment.iter().flatten().map(|(name, value)| (*name, value.as_str())).collect();
    Server::with(Options {
        // A smaller disk for data that can be written again.
        settings: &[("min_wal_size", "32MB"), ("max_wal_size", "64MB")],
        address: isolated.then_some(network::DATABASE),
        environment: &environment,
        folder: Some(&disk.folder),
    })
}

fn settings(objects: SocketAddr, secret: &Path) -> Vec<(&'static str, String)> {
    vec![
        ("AI_NOW_MEDIA", format!("s3://{}/crash", objects::BUCKET)),
        ("AI_NOW_OBJECT_STORE__ENDPOINT", format!("http://{objects}")),
        ("AI_NOW_OBJECT_STORE__ACCESS_KEY_ID", objects::KEY_ID.to_owned()),
        ("AI_NOW_OBJECT_STORE__SECRET_KEY_FILE", secret.display().to_string()),
        // A stream whose gateway is gone is soon detected by its silence.
        ("AI_NOW_KEEP_ALIVE_SECS", KEEP_ALIVE.as_secs().to_string()),
        ("AI_NOW_SKETCH_WORKERS", "1".to_owned()),
    ]
}

async fn serve_objects(root: &Path, listen: SocketAddr) -> Result<Child> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["objects", "--listen", &listen.to_string(), "--root"]).arg(root.join("buckets"));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = command.spawn()?;
    let said = child.stdout.take().context("no standard output")?;
    let first = BufReader::new(said).lines().next_line().await?;
    ensure!(first.is_some(), "the object store did not start");
    Ok(child)
}

/// Starts nginx in front of all gateways.
async fn balance(folder: &Path, addresses: &Addresses) -> Result<Child> {
    let folder = folder.join("nginx");
    std::fs::create_dir_all(&folder)?;
    let servers: String = addresses
        .gateways
        .iter()
        .map(|gateway| format!("        server {gateway} max_fails=1 fail_timeout=2s;\n"))
        .collect();
    let settings = include_str!("nginx.conf")
        .replace("FOLDER", &folder.display().to_string())
        .replace("LISTEN", &addresses.balancer.to_string())
        .replace("        SERVERS\n", &servers);
    let file = folder.join("nginx.conf");
    std::fs::write(&file, settings)?;
    let mut command = Command::new("nginx");
    command.arg("-p").arg(&folder).arg("-c").arg(&file).args(["-e", "stderr"]);
    // Folders that aren't on every user's PATH.
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{path}:/usr/sbin")).stdin(Stdio::null()).kill_on_drop(true);
    let mut child = command.spawn().context("nginx")?;
    let begun = Instant::now();
    while tokio::net::TcpStream::connect(addresses.balancer).await.is_err() {
        if let Some(status) = child.try_wait()? {
            bail!("nginx ended: {status}");
        }
        ensure!(begun.elapsed() < READY, "nginx does not start");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(child)
}

/// A process and its descendants.
fn with_children(first: u32) -> Vec<u32> {
    let mut parents = HashMap::<u32, Vec<u32>>::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(process) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let status = std::fs::read_to_string(entry.path().join("status")).unwrap_or_default();
        let parent =
            status.lines().find_map(|line| line.strip_prefix("PPid:")?.trim().parse().ok());
        if let Some(parent) = parent {
            parents.entry(parent).or_default().push(process);
        }
    }
    let mut all = vec![first];
    let mut next = 0;
    while let Some(process) = all.get(next) {
        all.extend(parents.remove(process).unwrap_or_default());
        next += 1;
    }
    all
}

async fn signal(signal: &str, processes: &[u32]) -> Result<()> {
    let numbers = processes.iter().map(u32::to_string);
    // One of the server's processes may have exited in the meantime.
    Command::new("kill").arg(signal).args(numbers).stderr(Stdio::null()).status().await?;
    Ok(())
}
