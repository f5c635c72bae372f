//! The sessions of the administrators' page: a cookie in place of the key, for as long as somebody is
//! there, good at all gateways that share the store. Moments are the store's own.
//!
//! It must not know HTTP, nor what a session may do.

use std::time::Duration;

use super::admins::{AdminInfo, AdminRow};
use super::database::{Store, signed};
use super::engine::{columns, query};
use super::{locks, sql};
use crate::domain::StoreError;
use crate::secret;

/// How long a session lasts at most, however much it is used.
const LIFETIME_MS: i64 = 12 * 60 * 60 * 1000;

/// How many there may be. One more takes the place of the one that was not used for longest.
const SESSIONS: i64 = 1000;

/// Use is written down again after so many parts of the time that a session lasts unused, so that a page
/// that asks much does not write much.
const WRITTEN_PARTS: i64 = 20;

/// Use is written down again after a minute at the latest.
const WRITTEN_MS_MAX: i64 = 60_000;

/// An administrator who has a session, and for how long it was not used.
struct SignedIn {
    admin: AdminRow,
    unused_ms: i64,
}

columns!(SignedIn { unused_ms } { admin });

impl Store {
    /// Opens a session for an administrator, which ends once it was not used for so long, and returns its
    /// token.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn open_admin_session(
        &self,
        admin: &AdminInfo,
        idle: Duration,
    ) -> Result<String, StoreError> {
        let (token, admin_id, idle_ms) = (secret::name(), admin.id, millis(idle));
        let hash = secret::hash(&token);
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    locks::alone(connection, locks::Shared::AdminSessions).await?;
                    let ended = query(sql::FORGET_ENDED_ADMIN_SESSIONS);
                    ended.bind(idle_ms).bind(LIFETIME_MS).execute(&mut *connection).await?;
                    let idlest = query(sql::FORGET_IDLEST_ADMIN_SESSIONS).bind(SESSIONS - 1);
                    idlest.execute(&mut *connection).await?;
                    let opening = query(sql::INSERT_ADMIN_SESSION);
                    opening.bind(hash.as_slice()).bind(admin_id).execute(connection).await
                })
            })
            .await?;
        Ok(token)
    }

    /// The administrator whose session has this token, unless it has ended. It is used now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn use_admin_session(
        &self,
        token: &str,
        idle: Duration,
    ) -> Result<Option<AdminInfo>, StoreError> {
        let Some(SignedIn { admin, unused_ms }) = self.signed_in(token, idle).await? else {
            return Ok(None);
        };
        if unused_ms.abs() >= (millis(idle) / WRITTEN_PARTS).min(WRITTEN_MS_MAX) {
            let hash = secret::hash(token);
            self.writer
                .write(move |connection| {
                    Box::pin(async move {
                        let using = query(sql::USE_ADMIN_SESSION).bind(hash.as_slice());
                        using.execute(connection).await.map(drop)
                    })
                })
                .await?;
        }
        Ok(Some(admin.into()))
    }

    /// The same without using it: a stream that is only open keeps nobody signed in.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn admin_session_is_good(
        &self,
        token: &str,
        idle: Duration,
    ) -> Result<bool, StoreError> {
        Ok(self.signed_in(token, idle).await?.is_some())
    }

    async fn signed_in(&self, token: &str, idle: Duration) -> Result<Option<SignedIn>, StoreError> {
        let hash = secret::hash(token);
        let asking = query(sql::ADMIN_OF_SESSION).bind(hash.as_slice());
        let asking = asking.bind(millis(idle)).bind(LIFETIME_MS);
        let found: Option<SignedIn> = asking.fetch_optional(&self.reader).await?;
        Ok(found.filter(|found| secret::same(&found.admin.hash, &hash)))
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn end_admin_session(&self, token: &str) -> Result<(), StoreError> {
        let hash = secret::hash(token);
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let ending = query(sql::END_ADMIN_SESSION).bind(hash.as_slice());
                    ending.execute(connection).await.map(drop)
                })
            })
            .await
    }
}

fn millis(time: Duration) -> i64 {
    signed(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::super::AdminRole;
    use super::super::testing::raw;
    use super::*;
    use crate::metrics::Metrics;

    #[tokio::test]
    async fn however_much_it_is_used_it_ends_after_half_a_day_and_with_a_clock_that_was_set_back() {
        const HOUR: Duration = Duration::from_secs(3600);
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path(), Metrics::default()).await.unwrap();
        let key = store.create_admin("ada", AdminRole::Admin).await.unwrap();
        let ada = store.admin_by_secret(&key).await.unwrap().unwrap();
        let moved = |column: &str, hours: i64| {
            let sql = format!("UPDATE admin_sessions SET {column} = {column} + ?1");
            raw(data.path()).execute(&sql, [hours * 3_600_000]).unwrap();
        };
        let token = store.open_admin_session(&ada, HOUR).await.unwrap();
        let good = async || store.use_admin_session(&token, HOUR).await.unwrap().is_some();
        moved("opened_at_ms", -11);
        assert!(good().await);
        moved("opened_at_ms", -1);
        assert!(!good().await);
        moved("opened_at_ms", 12);
        assert!(good().await);
        moved("used_at_ms", 2);
        assert!(!good().await);
        // What has ended is gone when the next one is opened.
        store.open_admin_session(&ada, HOUR).await.unwrap();
        let count = "SELECT count(*) FROM admin_sessions";
        let count: i64 = raw(data.path()).query_row(count, [], |row| row.get(0)).unwrap();
        assert_eq!(count, 1);
        store.close().await;
    }
}
