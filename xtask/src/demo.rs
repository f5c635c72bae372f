//! `cargo demo`: from a clone to the studio in a browser.

use std::io::{BufRead, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail};

use crate::built::Built;
use crate::progress::{Progress, clock};
use crate::run::{cargo, output, root};
use crate::{dist, programs};

const DEFAULT_PORT: u16 = 8787;

/// Builds and starts the studio and opens it; runs until it is stopped.
///
/// # Errors
/// If something can't be built or started; the message says what to do.
pub fn demo(port: Option<u16>, open: bool, data: Option<&Path>) -> Result<()> {
    let started = Instant::now();
    eprintln!(
        "The first start on a machine builds everything, which takes some minutes on two cores; \
         later ones take seconds, also in other clones of the same revision."
    );
    let built = Built::of_this_clone();
    let page = root().join("dist");
    let is_restored = match &built {
        Some(built) => built.restore(&programs::gateway(), &page)?,
        None => false,
    };
    let web = if is_restored {
        step(1, "Another clone has built the gateway and the widget");
        page
    } else {
        build()?
    };

    let data = data.map_or_else(|| root().join("data"), Path::to_path_buf);
    let mut gateway = Command::new(programs::gateway());
    gateway.args(["serve", "--demo", "--listen"]).arg(format!("127.0.0.1:{}", free_port(port)?));
    gateway.arg("--data").arg(&data).arg("--web").arg(&web);
    step(2, "Starting the gateway");
    let mut gateway = gateway.stdout(Stdio::piped()).spawn().context("the gateway can't start")?;
    stop_with_us(&gateway)?;
    let url = listening(&mut gateway)?;
    println!("\n    AI-Now studio:  {url}");
    match administrator(&data) {
        Ok(key) => println!("    Administration: {url}/admin/  with the key {key}"),
        Err(error) => println!("    Administration: {url}/admin/  (no key was made: {error:#})"),
    }
    println!("    Ways to embed:  {url}/examples/  and a builder at {url}/builder.html\n");
    println!("Ready in {} min.", clock(started.elapsed()));
    println!("Keys, balances and media are kept in {}. Stop with Ctrl+C.", data.display());
    if open && open::that_detached(&url).is_err() {
        println!("No browser could be opened: open the address above yourself.");
    }
    if !is_restored {
        // The sketch engine's wasm, for /demo.html: nothing else waits for it.
        if let Err(error) = dist::engine(&web) {
            eprintln!(
                "{url}/demo.html, which works without the gateway, won't generate: {error:#}"
            );
        } else if let Some(built) = &built
            && let Err(error) = built.keep(&programs::gateway(), &web)
        {
            eprintln!("Other clones will build all of it anew: {error:#}");
        }
    }
    let status = gateway.wait()?;
    // A gateway that was stopped on request has succeeded.
    if !status.success() && status.code().is_some() {
        bail!("the gateway ended with {status}");
    }
    Ok(())
}

/// The administrators' key: created on the first start, and kept beside the data that it gives
/// access to.
fn administrator(data: &Path) -> Result<String> {
    let kept = data.join("demo-admin.key");
    if let Ok(key) = std::fs::read_to_string(&kept) {
        return Ok(key.trim().to_owned());
    }
    let key = output(
        Command::new(programs::gateway())
            .args(["admins", "create", "--name", "demo", "--data"])
            .arg(data),
    )
    .context("`ai-now-gateway admins create` makes one of another name")?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&kept)?.write_all(key.as_bytes())?;
    Ok(key)
}

/// Builds the gateway and the widget in parallel, since each has phases that use only one core.
/// Returns the widget's folder.
fn build() -> Result<PathBuf> {
    step(1, "Building the gateway and the widget");
    Progress::during(|progress| {
        thread::scope(|scope| {
            let gateway = scope.spawn(|| progress.run("gateway", &mut build_gateway()));
            let web = dist::demo(progress);
            gateway.join().map_err(|_| anyhow!("building the gateway broke off"))??;
            web
        })
    })
}

fn step(number: u32, what: &str) {
    eprintln!("\n[{number}/2] {what}");
}

fn build_gateway() -> Command {
    let mut cargo = cargo();
    cargo.args(["build", "--package", "ai-now-gateway"]);
    cargo
}

/// The requested port; else the default one, or 0 (any) if that is taken.
fn free_port(asked: Option<u16>) -> Result<u16> {
    let free = |port| TcpListener::bind(("127.0.0.1", port));
    match asked {
        Some(port) => {
            free(port).with_context(|| format!("port {port} can't be used; choose another"))?;
            Ok(port)
        }
        None => Ok(free(DEFAULT_PORT).map_or(0, |_| DEFAULT_PORT)),
    }
}

/// Waits for the gateway's first line, and keeps reading so that the gateway never blocks on a full
/// pipe.
fn listening(gateway: &mut Child) -> Result<String> {
    let stdout = gateway.stdout.take().context("no standard output")?;
    let mut lines = BufReader::new(stdout).lines();
    let Some(Ok(first)) = lines.next() else {
        bail!("the gateway did not start; what it says above tells why");
    };
    let url = first
        .strip_prefix("listening on ")
        .with_context(|| format!("the gateway said {first:?} instead of its address"))?;
    thread::spawn(move || lines.for_each(drop));
    Ok(url.to_owned())
}

/// Forwards a request to stop, so that the gateway shuts down cleanly and doesn't outlive this
/// process.
#[cfg(unix)]
fn stop_with_us(gateway: &Child) -> Result<()> {
    let pid = rustix::process::Pid::from_child(gateway);
    ctrlc::set_handler(move || {
        // It may have exited already.
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
    })?;
    Ok(())
}

/// On Windows, Ctrl+C reaches the gateway directly; this process only waits for it.
#[cfg(not(unix))]
fn stop_with_us(_gateway: &Child) -> Result<()> {
    ctrlc::set_handler(|| {})?;
    Ok(())
}
