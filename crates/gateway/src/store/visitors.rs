//! Visitors and their sessions: short-lived tokens that stand for somebody on a page.

use ai_now_protocol::api::Balance;
use sqlx::SqliteConnection;

use super::database::{Store, signed, unsigned};
use super::keys::{KeyKind, KindName};
use super::{ledger, sql};
use crate::clock::{last_day_ms, now_ms};
use crate::domain::StoreError;
use crate::secret::{self, Hash};

/// A visitor to be known, or to be recognised, and the session to be opened for them.
#[derive(Clone, Debug)]
pub struct NewVisitor {
    /// The key that lets them in.
    pub key_id: i64,
    /// Who they are, in the key owner's own terms. The same subject is the same visitor.
    pub subject: String,
    /// What they may spend, in tokens; `None`: what the account has. A visitor who is known
    /// already keeps what was spent and gets this as the new limit.
    pub budget: Option<u32>,
    /// Where they come from, disguised, and how many new visitors may come from there in a day.
    pub address: Option<(Hash, u32)>,
    /// The only origin that may use the session.
    pub origin: Option<String>,
    /// How long the session is good.
    pub lifetime_secs: u32,
}

/// A session that is good.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SessionInfo {
    /// The key it was opened with.
    pub key_id: i64,
    /// What kind of key that is.
    #[sqlx(try_from = "KindName")]
    pub key_kind: KeyKind,
    /// What all visitors of a publishable key may have held in a day, in tokens.
    pub tokens_per_day: Option<u32>,
    /// The account that pays.
    pub account_id: i64,
    /// The visitor.
    pub visitor_id: i64,
    /// The only origin that may use it.
    pub origin: Option<String>,
    /// How long it, and a renewed one, is good.
    pub lifetime_secs: u32,
    /// When the first session was opened of which this one is a renewal.
    #[sqlx(try_from = "i64")]
    pub opened_at_ms: u64,
}

impl SessionInfo {
    /// Whether it can be renewed: for so many seconds after the first one was opened.
    pub fn is_renewable(&self, max_secs: u32) -> bool {
        now_ms() < self.opened_at_ms.saturating_add(u64::from(max_secs) * 1000)
    }
}

/// A visitor, as its key's owner sees it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct VisitorInfo {
    /// Who they are, in the owner's terms.
    pub subject: String,
    /// The key that let them in.
    pub key_name: String,
    /// When they came first.
    #[sqlx(try_from = "i64")]
    pub created_at_ms: u64,
    /// What their unfinished generations hold, in tokens.
    #[sqlx(try_from = "i64")]
    pub held: u64,
    /// What they have spent, in tokens.
    #[sqlx(try_from = "i64")]
    pub spent: u64,
    /// Whether they were ended.
    pub ended: bool,
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    #[sqlx(flatten)]
    session: SessionInfo,
    hash: Vec<u8>,
}

#[derive(sqlx::FromRow)]
struct BudgetRow {
    budget: Option<i64>,
    held: i64,
    spent: i64,
    returned: i64,
}

#[derive(sqlx::FromRow)]
struct KnownVisitor {
    id: i64,
    used: i64,
}

/// Why there is no session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisitorRefusal {
    /// Too many new visitors came from this address within 24 hours.
    TooManyFromAddress,
    /// What the visitor has spent and holds is more than the budget asked for.
    BudgetBelowSpent,
}

impl Store {
    /// Opens a session and returns its token.
    ///
    /// # Errors
    /// [`StoreError`]; the inner error says why the visitor is not let in.
    pub async fn open_session(
        &self,
        new: NewVisitor,
    ) -> Result<Result<String, VisitorRefusal>, StoreError> {
        let token = secret::token(secret::Kind::Session);
        let hash = secret::hash(&token);
        let opened = self
            .writer
            .write(move |connection| {
                Box::pin(async move {
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

    /// Opens another session for the visitor of one that is good, and returns its token.
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
                    // Nobody has opened one that is still to come: the clock was set back.
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
                    .await
                })
            })
            .await?;
        Ok(token)
    }

    /// The session that was presented, unless it is unknown, expired, or its key was revoked.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn session_by_token(&self, token: &str) -> Result<Option<SessionInfo>, StoreError> {
        self.session_good_at(token, now_ms()).await
    }

    /// The same for one that may have expired.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn expired_session(&self, token: &str) -> Result<Option<SessionInfo>, StoreError> {
        self.session_good_at(token, 0).await
    }

    /// Ends everybody whom an account's owner calls so: no session and no ticket of theirs is good any
    /// more. What is under way goes to its end. How many were ended.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn end_visitors(
        &self,
        account_id: i64,
        subject: String,
    ) -> Result<usize, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let ended: Vec<i64> = sqlx::query_scalar(sql::END_VISITORS)
                        .bind(signed(now_ms()))
                        .bind(subject)
                        .bind(account_id)
                        .fetch_all(&mut *connection)
                        .await?;
                    for visitor_id in &ended {
                        sqlx::query(sql::DELETE_SESSIONS_OF_VISITOR)
                            .bind(visitor_id)
                            .execute(&mut *connection)
                            .await?;
                    }
                    Ok(ended.len())
                })
            })
            .await
    }

    /// Forgets up to `limit` visitors who came before a moment, did nothing and have no session. How
    /// many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_unused_visitors(
        &self,
        before_ms: u64,
        limit: u32,
    ) -> Result<u64, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let gone = sqlx::query(sql::FORGET_UNUSED_VISITORS)
                        .bind(signed(before_ms))
                        .bind(limit)
                        .execute(connection)
                        .await?;
                    Ok(gone.rows_affected())
                })
            })
            .await
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
        Ok(sqlx::query_as(sql::VISITORS_OF_ACCOUNT)
            .bind(account_id)
            .bind(limit)
            .fetch_all(&self.reader)
            .await?)
    }

    /// Whether a key, and a visitor of it, are good still.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn owner_is_good(
        &self,
        key_id: i64,
        visitor_id: Option<i64>,
    ) -> Result<bool, StoreError> {
        let found: Option<i64> = sqlx::query_scalar(sql::OWNER_IS_GOOD)
            .bind(key_id)
            .bind(visitor_id)
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
        let row: Option<SessionRow> = sqlx::query_as(sql::SESSION_BY_HASH)
            .bind(hash.as_slice())
            .bind(signed(at_ms))
            .bind(signed(now_ms()))
            .fetch_optional(&self.reader)
            .await?;
        Ok(row.filter(|row| secret::same(&row.hash, &hash)).map(|row| row.session))
    }

    /// What a visitor can spend: the budget, or the account where it has less or there is none.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn visitor_balance(
        &self,
        account_id: i64,
        visitor_id: i64,
    ) -> Result<Balance, StoreError> {
        let mut connection = self.reader.acquire().await?;
        Ok(visitor_balance(&mut connection, account_id, Some(visitor_id)).await?)
    }

    /// Forgets the sessions that have expired and can't be renewed: those that were first opened more
    /// than `max_secs` ago.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_expired_sessions(&self, max_secs: u32) -> Result<u64, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let gone = sqlx::query(sql::DELETE_EXPIRED_SESSIONS)
                        .bind(signed(now_ms()))
                        .bind(signed(now_ms().saturating_sub(u64::from(max_secs) * 1000)))
                        .execute(connection)
                        .await?;
                    Ok(gone.rows_affected())
                })
            })
            .await
    }
}

/// The balance as whoever pays sees it.
pub(super) async fn visitor_balance(
    connection: &mut SqliteConnection,
    account_id: i64,
    visitor_id: Option<i64>,
) -> Result<Balance, sqlx::Error> {
    let account = ledger::balance(connection, account_id).await?;
    let Some(visitor_id) = visitor_id else { return Ok(account) };
    let BudgetRow { budget, held, spent, returned } =
        sqlx::query_as(sql::VISITOR_BUDGET).bind(visitor_id).fetch_one(connection).await?;
    let Some(budget) = budget else { return Ok(account) };
    // What came back of work that a provider had taken can be used once more, not for ever.
    let left = (budget - held - spent).min(2 * budget - held - spent - returned);
    let available = account.available.min(unsigned(left));
    let (held, spent) = (unsigned(held), unsigned(spent));
    Ok(Balance { available, held, spent, granted: available + held + spent })
}

async fn visitor(
    connection: &mut SqliteConnection,
    new: &NewVisitor,
) -> Result<Result<i64, VisitorRefusal>, StoreError> {
    let known: Option<KnownVisitor> = sqlx::query_as(sql::VISITOR_BY_SUBJECT)
        .bind(new.key_id)
        .bind(&new.subject)
        .fetch_optional(&mut *connection)
        .await?;
    if let Some(KnownVisitor { id: visitor_id, used }) = known {
        if new.budget.is_some_and(|budget| i64::from(budget) < used) {
            return Ok(Err(VisitorRefusal::BudgetBelowSpent));
        }
        sqlx::query(sql::UPDATE_VISITOR_BUDGET)
            .bind(new.budget.map(i64::from))
            .bind(visitor_id)
            .execute(connection)
            .await?;
        return Ok(Ok(visitor_id));
    }
    if let Some((address, limit)) = &new.address {
        let (after_ms, until_ms) = last_day_ms();
        let recent: i64 = sqlx::query_scalar(sql::NEW_VISITORS_FROM_ADDRESS)
            .bind(new.key_id)
            .bind(address.as_slice())
            .bind(signed(after_ms))
            .bind(signed(until_ms))
            .fetch_one(&mut *connection)
            .await?;
        if recent >= i64::from(*limit) {
            return Ok(Err(VisitorRefusal::TooManyFromAddress));
        }
    }
    let inserted = sqlx::query(sql::INSERT_VISITOR)
        .bind(new.key_id)
        .bind(&new.subject)
        .bind(new.address.as_ref().map(|(hash, _)| hash.to_vec()))
        .bind(signed(now_ms()))
        .bind(new.budget.map(i64::from))
        .execute(connection)
        .await?;
    Ok(Ok(inserted.last_insert_rowid()))
}

async fn insert_session(
    connection: &mut SqliteConnection,
    hash: Hash,
    visitor_id: i64,
    origin: Option<&str>,
    lifetime_secs: u32,
    opened_at_ms: u64,
) -> Result<(), StoreError> {
    sqlx::query(sql::INSERT_SESSION)
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
