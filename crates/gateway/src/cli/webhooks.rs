//! `webhooks`: adds, lists, disables and removes webhooks, and resends messages.

use std::io::Write as _;
use std::process::ExitCode;

use super::arguments::ListArgs;
use super::arguments::webhooks::{AddWebhook, WebhooksCommand};
use super::data_args::DataArgs;
use super::error::CliError;
use super::keys::name;
use super::store::existing;
use super::table::{Column, Table};
use crate::providers::Outbound;
use crate::store::{NewWebhook, Store, StoreError, WebhookInfo};
use crate::webhooks::{new_secret, written};

/// Runs a `webhooks` command.
pub(super) async fn webhooks(command: WebhooksCommand) -> Result<ExitCode, CliError> {
    match command {
        WebhooksCommand::Add(arguments) => add(arguments).await,
        WebhooksCommand::List(arguments) => list(arguments).await,
        WebhooksCommand::Remove { data, name } => {
            let done = async |store: &Store, id| store.remove_webhook(id, name.clone()).await;
            change(&data, &name, "is removed", done).await
        }
        WebhooksCommand::Enable { data, name } => {
            let done = async |store: &Store, id| store.enable_webhook(id, name.clone()).await;
            change(&data, &name, "is sent to again", done).await
        }
        WebhooksCommand::Disable { data, name } => {
            let done = async |store: &Store, id| store.disable_webhook(id).await;
            change(&data, &name, "is sent nothing more", done).await
        }
        WebhooksCommand::Replay { data, name, delivery } => replay(&data, name, delivery).await,
    }
}

async fn add(arguments: AddWebhook) -> Result<ExitCode, CliError> {
    let AddWebhook { data, url, key, events, balance_low_tokens, private } = arguments;
    let host = url::Url::parse(&url).ok().and_then(|url| url.host_str().map(str::to_owned));
    let own = host.filter(|_| private);
    let checked = Outbound::new(own).map_err(|error| error.to_string());
    if let Err(why) = checked.and_then(|outbound| outbound.check(&url).map_err(Into::into)) {
        return Err(CliError::Address(url, why));
    }
    let store = existing(&data).await?;
    let key = match key {
        Some(key) => Some(name(&store, key).await?),
        None => None,
    };
    let secret = new_secret();
    let shown = written(&secret);
    let kinds = (!events.is_empty()).then_some(events);
    let new = NewWebhook { key, url, kinds, balance_low_tokens, secret };
    let made = store.create_webhook(new).await?;
    store.close().await;
    writeln!(std::io::stdout(), "{made}\n{shown}")?;
    Ok(ExitCode::SUCCESS)
}

async fn list(ListArgs { data, json }: ListArgs) -> Result<ExitCode, CliError> {
    let store = existing(&data).await?;
    let webhooks = store.webhooks(None).await?;
    store.close().await;
    match json {
        true => webhooks.iter().try_for_each(write_as_json)?,
        false => table(webhooks).print()?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Changes the webhook with this name, and prints `done` about it.
async fn change(
    data: &DataArgs,
    name: &str,
    done: &str,
    act: impl AsyncFnOnce(&Store, i64) -> Result<(), StoreError>,
) -> Result<ExitCode, CliError> {
    let store = existing(data).await?;
    let id = found(&store, name).await?;
    act(&store, id).await?;
    store.close().await;
    writeln!(std::io::stdout(), "{name} {done}")?;
    Ok(ExitCode::SUCCESS)
}

async fn replay(data: &DataArgs, name: String, delivery: i64) -> Result<ExitCode, CliError> {
    let store = existing(data).await?;
    let id = found(&store, &name).await?;
    let replayed = store.replay_webhook(delivery, id, name.clone()).await?;
    store.close().await;
    if !replayed {
        return Err(CliError::NoDelivery(name, delivery));
    }
    writeln!(std::io::stdout(), "{delivery} is on its way")?;
    Ok(ExitCode::SUCCESS)
}

async fn found(store: &Store, name: &str) -> Result<i64, CliError> {
    let id = store.webhook_id(name, None).await?;
    id.ok_or_else(|| CliError::NoWebhook(name.to_owned()))
}

fn write_as_json(webhook: &WebhookInfo) -> std::io::Result<()> {
    let line = serde_json::json!({
        "name": webhook.name,
        "url": webhook.url,
        "operator": webhook.account_id.is_none(),
        "events": webhook.kinds,
        "balance_low_tokens": webhook.balance_low_tokens,
        "created_at_ms": webhook.created_at_ms,
        "failing_since_ms": webhook.failing_since_ms,
        "disabled_at_ms": webhook.disabled_at_ms,
        "pending": webhook.pending,
    });
    writeln!(std::io::stdout(), "{line}")
}

fn table(webhooks: Vec<WebhookInfo>) -> Table<6> {
    let [name, whose, state, events, address] =
        ["webhook", "whose", "state", "events", "address"].map(Column::Text);
    let mut table = Table::new([name, whose, state, Column::Number("pending"), events, address]);
    for webhook in webhooks {
        let state = match (webhook.disabled_at_ms, webhook.failing_since_ms) {
            (Some(_), _) => "disabled",
            (None, Some(_)) => "failing",
            (None, None) => "good",
        };
        let whose = if webhook.account_id.is_none() { "operator" } else { "account" };
        let events = webhook.kinds.map_or_else(|| "all".into(), |kinds| kinds.join(","));
        let (pending, url) = (webhook.pending.to_string(), webhook.url.escape_debug().to_string());
        table.push([webhook.name, whose.into(), state.into(), pending, events, url]);
    }
    table
}
