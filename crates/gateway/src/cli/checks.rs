//! `providers check`, `providers costs` and `audit`: they read, and change nothing.

use std::io::Write as _;
use std::process::ExitCode;

use super::data_args::DataArgs;
use super::error::CliError;
use super::store::{existing, existing_of};
use super::table::{Column, Table};
use crate::clock::{DAY_MS, now_ms};
use crate::config::Config;
use crate::domain::Cost;
use crate::media;
use crate::providers;
use crate::store::{Audit, ProviderCost};
use crate::system_error::in_words;

/// Checks each provider, and prints the route of each model.
pub(super) async fn check_providers(config: &Config, json: bool) -> Result<ExitCode, CliError> {
    let catalog = config.catalog()?;
    let mut stdout = std::io::stdout();
    let mut all_good = true;
    let mut table = Table::new(["provider", "kind", "state", "what it says"].map(Column::Text));
    for (name, settings) in &config.providers {
        let finding = providers::check(name, settings).await;
        all_good &= finding.good;
        if json {
            let kind = settings.service.kind();
            let (good, says) = (finding.good, finding.says);
            let line = serde_json::json!({"name": name, "kind": kind, "good": good, "says": says});
            writeln!(stdout, "{line}")?;
            continue;
        }
        let verdict = if finding.good { "good" } else { "bad" };
        let kind = settings.service.kind();
        table.push([name.clone(), kind.into(), verdict.into(), finding.says]);
    }
    if json {
        return Ok(if all_good { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    table.print()?;
    for (model, option) in &catalog.left_out {
        writeln!(stdout, "{model} is offered without {option}: no provider of its route has it")?;
    }
    for (model, provider) in &catalog.without_picture {
        writeln!(
            stdout,
            "{model} is offered without its picture: {provider} would load it from this gateway, and \
             public_url is not set"
        )?;
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

/// Prints what jobs cost at providers.
pub(super) async fn provider_costs(
    data: &DataArgs,
    days: u32,
    json: bool,
) -> Result<ExitCode, CliError> {
    let store = existing(data).await?;
    let costs = store.provider_costs(now_ms().saturating_sub(u64::from(days) * DAY_MS)).await?;
    store.close().await;
    let [provider, model, cost] = ["provider", "model", "cost"].map(Column::Text);
    let [jobs_made, billed] = ["jobs", "billed"].map(Column::Number);
    let mut table = Table::new([provider, model, jobs_made, cost, billed]);
    for ProviderCost { provider, model, currency, jobs, micros, billed_jobs } in costs {
        if json {
            let line = serde_json::json!({
                "provider": provider,
                "model": model,
                "jobs": jobs,
                "currency": currency,
                "micros": micros,
                "billed_jobs": billed_jobs,
            });
            writeln!(std::io::stdout(), "{line}")?;
            continue;
        }
        let sum = Cost { currency, micros };
        let [jobs, billed_jobs] = [jobs, billed_jobs].map(|count| count.to_string());
        table.push([provider, model, jobs, sum.to_string(), billed_jobs]);
    }
    if !json {
        table.print()?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Audits the records, and prints what is wrong with them.
pub(super) async fn audit(config: &Config) -> Result<ExitCode, CliError> {
    let store = existing_of(config).await?;
    let mut audit = store.audit().await?;
    store.close().await;
    let (media, _) = media::attach(&config.media_settings(), &config.data)?;
    let orphans = match media.audit(&audit.media).await {
        Ok((faults, orphans)) => {
            audit.faults.extend(faults);
            orphans
        }
        Err(error) => {
            let place = media.location();
            audit.faults.push(format!("{} cannot be listed: {error}", place.display()));
            0
        }
    };
    let mut stdout = std::io::stdout();
    for fault in &audit.faults {
        writeln!(stdout, "{}", in_words(fault))?;
    }
    if orphans > 0 {
        writeln!(
            stdout,
            "{orphans} files belong to no result; a running gateway removes what is left"
        )?;
    }
    let Audit { accounts, generations, unfinished, faults, media: _ } = audit;
    writeln!(
        stdout,
        "{accounts} accounts, {generations} generations ({unfinished} unfinished): {}",
        if faults.is_empty() { "all is well".into() } else { format!("{} faults", faults.len()) }
    )?;
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
