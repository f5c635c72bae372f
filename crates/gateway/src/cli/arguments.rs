//! The arguments of each command.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::path::PathBuf;

use ai_now_protocol::Scalar;
use clap::{Args, Parser, Subcommand, ValueEnum};

use super::try_out::option::parse_option;
use crate::clock::parse_date;
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
    /// Makes, lists and revokes administrators, who steer the gateway over the API.
    Admins {
        #[command(subcommand)]
        command: AdminsCommand,
    },
    /// Makes something from the terminal, at this gateway or any server of the documented API, and
    /// prints the file's name.
    ///
    /// For example: ai-now-gateway try "a lake at dawn" --model pika --style watercolor --out lake.mp4
    Try(TryArgs),
    /// Tells what generations came to, by day (UTC), key, model, provider and outcome.
    Usage(UsageArgs),
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
pub(super) struct TryArgs {
    /// What to make, in any language.
    pub(super) prompt: String,
    /// The model, as people write it: suno, Pika, …
    #[arg(long, default_value = "suno")]
    pub(super) model: String,
    /// One of the model's styles, as people write it: watercolor, "black & white", …
    #[arg(long)]
    pub(super) style: Option<String>,
    /// Another option of the model, like seed=7 or lyrics="…". Repeatable.
    #[arg(long, value_name = "NAME=VALUE", value_parser = parse_option)]
    pub(super) option: Vec<(Cow<'static, str>, Scalar)>,
    /// Write the result here. [default: its own name, in this directory]
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    /// The server.
    #[arg(
        long,
        value_name = "URL",
        default_value = "http://127.0.0.1:8787",
        env = "AI_NOW_SERVER"
    )]
    pub(super) server: String,
    /// An API key of the server.
    #[arg(long, env = "AI_NOW_KEY", hide_env_values = true)]
    pub(super) key: Option<String>,
    /// Tell the file, its size and its address as JSON.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct UsageArgs {
    #[command(flatten)]
    pub(super) data: DataArgs,
    /// The first day (UTC), like 2026-01-31. [default: 30 days before the last]
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub(super) from: Option<u64>,
    /// The last day (UTC). [default: today]
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub(super) to: Option<u64>,
    /// As CSV, with a line of column names.
    #[arg(long, conflicts_with = "json")]
    pub(super) csv: bool,
    /// As JSON, one object a line.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(super) struct LimitArgs {
    #[command(flatten)]
    pub(super) data: DataArgs,
    /// The key's name, or the key itself.
    pub(super) key: String,
    /// What it may use in a calendar day (UTC), in tokens, or `none`.
    #[arg(long, value_name = "TOKENS", value_parser = parse_cap)]
    pub(super) day_tokens: Option<Cap>,
    /// What it may use in a calendar month (UTC), in tokens, or `none`.
    #[arg(long, value_name = "TOKENS", value_parser = parse_cap)]
    pub(super) month_tokens: Option<Cap>,
    /// The ids of the models that it is for, with commas between them, or `none` for all models.
    #[arg(long, value_name = "MODELS")]
    pub(super) models: Option<String>,
    /// The last day (UTC) on which it is good, like 2026-01-31, or `none`.
    #[arg(long, value_name = "DAY", value_parser = parse_last_day)]
    pub(super) last_day: Option<LastDay>,
}

/// A number of tokens, or no limit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cap(pub(super) Option<u32>);

/// A day (UTC), in days since 1970, or no limit.
#[derive(Clone, Copy, Debug)]
pub(super) struct LastDay(pub(super) Option<u64>);

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
pub(super) enum AdminsCommand {
    /// Makes an administrator and prints their key, alone. It is shown this one time.
    Create {
        #[command(flatten)]
        data: DataArgs,
        /// What the activity log calls them: 1 to 64 letters, digits, dots, dashes, underscores, @.
        #[arg(long, value_parser = parse_admin_name)]
        name: String,
        /// A viewer looks at everything; an admin changes things, too.
        #[arg(long, value_enum, default_value_t = RoleArg::Admin)]
        role: RoleArg,
    },
    /// Lists all administrators. Their keys are kept nowhere.
    List {
        #[command(flatten)]
        data: DataArgs,
    },
    /// Makes an administrator's key useless.
    Revoke {
        #[command(flatten)]
        data: DataArgs,
        /// The administrator's name.
        #[arg(long)]
        name: String,
    },
}

/// What an administrator may do.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum RoleArg {
    Viewer,
    Admin,
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
    /// Limits what a key may do: how much by day and month, which models, until when. What is not
    /// said stays as it is.
    Limit(LimitArgs),
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

fn parse_day(text: &str) -> Result<u64, &'static str> {
    parse_date(text).ok_or("a day is written like 2026-01-31")
}

fn parse_last_day(text: &str) -> Result<LastDay, &'static str> {
    if text == "none" { Ok(LastDay(None)) } else { parse_day(text).map(|day| LastDay(Some(day))) }
}

fn parse_cap(text: &str) -> Result<Cap, &'static str> {
    if text == "none" {
        return Ok(Cap(None));
    }
    text.parse().map(|tokens| Cap(Some(tokens))).map_err(|_| "a whole number of tokens, or none")
}

fn parse_admin_name(text: &str) -> Result<String, &'static str> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'@');
    if (1..=64).contains(&text.len()) && text.bytes().all(plain) {
        return Ok(text.to_owned());
    }
    Err("a name has 1 to 64 of: letters a to z, digits, dots, dashes, underscores, @")
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
