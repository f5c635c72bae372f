//! The command line: serve, keys, visitors, admins, usage, try, providers, audit, config. Answers go to
//! standard output, logs and errors to standard error.

mod admins;
mod arguments;
mod checks;
mod error;
mod keys;
mod serve;
mod store;
mod try_out;
mod usage;
mod visitors;

use std::io::Write as _;
use std::process::ExitCode;

pub use self::arguments::Cli;
use self::arguments::{Command, ConfigCommand, ProvidersCommand};
pub use self::error::CliError;

/// Does what the command line says.
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
        Command::Visitors { command } => visitors::visitors(command).await,
        Command::Admins { command } => admins::admins(command).await,
        Command::Providers { command: ProvidersCommand::Check { settings } } => {
            checks::check_providers(&settings.load(None, false)?).await
        }
        Command::Providers { command: ProvidersCommand::Costs { data, days } } => {
            checks::provider_costs(&data.data, days).await
        }
        Command::Try(arguments) => try_out::try_out(arguments).await,
        Command::Usage(arguments) => usage::usage(arguments).await,
        Command::Audit { data } => checks::audit(&data.data).await,
        Command::Config { command: ConfigCommand::Check { settings } } => {
            settings.load(None, false)?;
            writeln!(std::io::stdout(), "The settings are good.")?;
            Ok(ExitCode::SUCCESS)
        }
    }
}
