//! The ledger of tokens: granted, adjusted, held, captured, released or refunded. Every movement is
//! one row and one update, in the caller's transaction.
//!
//! The invariant `granted = available + held + spent` is a constraint of the table, and a
//! generation's hold and settlement are unique in it: a bug here fails, and doesn't charge twice.

use ai_now_protocol::api::Balance;

use super::database::{Store, signed};
use super::engine::{Connection, Query, columns, query};
use super::sql;
use crate::clock::now_ms;
use crate::domain::StoreError;

/// How a hold ends: how much of it is spent. The rest is released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Settlement {
    /// What was held.
    pub(super) price: u32,
    /// What is spent.
    pub(super) charged: u32,
    /// Whether there is a result. A free result is captured all the same.
    pub(super) completed: bool,
    /// Whether a provider had taken the work, and may bill it: what is released then still counts
    /// towards limits.
    pub(super) taken: bool,
}

/// Who is charged: an account, and the budget of a visitor within it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Payer {
    pub(super) account_id: i64,
    pub(super) visitor_id: Option<i64>,
}

/// The most that one account can be granted. Far above any use, and far below an overflow of sums.
pub const MAX_TOKENS: u64 = 1 << 50;

struct BalanceRow {
    available: u64,
    held: u64,
    spent: u64,
    granted: u64,
}

columns!(BalanceRow { available, held, spent, granted });

impl From<BalanceRow> for Balance {
    fn from(row: BalanceRow) -> Self {
        let BalanceRow { available, held, spent, granted } = row;
        Self { available, held, spent, granted }
    }
}

impl Store {
    /// An account's tokens.
    ///
    /// # Errors
    /// [`StoreError`], also if there is no such account.
    pub async fn balance(&self, account_id: i64) -> Result<Balance, StoreError> {
        self.reader.read(move |connection| Box::pin(balance(connection, account_id))).await
    }
}

pub(super) async fn balance(
    connection: &mut Connection,
    account_id: i64,
) -> Result<Balance, StoreError> {
    let row: BalanceRow = query(sql::BALANCE).bind(account_id).fetch_one(connection).await?;
    Ok(row.into())
}

pub(super) async fn grant(
    connection: &mut Connection,
    account_id: i64,
    tokens: u64,
) -> Result<(), StoreError> {
    let changed = query(sql::GRANT)
        .bind(signed(tokens.min(MAX_TOKENS + 1)))
        .bind(account_id)
        .bind(signed(MAX_TOKENS))
        .execute(&mut *connection)
        .await?;
    if changed == 0 {
        return Err(StoreError::TooManyTokens);
    }
    let tokens = signed(tokens);
    let entry = Entry { account_id, kind: "grant", tokens, generation_id: None };
    entry.record(connection, None).await
}

/// Takes back available tokens.
pub(super) async fn adjust_down(
    connection: &mut Connection,
    account_id: i64,
    tokens: u64,
    reason: &str,
) -> Result<(), StoreError> {
    let tokens = signed(tokens);
    let changed =
        query(sql::ADJUST_DOWN).bind(tokens).bind(account_id).execute(&mut *connection).await?;
    if changed == 0 {
        return Err(StoreError::TooFewTokens);
    }
    let entry = Entry { account_id, kind: "adjustment", tokens, generation_id: None };
    entry.record(connection, Some(reason)).await
}

/// Returns what was spent for a generation. A second refund fails on the ledger's index.
pub(super) async fn refund(
    connection: &mut Connection,
    payer: Payer,
    tokens: i64,
    generation_id: &str,
    reason: &str,
) -> Result<(), StoreError> {
    let Payer { account_id, visitor_id } = payer;
    let generation_id = Some(generation_id);
    let entry = Entry { account_id, kind: "refund", tokens, generation_id };
    entry.record(connection, Some(reason)).await?;
    query(sql::REFUND).bind(tokens).bind(account_id).execute(&mut *connection).await?;
    if let Some(visitor_id) = visitor_id {
        let visitor = query(sql::REFUND_OF_VISITOR).bind(tokens).bind(visitor_id);
        visitor.execute(&mut *connection).await?;
    }
    Ok(())
}

/// Holds tokens, and returns the account's balance after that. `None`: account or budget have too
/// few, and nothing was done. [`hold_entry`] must follow.
pub(super) async fn hold(
    connection: &mut Connection,
    payer: Payer,
    price: u32,
) -> Result<Option<Balance>, StoreError> {
    let price = i64::from(price);
    if let Some(visitor_id) = payer.visitor_id {
        let hold = query(sql::HOLD_OF_VISITOR).bind(price).bind(visitor_id);
        if hold.execute(&mut *connection).await? == 0 {
            return Ok(None);
        }
    }
    let hold = query(sql::HOLD).bind(price).bind(payer.account_id);
    let held: Option<BalanceRow> = hold.fetch_optional(&mut *connection).await?;
    if let (None, Some(visitor_id)) = (&held, payer.visitor_id) {
        query(sql::RELEASE_OF_VISITOR).bind(price).bind(visitor_id).execute(connection).await?;
    }
    Ok(held.map(Into::into))
}

/// The ledger's row of a hold.
pub(super) fn hold_entry(payer: Payer, price: u32, generation_id: &str) -> Query {
    let (account_id, tokens) = (payer.account_id, price.into());
    Entry { account_id, kind: "hold", tokens, generation_id: Some(generation_id) }.query(None)
}

/// Ends a hold. A second settlement of the same generation fails on the ledger's indexes.
pub(super) async fn settle(
    connection: &mut Connection,
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
            let (account_id, tokens) = (payer.account_id, i64::from(tokens));
            let entry = Entry { account_id, kind, tokens, generation_id: Some(generation_id) };
            entry.record(connection, None).await?;
        }
    }
    let (price, charged) = (i64::from(price), i64::from(charged));
    query(sql::SETTLE)
        .bind(price)
        .bind(charged)
        .bind(payer.account_id)
        .execute(&mut *connection)
        .await?;
    if let Some(visitor_id) = payer.visitor_id {
        query(sql::SETTLE_OF_VISITOR)
            .bind(price)
            .bind(charged)
            .bind(if taken { i64::from(released) } else { 0 })
            .bind(visitor_id)
            .execute(connection)
            .await?;
    }
    Ok(())
}

/// A movement to be recorded.
struct Entry<'a> {
    account_id: i64,
    kind: &'static str,
    tokens: i64,
    generation_id: Option<&'a str>,
}

impl Entry<'_> {
    fn query(self, reason: Option<&str>) -> Query {
        query(sql::INSERT_LEDGER_ENTRY)
            .bind(self.account_id)
            .bind(self.kind)
            .bind(self.tokens)
            .bind(self.generation_id)
            .bind(signed(now_ms()))
            .bind(reason)
    }

    async fn record(
        self,
        connection: &mut Connection,
        reason: Option<&str>,
    ) -> Result<(), StoreError> {
        self.query(reason).execute(connection).await.map(drop)
    }
}
