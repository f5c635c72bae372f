//! `serve`: logs, signals, and the server until it is stopped.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::{FilterExt as _, filter_fn};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use super::error::CliError;
use crate::config::{Config, LogFormat};
use crate::server::{Server, longest_ending};
use crate::system_error::InWords;

/// How long a start goes on that a signal comes into.
const STARTING: Duration = Duration::from_secs(3);

/// How much longer than in order ending may take until the process is ended without order.
const SPARE: Duration = Duration::from_secs(2);

/// Serves until a signal stops it.
pub(super) async fn serve(config: Config) -> Result<(), CliError> {
    start_logs(config.log_format);
    // Before anything else: an early signal must not kill the process half-way.
    let stop = stop_signal(longest_ending(&config) + SPARE)?;
    let too_long = async {
        stop.cancelled().await;
        tokio::time::sleep(STARTING).await;
    };
    let server = tokio::select! {
        started = Server::start(config) => started?,
        () = too_long => {
            tracing::warn!("stopped before it was ready");
            return Ok(());
        }
    };
    if let Some(address) = server.metrics_address() {
        tracing::info!(%address, "metrics");
    }
    let mut stdout = std::io::stdout();
    writeln!(stdout, "listening on http://{}", server.address())?;
    stdout.flush()?;
    server.run(stop).await;
    Ok(())
}

/// Libraries that tell in detail what is in records and on the wire, prompts and keys and all.
const TALKATIVE: [&str; 7] =
    ["tokio_postgres", "h2", "hyper", "hyper_util", "reqwest", "rustls", "object_store"];

/// Whether something may be logged, whatever `RUST_LOG` asks for.
fn may_be_logged(about: &Metadata<'_>) -> bool {
    let library = about.target().split("::").next().unwrap_or_default();
    *about.level() <= Level::INFO || !TALKATIVE.contains(&library)
}

/// A panic is logged here, once; the caller of the panicking task handles it.
fn start_logs(format: LogFormat) {
    let filter = EnvFilter::try_from_env("RUST_LOG")
        .unwrap_or_else(|_| EnvFilter::new("info,tokio_postgres=warn"));
    let filter = filter.and(filter_fn(may_be_logged));
    let logs = tracing_subscriber::fmt::layer()
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(|| InWords(std::io::stderr()))
        // A failed write to the log can't be reported, least of all in the log: that would be a
        // panic for every line, and would end a gateway whose log is on a full disk.
        .log_internal_errors(false);
    let registry = tracing_subscriber::registry();
    match format {
        LogFormat::Text => registry.with(logs.with_filter(filter)).init(),
        LogFormat::Json => registry.with(logs.json().with_filter(filter)).init(),
    }
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        // What is made at that moment may hold what somebody asked for: a text is quoted where it is cut
        // wrongly, for one. The place says enough.
        let what = panic.payload().downcast_ref::<&'static str>().copied().unwrap_or("…");
        tracing::error!(place = place.as_deref(), what, "a fault of the gateway");
    }));
}

/// Cancelled by the first SIGINT or SIGTERM. A second one ends the process at once; and so does time,
/// where it has not ended `within` what it may take.
fn stop_signal(within: Duration) -> std::io::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let token = stop.clone();
    #[cfg(unix)]
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::spawn(async move {
        loop {
            #[cfg(unix)]
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            #[cfg(not(unix))]
            let _ = tokio::signal::ctrl_c().await;
            if token.is_cancelled() {
                std::process::exit(130);
            }
            token.cancel();
            // A thread of its own: what hangs may be all that tokio has.
            std::thread::spawn(move || {
                std::thread::sleep(within);
                // Also where nobody takes what is logged.
                std::thread::spawn(|| tracing::error!("something hangs; ending without it"));
                std::thread::sleep(Duration::from_millis(100));
                std::process::exit(1);
            });
        }
    });
    Ok(stop)
}
