//! API keys: made, listed, found by their hash, granted tokens, revoked.

use ai_now_protocol::api::Balance;
use serde_json::{Value, json};
use sqlx::SqliteConnection;

use super::activity::{Change, record};
use super::database::{Store, signed, unsigned};
use super::key_limits::{KeyLimits, LimitsRow, used_tokens};
use super::{ledger, sql};
use crate::clock::now_ms;
use crate::domain::StoreError;
use crate::secret::{self, Hash};

/// What a key is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// All of the API; to be kept on a server.
    Secret,
    /// Opens visitor sessions for pages of its origins, and nothing else.
    Publishable,
}

/// A key as it is told to people.
#[derive(Clone, Debug)]
pub struct KeyInfo {
    /// Its row.
    pub id: i64,
    /// What people call it by; it opens nothing.
    pub name: String,
    /// What it is good for.
    pub kind: KeyKind,
    /// The account that pays.
    pub account_id: i64,
    /// The operator's words about it.
    pub label: String,
    /// When it was made, in milliseconds since 1970.
    pub created_at_ms: u64,
    /// When it stopped being good.
    pub revoked_at_ms: Option<u64>,
    /// Its own limits.
    pub limits: KeyLimits,
    /// The limits of its visitors, for a publishable key.
    pub publishable: Option<Publishable>,
}

impl KeyInfo {
    /// Whether it is good no more because its time is over.
    pub fn is_expired(&self) -> bool {
        self.limits.expires_at_ms.is_some_and(|expires| expires <= now_ms())
    }
}

/// The limits of a publishable key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publishable {
    /// What one visitor may spend, in tokens.
    pub visitor_budget: u32,
    /// How many new visitors one network address may be within 24 hours.
    pub visitors_per_address: u32,
    /// What all its visitors together may have held and not got back within 24 hours, in tokens.
    pub tokens_per_day: u32,
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
    /// What the activity log says of it.
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

/// A key as it is kept.
#[derive(sqlx::FromRow)]
struct KeyRow {
    id: i64,
    name: String,
    #[sqlx(try_from = "KindName")]
    kind: KeyKind,
    account_id: i64,
    label: String,
    #[sqlx(try_from = "i64")]
    created_at_ms: u64,
    revoked_at_ms: Option<i64>,
    visitor_budget: Option<u32>,
    visitors_per_address: Option<u32>,
    tokens_per_day: Option<u32>,
    hash: Vec<u8>,
    #[sqlx(flatten)]
    limits: LimitsRow,
}

/// The name of a kind of key, in the table.
#[derive(sqlx::Type)]
#[sqlx(transparent)]
pub(super) struct KindName(String);

impl From<KindName> for KeyKind {
    fn from(KindName(name): KindName) -> Self {
        // The table's own check admits no third name.
        if name == "secret" { Self::Secret } else { Self::Publishable }
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
    /// Makes a key and returns it: the only time that anyone sees it.
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

    /// The key that was presented, unless it is unknown, revoked or expired.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn key_by_secret(&self, presented: &str) -> Result<Option<KeyInfo>, StoreError> {
        let hash = secret::hash(presented);
        let row: Option<KeyRow> = sqlx::query_as(sql::KEY_BY_HASH)
            .bind(hash.as_slice())
            .fetch_optional(&self.reader)
            .await?;
        // The index found it by the hash of 256 random bits, which tells an attacker nothing;
        // the comparison that decides takes the same time for all.
        Ok(row
            .filter(|row| secret::same(&row.hash, &hash))
            .map(KeyInfo::from)
            .filter(|key| key.revoked_at_ms.is_none() && !key.is_expired()))
    }

    /// The key that people call by this name.
    ///
    /// # Errors
    /// [`StoreError::NoSuchKey`], and others.
    pub async fn key_by_name(&self, name: &str) -> Result<KeyInfo, StoreError> {
        let row: Option<KeyRow> =
            sqlx::query_as(sql::KEY_BY_NAME).bind(name).fetch_optional(&self.reader).await?;
        row.map(KeyInfo::from).ok_or_else(|| StoreError::NoSuchKey(name.to_owned()))
    }

    /// All keys in the order in which they were made, with what is in their accounts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keys(&self) -> Result<Vec<(KeyInfo, Balance)>, StoreError> {
        let mut connection = self.reader.acquire().await?;
        let rows: Vec<KeyRow> = sqlx::query_as(sql::ALL_KEYS).fetch_all(&mut *connection).await?;
        let mut keys = Vec::with_capacity(rows.len());
        for key in rows.into_iter().map(KeyInfo::from) {
            let balance = ledger::balance(&mut connection, key.account_id).await?;
            keys.push((key, balance));
        }
        Ok(keys)
    }

    /// Up to `limit` keys before this row, the newest first, whose name or label has a text in it.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keys_before(
        &self,
        id: i64,
        search: &str,
        limit: u32,
    ) -> Result<Vec<KeyDetails>, StoreError> {
        let mut connection = self.reader.acquire().await?;
        let rows: Vec<KeyRow> = sqlx::query_as(sql::KEYS_BEFORE)
            .bind(id)
            .bind(search)
            .bind(limit)
            .fetch_all(&mut *connection)
            .await?;
        let mut keys = Vec::with_capacity(rows.len());
        for key in rows.into_iter().map(KeyInfo::from) {
            keys.push(key_details(&mut connection, key).await?);
        }
        Ok(keys)
    }

    /// A key with all that is to be known about it.
    ///
    /// # Errors
    /// [`StoreError::NoSuchKey`], and others.
    pub async fn key_details_of(&self, name: &str) -> Result<KeyDetails, StoreError> {
        let key = self.key_by_name(name).await?;
        key_details(&mut *self.reader.acquire().await?, key).await
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

    /// Makes a key useless, and with it its sessions and the publishable keys that draw on it.
    /// Generations that are under way go on. Revoking it again changes nothing.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn revoke_key(&self, name: &str) -> Result<(), StoreError> {
        let key = self.key_by_name(name).await?;
        let actor = self.actor.clone();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let whole_account = key.kind == KeyKind::Secret;
                    let now = signed(now_ms());
                    let revoked = sqlx::query(sql::REVOKE_KEY)
                        .bind(now)
                        .bind(key.id)
                        .bind(whole_account)
                        .bind(key.account_id)
                        .execute(&mut *connection)
                        .await?;
                    if revoked.rows_affected() == 0 {
                        return Ok(());
                    }
                    let (subject, before) = (key.name.as_str(), Value::Null);
                    let after = json!({"revoked_at_ms": now, "keys": revoked.rows_affected()});
                    let change = Change { action: "key.revoke", subject, before, after };
                    record(connection, &actor, change).await
                })
            })
            .await
    }

    /// Whether a publishable key that is still good is for pages of this origin.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn origin_has_key(&self, origin: &str) -> Result<bool, StoreError> {
        let found: Option<i64> = sqlx::query_scalar(sql::ORIGIN_HAS_KEY)
            .bind(origin)
            .fetch_optional(&self.reader)
            .await?;
        Ok(found.is_some())
    }

    /// Whether this publishable key is for pages of this origin.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn key_allows_origin(&self, key_id: i64, origin: &str) -> Result<bool, StoreError> {
        let found: Option<i64> = sqlx::query_scalar(sql::KEY_ALLOWS_ORIGIN)
            .bind(key_id)
            .bind(origin)
            .fetch_optional(&self.reader)
            .await?;
        Ok(found.is_some())
    }
}

/// A key with what is in its account, and the origins that it is for.
#[derive(Clone, Debug)]
pub struct KeyDetails {
    /// The key.
    pub key: KeyInfo,
    /// Its account's tokens.
    pub balance: Balance,
    /// The origins of a publishable key's pages.
    pub origins: Vec<String>,
    /// What it has used today and this month (UTC), in tokens.
    pub used: (u64, u64),
}

async fn key_details(
    connection: &mut SqliteConnection,
    key: KeyInfo,
) -> Result<KeyDetails, StoreError> {
    let balance = ledger::balance(connection, key.account_id).await?;
    let origins =
        sqlx::query_scalar(sql::KEY_ORIGINS).bind(key.id).fetch_all(&mut *connection).await?;
    let used = used_tokens(connection, key.id).await?;
    Ok(KeyDetails { key, balance, origins, used })
}

/// Makes the key, and returns its name.
async fn insert_key(
    connection: &mut SqliteConnection,
    new: &NewKey,
    label: &str,
    hash: Hash,
) -> Result<String, StoreError> {
    let (account_id, kind, limits) = match new {
        NewKey::Secret { .. } => {
            let account = sqlx::query(sql::INSERT_ACCOUNT).execute(&mut *connection).await?;
            (account.last_insert_rowid(), "secret", None)
        }
        NewKey::Publishable { owner, limits, .. } => {
            let account: Option<i64> = sqlx::query_scalar(sql::ACCOUNT_OF_SECRET_KEY)
                .bind(owner)
                .fetch_optional(&mut *connection)
                .await?;
            let account = account.ok_or_else(|| StoreError::NoSuchKey(owner.clone()))?;
            (account, "publishable", Some(limits))
        }
    };
    let name = format!("key-{}", &secret::name()[..8]);
    let inserted = sqlx::query(sql::INSERT_KEY)
        .bind(&name)
        .bind(hash.as_slice())
        .bind(kind)
        .bind(account_id)
        .bind(label)
        .bind(signed(now_ms()))
        .bind(limits.map(|limits| limits.visitor_budget))
        .bind(limits.map(|limits| limits.visitors_per_address))
        .bind(limits.map(|limits| limits.tokens_per_day))
        .execute(&mut *connection)
        .await?;
    match new {
        NewKey::Secret { tokens } => ledger::grant(connection, account_id, *tokens).await?,
        NewKey::Publishable { origins, .. } => {
            for origin in origins {
                sqlx::query(sql::INSERT_KEY_ORIGIN)
                    .bind(inserted.last_insert_rowid())
                    .bind(origin)
                    .execute(&mut *connection)
                    .await?;
            }
        }
    }
    Ok(name)
}
