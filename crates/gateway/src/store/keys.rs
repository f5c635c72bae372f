//! API keys: created, listed, found by their hash, granted tokens, revoked.

use ai_now_protocol::api::Balance;
use serde_json::{Value, json};

use super::activity::{Change, record};
use super::database::{Store, signed, unsigned};
use super::engine::{self, Column, Connection, Fault, columns, query};
use super::key_limits::{KeyLimits, LimitsRow, used_tokens};
use super::key_pages::Publishable;
use super::{ledger, locks, sql};
use crate::clock::now_ms;
use crate::domain::StoreError;
use crate::secret::{self, Hash};

/// The kind of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// Secret: the whole API. It stays on a server.
    Secret,
    /// Publishable: opens visitor sessions for pages of its origins, and nothing else.
    Publishable,
}

/// A key, as its owner or an administrator sees it.
#[derive(Clone, Debug)]
pub struct KeyInfo {
    /// Its row.
    pub id: i64,
    /// Its name. It grants no access.
    pub name: String,
    /// Its kind.
    pub kind: KeyKind,
    /// The account that pays.
    pub account_id: i64,
    /// The operator's label for it.
    pub label: String,
    /// When it was created, in milliseconds since 1970.
    pub created_at_ms: u64,
    /// When it was revoked.
    pub revoked_at_ms: Option<u64>,
    /// Until when the key before the last rotation remains valid, if it was rotated.
    pub old_key_until_ms: Option<u64>,
    /// Its own limits.
    pub limits: KeyLimits,
    /// The limits of its visitors, for a publishable key.
    pub publishable: Option<Publishable>,
}

impl KeyInfo {
    /// Whether it has expired.
    pub fn is_expired(&self) -> bool {
        self.limits.expires_at_ms.is_some_and(|expires| expires <= now_ms())
    }
}

/// A key to be made.
#[derive(Clone, Debug)]
pub enum NewKey {
    /// A secret key with an account of its own and this many tokens.
    Secret {
        /// Granted at once.
        tokens: u64,
    },
    /// A publishable key that draws on the account of a secret key.
    Publishable {
        /// The secret key's name.
        owner: String,
        /// The exact origins of its pages.
        origins: Vec<String>,
        /// Its limits.
        limits: Publishable,
    },
}

impl NewKey {
    /// Its entry for the activity log.
    fn described(&self, label: &str) -> Value {
        match self {
            Self::Secret { tokens } => json!({"label": label, "tokens": tokens}),
            Self::Publishable { owner, origins, limits } => json!({
                "label": label,
                "owner": owner,
                "origins": origins,
                "visitor_budget": limits.visitor_budget,
                "visitors_per_address": limits.visitors_per_address,
                "tokens_per_day": limits.tokens_per_day,
            }),
        }
    }
}

/// A key's row.
struct KeyRow {
    id: i64,
    name: String,
    kind: KeyKind,
    account_id: i64,
    label: String,
    created_at_ms: u64,
    revoked_at_ms: Option<i64>,
    visitor_budget: Option<u32>,
    visitors_per_address: Option<u32>,
    tokens_per_day: Option<u32>,
    old_hash_until_ms: Option<i64>,
    limits: LimitsRow,
}

columns!(KeyRow {
    id, name, kind, account_id, label, created_at_ms, revoked_at_ms, visitor_budget,
    visitors_per_address, tokens_per_day, old_hash_until_ms,
} { limits });

/// The name of a kind of key, in the table.
impl Column for KeyKind {
    fn from_value(value: engine::Value) -> Result<Self, Fault> {
        // The table's constraint admits no third name.
        let is_secret = String::from_value(value)? == "secret";
        Ok(if is_secret { Self::Secret } else { Self::Publishable })
    }
}

impl From<KeyRow> for KeyInfo {
    fn from(row: KeyRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            kind: row.kind,
            account_id: row.account_id,
            label: row.label,
            created_at_ms: row.created_at_ms,
            revoked_at_ms: row.revoked_at_ms.map(unsigned),
            old_key_until_ms: row.old_hash_until_ms.map(unsigned),
            limits: row.limits.into(),
            publishable: row.visitor_budget.map(|visitor_budget| Publishable {
                visitor_budget,
                visitors_per_address: row.visitors_per_address.unwrap_or(0),
                tokens_per_day: row.tokens_per_day.unwrap_or(0),
            }),
        }
    }
}

impl Store {
    /// Creates a key and returns it: the only time that anyone sees it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn create_key(&self, new: NewKey, label: String) -> Result<String, StoreError> {
        let kind = match &new {
            NewKey::Secret { .. } => secret::Kind::Secret,
            NewKey::Publishable { .. } => secret::Kind::Publishable,
        };
        let key = secret::token(kind);
        let (hash, actor) = (secret::hash(&key), self.actor.clone());
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let name = insert_key(connection, &new, &label, hash).await?;
                    let (before, after) = (Value::Null, new.described(&label));
                    let change = Change { action: "key.create", subject: &name, before, after };
                    record(connection, &actor, change).await
                })
            })
            .await?;
        Ok(key)
    }

    /// The key with this secret, unless it is unknown, revoked or expired.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn key_by_secret(&self, presented: &str) -> Result<Option<KeyInfo>, StoreError> {
        let hash = secret::hash(presented);
        let row: Option<KeyRow> = query(sql::KEY_BY_HASH)
            .bind(hash.as_slice())
            .bind(signed(now_ms()))
            .fetch_optional(&self.reader)
            .await?;
        // The index finds it by the hash of 256 random bits: its timing tells an attacker nothing.
        Ok(row.map(KeyInfo::from).filter(|key| key.revoked_at_ms.is_none() && !key.is_expired()))
    }

    /// The key with this name.
    ///
    /// # Errors
    /// [`StoreError::NoSuchKey`], and others.
    pub async fn key_by_name(&self, name: &str) -> Result<KeyInfo, StoreError> {
        let row: Option<KeyRow> =
            query(sql::KEY_BY_NAME).bind(name).fetch_optional(&self.reader).await?;
        row.map(KeyInfo::from).ok_or_else(|| StoreError::NoSuchKey(name.to_owned()))
    }

    /// All keys in the order of their creation, with their accounts' tokens.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keys(&self) -> Result<Vec<(KeyInfo, Balance)>, StoreError> {
        self.reader
            .read(|connection| {
                Box::pin(async move {
                    let rows: Vec<KeyRow> =
                        query(sql::ALL_KEYS).fetch_all(&mut *connection).await?;
                    let mut keys = Vec::with_capacity(rows.len());
                    for key in rows.into_iter().map(KeyInfo::from) {
                        let balance = ledger::balance(connection, key.account_id).await?;
                        keys.push((key, balance));
                    }
                    Ok(keys)
                })
            })
            .await
    }

    /// Up to `limit` keys before this row, the newest first, whose name or label contains a text.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keys_before(
        &self,
        id: i64,
        search: &str,
        limit: u32,
    ) -> Result<Vec<KeyDetails>, StoreError> {
        let before = query(sql::KEYS_BEFORE).bind(id).bind(search).bind(limit);
        self.reader
            .read(move |connection| {
                Box::pin(async move {
                    let rows: Vec<KeyRow> = before.fetch_all(&mut *connection).await?;
                    let mut keys = Vec::with_capacity(rows.len());
                    for key in rows.into_iter().map(KeyInfo::from) {
                        keys.push(key_details(connection, key).await?);
                    }
                    Ok(keys)
                })
            })
            .await
    }

    /// A key with its details.
    ///
    /// # Errors
    /// [`StoreError::NoSuchKey`], and others.
    pub async fn key_details_of(&self, name: &str) -> Result<KeyDetails, StoreError> {
        let key = self.key_by_name(name).await?;
        self.reader.read(move |connection| Box::pin(key_details(connection, key))).await
    }

    /// Grants tokens to a key's account, and returns its balance after that.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn grant(&self, name: &str, tokens: u64) -> Result<Balance, StoreError> {
        let KeyInfo { account_id, name, .. } = self.key_by_name(name).await?;
        let actor = self.actor.clone();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    locks::account(connection, account_id).await?;
                    let before = ledger::balance(connection, account_id).await?;
                    ledger::grant(connection, account_id, tokens).await?;
                    let balance = ledger::balance(connection, account_id).await?;
                    let change = Change {
                        action: "key.grant",
                        subject: &name,
                        before: json!({"granted": before.granted}),
                        after: json!({"granted": balance.granted}),
                    };
                    record(connection, &actor, change).await?;
                    Ok(balance)
                })
            })
            .await
    }

    /// Revokes a key, and with it its sessions and the publishable keys of its account. Active
    /// generations go on. Revoking it again changes nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn revoke_key(&self, name: &str) -> Result<(), StoreError> {
        let key = self.key_by_name(name).await?;
        let actor = self.actor.clone();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    locks::account(connection, key.account_id).await?;
                    let whole_account = key.kind == KeyKind::Secret;
                    let now = signed(now_ms());
                    let revoked = query(sql::REVOKE_KEY)
                        .bind(now)
                        .bind(key.id)
                        .bind(whole_account)
                        .bind(key.account_id)
                        .execute(&mut *connection)
                        .await?;
                    if revoked == 0 {
                        return Ok(());
                    }
                    let (subject, before) = (key.name.as_str(), Value::Null);
                    let after = json!({"revoked_at_ms": now, "keys": revoked});
                    let change = Change { action: "key.revoke", subject, before, after };
                    record(connection, &actor, change).await
                })
            })
            .await
    }

    /// Whether any valid publishable key admits pages of this origin.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn origin_has_key(&self, origin: &str) -> Result<bool, StoreError> {
        let found: Option<i64> =
            query(sql::ORIGIN_HAS_KEY).bind(origin).fetch_optional(&self.reader).await?;
        Ok(found.is_some())
    }

    /// Whether this publishable key admits pages of this origin.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn key_allows_origin(&self, key_id: i64, origin: &str) -> Result<bool, StoreError> {
        let found: Option<i64> = query(sql::KEY_ALLOWS_ORIGIN)
            .bind(key_id)
            .bind(origin)
            .fetch_optional(&self.reader)
            .await?;
        Ok(found.is_some())
    }
}

/// A key with its account's tokens, and its origins.
#[derive(Clone, Debug)]
pub struct KeyDetails {
    /// The key.
    pub key: KeyInfo,
    /// Its account's tokens.
    pub balance: Balance,
    /// The origins that a publishable key admits.
    pub origins: Vec<String>,
    /// What it has used today and this month (UTC), in tokens.
    pub used: (u64, u64),
}

async fn key_details(connection: &mut Connection, key: KeyInfo) -> Result<KeyDetails, StoreError> {
    let balance = ledger::balance(connection, key.account_id).await?;
    let origins = query(sql::KEY_ORIGINS).bind(key.id).fetch_all(&mut *connection).await?;
    let used = used_tokens(connection, key.id).await?;
    Ok(KeyDetails { key, balance, origins, used })
}

/// Creates the key, and returns its name.
async fn insert_key(
    connection: &mut Connection,
    new: &NewKey,
    label: &str,
    hash: Hash,
) -> Result<String, StoreError> {
    let (account_id, kind, limits) = match new {
        NewKey::Secret { .. } => {
            (query(sql::INSERT_ACCOUNT).fetch_one(&mut *connection).await?, "secret", None)
        }
        NewKey::Publishable { owner, limits, .. } => {
            // Locked: if the secret key were revoked meanwhile, the revocation would miss this key.
            locks::account_of_key_named(connection, owner).await?;
            let account: Option<i64> = query(sql::ACCOUNT_OF_SECRET_KEY)
                .bind(owner)
                .fetch_optional(&mut *connection)
                .await?;
            let account = account.ok_or_else(|| StoreError::NoSuchKey(owner.clone()))?;
            (account, "publishable", Some(limits))
        }
    };
    let name = format!("key-{}", &secret::name()[..8]);
    let key_id: i64 = query(sql::INSERT_KEY)
        .bind(&name)
        .bind(hash.as_slice())
        .bind(kind)
        .bind(account_id)
        .bind(label)
        .bind(signed(now_ms()))
        .bind(limits.map(|limits| limits.visitor_budget))
        .bind(limits.map(|limits| limits.visitors_per_address))
        .bind(limits.map(|limits| limits.tokens_per_day))
        .fetch_one(&mut *connection)
        .await?;
    match new {
        NewKey::Secret { tokens } => ledger::grant(connection, account_id, *tokens).await?,
        NewKey::Publishable { origins, .. } => {
            for origin in origins {
                query(sql::INSERT_KEY_ORIGIN)
                    .bind(key_id)
                    .bind(origin)
                    .execute(&mut *connection)
                    .await?;
            }
        }
    }
    Ok(name)
}
