//! The arguments of `webhooks`.

use ai_now_protocol::WebhookKind;
use clap::Subcommand;

use super::common::ListArgs;
use crate::cli::data_args::DataArgs;

/// A webhook to be added.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct AddWebhook {
    #[command(flatten)]
    pub data: DataArgs,
    /// Where messages are sent: a public address that begins with https://.
    pub url: String,
    /// Send the events of this key's account. [default: those of all accounts, and of providers]
    #[arg(long)]
    pub key: Option<String>,
    /// Send only this kind of event, like generation.completed. Repeatable. [default: all]
    #[arg(long = "event", value_name = "EVENT", value_parser = parse_event)]
    pub events: Vec<WebhookKind>,
    /// Send an event when a balance falls below this many tokens.
    #[arg(long, default_value_t = 100)]
    pub balance_low_tokens: u32,
    /// The host is at a private address; `webhook_private_hosts` in the settings must name it. For the
    /// operator's webhooks alone.
    #[arg(long, conflicts_with = "key")]
    pub private: bool,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum WebhooksCommand {
    /// Add a webhook and print its name and its secret. The secret is shown only this time.
    Add(AddWebhook),
    /// List all webhooks.
    List(ListArgs),
    /// Remove a webhook, with its pending messages.
    Remove {
        #[command(flatten)]
        data: DataArgs,
        /// The webhook's name.
        name: String,
    },
    /// Resume sending to a webhook that was given up or disabled.
    Enable {
        #[command(flatten)]
        data: DataArgs,
        /// The webhook's name.
        name: String,
    },
    /// Stop sending to a webhook until it is enabled; pending messages wait.
    Disable {
        #[command(flatten)]
        data: DataArgs,
        /// The webhook's name.
        name: String,
    },
    /// Send a message to a webhook again.
    Replay {
        #[command(flatten)]
        data: DataArgs,
        /// The webhook's name.
        name: String,
        /// The delivery's number, from the API's list.
        delivery: i64,
    },
}

fn parse_event(text: &str) -> Result<WebhookKind, String> {
    WebhookKind::named(text).ok_or_else(|| {
        format!("it is one of: {}", WebhookKind::ALL.map(WebhookKind::name).join(", "))
    })
}
