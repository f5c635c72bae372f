//! The arguments of each command.

mod common;
pub(super) mod keys;
pub(super) mod webhooks;

use std::borrow::Cow;
use std::net::SocketAddr;
use std::path::PathBuf;

use ai_now_protocol::Scalar;
use clap::{Args, Parser, Subcommand, ValueEnum};

pub(super) use self::common::ListArgs;
use self::common::parse_day;
use self::keys::KeysCommand;
use self::webhooks::WebhooksCommand;
use super::data_args::DataArgs;
use super::migrate::MigrateArgs;
use super::try_out::option::parse_option;
use crate::config::{Config, ConfigError, Flags};
use crate::domain::{DatabaseUrl, Reason};

/// The AI-Now gateway: music, pictures and video from a sentence.
#[derive(Debug, Parser)]
#[command(name = "ai-now-gateway", version)]
pub struct Cli {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run the gateway. The first line on standard output is `listening on http://ADDR:PORT`.
    Serve {
        #[command(flatten)]
        settings: SettingsArgs,
        /// Serve this built widget at `/`.
        #[arg(long, value_name = "DIR")]
        web: Option<PathBuf>,
        /// Let pages of this gateway's own address generate without a key, using a demo key with
        /// 1000 tokens.
        #[arg(long)]
        demo: bool,
    },
    /// Create, list, fund, limit and revoke API keys. Works while the gateway runs.
    Keys {
        #[command(subcommand)]
        command: KeysCommand,
    },
    /// Refund generations. Works while the gateway runs.
    Generations {
        #[command(subcommand)]
        command: GenerationsCommand,
    },
    /// List and end the visitors of a key. Works while the gateway runs.
    Visitors {
        #[command(subcommand)]
        command: VisitorsCommand,
    },
    /// Send events to other services, by Standard Webhooks. Works while the gateway runs.
    Webhooks {
        #[command(subcommand)]
        command: WebhooksCommand,
    },
    /// Create, list and revoke administrators, who manage the gateway over the API.
    Admins {
        #[command(subcommand)]
        command: AdminsCommand,
    },
    /// Make something from the terminal, at this gateway or any server of the documented API, and
    /// print the file's name.
    ///
    /// For example: ai-now-gateway try "a lake at dawn" --model pika --style watercolor --out lake.mp4
    Try(TryArgs),
    /// Show the usage by day (UTC), key, model, provider and outcome.
    Usage(UsageArgs),
    /// Check that no token and no result was lost. Exits with 1 and the reasons if one was.
    Audit {
        #[command(flatten)]
        settings: SettingsArgs,
    },
    /// Move the records of a data directory to an empty database of a PostgreSQL server, and verify
    /// the copy. The gateway must not run meanwhile.
    Migrate(MigrateArgs),
    /// Check the providers, or show what they cost.
    Providers {
        #[command(subcommand)]
        command: ProvidersCommand,
    },
    /// Check the settings.
    Config {
        #[command(subcommand)]
        command: ConfigCommand,
    },
    /// Print the completions of these commands for a shell.
    ///
    /// For example: ai-now-gateway completions bash > /etc/bash_completion.d/ai-now-gateway
    Completions {
        /// The shell.
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write one for each command into a directory.
    ///
    /// For example: ai-now-gateway man | man -l -
    Man {
        /// Write the pages of all commands here, such as /usr/local/share/man/man1.
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(super) struct SettingsArgs {
    /// Read settings from this file (TOML). Environment variables (`AI_NOW_…`) and these options
    /// take precedence.
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Listen here; port 0 takes any free port. [default: 127.0.0.1:8787]
    #[arg(long, value_name = "ADDR:PORT")]
    pub(super) listen: Option<SocketAddr>,
    /// Keep records and media here. [default: data]
    #[arg(long, value_name = "DIR")]
    pub(super) data: Option<PathBuf>,
    /// Keep records on this PostgreSQL server, instead of in a file.
    #[arg(long, value_name = "URL")]
    pub(super) store: Option<DatabaseUrl>,
}

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Check the settings, and report what is wrong with them.
    Check {
        #[command(flatten)]
        settings: SettingsArgs,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum ProvidersCommand {
    /// Report which providers are configured, whether their keys exist, and whether they answer. It
    /// spends nothing. Exits with 1 if one can't be used.
    Check {
        #[command(flatten)]
        settings: SettingsArgs,
        /// Print JSON, one object per line.
        #[arg(long)]
        json: bool,
    },
    /// Show what the jobs at each provider cost, by model, as far as it is known: provider, model,
    /// jobs, sum, and for how many jobs the provider reported the cost.
    Costs {
        #[command(flatten)]
        list: ListArgs,
        /// Only the jobs of the last so many days.
        #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=36_500))]
        days: u32,
    },
}

/// The server that `try` asks where nobody says.
pub(super) const DEFAULT_SERVER: &str = "http://127.0.0.1:8787";

#[derive(Debug, Args)]
pub(super) struct TryArgs {
    /// What to make, in any language.
    pub(super) prompt: String,
    /// The model's name, in any spelling: suno, Pika, …
    #[arg(long, default_value = "suno")]
    pub(super) model: String,
    /// One of the model's styles, in any spelling: watercolor, "black & white", …
    #[arg(long)]
    pub(super) style: Option<String>,
    /// Another option of the model, like seed=7 or lyrics="…". Repeatable.
    #[arg(long, value_name = "NAME=VALUE", value_parser = parse_option)]
    pub(super) option: Vec<(Cow<'static, str>, Scalar)>,
    /// Write the result here. [default: its own name, in this directory]
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    /// The server.
    #[arg(long, value_name = "URL", default_value = DEFAULT_SERVER, env = "AI_NOW_SERVER")]
    pub(super) server: String,
    /// An API key of the server.
    #[arg(long, env = "AI_NOW_KEY", hide_env_values = true)]
    pub(super) key: Option<String>,
    /// Print the file, its size and its address as JSON.
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
    /// Print CSV, with a header line.
    #[arg(long, conflicts_with = "json")]
    pub(super) csv: bool,
    /// Print JSON, one object per line.
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum AdminsCommand {
    /// Create an administrator and print their key, and nothing else. It is shown only this time.
    Create {
        #[command(flatten)]
        data: DataArgs,
        /// The administrator's name: 1 to 64 letters, digits, dots, dashes, underscores, @.
        #[arg(long, value_parser = parse_admin_name)]
        name: String,
        /// A viewer can read everything; an admin can also change things.
        #[arg(long, value_enum, default_value_t = RoleArg::Admin)]
        role: RoleArg,
    },
    /// List all administrators. Their keys are not stored.
    List(ListArgs),
    /// Revoke an administrator's key.
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
pub(super) enum GenerationsCommand {
    /// Refund a generation, once, and print how many tokens were returned. Its result stays.
    Refund {
        #[command(flatten)]
        data: DataArgs,
        /// The generation's id.
        id: String,
        /// How many tokens, if not its whole charge.
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
        tokens: Option<u32>,
        /// The reason. It is recorded in the ledger.
        #[arg(long)]
        reason: Reason,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum VisitorsCommand {
    /// List the visitors of a key's account, the newest first.
    List {
        #[command(flatten)]
        list: ListArgs,
        /// The key's name, or the key itself.
        key: String,
        /// How many at most.
        #[arg(long, default_value_t = 100)]
        limit: u32,
    },
    /// End a visitor's access: all of their sessions and event streams become invalid.
    End {
        #[command(flatten)]
        data: DataArgs,
        /// The key's name, or the key itself.
        key: String,
        /// The visitor's subject, as `visitors list` shows it.
        subject: String,
    },
}

fn parse_admin_name(text: &str) -> Result<String, &'static str> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'@');
    if (1..=64).contains(&text.len()) && text.bytes().all(plain) {
        return Ok(text.to_owned());
    }
    Err("a name has 1 to 64 of: letters a to z, digits, dots, dashes, underscores, @")
}

impl SettingsArgs {
    /// The settings from the file, the environment and these options.
    pub(super) fn load(self, web: Option<PathBuf>, demo: bool) -> Result<Config, ConfigError> {
        let Self { config, listen, data, store } = self;
        let flags = Flags { listen, data, store, web, demo };
        Config::load(config.as_deref(), std::env::vars_os(), flags)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One address alone must not use up the daily tokens of a page.
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
