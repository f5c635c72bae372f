//! `migrate`: moves records from a file to a PostgreSQL server.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::error::CliError;
use crate::config::{Config, Flags};
use crate::data_dir::DataDirLock;
use crate::domain::{DatabaseServer, DatabaseUrl};
use crate::store::{Migrated, Store};

#[derive(Debug, Args)]
pub(super) struct MigrateArgs {
    /// The data directory. [env: `AI_NOW_DATA`] [default: data]
    #[arg(long, value_name = "DIR")]
    pub(super) data: Option<PathBuf>,
    /// The server and its database, such as `postgres://user@host/database`.
    #[arg(long, value_name = "URL")]
    pub(super) to: DatabaseUrl,
    /// The file that holds the server's password. [default: what PGPASSWORD holds]
    #[arg(long, value_name = "FILE")]
    pub(super) password_file: Option<PathBuf>,
}

/// Moves them, and prints what to do next.
pub(super) async fn migrate(arguments: MigrateArgs) -> Result<ExitCode, CliError> {
    let MigrateArgs { data, to, password_file } = arguments;
    let flags = Flags { data, ..Flags::default() };
    let Config { data, .. } = Config::places(std::env::vars_os(), flags)?;
    if !Store::is_in(&data) {
        return Err(CliError::NoStore(data.display().to_string()));
    }
    let _lock = DataDirLock::acquire(&data)?;
    let server = DatabaseServer { url: to, password_file };
    let Migrated { rows, audit } = Store::migrate(&data, &server).await?;
    writeln!(
        std::io::stdout(),
        "{rows} rows were copied to {}: {} accounts and {} generations ({} unfinished), verified.\n\
         Next: give every command and the settings the same address (`store`, `--store` or \
         AI_NOW_STORE), and start the gateway with the same data directory, which keeps the media. The \
         file ai-now.db is not read any more; keep it until you are satisfied, then remove it.",
        server.url,
        audit.accounts,
        audit.generations,
        audit.unfinished
    )?;
    Ok(ExitCode::SUCCESS)
}
