//! Visitors and their sessions: short-lived tokens that stand for somebody on a page.

use ai_now_protocol::api::Balance;
use sqlx::SqliteConnection;

use super::database::{Store, signed, unsigned};
use super::keys::{KeyKind, KindName};
use super::{ledger, sql};
use crate::clock::{DAY_MS, last_day_ms, now_ms};
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

/// For how long after its end a session opens one thing still: another session for the same visitor.
/// A laptop that slept over a weekend finds what its visitor had asked for.
const RENEWABLE_MS: u64 = 7 * DAY_MS;

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
                    insert_session(connection, hash, visitor_id, origin, new.lifetime_secs).await?;
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
                    let SessionInfo { visitor_id, origin, lifetime_secs, .. } = session;
                    insert_session(connection, hash, visitor_id, origin.as_deref(), lifetime_secs)
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

    /// The same for one that may have expired, but not so long ago that it can't be renewed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn renewable_session(&self, token: &str) -> Result<Option<SessionInfo>, StoreError> {
        self.session_good_at(token, now_ms().saturating_sub(RENEWABLE_MS)).await
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

    /// Forgets the sessions that expired too long ago to be renewed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_expired_sessions(&self) -> Result<u64, StoreError> {
        self.writer
            .write(|connection| {
                Box::pin(async move {
                    let gone = sqlx::query(sql::DELETE_EXPIRED_SESSIONS)
                        .bind(signed(now_ms().saturating_sub(RENEWABLE_MS)))
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
) -> Result<(), StoreError> {
    sqlx::query(sql::INSERT_SESSION)
        .bind(hash.as_slice())
        .bind(visitor_id)
        .bind(origin)
        .bind(i64::from(lifetime_secs))
        .bind(signed(now_ms() + u64::from(lifetime_secs) * 1000))
        .execute(connection)
        .await?;
    Ok(())
}
