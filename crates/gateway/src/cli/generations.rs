//! `generations`: refunds.

use std::io::Write as _;
use std::process::ExitCode;

use super::arguments::GenerationsCommand;
use super::error::CliError;
use super::store::existing;

/// Runs a `generations` command. Exits with 1 if nothing can be refunded.
pub(super) async fn generations(command: GenerationsCommand) -> Result<ExitCode, CliError> {
    let GenerationsCommand::Refund { data, id, tokens, reason } = command;
    let store = existing(&data).await?;
    let refunded = store.refund(&id, tokens, reason).await?;
    store.close().await;
    match refunded {
        Ok(tokens) => writeln!(std::io::stdout(), "refunded {tokens}")?,
        Err(refusal) => {
            writeln!(std::io::stderr(), "{refusal}")?;
            return Ok(ExitCode::FAILURE);
        }
    }
    Ok(ExitCode::SUCCESS)
}
