//! API keys: made, listed, found by their hash, granted tokens, revoked.

use ai_now_protocol::api::Balance;

use super::{Store, StoreError, ledger, signed, unsigned};
use crate::clock::now_ms;
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
    /// The limits of its visitors, for a publishable key.
    pub publishable: Option<Publishable>,
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

type KeyColumns = (
    i64,
    String,
    String,
    i64,
    String,
    i64,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Option<i64>,
    Vec<u8>,
);

const BY_HASH: &str = "SELECT id, name, kind, account_id, label, created_at_ms, revoked_at_ms,
    visitor_budget, visitors_per_address, tokens_per_day, hash FROM keys WHERE hash = ?";
const BY_NAME: &str = "SELECT id, name, kind, account_id, label, created_at_ms, revoked_at_ms,
    visitor_budget, visitors_per_address, tokens_per_day, hash FROM keys WHERE name = ?";
const ALL: &str = "SELECT id, name, kind, account_id, label, created_at_ms, revoked_at_ms,
    visitor_budget, visitors_per_address, tokens_per_day, hash FROM keys ORDER BY id";

fn info(columns: KeyColumns) -> KeyInfo {
    let (id, name, kind, account_id, label, created, revoked, budget, addresses, tokens, _) =
        columns;
    let small = |value: i64| u32::try_from(value).unwrap_or(u32::MAX);
    KeyInfo {
        id,
        name,
        kind: if kind == "secret" { KeyKind::Secret } else { KeyKind::Publishable },
        account_id,
        label,
        created_at_ms: unsigned(created),
        revoked_at_ms: revoked.map(unsigned),
        publishable: budget.map(|budget| Publishable {
            visitor_budget: small(budget),
            visitors_per_address: addresses.map_or(0, small),
            tokens_per_day: tokens.map_or(0, small),
        }),
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
        let hash = secret::hash(&key);
        self.insert_key(new, label, hash).await?;
        Ok(key)
    }

    async fn insert_key(&self, new: NewKey, label: String, hash: Hash) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let (account_id, limits, origins, kind) = match &new {
                        NewKey::Secret { .. } => {
                            let account = sqlx::query("INSERT INTO accounts DEFAULT VALUES")
                                .execute(&mut *connection)
                                .await?
                                .last_insert_rowid();
                            (account, None, [].as_slice(), "secret")
                        }
                        NewKey::Publishable { owner, origins, limits } => {
                            let account: Option<i64> = sqlx::query_scalar(
                                "SELECT account_id FROM keys WHERE name = ? AND kind = 'secret'
                                 AND revoked_at_ms IS NULL",
                            )
                            .bind(owner)
                            .fetch_optional(&mut *connection)
                            .await?;
                            let account =
                                account.ok_or_else(|| StoreError::NoSuchKey(owner.clone()))?;
                            (account, Some(limits), origins.as_slice(), "publishable")
                        }
                    };
                    let key_id = sqlx::query(
                        "INSERT INTO keys (name, hash, kind, account_id, label, created_at_ms,
                             visitor_budget, visitors_per_address, tokens_per_day)
                         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    )
                    .bind(format!("key-{}", &secret::name()[..8]))
                    .bind(hash.as_slice())
                    .bind(kind)
                    .bind(account_id)
                    .bind(label)
                    .bind(signed(now_ms()))
                    .bind(limits.map(|limits| i64::from(limits.visitor_budget)))
                    .bind(limits.map(|limits| i64::from(limits.visitors_per_address)))
                    .bind(limits.map(|limits| i64::from(limits.tokens_per_day)))
                    .execute(&mut *connection)
                    .await?
                    .last_insert_rowid();
                    for origin in origins {
                        sqlx::query("INSERT OR IGNORE INTO key_origins VALUES (?, ?)")
                            .bind(key_id)
                            .bind(origin)
                            .execute(&mut *connection)
                            .await?;
                    }
                    if let NewKey::Secret { tokens } = new {
                        ledger::grant(connection, account_id, tokens).await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// The key that was presented, unless it is unknown or revoked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn key_by_secret(&self, presented: &str) -> Result<Option<KeyInfo>, StoreError> {
        let hash = secret::hash(presented);
        let row: Option<KeyColumns> =
            sqlx::query_as(BY_HASH).bind(hash.as_slice()).fetch_optional(&self.reader).await?;
        // The index found it by the hash of 256 random bits, which tells an attacker nothing;
        // the comparison that decides takes the same time for all.
        Ok(row
            .filter(|row| secret::same(&row.10, &hash))
            .map(info)
            .filter(|key| key.revoked_at_ms.is_none()))
    }

    /// The key that people call by this name.
    ///
    /// # Errors
    /// [`StoreError::NoSuchKey`], and others.
    pub async fn key_by_name(&self, name: &str) -> Result<KeyInfo, StoreError> {
        let row: Option<KeyColumns> =
            sqlx::query_as(BY_NAME).bind(name).fetch_optional(&self.reader).await?;
        row.map(info).ok_or_else(|| StoreError::NoSuchKey(name.to_owned()))
    }

    /// All keys in the order in which they were made, with what is in their accounts.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keys(&self) -> Result<Vec<(KeyInfo, Balance)>, StoreError> {
        let mut connection = self.reader.acquire().await?;
        let rows: Vec<KeyColumns> = sqlx::query_as(ALL).fetch_all(&mut *connection).await?;
        let mut keys = Vec::with_capacity(rows.len());
        for key in rows.into_iter().map(info) {
            let balance = ledger::balance(&mut connection, key.account_id).await?;
            keys.push((key, balance));
        }
        Ok(keys)
    }

    /// Grants tokens to a key's account, and returns its balance after that.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn grant(&self, name: &str, tokens: u64) -> Result<Balance, StoreError> {
        let account_id = self.key_by_name(name).await?.account_id;
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    ledger::grant(connection, account_id, tokens).await?;
                    Ok(ledger::balance(connection, account_id).await?)
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
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let whole_account = key.kind == KeyKind::Secret;
                    sqlx::query(
                        "UPDATE keys SET revoked_at_ms = ?1 WHERE revoked_at_ms IS NULL
                         AND (id = ?2 OR (?3 AND account_id = ?4))",
                    )
                    .bind(signed(now_ms()))
                    .bind(key.id)
                    .bind(whole_account)
                    .bind(key.account_id)
                    .execute(&mut *connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Whether a publishable key that is still good is for pages of this origin.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn origin_has_key(&self, origin: &str) -> Result<bool, StoreError> {
        let found: Option<i64> = sqlx::query_scalar(
            "SELECT 1 FROM key_origins JOIN keys ON keys.id = key_id
             WHERE origin = ? AND revoked_at_ms IS NULL LIMIT 1",
        )
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
        let found: Option<i64> =
            sqlx::query_scalar("SELECT 1 FROM key_origins WHERE key_id = ? AND origin = ?")
                .bind(key_id)
                .bind(origin)
                .fetch_optional(&self.reader)
                .await?;
        Ok(found.is_some())
    }
}
