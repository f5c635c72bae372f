//! `visitors`: lists and ends visitors.

use std::io::Write as _;
use std::process::ExitCode;

use super::arguments::{ListArgs, VisitorsCommand};
use super::error::CliError;
use super::keys::name;
use super::store::existing;
use super::table::{Column, Table};
use crate::store::VisitorInfo;

/// The columns of a list of visitors.
const COLUMNS: [Column; 6] = [
    Column::Text("visitor"),
    Column::Text("key"),
    Column::Text("state"),
    Column::Number("created"),
    Column::Number("held"),
    Column::Number("spent"),
];

/// Runs a `visitors` command. Exits with 1 if there is no such visitor.
pub(super) async fn visitors(command: VisitorsCommand) -> Result<ExitCode, CliError> {
    let mut stdout = std::io::stdout();
    match command {
        VisitorsCommand::List { list: ListArgs { data, json }, key, limit } => {
            let store = existing(&data).await?;
            let name = name(&store, key).await?;
            let account_id = store.key_by_name(&name).await?.account_id;
            let mut table = Table::new(COLUMNS);
            for visitor in store.visitors(account_id, limit).await? {
                let VisitorInfo { subject, key_name, created_at_ms, held, spent, ended } = visitor;
                if json {
                    let line = serde_json::json!({
                        "subject": subject,
                        "key": key_name,
                        "ended": ended,
                        "created_at_ms": created_at_ms,
                        "held": held,
                        "spent": spent,
                    });
                    writeln!(stdout, "{line}")?;
                    continue;
                }
                let state = if ended { "ended" } else { "good" };
                let numbers = [created_at_ms.to_string(), held.to_string(), spent.to_string()];
                let [created, held, spent] = numbers;
                let subject = subject.escape_debug().to_string();
                table.push([subject, key_name, state.into(), created, held, spent]);
            }
            store.close().await;
            if !json {
                table.print()?;
            }
        }
        VisitorsCommand::End { data, key, subject } => {
            let store = existing(&data).await?;
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
