//! The command line: serve, keys, generations, visitors, admins, usage, try, providers, audit, config,
//! completions, man. Answers go to
//! standard output, logs and errors to standard error.

mod admins;
mod arguments;
mod checks;
mod data_args;
mod error;
mod generations;
mod keys;
mod manual;
mod migrate;
mod serve;
mod store;
mod table;
mod try_out;
mod usage;
mod visitors;
mod webhooks;

use std::io::Write as _;
use std::process::ExitCode;

pub use self::arguments::Cli;
use self::arguments::{Command, ConfigCommand, ProvidersCommand};
pub use self::error::CliError;

/// Runs the command.
///
/// # Errors
/// [`CliError`]
pub async fn run(cli: Cli) -> Result<ExitCode, CliError> {
    match cli.command {
        Command::Serve { settings, web, demo } => {
            let config = settings.load(web, demo)?;
            serve::serve(config).await?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Keys { command } => keys::keys(command).await,
        Command::Generations { command } => generations::generations(command).await,
        Command::Visitors { command } => visitors::visitors(command).await,
        Command::Webhooks { command } => webhooks::webhooks(command).await,
        Command::Admins { command } => admins::admins(command).await,
        Command::Providers { command: ProvidersCommand::Check { settings, json } } => {
            checks::check_providers(&settings.load(None, false)?, json).await
        }
        Command::Providers { command: ProvidersCommand::Costs { list, days } } => {
            checks::provider_costs(&list.data, days, list.json).await
        }
        Command::Completions { shell } => manual::completions(shell),
        Command::Man { out } => manual::man(out.as_deref()),
        Command::Try(arguments) => try_out::try_out(arguments).await,
        Command::Usage(arguments) => usage::usage(arguments).await,
        Command::Audit { settings } => checks::audit(&settings.load(None, false)?).await,
        Command::Migrate(arguments) => migrate::migrate(arguments).await,
        Command::Config { command: ConfigCommand::Check { settings } } => {
            settings.load(None, false)?;
            writeln!(std::io::stdout(), "The settings are valid.")?;
            Ok(ExitCode::SUCCESS)
        }
    }
}
