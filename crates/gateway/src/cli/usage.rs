//! `usage`: what generations came to, for people, as CSV or as JSON.

use std::io::Write as _;
use std::process::ExitCode;

use super::arguments::UsageArgs;
use super::error::CliError;
use super::store::existing;
use crate::clock::{day_of, now_ms};
use crate::csv;
use crate::store::{Store, USAGE_COLUMNS, Usage};

/// Does what a `usage` command says.
pub(super) async fn usage(arguments: UsageArgs) -> Result<ExitCode, CliError> {
    let store = existing(&arguments.data.data).await?;
    let to = arguments.to.unwrap_or_else(|| day_of(now_ms()));
    let from = arguments.from.unwrap_or_else(|| to.saturating_sub(30));
    let mut out = std::io::stdout().lock();
    if arguments.csv {
        write!(out, "{}", csv::line(&USAGE_COLUMNS))?;
        for day in from..=to {
            for usage in store.usage_of_day(day, None).await? {
                write!(out, "{}", csv::line(&usage.fields().each_ref().map(String::as_str)))?;
            }
        }
    } else if arguments.json {
        for day in from..=to {
            for usage in store.usage_of_day(day, None).await? {
                let named = USAGE_COLUMNS.into_iter().zip(usage.values());
                let object: serde_json::Map<_, _> =
                    named.map(|(name, value)| (name.to_owned(), value)).collect();
                writeln!(out, "{}", serde_json::Value::Object(object))?;
            }
        }
    } else {
        table(&store, from, to, &mut out).await?;
    }
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

/// A table for people, with a line that adds everything up.
async fn table(
    store: &Store,
    from: u64,
    to: u64,
    out: &mut impl std::io::Write,
) -> Result<(), CliError> {
    let mut lines = vec![USAGE_COLUMNS.map(str::to_owned)];
    let (mut generations, mut tokens) = (0, 0);
    for day in from..=to {
        for usage in store.usage_of_day(day, None).await? {
            generations += usage.generations;
            tokens += usage.tokens;
            lines.push(usage.fields());
        }
    }
    let total = |text: &str| text.to_owned();
    let none = total("");
    lines.push([
        total("total"),
        none.clone(),
        none.clone(),
        none.clone(),
        none,
        generations.to_string(),
        tokens.to_string(),
    ]);
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max();
    let widths: Vec<usize> = (0..USAGE_COLUMNS.len()).map(|i| width(i).unwrap_or(0)).collect();
    for line in &lines {
        let cells = line.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
            // Numbers stand at the right.
            if column < 5 { format!("{cell:width$}") } else { format!("{cell:>width$}") }
        });
        writeln!(out, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
    }
    Ok(())
}

impl Usage {
    /// The columns' values, for JSON.
    fn values(&self) -> [serde_json::Value; 7] {
        let [day, key, model, provider, outcome, _, _] = self.fields().map(Into::into);
        let numbers = [self.generations.into(), self.tokens.into()];
        let [generations, tokens] = numbers;
        [day, key, model, provider, outcome, generations, tokens]
    }
}
