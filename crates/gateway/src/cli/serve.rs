//! `serve`: logs, signals, and the server until it is stopped.

use std::io::{IsTerminal as _, Write as _};

use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

use super::error::CliError;
use crate::config::{Config, LogFormat};
use crate::server::Server;

/// Serves until a signal stops it.
pub(super) async fn serve(config: Config) -> Result<(), CliError> {
    start_logs(config.log_format);
    // Before anything else: a signal that comes early must not kill us half-way.
    let stop = stop_signal()?;
    let server = Server::start(config).await?;
    if let Some(address) = server.metrics_address() {
        tracing::info!(%address, "metrics");
    }
    let mut stdout = std::io::stdout();
    writeln!(stdout, "listening on http://{}", server.address())?;
    stdout.flush()?;
    server.run(stop).await;
    Ok(())
}

/// A panic is logged here, once; whoever it happened to is told by whoever called it.
fn start_logs(format: LogFormat) {
    let filter =
        EnvFilter::try_from_env("RUST_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        // Of a log that can't be written nobody can be told, least of all there: that would be a panic
        // for every line, and the end of a gateway whose log lies on a full disk.
        .log_internal_errors(false);
    match format {
        LogFormat::Text => logs.init(),
        LogFormat::Json => logs.json().init(),
    }
    std::panic::set_hook(Box::new(|panic| {
        tracing::error!(%panic, "a fault of the gateway");
    }));
}

/// Cancelled by the first SIGINT or SIGTERM. A second one ends the process at once.
fn stop_signal() -> std::io::Result<CancellationToken> {
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
        }
    });
    Ok(stop)
}
