//! `providers check` and `audit`: they look, and change nothing.

use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;

use super::error::CliError;
use super::store::existing;
use crate::config::Config;
use crate::media::MediaDir;
use crate::providers;
use crate::store::Audit;
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
