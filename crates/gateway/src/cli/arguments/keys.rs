//! The arguments of `keys`.

use ai_now_protocol::Catalog;
use clap::{Args, Subcommand};

use super::common::{ListArgs, parse_day};
use crate::cli::data_args::DataArgs;
use crate::cli::try_out::names;
use crate::config::{NotAnOrigin, normalize_origin};
use crate::domain::Reason;

#[derive(Debug, Args)]
pub(in crate::cli) struct LimitArgs {
    #[command(flatten)]
    pub(in crate::cli) data: DataArgs,
    /// The key's name, or the key itself.
    pub(in crate::cli) key: String,
    /// How many tokens it may use in a calendar day (UTC), or `none`.
    #[arg(long, value_name = "TOKENS", value_parser = parse_cap)]
    pub(in crate::cli) day_tokens: Option<Cap>,
    /// How many tokens it may use in a calendar month (UTC), or `none`.
    #[arg(long, value_name = "TOKENS", value_parser = parse_cap)]
    pub(in crate::cli) month_tokens: Option<Cap>,
    /// The models that it may use, in any spelling, separated by commas, or `none` for all models.
    #[arg(long, value_name = "MODELS", value_parser = parse_models)]
    pub(in crate::cli) models: Option<Models>,
    /// The last day (UTC) on which it is valid, like 2026-01-31, or `none`.
    #[arg(long, value_name = "DAY", value_parser = parse_last_day)]
    pub(in crate::cli) last_day: Option<LastDay>,
    /// An origin that a publishable key is for from now on, like `https://example.com`. Repeatable: all
    /// others go, and sessions of their pages end.
    #[arg(long, value_parser = parse_origin)]
    pub(in crate::cli) origin: Vec<String>,
    /// What each visitor of a publishable key may spend who comes from now on, in tokens.
    #[arg(long, value_name = "TOKENS")]
    pub(in crate::cli) visitor_tokens: Option<u32>,
    /// How many new visitors of a publishable key may come from one network address in 24 hours.
    #[arg(long, value_name = "VISITORS")]
    pub(in crate::cli) address_visitors: Option<u32>,
    /// What all visitors of a publishable key may spend in 24 hours, in tokens.
    #[arg(long, value_name = "TOKENS")]
    pub(in crate::cli) all_visitors_tokens: Option<u32>,
}

/// The ids of the models that a key may use; none: all of them.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Models(pub(in crate::cli) Option<Vec<String>>);

/// A number of tokens, or no limit.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) struct Cap(pub(in crate::cli) Option<u32>);

/// A day (UTC), in days since 1970, or no limit.
#[derive(Clone, Copy, Debug)]
pub(in crate::cli) struct LastDay(pub(in crate::cli) Option<u64>);

#[derive(Debug, Args)]
pub(in crate::cli) struct CreateArgs {
    #[command(flatten)]
    pub(in crate::cli) data: DataArgs,
    /// Grant this many tokens to the key's new account.
    #[arg(long, required_unless_present = "publishable", conflicts_with = "publishable")]
    pub(in crate::cli) tokens: Option<u64>,
    /// A label for the key.
    #[arg(long, default_value = "")]
    pub(in crate::cli) label: String,
    /// Create a publishable key (`pk_…`) for web pages, which uses the account of this key.
    #[arg(long, value_name = "KEY", requires = "origin")]
    pub(in crate::cli) publishable: Option<String>,
    /// An origin that the publishable key admits, like `https://example.com`. Repeatable.
    #[arg(long, requires = "publishable", value_parser = parse_origin)]
    pub(in crate::cli) origin: Vec<String>,
    /// How many tokens each visitor of the publishable key may spend.
    #[arg(long, default_value_t = 50, requires = "publishable")]
    pub(in crate::cli) visitor_tokens: u32,
    /// How many new visitors one network address may have in 24 hours; an IPv6 /64 network counts
    /// as one address.
    #[arg(long, default_value_t = 4, requires = "publishable")]
    pub(in crate::cli) address_visitors: u32,
    /// How many tokens all visitors of the publishable key may spend in 24 hours.
    #[arg(long, default_value_t = 2000, requires = "publishable")]
    pub(in crate::cli) day_tokens: u32,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum KeysCommand {
    /// Create a key and print it, and nothing else. It is shown only this time.
    Create(CreateArgs),
    /// List all keys by name, with their balances. The keys themselves are not stored.
    List(ListArgs),
    /// Print a key's balance.
    Balance {
        #[command(flatten)]
        list: ListArgs,
        /// The key's name, or the key itself.
        key: String,
    },
    /// Grant tokens to a key's account.
    Grant {
        #[command(flatten)]
        data: DataArgs,
        /// The key's name, or the key itself.
        key: String,
        /// How many.
        #[arg(long)]
        tokens: u64,
    },
    /// Take back available tokens of a key's account.
    Adjust {
        #[command(flatten)]
        data: DataArgs,
        /// The key's name, or the key itself.
        key: String,
        /// How many; at most what is available.
        #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
        tokens: u64,
        /// The reason. It is recorded in the ledger.
        #[arg(long)]
        reason: Reason,
    },
    /// Rotate a key and print the new one, and nothing else. It is shown only this time.
    Rotate {
        #[command(flatten)]
        data: DataArgs,
        /// The key's name, or the key itself.
        key: String,
        /// For how many hours the old key remains valid.
        #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u32).range(0..=720))]
        overlap_hours: u32,
    },
    /// Limit what a key may do: how much by day and month, which models, until when; and the pages and
    /// visitors of a publishable one. What is not said stays as it is.
    Limit(LimitArgs),
    /// Revoke a key, with its sessions and the publishable keys that use its account.
    Revoke {
        #[command(flatten)]
        data: DataArgs,
        /// The key's name, or the key itself.
        key: String,
    },
}

fn parse_last_day(text: &str) -> Result<LastDay, &'static str> {
    if text == "none" { Ok(LastDay(None)) } else { parse_day(text).map(|day| LastDay(Some(day))) }
}

fn parse_models(text: &str) -> Result<Models, String> {
    if text == "none" {
        return Ok(Models(None));
    }
    let catalog = Catalog::BUILT_IN;
    let ids = text.split(',').map(|words| {
        let id = names::model(&catalog, words.trim());
        if catalog.model(&id).is_some() { Ok(id) } else { Err(not_a_model(words, &catalog)) }
    });
    ids.collect::<Result<_, _>>().map(|ids| Models(Some(ids)))
}

fn not_a_model(words: &str, catalog: &Catalog) -> String {
    let ids: Vec<_> = catalog.models.iter().map(|model| &*model.id).collect();
    format!("there is no model \u{201c}{}\u{201d}; there are: {}", words.trim(), ids.join(", "))
}

fn parse_cap(text: &str) -> Result<Cap, &'static str> {
    if text == "none" {
        return Ok(Cap(None));
    }
    text.parse().map(|tokens| Cap(Some(tokens))).map_err(|_| "a whole number of tokens, or none")
}

fn parse_origin(text: &str) -> Result<String, NotAnOrigin> {
    normalize_origin(text)
}
