//! The locks that a transaction holds until its end, where there is more than one writer.
//!
//! Everything that is decided about tokens, limits, idempotency and event numbers belongs to one
//! account. So a transaction locks the account first, and sees everything that earlier transactions
//! decided. The order is: one account, or several in the order of their ids; then the locks below in
//! the order of their numbers, for what belongs to no account; then the rows that it changes. `SQLite` has one writer,
//! and needs no locks.

use super::engine::{Connection, query};
use super::sql;
use crate::domain::StoreError;

/// What is counted over all accounts, or cleaned up.
#[derive(Clone, Copy, Debug)]
pub(super) enum Shared {
    /// The uploads, and which of them are in use.
    Uploads = 1,
    /// The removal of visitors.
    Visitors = 2,
    /// The removal of generations.
    Retention = 3,
    /// The order of the activity log.
    Activity = 4,
    /// How many sessions of administrators there are.
    AdminSessions = 5,
}

/// Other programs' locks in the same database have other numbers, and so do locks that outlast a
/// transaction: that of the migrations, and [`super::server`]'s.
const BASE: i64 = 0x4149_4e6f_7800;

impl Shared {
    fn number(self) -> i64 {
        BASE + self as i64
    }
}

/// Locks an account.
pub(super) async fn account(connection: &mut Connection, id: i64) -> Result<(), StoreError> {
    connection.lock(query(sql::LOCK_ACCOUNT).bind(id)).await
}

/// Locks the account of a key.
pub(super) async fn account_of_key(
    connection: &mut Connection,
    key_id: i64,
) -> Result<(), StoreError> {
    connection.lock(query(sql::LOCK_ACCOUNT_OF_KEY).bind(key_id)).await
}

/// Locks the account of the key with this name.
pub(super) async fn account_of_key_named(
    connection: &mut Connection,
    name: &str,
) -> Result<(), StoreError> {
    connection.lock(query(sql::LOCK_ACCOUNT_OF_KEY_NAMED).bind(name)).await
}

/// Locks the account of a generation.
pub(super) async fn account_of_generation(
    connection: &mut Connection,
    id: &str,
) -> Result<(), StoreError> {
    connection.lock(query(sql::LOCK_ACCOUNT_OF_GENERATION).bind(id)).await
}

/// Excludes all others.
pub(super) async fn alone(connection: &mut Connection, what: Shared) -> Result<(), StoreError> {
    connection.lock(query(sql::LOCK_ALONE).bind(what.number())).await
}

/// Excludes those that want to be alone.
pub(super) async fn together(connection: &mut Connection, what: Shared) -> Result<(), StoreError> {
    connection.lock(query(sql::LOCK_TOGETHER).bind(what.number())).await
}
