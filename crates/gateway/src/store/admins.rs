//! Administrators: made, listed, found by the hash of their key, revoked.

use serde_json::{Value, json};

use super::activity::{Change, record};
use super::database::{Store, signed, unsigned};
use super::sql;
use crate::clock::now_ms;
use crate::domain::StoreError;
use crate::secret;

/// What an administrator may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Look at everything.
    Viewer,
    /// Change things, too.
    Admin,
}

impl Role {
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
    /// What people call them.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// When their key was made, in milliseconds since 1970.
    pub created_at_ms: u64,
    /// When their key stopped being good.
    pub revoked_at_ms: Option<u64>,
}

/// An administrator as it is kept.
#[derive(sqlx::FromRow)]
struct AdminRow {
    id: i64,
    name: String,
    role: String,
    #[sqlx(try_from = "i64")]
    created_at_ms: u64,
    revoked_at_ms: Option<i64>,
    hash: Vec<u8>,
}

impl From<AdminRow> for AdminInfo {
    fn from(row: AdminRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            // The table's own check admits no third name.
            role: if row.role == "admin" { Role::Admin } else { Role::Viewer },
            created_at_ms: row.created_at_ms,
            revoked_at_ms: row.revoked_at_ms.map(unsigned),
        }
    }
}

impl Store {
    /// Makes an administrator and returns the key: the only time that anyone sees it.
    ///
    /// # Errors
    /// [`StoreError::AdminExists`], and others.
    pub async fn create_admin(&self, name: &str, role: Role) -> Result<String, StoreError> {
        let key = secret::token(secret::Kind::Secret);
        let (hash, name, actor) = (secret::hash(&key), name.to_owned(), self.actor.clone());
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let inserted = sqlx::query(sql::INSERT_ADMIN)
                        .bind(&name)
                        .bind(hash.as_slice())
                        .bind(role.name())
                        .bind(signed(now_ms()))
                        .execute(&mut *connection)
                        .await?;
                    if inserted.rows_affected() == 0 {
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

    /// All administrators in the order in which they were made.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn admins(&self) -> Result<Vec<AdminInfo>, StoreError> {
        let rows: Vec<AdminRow> = sqlx::query_as(sql::ALL_ADMINS).fetch_all(&self.reader).await?;
        Ok(rows.into_iter().map(AdminInfo::from).collect())
    }

    /// The administrator whose key was presented, unless it is unknown or revoked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn admin_by_secret(&self, presented: &str) -> Result<Option<AdminInfo>, StoreError> {
        let hash = secret::hash(presented);
        let row: Option<AdminRow> = sqlx::query_as(sql::ADMIN_BY_HASH)
            .bind(hash.as_slice())
            .fetch_optional(&self.reader)
            .await?;
        Ok(row
            .filter(|row| secret::same(&row.hash, &hash))
            .map(AdminInfo::from)
            .filter(|admin| admin.revoked_at_ms.is_none()))
    }

    /// Makes an administrator's key useless. Revoking it again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::NoSuchAdmin`], and others.
    pub async fn revoke_admin(&self, name: &str) -> Result<(), StoreError> {
        let (name, actor) = (name.to_owned(), self.actor.clone());
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let now = signed(now_ms());
                    let found: Option<Option<i64>> = sqlx::query_scalar(sql::ADMIN_REVOKED_AT)
                        .bind(&name)
                        .fetch_optional(&mut *connection)
                        .await?;
                    match found {
                        None => return Err(StoreError::NoSuchAdmin(name)),
                        Some(Some(_)) => return Ok(()),
                        Some(None) => {}
                    }
                    let revoke = sqlx::query(sql::REVOKE_ADMIN).bind(now).bind(&name);
                    revoke.execute(&mut *connection).await?;
                    let (before, after) = (Value::Null, json!({"revoked_at_ms": now}));
                    let change = Change { action: "admin.revoke", subject: &name, before, after };
                    record(connection, &actor, change).await
                })
            })
            .await
    }
}
