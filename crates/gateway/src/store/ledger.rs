//! Tokens: granted, held, captured or released. Every movement is one row and one update, in the
//! change of whoever calls.
//!
//! The invariant `granted = available + held + spent` is a constraint of the table, and a
//! generation's hold and settlement are unique in it: a fault here fails, it doesn't charge twice.

use ai_now_protocol::api::Balance;
use sqlx::SqliteConnection;

use super::database::{Store, signed};
use super::sql;
use crate::clock::now_ms;
use crate::domain::StoreError;

/// How a hold ends: what of it is spent. The rest goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Settlement {
    /// What was held.
    pub(super) price: u32,
    /// What is spent.
    pub(super) charged: u32,
    /// Whether there is a result. One that cost nothing was captured all the same.
    pub(super) completed: bool,
    /// Whether somebody else had taken the work, and may bill it: what goes back is counted then.
    pub(super) taken: bool,
}

/// Who is charged: an account, and the budget of a visitor within it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Payer {
    pub(super) account_id: i64,
    pub(super) visitor_id: Option<i64>,
}

/// The most that one account can be granted. Far above any use; far below where sums overflow.
pub const MAX_TOKENS: u64 = 1 << 50;

#[derive(sqlx::FromRow)]
struct BalanceRow {
    #[sqlx(try_from = "i64")]
    available: u64,
    #[sqlx(try_from = "i64")]
    held: u64,
    #[sqlx(try_from = "i64")]
    spent: u64,
    #[sqlx(try_from = "i64")]
    granted: u64,
}

impl Store {
    /// An account's tokens.
    ///
    /// # Errors
    /// [`StoreError`], also where there is no such account.
    pub async fn balance(&self, account_id: i64) -> Result<Balance, StoreError> {
        Ok(balance(&mut *self.reader.acquire().await?, account_id).await?)
    }
}

pub(super) async fn balance(
    connection: &mut SqliteConnection,
    account_id: i64,
) -> Result<Balance, sqlx::Error> {
    let row: BalanceRow =
        sqlx::query_as(sql::BALANCE).bind(account_id).fetch_one(connection).await?;
    let BalanceRow { available, held, spent, granted } = row;
    Ok(Balance { available, held, spent, granted })
}

pub(super) async fn grant(
    connection: &mut SqliteConnection,
    account_id: i64,
    tokens: u64,
) -> Result<(), StoreError> {
    let changed = sqlx::query(sql::GRANT)
        .bind(signed(tokens.min(MAX_TOKENS + 1)))
        .bind(account_id)
        .bind(signed(MAX_TOKENS))
        .execute(&mut *connection)
        .await?;
    if changed.rows_affected() == 0 {
        return Err(StoreError::TooManyTokens);
    }
    record(connection, account_id, "grant", signed(tokens), None).await
}

/// Sets tokens aside. `false`: account or budget have too few, and nothing was done.
pub(super) async fn hold(
    connection: &mut SqliteConnection,
    payer: Payer,
    price: u32,
    generation_id: &str,
) -> Result<bool, StoreError> {
    let price = i64::from(price);
    if let Some(visitor_id) = payer.visitor_id {
        let changed = sqlx::query(sql::HOLD_OF_VISITOR)
            .bind(price)
            .bind(visitor_id)
            .execute(&mut *connection)
            .await?;
        if changed.rows_affected() == 0 {
            return Ok(false);
        }
    }
    let changed =
        sqlx::query(sql::HOLD).bind(price).bind(payer.account_id).execute(&mut *connection).await?;
    if changed.rows_affected() == 0 {
        if let Some(visitor_id) = payer.visitor_id {
            sqlx::query(sql::RELEASE_OF_VISITOR)
                .bind(price)
                .bind(visitor_id)
                .execute(&mut *connection)
                .await?;
        }
        return Ok(false);
    }
    record(connection, payer.account_id, "hold", price, Some(generation_id)).await?;
    Ok(true)
}

/// Ends a hold. A second settlement of the same generation fails on the ledger's own indexes.
pub(super) async fn settle(
    connection: &mut SqliteConnection,
    payer: Payer,
    generation_id: &str,
    settlement: Settlement,
) -> Result<(), StoreError> {
    let Settlement { price, charged, completed, taken } = settlement;
    let released = price - charged;
    let captures = completed || charged > 0;
    for (kind, tokens, happens) in
        [("capture", charged, captures), ("release", released, released > 0 || !captures)]
    {
        if happens {
            let tokens = i64::from(tokens);
            record(connection, payer.account_id, kind, tokens, Some(generation_id)).await?;
        }
    }
    let (price, charged) = (i64::from(price), i64::from(charged));
    sqlx::query(sql::SETTLE)
        .bind(price)
        .bind(charged)
        .bind(payer.account_id)
        .execute(&mut *connection)
        .await?;
    if let Some(visitor_id) = payer.visitor_id {
        sqlx::query(sql::SETTLE_OF_VISITOR)
            .bind(price)
            .bind(charged)
            .bind(if taken { i64::from(released) } else { 0 })
            .bind(visitor_id)
            .execute(connection)
            .await?;
    }
    Ok(())
}

async fn record(
    connection: &mut SqliteConnection,
    account_id: i64,
    kind: &str,
    tokens: i64,
    generation_id: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query(sql::INSERT_LEDGER_ENTRY)
        .bind(account_id)
        .bind(kind)
        .bind(tokens)
        .bind(generation_id)
        .bind(signed(now_ms()))
        .execute(connection)
        .await?;
    Ok(())
}
