//! The command line: serve, keys, providers, audit, config. Answers go to standard output, logs and errors
//! to standard error.

use std::io::{IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

use crate::config::{self, Config, ConfigError, Flags, LogFormat};
use crate::media::MediaDir;
use crate::metrics::Metrics;
use crate::providers;
use crate::server::{ServeError, Server};
use crate::store::{KeyKind, NewKey, Publishable, Store, StoreError};

/// The AI-Now gateway: music, pictures and video from a sentence.
#[derive(Debug, Parser)]
#[command(name = "ai-now-gateway", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the gateway. The first line on standard output is `listening on http://ADDR:PORT`.
    Serve {
        #[command(flatten)]
        settings: SettingsArgs,
        /// Serve this built widget at `/`.
        #[arg(long, value_name = "DIR")]
        web: Option<PathBuf>,
        /// Let pages of this gateway's own address generate without a key, on a key of its own
        /// with 1000 tokens.
        #[arg(long)]
        demo: bool,
    },
    /// Makes, lists, grants to and revokes API keys. Works while the gateway runs.
    Keys {
        #[command(subcommand)]
        command: KeysCommand,
    },
    /// Proves that no token and no result was lost. Exits with 1 and the reasons where one was.
    Audit {
        #[command(flatten)]
        data: DataArgs,
    },
    /// Looks at the providers.
    Providers {
        #[command(subcommand)]
        command: ProvidersCommand,
    },
    /// Looks at the settings.
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
}

#[derive(Debug, Args)]
struct SettingsArgs {
    /// Read settings from this file (TOML). The environment (`AI_NOW_…`) and these options beat it.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Listen here; port 0 takes any that is free. [default: 127.0.0.1:8787]
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<SocketAddr>,
    /// Keep records and media here. [default: data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct DataArgs {
    /// Where records and media are kept.
    #[arg(long, value_name = "DIR", default_value = "data", env = "AI_NOW_DATA")]
    data: PathBuf,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// Checks the settings, and tells what is wrong with them or that they are good.
    Check {
        #[command(flatten)]
        settings: SettingsArgs,
    },
}

#[derive(Debug, Subcommand)]
enum ProvidersCommand {
    /// Tells which providers are configured, whether their keys are there, and whether they
    /// answer. It spends nothing. Exits with 1 where one can't be used.
    Check {
        #[command(flatten)]
        settings: SettingsArgs,
    },
}

#[derive(Debug, Subcommand)]
enum KeysCommand {
    /// Makes a key and prints it, alone. It is shown this one time.
    Create {
        #[command(flatten)]
        data: DataArgs,
        /// Grant this many tokens to the key's new account.
        #[arg(long, required_unless_present = "publishable", conflicts_with = "publishable")]
        tokens: Option<u64>,
        /// Words of yours about the key.
        #[arg(long, default_value = "")]
        label: String,
        /// Make a publishable key (`pk_…`) for web pages, which draws on the account of this key.
        #[arg(long, value_name = "KEY", requires = "origin")]
        publishable: Option<String>,
        /// An origin that the publishable key is for, like `https://example.com`. Repeatable.
        #[arg(long, requires = "publishable", value_parser = parse_origin)]
        origin: Vec<String>,
        /// What each visitor of the publishable key may spend, in tokens.
        #[arg(long, default_value_t = 50, requires = "publishable")]
        visitor_tokens: u32,
        /// How many new visitors may come from one network address in 24 hours.
        #[arg(long, default_value_t = 20, requires = "publishable")]
        address_visitors: u32,
        /// What all visitors of the publishable key may spend in 24 hours, in tokens.
        #[arg(long, default_value_t = 1000, requires = "publishable")]
        day_tokens: u32,
    },
    /// Lists all keys by name, with their balances. The keys themselves are kept nowhere.
    List {
        #[command(flatten)]
        data: DataArgs,
    },
    /// Prints a key's balance.
    Balance {
        #[command(flatten)]
        data: DataArgs,
        /// The key's name, or the key itself.
        key: String,
    },
    /// Grants tokens to a key's account.
    Grant {
        #[command(flatten)]
        data: DataArgs,
        /// The key's name, or the key itself.
        key: String,
        /// How many.
        #[arg(long)]
        tokens: u64,
    },
    /// Makes a key useless, with its sessions and the publishable keys that draw on it.
    Revoke {
        #[command(flatten)]
        data: DataArgs,
        /// The key's name, or the key itself.
        key: String,
    },
}

fn parse_origin(text: &str) -> Result<String, &'static str> {
    config::origin(text).map(|()| text.to_owned())
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The settings are not good.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The gateway cannot run.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// There is no store to work on.
    #[error("There are no records in {0}. Start the gateway or create a key there first.")]
    NoStore(String),
    /// Standard output is gone, or signals cannot be listened to.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Does what the command line says.
///
/// # Errors
/// [`CliError`]
pub async fn run(cli: Cli) -> Result<ExitCode, CliError> {
    match cli.command {
        Command::Serve { settings, web, demo } => {
            let config = settings.load(web, demo)?;
            serve(config).await?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Keys { command } => keys(command).await,
        Command::Providers { command: ProvidersCommand::Check { settings } } => {
            check_providers(&settings.load(None, false)?).await
        }
        Command::Audit { data } => audit(&data.data).await,
        Command::Config { command: ConfigCommand::Check { settings } } => {
            settings.load(None, false)?;
            writeln!(std::io::stdout(), "The settings are good.")?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

impl SettingsArgs {
    fn load(self, web: Option<PathBuf>, demo: bool) -> Result<Config, ConfigError> {
        let flags = Flags { listen: self.listen, data: self.data, web, demo };
        Config::load(self.config.as_deref(), std::env::vars(), flags)
    }
}

async fn serve(config: Config) -> Result<(), CliError> {
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
        .with_writer(std::io::stderr);
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

async fn check_providers(config: &Config) -> Result<ExitCode, CliError> {
    let catalog = config.catalog()?;
    let mut stdout = std::io::stdout();
    let mut all_good = true;
    for (name, settings) in &config.providers {
        let finding = providers::check(name, settings).await;
        all_good &= finding.good;
        let verdict = if finding.good { "good" } else { "bad" };
        writeln!(stdout, "{name}\t{}\t{verdict}\t{}", settings.service.kind(), finding.says)?;
    }
    for model in catalog.catalog.models.iter() {
        writeln!(
            stdout,
            "{} goes to {}",
            model.id,
            catalog.routes[model.id.as_ref()].join(", then ")
        )?;
    }
    Ok(if all_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn audit(data: &Path) -> Result<ExitCode, CliError> {
    let store = existing(data).await?;
    let audit = store.audit(MediaDir::of(data).path()).await?;
    store.close().await;
    let mut stdout = std::io::stdout();
    for fault in &audit.faults {
        writeln!(stdout, "{fault}")?;
    }
    let crate::store::Audit { accounts, generations, unfinished, faults } = audit;
    writeln!(
        stdout,
        "{accounts} accounts, {generations} generations ({unfinished} unfinished): {}",
        if faults.is_empty() { "all is well".into() } else { format!("{} faults", faults.len()) }
    )?;
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn keys(command: KeysCommand) -> Result<ExitCode, CliError> {
    let mut stdout = std::io::stdout();
    match command {
        KeysCommand::Create {
            data,
            tokens,
            label,
            publishable,
            origin,
            visitor_tokens,
            address_visitors,
            day_tokens,
        } => {
            let store = Store::open(&data.data, Metrics::default()).await?;
            let new = match publishable {
                None => NewKey::Secret { tokens: tokens.unwrap_or(0) },
                Some(owner) => NewKey::Publishable {
                    owner: name(&store, owner).await?,
                    origins: origin,
                    limits: Publishable {
                        visitor_budget: visitor_tokens,
                        visitors_per_address: address_visitors,
                        tokens_per_day: day_tokens,
                    },
                },
            };
            let key = store.create_key(new, label).await?;
            store.close().await;
            writeln!(stdout, "{key}")?;
        }
        KeysCommand::List { data } => {
            let store = existing(&data.data).await?;
            for (key, balance) in store.keys().await? {
                let kind = if key.kind == KeyKind::Secret { "secret" } else { "publishable" };
                let revoked = if key.revoked_at_ms.is_some() { "revoked" } else { "good" };
                let label = key.label.escape_debug();
                writeln!(
                    stdout,
                    "{}\t{kind}\t{revoked}\tavailable {}\theld {}\tspent {}\tgranted {}\t{label}",
                    key.name, balance.available, balance.held, balance.spent, balance.granted,
                )?;
            }
            store.close().await;
        }
        KeysCommand::Balance { data, key } => {
            let store = existing(&data.data).await?;
            let name = name(&store, key).await?;
            let account = store.key_by_name(&name).await?.account_id;
            let balance = store.balance(account).await?;
            store.close().await;
            write_balance(balance)?;
        }
        KeysCommand::Grant { data, key, tokens } => {
            let store = existing(&data.data).await?;
            let name = name(&store, key).await?;
            let balance = store.grant(&name, tokens).await?;
            store.close().await;
            write_balance(balance)?;
        }
        KeysCommand::Revoke { data, key } => {
            let store = existing(&data.data).await?;
            let name = name(&store, key).await?;
            store.revoke_key(&name).await?;
            store.close().await;
            writeln!(stdout, "{name} is revoked")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// A key's name, out of the name or the key itself.
async fn name(store: &Store, key: String) -> Result<String, StoreError> {
    if crate::secret::Kind::of(&key).is_none() {
        return Ok(key);
    }
    // Not said back: it may be the real one, mistyped.
    let key = store.key_by_secret(&key).await?;
    key.map(|key| key.name).ok_or_else(|| StoreError::NoSuchKey("that was given".into()))
}

fn write_balance(balance: ai_now_protocol::api::Balance) -> std::io::Result<()> {
    let ai_now_protocol::api::Balance { available, held, spent, granted } = balance;
    writeln!(
        std::io::stdout(),
        "available {available}\nheld {held}\nspent {spent}\ngranted {granted}"
    )
}

/// The store of a data directory that has one.
async fn existing(data: &Path) -> Result<Store, CliError> {
    if !Store::is_in(data) {
        return Err(CliError::NoStore(data.display().to_string()));
    }
    Ok(Store::open(data, Metrics::default()).await?)
}
