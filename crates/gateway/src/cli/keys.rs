//! `keys`: made, listed, granted tokens, revoked.

use std::io::Write as _;
use std::process::ExitCode;

use ai_now_protocol::api::Balance;

use super::arguments::{CreateArgs, KeysCommand};
use super::error::CliError;
use super::store::existing;
use crate::metrics::Metrics;
use crate::secret;
use crate::store::{KeyInfo, KeyKind, NewKey, Publishable, Store, StoreError};

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

/// Makes a key and returns it.
async fn create(arguments: CreateArgs) -> Result<String, CliError> {
    let store = Store::open(&arguments.data.data, Metrics::default()).await?;
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
