//! The arguments of each command.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::config::{Config, ConfigError, Flags, NotAnOrigin, normalize_origin};

/// The AI-Now gateway: music, pictures and video from a sentence.
#[derive(Debug, Parser)]
#[command(name = "ai-now-gateway", version)]
pub struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Runs the gateway. The first line on standard output is `listening on http://ADDR:PORT`.
    Serve {
        #[command(flatten)]
        settings: SettingsArgs,
        /// Serve this built widget at `/`.
        #[arg(long, value_name = "DIR")]
        web: Option<PathBuf>,
        /// Let pages of this gateway's own address generate without a key, on a key of its own
        /// with 1000 tokens.
        #[arg(long)]
        demo: bool,
    },
    /// Makes, lists, grants to and revokes API keys. Works while the gateway runs.
    Keys {
        #[command(subcommand)]
        command: KeysCommand,
    },
    /// Lists and ends the visitors of a key. Works while the gateway runs.
    Visitors {
        #[command(subcommand)]
        command: VisitorsCommand,
    },
    /// Proves that no token and no result was lost. Exits with 1 and the reasons where one was.
    Audit {
        #[command(flatten)]
        data: DataArgs,
    },
    /// Looks at the providers.
    Providers {
        #[command(subcommand)]
        command: ProvidersCommand,
    },
    /// Looks at the settings.
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
}

#[derive(Debug, Args)]
pub(super) struct SettingsArgs {
    /// Read settings from this file (TOML). The environment (`AI_NOW_…`) and these options beat it.
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Listen here; port 0 takes any that is free. [default: 127.0.0.1:8787]
    #[arg(long, value_name = "ADDR:PORT")]
    pub(super) listen: Option<SocketAddr>,
    /// Keep records and media here. [default: data]
    #[arg(long, value_name = "DIR")]
    pub(super) data: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct DataArgs {
    /// Where records and media are kept.
    #[arg(long, value_name = "DIR", default_value = "data", env = "AI_NOW_DATA")]
    pub(super) data: PathBuf,
}

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Checks the settings, and tells what is wrong with them or that they are good.
    Check {
        #[command(flatten)]
        settings: SettingsArgs,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum ProvidersCommand {
    /// Tells which providers are configured, whether their keys are there, and whether they
    /// answer. It spends nothing. Exits with 1 where one can't be used.
    Check {
        #[command(flatten)]
        settings: SettingsArgs,
    },
    /// Tells what the jobs at each provider cost, by model, as far as the settings and the providers
    /// say: provider, model, jobs, sum, how many jobs the provider's own word counts for.
    Costs {
        #[command(flatten)]
        data: DataArgs,
        /// Only the jobs of the last so many days.
        #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=36_500))]
        days: u32,
    },
}

#[derive(Debug, Args)]
pub(super) struct CreateArgs {
    #[command(flatten)]
    pub(super) data: DataArgs,
    /// Grant this many tokens to the key's new account.
    #[arg(long, required_unless_present = "publishable", conflicts_with = "publishable")]
    pub(super) tokens: Option<u64>,
    /// Words of yours about the key.
    #[arg(long, default_value = "")]
    pub(super) label: String,
    /// Make a publishable key (`pk_…`) for web pages, which draws on the account of this key.
    #[arg(long, value_name = "KEY", requires = "origin")]
    pub(super) publishable: Option<String>,
    /// An origin that the publishable key is for, like `https://example.com`. Repeatable.
    #[arg(long, requires = "publishable", value_parser = parse_origin)]
    pub(super) origin: Vec<String>,
    /// What each visitor of the publishable key may spend, in tokens.
    #[arg(long, default_value_t = 50, requires = "publishable")]
    pub(super) visitor_tokens: u32,
    /// How many new visitors may come from one network address in 24 hours; an IPv6 /64 is one.
    #[arg(long, default_value_t = 4, requires = "publishable")]
    pub(super) address_visitors: u32,
    /// What all visitors of the publishable key may spend in 24 hours, in tokens.
    #[arg(long, default_value_t = 2000, requires = "publishable")]
    pub(super) day_tokens: u32,
}

#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// Makes a key and prints it, alone. It is shown this one time.
    Create(CreateArgs),
    /// Lists all keys by name, with their balances. The keys themselves are kept nowhere.
    List {
        #[command(flatten)]
        data: DataArgs,
    },
    /// Prints a key's balance.
    Balance {
        #[command(flatten)]
        data: DataArgs,
        /// The key's name, or the key itself.
        key: String,
    },
    /// Grants tokens to a key's account.
    Grant {
        #[command(flatten)]
        data: DataArgs,
        /// The key's name, or the key itself.
        key: String,
        /// How many.
        #[arg(long)]
        tokens: u64,
    },
    /// Makes a key useless, with its sessions and the publishable keys that draw on it.
    Revoke {
        #[command(flatten)]
        data: DataArgs,
        /// The key's name, or the key itself.
        key: String,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum VisitorsCommand {
    /// Lists the visitors of a key's account, the newest first.
    List {
        #[command(flatten)]
        data: DataArgs,
        /// The key's name, or the key itself.
        key: String,
        /// How many at most.
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
    /// Ends a visitor: none of their sessions is good any more, and no address of an event stream.
    End {
        #[command(flatten)]
        data: DataArgs,
        /// The key's name, or the key itself.
        key: String,
        /// The visitor, as `visitors list` shows them.
        subject: String,
    },
}

fn parse_origin(text: &str) -> Result<String, NotAnOrigin> {
    normalize_origin(text)
}

impl SettingsArgs {
    /// The settings that the file, the environment and these options say.
    pub(super) fn load(self, web: Option<PathBuf>, demo: bool) -> Result<Config, ConfigError> {
        let flags = Flags { listen: self.listen, data: self.data, web, demo };
        Config::load(self.config.as_deref(), std::env::vars_os(), flags)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One address alone must not use up what a page may spend in a day.
    #[test]
    fn one_address_is_a_small_part_of_a_publishable_keys_day() {
        let words = [
            "ai-now-gateway",
            "keys",
            "create",
            "--publishable",
            "key-a",
            "--origin",
            "https://a.example",
        ];
        let Command::Keys { command: KeysCommand::Create(key) } = Cli::parse_from(words).command
        else {
            panic!("another command");
        };
        assert!(key.visitor_tokens * key.address_visitors * 10 <= key.day_tokens, "{key:?}");
    }
}
