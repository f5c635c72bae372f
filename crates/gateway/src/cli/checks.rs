//! `providers check`, `providers costs` and `audit`: they look, and change nothing.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use super::error::CliError;
use super::store::existing;
use crate::clock::{DAY_MS, now_ms};
use crate::config::Config;
use crate::domain::Cost;
use crate::media::MediaDir;
use crate::providers;
use crate::store::{Audit, ProviderCost};
use crate::system_error::in_words;

/// Looks at each provider, and says where each model goes.
pub(super) async fn check_providers(config: &Config) -> Result<ExitCode, CliError> {
    let catalog = config.catalog()?;
    let mut stdout = std::io::stdout();
    let mut all_good = true;
    for (name, settings) in &config.providers {
        let finding = providers::check(name, settings).await;
        all_good &= finding.good;
        let verdict = if finding.good { "good" } else { "bad" };
        writeln!(
            stdout,
            "{name}\t{}\t{verdict}\t{}",
            settings.service.kind(),
            in_words(&finding.says)
        )?;
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

/// Says what jobs cost at providers.
pub(super) async fn provider_costs(data: &Path, days: u32) -> Result<ExitCode, CliError> {
    let store = existing(data).await?;
    let costs = store.provider_costs(now_ms().saturating_sub(u64::from(days) * DAY_MS)).await?;
    store.close().await;
    let mut stdout = std::io::stdout();
    for ProviderCost { provider, model, currency, jobs, micros, billed_jobs } in costs {
        let sum = Cost { currency, micros };
        writeln!(stdout, "{provider}\t{model}\t{jobs} jobs\t{sum}\t{billed_jobs} billed")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Proves the records, and says what is wrong with them.
pub(super) async fn audit(data: &Path) -> Result<ExitCode, CliError> {
    let store = existing(data).await?;
    let audit = store.audit(MediaDir::of(data).path()).await?;
    store.close().await;
    let mut stdout = std::io::stdout();
    for fault in &audit.faults {
        writeln!(stdout, "{}", in_words(fault))?;
    }
    let Audit { accounts, generations, unfinished, faults } = audit;
    writeln!(
        stdout,
        "{accounts} accounts, {generations} generations ({unfinished} unfinished): {}",
        if faults.is_empty() { "all is well".into() } else { format!("{} faults", faults.len()) }
    )?;
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
