//! `usage`: the usage as a table, CSV or JSON.

use std::io::Write as _;
use std::process::ExitCode;

use super::arguments::UsageArgs;
use super::error::CliError;
use super::store::existing;
use super::table::{Column, Table};
use crate::clock::{day_of, now_ms};
use crate::csv;
use crate::domain::Cost;
use crate::store::{Store, USAGE_COLUMNS, Usage};

/// Runs a `usage` command.
pub(super) async fn usage(arguments: UsageArgs) -> Result<ExitCode, CliError> {
    let to = arguments.to.unwrap_or_else(|| day_of(now_ms()));
    let from = arguments.from.unwrap_or_else(|| to.saturating_sub(30));
    if from > to {
        return Err(CliError::Period);
    }
    let store = existing(&arguments.data).await?;
    let mut out = std::io::stdout().lock();
    if arguments.csv {
        write!(out, "{}", csv::line(&[&USAGE_COLUMNS[..], &["cost"]].concat()))?;
        for day in from..=to {
            for (usage, costs) in store.usage_and_costs_of_day(day, None).await? {
                let mut fields = usage.fields().to_vec();
                fields.push(costs.iter().map(Cost::to_string).collect::<Vec<_>>().join("; "));
                let fields: Vec<_> = fields.iter().map(String::as_str).collect();
                write!(out, "{}", csv::line(&fields))?;
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
        write!(out, "{}", table(&store, from, to).await?.aligned())?;
    }
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

/// A table with a line of totals.
async fn table(store: &Store, from: u64, to: u64) -> Result<Table<7>, CliError> {
    let [day, key, model, provider, outcome, generations, tokens] = USAGE_COLUMNS;
    let [day, key, model, provider, outcome] =
        [day, key, model, provider, outcome].map(Column::Text);
    let (generations, tokens) = (Column::Number(generations), Column::Number(tokens));
    let mut table = Table::new([day, key, model, provider, outcome, generations, tokens]);
    let (mut generations, mut tokens) = (0, 0);
    for day in from..=to {
        for usage in store.usage_of_day(day, None).await? {
            generations += usage.generations;
            tokens += usage.tokens;
            table.push(usage.fields());
        }
    }
    let mut total = [const { String::new() }; 7];
    (total[0], total[5], total[6]) = ("total".into(), generations.to_string(), tokens.to_string());
    table.push(total);
    Ok(table)
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
