//! `visitors`: listed, ended.

use std::io::Write as _;
use std::process::ExitCode;

use super::arguments::VisitorsCommand;
use super::error::CliError;
use super::keys::name;
use super::store::existing;
use crate::store::VisitorInfo;

/// Does what a `visitors` command says. Exits with 1 where nobody is called so.
pub(super) async fn visitors(command: VisitorsCommand) -> Result<ExitCode, CliError> {
    let mut stdout = std::io::stdout();
    match command {
        VisitorsCommand::List { data, key, limit } => {
            let store = existing(&data.data).await?;
            let name = name(&store, key).await?;
            let account_id = store.key_by_name(&name).await?.account_id;
            for visitor in store.visitors(account_id, limit).await? {
                let VisitorInfo { subject, key_name, created_at_ms, held, spent, ended } = visitor;
                let (subject, good) =
                    (subject.escape_debug(), if ended { "ended" } else { "good" });
                writeln!(
                    stdout,
                    "{subject}\t{key_name}\t{good}\tcreated {created_at_ms}\theld {held}\tspent {spent}"
                )?;
            }
            store.close().await;
        }
        VisitorsCommand::End { data, key, subject } => {
            let store = existing(&data.data).await?;
            let name = name(&store, key).await?;
            let account_id = store.key_by_name(&name).await?.account_id;
            let ended = store.end_visitors(account_id, subject).await?;
            store.close().await;
            writeln!(stdout, "{ended} ended")?;
            if ended == 0 {
                return Ok(ExitCode::FAILURE);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
