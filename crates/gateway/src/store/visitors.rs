//! Visitors and their sessions: short-lived tokens for people on a page.

use ai_now_protocol::api::Balance;
use serde_json::{Value, json};

use super::activity::{Change, record};
use super::database::{Store, signed, unsigned};
use super::engine::{Connection, columns, query};
use super::keys::KeyKind;
use super::locks::{self, Shared};
use super::{ledger, sql};
use crate::clock::{last_day_ms, now_ms};
use crate::domain::StoreError;
use crate::secret::{self, Hash};

/// How many expired sessions one transaction removes, so that other changes don't wait long.
const EXPIRED_AT_ONCE: i64 = 1000;

/// A visitor, new or known, and the session to be opened for them.
#[derive(Clone, Debug)]
pub struct NewVisitor {
    /// The key that admits them.
    pub key_id: i64,
    /// Their identity in the key owner's terms. The same subject is the same visitor.
    pub subject: String,
    /// What they may spend, in tokens; `None`: what the account has. For a known visitor this is
    /// the new limit; what was spent still counts.
    pub budget: Option<u32>,
    /// Their pseudonymised address, and how many new visitors it may have per day.
    pub address: Option<(Hash, u32)>,
    /// The only origin that may use the session.
    pub origin: Option<String>,
    /// How long the session is valid.
    pub lifetime_secs: u32,
}

/// A valid session.
#[derive(Clone, Debug)]
pub struct SessionInfo {
    /// The key that it was opened with.
    pub key_id: i64,
    /// The kind of that key.
    pub key_kind: KeyKind,
    /// How many tokens all visitors of a publishable key may use in a day.
    pub tokens_per_day: Option<u32>,
    /// The account that pays.
    pub account_id: i64,
    /// The visitor.
    pub visitor_id: i64,
    /// The only origin that may use it.
    pub origin: Option<String>,
    /// How long it, and a renewed one, is valid.
    pub lifetime_secs: u32,
    /// When the first session of its chain of renewals was opened.
    pub opened_at_ms: u64,
}

columns!(SessionInfo {
    key_id,
    key_kind,
    tokens_per_day,
    account_id,
    visitor_id,
    origin,
    lifetime_secs,
    opened_at_ms,
});

impl SessionInfo {
    /// Whether it can be renewed: within so many seconds after the first one was opened.
    pub fn is_renewable(&self, max_secs: u32) -> bool {
        now_ms() < self.opened_at_ms.saturating_add(u64::from(max_secs) * 1000)
    }
}

/// A visitor, as its key's owner sees it.
#[derive(Clone, Debug)]
pub struct VisitorInfo {
    /// Their identity, in the owner's terms.
    pub subject: String,
    /// The key that admitted them.
    pub key_name: String,
    /// When they first came.
    pub created_at_ms: u64,
    /// What their unfinished generations hold, in tokens.
    pub held: u64,
    /// What they have spent, in tokens.
    pub spent: u64,
    /// Whether their access was ended.
    pub ended: bool,
}

columns!(VisitorInfo { subject, key_name, created_at_ms, held, spent, ended });

struct SessionRow {
    session: SessionInfo,
    hash: Vec<u8>,
}

columns!(SessionRow { hash } { session });

struct BudgetRow {
    budget: Option<i64>,
    held: i64,
    spent: i64,
    returned: i64,
}

columns!(BudgetRow { budget, held, spent, returned });

struct KnownVisitor {
    id: i64,
    used: i64,
}

columns!(KnownVisitor { id, used });

/// Why no session is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisitorError {
    /// Too many new visitors came from this address within 24 hours.
    TooManyFromAddress,
    /// What the visitor has spent and holds is more than the budget asked for.
    BudgetBelowSpent,
}

impl Store {
    /// Opens a session and returns its token.
    ///
    /// # Errors
    /// [`StoreError`]; the inner error says why the visitor is not admitted.
    pub async fn open_session(
        &self,
        new: NewVisitor,
    ) -> Result<Result<String, VisitorError>, StoreError> {
        let token = secret::token(secret::Kind::Session);
        let hash = secret::hash(&token);
        let opened = self
            .writer
            .write(move |connection| {
                Box::pin(async move {
                    locks::account_of_key(connection, new.key_id).await?;
                    locks::together(connection, Shared::Visitors).await?;
                    let visitor_id = match visitor(connection, &new).await? {
                        Ok(visitor_id) => visitor_id,
                        Err(refusal) => return Ok(Err(refusal)),
                    };
                    let origin = new.origin.as_deref();
                    let now_ms = now_ms();
                    insert_session(connection, hash, visitor_id, origin, new.lifetime_secs, now_ms)
                        .await?;
                    Ok(Ok(()))
                })
            })
            .await?;
        Ok(opened.map(|()| token))
    }

    /// Opens another session for the visitor of a valid one, and returns its token.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn renew_session(&self, session: SessionInfo) -> Result<String, StoreError> {
        let token = secret::token(secret::Kind::Session);
        let hash = secret::hash(&token);
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let SessionInfo { visitor_id, origin, lifetime_secs, opened_at_ms, .. } =
                        session;
                    locks::together(connection, Shared::Visitors).await?;
                    // The clock was set back: a session can't have been opened in the future.
                    let opened_at_ms = opened_at_ms.min(now_ms());
                    let origin = origin.as_deref();
                    insert_session(
                        connection,
                        hash,
                        visitor_id,
                        origin,
                        lifetime_secs,
                        opened_at_ms,
                    )
                    .await?;
                    query(sql::FORGET_OLD_RENEWALS)
                        .bind(visitor_id)
                        .bind(signed(opened_at_ms))
                        .bind(hash.as_slice())
                        .execute(connection)
                        .await
                        .map(drop)
                })
            })
            .await?;
        Ok(token)
    }

    /// The session with this token, unless it is unknown, expired, or its key was revoked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn session_by_token(&self, token: &str) -> Result<Option<SessionInfo>, StoreError> {
        self.session_good_at(token, now_ms()).await
    }

    /// The same, including expired ones.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn expired_session(&self, token: &str) -> Result<Option<SessionInfo>, StoreError> {
        self.session_good_at(token, 0).await
    }

    /// Ends the access of all visitors of an account with this subject: their sessions and tickets
    /// become invalid. Active generations go on. Returns how many visitors were ended.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn end_visitors(
        &self,
        account_id: i64,
        subject: String,
    ) -> Result<usize, StoreError> {
        let actor = self.actor.clone();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    locks::account(connection, account_id).await?;
                    let ended: Vec<i64> = query(sql::END_VISITORS)
                        .bind(signed(now_ms()))
                        .bind(&*subject)
                        .bind(account_id)
                        .fetch_all(&mut *connection)
                        .await?;
                    if !ended.is_empty() {
                        let (action, before) = ("visitor.end", Value::Null);
                        let after = json!({"visitors": ended.len()});
                        let change = Change { action, subject: &subject, before, after };
                        record(connection, &actor, change).await?;
                    }
                    for visitor_id in &ended {
                        query(sql::DELETE_SESSIONS_OF_VISITOR)
                            .bind(visitor_id)
                            .execute(&mut *connection)
                            .await?;
                    }
                    Ok(ended.len())
                })
            })
            .await
    }

    /// Removes up to `limit` visitors who came before a moment, did nothing and have no session.
    /// Returns how many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_unused_visitors(
        &self,
        before_ms: u64,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let alone = Some(Shared::Visitors);
        self.forget_before(sql::FORGET_UNUSED_VISITORS, alone, (before_ms, limit)).await
    }

    /// The visitors of an account's keys, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn visitors(
        &self,
        account_id: i64,
        limit: u32,
    ) -> Result<Vec<VisitorInfo>, StoreError> {
        query(sql::VISITORS_OF_ACCOUNT).bind(account_id).bind(limit).fetch_all(&self.reader).await
    }

    /// Whether a key, and a visitor of it, are still valid.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn owner_is_good(
        &self,
        key_id: i64,
        visitor_id: Option<i64>,
    ) -> Result<bool, StoreError> {
        let found: Option<i64> = query(sql::OWNER_IS_GOOD)
            .bind(key_id)
            .bind(visitor_id)
            .bind(signed(now_ms()))
            .fetch_optional(&self.reader)
            .await?;
        Ok(found.is_some())
    }

    async fn session_good_at(
        &self,
        token: &str,
        at_ms: u64,
    ) -> Result<Option<SessionInfo>, StoreError> {
        let hash = secret::hash(token);
        let row: Option<SessionRow> = query(sql::SESSION_BY_HASH)
            .bind(hash.as_slice())
            .bind(signed(at_ms))
            .bind(signed(now_ms()))
            .fetch_optional(&self.reader)
            .await?;
        Ok(row.filter(|row| secret::same(&row.hash, &hash)).map(|row| row.session))
    }

    /// What a visitor can spend: the budget, or the account's tokens if those are fewer or there is
    /// no budget.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn visitor_balance(
        &self,
        account_id: i64,
        visitor_id: i64,
    ) -> Result<Balance, StoreError> {
        self.reader
            .read(move |connection| {
                Box::pin(visitor_balance(connection, account_id, Some(visitor_id)))
            })
            .await
    }

    /// Removes the sessions that have expired and can't be renewed: those that were first opened
    /// more than `max_secs` ago.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_expired_sessions(&self, max_secs: u32) -> Result<u64, StoreError> {
        let mut gone = 0;
        loop {
            let removing = self.writer.write(move |connection| {
                Box::pin(async move {
                    query(sql::DELETE_EXPIRED_SESSIONS)
                        .bind(signed(now_ms()))
                        .bind(signed(now_ms().saturating_sub(u64::from(max_secs) * 1000)))
                        .bind(EXPIRED_AT_ONCE)
                        .execute(connection)
                        .await
                })
            });
            let removed = removing.await?;
            gone += removed;
            if removed < EXPIRED_AT_ONCE.unsigned_abs() {
                return Ok(gone);
            }
        }
    }
}

/// The balance as the payer sees it.
pub(super) async fn visitor_balance(
    connection: &mut Connection,
    account_id: i64,
    visitor_id: Option<i64>,
) -> Result<Balance, StoreError> {
    let account = ledger::balance(connection, account_id).await?;
    within_budget(connection, account, visitor_id).await
}

/// The part of an account's tokens that the payer sees.
pub(super) async fn within_budget(
    connection: &mut Connection,
    account: Balance,
    visitor_id: Option<i64>,
) -> Result<Balance, StoreError> {
    let Some(visitor_id) = visitor_id else { return Ok(account) };
    let BudgetRow { budget, held, spent, returned } =
        query(sql::VISITOR_BUDGET).bind(visitor_id).fetch_one(connection).await?;
    let Some(budget) = budget else { return Ok(account) };
    // Tokens released after a provider had taken the work can be used once more, not without limit.
    let left = (budget - held - spent).min(2 * budget - held - spent - returned);
    let available = account.available.min(unsigned(left));
    let (held, spent) = (unsigned(held), unsigned(spent));
    Ok(Balance { available, held, spent, granted: available + held + spent })
}

async fn visitor(
    connection: &mut Connection,
    new: &NewVisitor,
) -> Result<Result<i64, VisitorError>, StoreError> {
    let known: Option<KnownVisitor> = query(sql::VISITOR_BY_SUBJECT)
        .bind(new.key_id)
        .bind(&new.subject)
        .fetch_optional(&mut *connection)
        .await?;
    if let Some(KnownVisitor { id: visitor_id, used }) = known {
        if new.budget.is_some_and(|budget| i64::from(budget) < used) {
            return Ok(Err(VisitorError::BudgetBelowSpent));
        }
        query(sql::UPDATE_VISITOR_BUDGET)
            .bind(new.budget.map(i64::from))
            .bind(visitor_id)
            .execute(connection)
            .await?;
        return Ok(Ok(visitor_id));
    }
    if let Some((address, limit)) = &new.address {
        let (after_ms, until_ms) = last_day_ms();
        let recent: i64 = query(sql::NEW_VISITORS_FROM_ADDRESS)
            .bind(new.key_id)
            .bind(address.as_slice())
            .bind(signed(after_ms))
            .bind(signed(until_ms))
            .fetch_one(&mut *connection)
            .await?;
        if recent >= i64::from(*limit) {
            return Ok(Err(VisitorError::TooManyFromAddress));
        }
    }
    let visitor_id = query(sql::INSERT_VISITOR)
        .bind(new.key_id)
        .bind(&new.subject)
        .bind(new.address.as_ref().map(|(hash, _)| hash.to_vec()))
        .bind(signed(now_ms()))
        .bind(new.budget.map(i64::from))
        .fetch_one(connection)
        .await?;
    Ok(Ok(visitor_id))
}

async fn insert_session(
    connection: &mut Connection,
    hash: Hash,
    visitor_id: i64,
    origin: Option<&str>,
    lifetime_secs: u32,
    opened_at_ms: u64,
) -> Result<(), StoreError> {
    query(sql::INSERT_SESSION)
        .bind(hash.as_slice())
        .bind(visitor_id)
        .bind(origin)
        .bind(i64::from(lifetime_secs))
        .bind(signed(now_ms() + u64::from(lifetime_secs) * 1000))
        .bind(signed(opened_at_ms))
        .execute(connection)
        .await?;
    Ok(())
}
