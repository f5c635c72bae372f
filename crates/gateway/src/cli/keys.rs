//! `keys`: creates, lists, funds, limits and revokes keys.

use std::io::Write as _;
use std::process::ExitCode;

use ai_now_protocol::api::Balance;

use super::arguments::ListArgs;
use super::arguments::keys::{Cap, CreateArgs, KeysCommand, LastDay, LimitArgs, Models};
use super::error::CliError;
use super::store::{existing, make};
use super::table::{Column, Table};
use crate::clock::{DAY_MS, date_of, day_of};
use crate::secret;
use crate::store::{
    KeyChange, KeyDetails, KeyInfo, KeyKind, KeyLimits, NewKey, PagesChange, Publishable, Store,
    StoreError,
};

/// The columns of a list of keys.
const COLUMNS: [Column; 8] = [
    Column::Text("key"),
    Column::Text("kind"),
    Column::Text("state"),
    Column::Number("available"),
    Column::Number("held"),
    Column::Number("spent"),
    Column::Number("granted"),
    Column::Text("label"),
];

/// Runs a `keys` command.
pub(super) async fn keys(command: KeysCommand) -> Result<ExitCode, CliError> {
    match command {
        KeysCommand::Create(arguments) => {
            let key = create(arguments).await?;
            writeln!(std::io::stdout(), "{key}")?;
        }
        KeysCommand::List(arguments) => list(arguments).await?,
        KeysCommand::Balance { list, key } => balance(list, key).await?,
        KeysCommand::Grant { data, key, tokens } => {
            let store = existing(&data).await?;
            let name = name(&store, key).await?;
            let balance = store.grant(&name, tokens).await?;
            store.close().await;
            write_balance(balance)?;
        }
        KeysCommand::Adjust { data, key, tokens, reason } => {
            let store = existing(&data).await?;
            let name = name(&store, key).await?;
            let balance = store.adjust_down(&name, tokens, reason).await?;
            store.close().await;
            write_balance(balance)?;
        }
        KeysCommand::Rotate { data, key, overlap_hours } => {
            let store = existing(&data).await?;
            let name = name(&store, key).await?;
            let key = store.rotate_key(&name, overlap_hours * 3600).await?;
            store.close().await;
            writeln!(std::io::stdout(), "{key}")?;
        }
        KeysCommand::Limit(arguments) => limit(arguments).await?,
        KeysCommand::Revoke { data, key } => {
            let store = existing(&data).await?;
            let name = name(&store, key).await?;
            store.revoke_key(&name).await?;
            store.close().await;
            writeln!(std::io::stdout(), "{name} is revoked")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints all keys with their balances.
async fn list(ListArgs { data, json }: ListArgs) -> Result<(), CliError> {
    let store = existing(&data).await?;
    let mut table = Table::new(COLUMNS);
    for (key, balance) in store.keys().await? {
        match json {
            true => write_key_as_json(&key, balance)?,
            false => table.push(row(&key, balance)),
        }
    }
    store.close().await;
    if !json {
        table.print()?;
    }
    Ok(())
}

/// Prints the balance of a key's account.
async fn balance(ListArgs { data, json }: ListArgs, key: String) -> Result<(), CliError> {
    let store = existing(&data).await?;
    let name = name(&store, key).await?;
    let account = store.key_by_name(&name).await?.account_id;
    let balance = store.balance(account).await?;
    store.close().await;
    if json {
        writeln!(std::io::stdout(), "{}", serde_json::json!(balance))?;
    } else {
        write_balance(balance)?;
    }
    Ok(())
}

/// Changes a key's limits, and prints what they are now.
async fn limit(arguments: LimitArgs) -> Result<(), CliError> {
    let store = existing(&arguments.data).await?;
    let name = name(&store, arguments.key).await?;
    let change = KeyChange {
        label: None,
        expires_at_ms: arguments.last_day.map(|LastDay(day)| day.map(|day| (day + 1) * DAY_MS)),
        models: arguments.models.map(|Models(ids)| ids),
        day_cap_tokens: arguments.day_tokens.map(|Cap(tokens)| tokens),
        month_cap_tokens: arguments.month_tokens.map(|Cap(tokens)| tokens),
        pages: PagesChange {
            origins: (!arguments.origin.is_empty()).then_some(arguments.origin),
            visitor_budget: arguments.visitor_tokens,
            visitors_per_address: arguments.address_visitors,
            tokens_per_day: arguments.all_visitors_tokens,
        },
    };
    store.change_key(&name, change).await?;
    let key = store.key_details_of(&name).await?;
    store.close().await;
    write_limits(key)?;
    Ok(())
}

fn write_limits(KeyDetails { key, origins, .. }: KeyDetails) -> std::io::Result<()> {
    let KeyLimits { expires_at_ms, models, day_cap_tokens, month_cap_tokens } = key.limits;
    let number = |cap: Option<u32>| cap.map_or_else(|| "none".into(), |cap| cap.to_string());
    let models = models.map_or_else(|| "all".into(), |models| models.join(","));
    let last_day = expires_at_ms.map(|ms| date_of(day_of(ms.saturating_sub(1))));
    writeln!(
        std::io::stdout(),
        "day tokens {}\nmonth tokens {}\nmodels {}\nlast day {}",
        number(day_cap_tokens),
        number(month_cap_tokens),
        models.escape_debug(),
        last_day.as_deref().unwrap_or("none"),
    )?;
    let Some(pages) = key.publishable else { return Ok(()) };
    writeln!(
        std::io::stdout(),
        "origins {}\nvisitor tokens {}\naddress visitors {}\nall visitors tokens {}",
        origins.join(","),
        pages.visitor_budget,
        pages.visitors_per_address,
        pages.tokens_per_day,
    )
}

/// Creates a key and returns it.
async fn create(arguments: CreateArgs) -> Result<String, CliError> {
    let store = make(&arguments.data).await?;
    let new = match arguments.publishable {
        None => NewKey::Secret { tokens: arguments.tokens.unwrap_or(0) },
        Some(owner) => NewKey::Publishable {
            owner: name(&store, owner).await?,
            origins: arguments.origin,
            limits: Publishable {
                visitor_budget: arguments.visitor_tokens,
                visitors_per_address: arguments.address_visitors,
                tokens_per_day: arguments.day_tokens,
            },
        },
    };
    let key = store.create_key(new, arguments.label).await?;
    store.close().await;
    Ok(key)
}

fn row(key: &KeyInfo, balance: Balance) -> [String; 8] {
    let kind = if key.kind == KeyKind::Secret { "secret" } else { "publishable" };
    let state = match key.revoked_at_ms {
        Some(_) => "revoked",
        None if key.is_expired() => "expired",
        None => "good",
    };
    let Balance { available, held, spent, granted } = balance;
    let [available, held, spent, granted] =
        [available, held, spent, granted].map(|tokens| tokens.to_string());
    let label = key.label.escape_debug().to_string();
    [key.name.clone(), kind.into(), state.into(), available, held, spent, granted, label]
}

fn write_key_as_json(key: &KeyInfo, balance: Balance) -> std::io::Result<()> {
    let kind = if key.kind == KeyKind::Secret { "secret" } else { "publishable" };
    let line = serde_json::json!({
        "name": key.name,
        "kind": kind,
        "label": key.label,
        "created_at_ms": key.created_at_ms,
        "revoked_at_ms": key.revoked_at_ms,
        "expires_at_ms": key.limits.expires_at_ms,
        "models": key.limits.models,
        "day_cap_tokens": key.limits.day_cap_tokens,
        "month_cap_tokens": key.limits.month_cap_tokens,
        "balance": balance,
    });
    writeln!(std::io::stdout(), "{line}")
}

/// A key's name, from the name or the key itself.
pub(super) async fn name(store: &Store, key: String) -> Result<String, StoreError> {
    if secret::Kind::of(&key).is_none() {
        return Ok(key);
    }
    // Not repeated in the error: it may be a real key, mistyped.
    let key = store.key_by_secret(&key).await?;
    key.map(|key| key.name).ok_or_else(|| StoreError::NoSuchKey("that was given".into()))
}

fn write_balance(balance: Balance) -> std::io::Result<()> {
    let Balance { available, held, spent, granted } = balance;
    writeln!(
        std::io::stdout(),
        "available {available}\nheld {held}\nspent {spent}\ngranted {granted}"
    )
}
