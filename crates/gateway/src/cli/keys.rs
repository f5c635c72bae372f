//! `keys`: made, listed, granted tokens, revoked.

use std::io::Write as _;
use std::process::ExitCode;

use ai_now_protocol::api::Balance;

use super::arguments::{Cap, CreateArgs, KeysCommand, LastDay, LimitArgs};
use super::error::CliError;
use super::store::{existing, make};
use crate::clock::{DAY_MS, date_of, day_of};
use crate::secret;
use crate::store::{
    KeyChange, KeyInfo, KeyKind, KeyLimits, NewKey, Publishable, Store, StoreError,
};

/// Does what a `keys` command says.
pub(super) async fn keys(command: KeysCommand) -> Result<ExitCode, CliError> {
    match command {
        KeysCommand::Create(arguments) => {
            let key = create(arguments).await?;
            writeln!(std::io::stdout(), "{key}")?;
        }
        KeysCommand::List { data } => {
            let store = existing(&data.data).await?;
            for (key, balance) in store.keys().await? {
                write_key(&key, balance)?;
            }
            store.close().await;
        }
        KeysCommand::Balance { data, key } => {
            let store = existing(&data.data).await?;
            let name = name(&store, key).await?;
            let account = store.key_by_name(&name).await?.account_id;
            let balance = store.balance(account).await?;
            store.close().await;
            write_balance(balance)?;
        }
        KeysCommand::Grant { data, key, tokens } => {
            let store = existing(&data.data).await?;
            let name = name(&store, key).await?;
            let balance = store.grant(&name, tokens).await?;
            store.close().await;
            write_balance(balance)?;
        }
        KeysCommand::Limit(arguments) => limit(arguments).await?,
        KeysCommand::Revoke { data, key } => {
            let store = existing(&data.data).await?;
            let name = name(&store, key).await?;
            store.revoke_key(&name).await?;
            store.close().await;
            writeln!(std::io::stdout(), "{name} is revoked")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Changes a key's limits, and says what they are now.
async fn limit(arguments: LimitArgs) -> Result<(), CliError> {
    let store = existing(&arguments.data.data).await?;
    let name = name(&store, arguments.key).await?;
    let models = arguments.models.map(|list| {
        let ids = list.split(',').map(|id| id.trim().to_owned());
        (list != "none").then(|| ids.collect::<Vec<_>>())
    });
    let change = KeyChange {
        label: None,
        expires_at_ms: arguments.last_day.map(|LastDay(day)| day.map(|day| (day + 1) * DAY_MS)),
        models,
        day_cap_tokens: arguments.day_tokens.map(|Cap(tokens)| tokens),
        month_cap_tokens: arguments.month_tokens.map(|Cap(tokens)| tokens),
    };
    store.change_key(&name, change).await?;
    let KeyLimits { expires_at_ms, models, day_cap_tokens, month_cap_tokens } =
        store.key_by_name(&name).await?.limits;
    store.close().await;
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
    Ok(())
}

/// Makes a key and returns it.
async fn create(arguments: CreateArgs) -> Result<String, CliError> {
    let store = make(&arguments.data.data).await?;
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

fn write_key(key: &KeyInfo, balance: Balance) -> std::io::Result<()> {
    let kind = if key.kind == KeyKind::Secret { "secret" } else { "publishable" };
    let revoked = if key.revoked_at_ms.is_some() { "revoked" } else { "good" };
    let (name, label) = (&key.name, key.label.escape_debug());
    let Balance { available, held, spent, granted } = balance;
    writeln!(
        std::io::stdout(),
        "{name}\t{kind}\t{revoked}\tavailable {available}\theld {held}\tspent {spent}\tgranted \
         {granted}\t{label}",
    )
}

/// A key's name, out of the name or the key itself.
pub(super) async fn name(store: &Store, key: String) -> Result<String, StoreError> {
    if secret::Kind::of(&key).is_none() {
        return Ok(key);
    }
    // Not said back: it may be the real one, mistyped.
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
