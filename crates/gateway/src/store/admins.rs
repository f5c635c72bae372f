//! Administrators: created, listed, found by the hash of their key, revoked.

use serde_json::{Value, json};

use super::activity::{Change, record};
use super::database::{Store, signed, unsigned};
use super::engine::{columns, query};
use super::sql;
use crate::clock::now_ms;
use crate::domain::StoreError;
use crate::secret::{self, Hash};

/// What an administrator may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdminRole {
    /// Read everything.
    Viewer,
    /// Change things, too.
    Admin,
}

impl AdminRole {
    /// Its name, in the table and for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Admin => "admin",
        }
    }
}

/// An administrator.
#[derive(Clone, Debug)]
pub struct AdminInfo {
    /// Its row.
    pub id: i64,
    /// The administrator's name.
    pub name: String,
    /// The administrator's role.
    pub role: AdminRole,
    /// When the key was created, in milliseconds since 1970.
    pub created_at_ms: u64,
    /// When the key was revoked.
    pub revoked_at_ms: Option<u64>,
}

/// An administrator's row.
pub(super) struct AdminRow {
    id: i64,
    name: String,
    role: String,
    created_at_ms: u64,
    revoked_at_ms: Option<i64>,
    /// Of the key, or of the session that was presented.
    pub(super) hash: Vec<u8>,
}

columns!(AdminRow { id, name, role, created_at_ms, revoked_at_ms, hash });

impl From<AdminRow> for AdminInfo {
    fn from(row: AdminRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            // The table's constraint admits no third name.
            role: if row.role == "admin" { AdminRole::Admin } else { AdminRole::Viewer },
            created_at_ms: row.created_at_ms,
            revoked_at_ms: row.revoked_at_ms.map(unsigned),
        }
    }
}

impl Store {
    /// Creates an administrator and returns the key: the only time that anyone sees it.
    ///
    /// # Errors
    /// [`StoreError::AdminExists`], and others.
    pub async fn create_admin(&self, name: &str, role: AdminRole) -> Result<String, StoreError> {
        let key = secret::token(secret::Kind::Secret);
        let (hash, name, actor) = (secret::hash(&key), name.to_owned(), self.actor.clone());
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let inserted = query(sql::INSERT_ADMIN)
                        .bind(&name)
                        .bind(hash.as_slice())
                        .bind(role.name())
                        .bind(signed(now_ms()))
                        .execute(&mut *connection)
                        .await?;
                    if inserted == 0 {
                        return Err(StoreError::AdminExists(name));
                    }
                    let (before, after) = (Value::Null, json!({"role": role.name()}));
                    let change = Change { action: "admin.create", subject: &name, before, after };
                    record(connection, &actor, change).await
                })
            })
            .await?;
        Ok(key)
    }

    /// All administrators in the order of their creation.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn admins(&self) -> Result<Vec<AdminInfo>, StoreError> {
        let rows: Vec<AdminRow> = query(sql::ALL_ADMINS).fetch_all(&self.reader).await?;
        Ok(rows.into_iter().map(AdminInfo::from).collect())
    }

    /// The administrator with this key, unless it is unknown or revoked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn admin_by_secret(&self, presented: &str) -> Result<Option<AdminInfo>, StoreError> {
        self.admin_by_hash(&secret::hash(presented)).await
    }

    /// The administrator whose key has this hash, unless it is unknown or revoked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn admin_by_hash(&self, hash: &Hash) -> Result<Option<AdminInfo>, StoreError> {
        let row: Option<AdminRow> =
            query(sql::ADMIN_BY_HASH).bind(hash.as_slice()).fetch_optional(&self.reader).await?;
        Ok(row
            .filter(|row| secret::same(&row.hash, hash))
            .map(AdminInfo::from)
            .filter(|admin| admin.revoked_at_ms.is_none()))
    }

    /// Revokes an administrator's key. Revoking it again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAdmin`], and others.
    pub async fn revoke_admin(&self, name: &str) -> Result<(), StoreError> {
        let (name, actor) = (name.to_owned(), self.actor.clone());
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let now = signed(now_ms());
                    let found: Option<Option<i64>> = query(sql::ADMIN_REVOKED_AT)
                        .bind(&name)
                        .fetch_optional(&mut *connection)
                        .await?;
                    match found {
                        None => return Err(StoreError::NoSuchAdmin(name)),
                        Some(Some(_)) => return Ok(()),
                        Some(None) => {}
                    }
                    let revoke = query(sql::REVOKE_ADMIN).bind(now).bind(&name);
                    if revoke.execute(&mut *connection).await? == 0 {
                        return Ok(());
                    }
                    let (before, after) = (Value::Null, json!({"revoked_at_ms": now}));
                    let change = Change { action: "admin.revoke", subject: &name, before, after };
                    record(connection, &actor, change).await
                })
            })
            .await
    }
}
