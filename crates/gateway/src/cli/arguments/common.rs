//! Arguments that several commands share.

use clap::Args;

use crate::cli::data_args::DataArgs;
use crate::clock::parse_date;

/// A list, as a table or for programs.
#[derive(Debug, Args)]
pub(in crate::cli) struct ListArgs {
    #[command(flatten)]
    pub(in crate::cli) data: DataArgs,
    /// Print JSON, one object per line.
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

/// A day (UTC), in days since 1970.
pub(super) fn parse_day(text: &str) -> Result<u64, &'static str> {
    parse_date(text).ok_or("a day is written like 2026-01-31")
}
