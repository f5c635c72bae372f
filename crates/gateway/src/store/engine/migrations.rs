//! Migrations: which were applied, and the missing ones applied, all or none.
//!
//! One transaction for all missing ones, under a lock: of two processes that start at once, the
//! second finds nothing to do. It must not know what the migrations contain.

use futures_util::FutureExt as _;

use super::connection::{Connection, Query, now, query};
use crate::domain::StoreError;

/// A version of the tables: its number, its name, and the statements that lead to it from the one
/// before.
pub(in crate::store) type Version = (i64, &'static str, &'static str);

const CREATE: &str = "CREATE TABLE IF NOT EXISTS migrations (
    version BIGINT PRIMARY KEY, name TEXT NOT NULL)";
const APPLIED: &str = "SELECT version FROM migrations ORDER BY version";
const APPLY: &str = "INSERT INTO migrations (version, name) VALUES (?, ?)";
/// Versions before this one recorded themselves differently.
const EARLIER: &str = "SELECT 1 FROM sqlite_schema WHERE name = '_sqlx_migrations'";
const TAKE_OVER: &str = "INSERT INTO migrations SELECT version, description FROM _sqlx_migrations
    WHERE success ON CONFLICT DO NOTHING";
const FORGET_EARLIER: &str = "DROP TABLE _sqlx_migrations";
const HAS_TABLES: &str = "SELECT 1 FROM sqlite_schema LIMIT 1";
/// Another process that does the same waits until the transaction ends.
const LOCK: &str = "SELECT pg_advisory_xact_lock(?)";
const LOCK_NUMBER: i64 = 0x4149_4e6f_7701;

impl Connection {
    /// Applies the missing migrations within an open transaction.
    ///
    /// # Errors
    /// [`StoreError::Newer`] if the database has migrations that are not among these; and others.
    pub(super) async fn migrate(&mut self, versions: &[Version]) -> Result<(), StoreError> {
        self.lock(query(LOCK).bind(LOCK_NUMBER)).await?;
        query(CREATE).execute(self).await?;
        if self.is_sqlite() && self.has(query(EARLIER)).await? {
            query(TAKE_OVER).execute(self).await?;
            query(FORGET_EARLIER).execute(self).await?;
        }
        let applied: Vec<i64> = query(APPLIED).fetch_all(&mut *self).await?;
        let known = |version: &i64| versions.iter().any(|(number, ..)| number == version);
        if let Some(newer) = applied.iter().find(|version| !known(version)) {
            return Err(StoreError::Newer(*newer));
        }
        for (number, name, sql) in versions {
            if applied.contains(number) {
                continue;
            }
            self.batch(sql).await?;
            query(APPLY).bind(number).bind(*name).execute(self).await?;
        }
        Ok(())
    }

    async fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(sqlite) => Ok(sqlite.batch(sql)?),
            Self::Postgres(postgres) => postgres.batch(sql).await,
        }
    }

    async fn has(&mut self, query: Query) -> Result<bool, StoreError> {
        Ok(query.fetch_optional::<i64>(self).await?.is_some())
    }
}

/// Whether a file has any tables.
///
/// # Errors
/// [`StoreError`], where it is no database.
pub(in crate::store) fn has_tables(file: &mut Connection) -> Result<bool, StoreError> {
    now(file.has(query(HAS_TABLES)).boxed())
}

/// Applies the missing migrations to a file.
///
/// # Errors
/// [`StoreError::Newer`], and others. Then nothing was applied.
pub(in crate::store) fn migrate_file(
    file: &mut Connection,
    versions: &[Version],
) -> Result<(), StoreError> {
    file.control("BEGIN IMMEDIATE")?;
    let outcome = now(file.migrate(versions).boxed());
    file.control(if outcome.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    outcome
}
