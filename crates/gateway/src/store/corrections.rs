//! Corrections by administrators: tokens taken back, generations refunded, keys rotated. Each is
//! one transaction, with its entry in the activity log.

use ai_now_protocol::api::Balance;
use serde_json::{Value, json};

use super::activity::{Change, record};
use super::database::{Store, signed};
use super::engine::{Connection, columns, query};
use super::keys::{KeyInfo, KeyKind};
use super::{ledger, locks, outbox, sql};
use crate::clock::{day_of, now_ms};
use crate::domain::{Reason, StoreError};
use crate::secret;

/// What a refund needs to know of a generation.
struct Refundable {
    account_id: i64,
    visitor_id: Option<i64>,
    charged: u32,
    refunded: bool,
}

columns!(Refundable { account_id, visitor_id, charged, refunded });

/// Why a generation can't be refunded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefundError {
    /// There is no such generation, or it was removed already.
    #[error("There is no such generation, or it was removed already.")]
    NoSuchGeneration,
    /// Nothing was charged for it.
    #[error("Nothing was charged for this generation. There is nothing to refund.")]
    NotCharged,
    /// It was refunded already.
    #[error("This generation was refunded already.")]
    Refunded,
    /// Fewer tokens were charged for it than are to be given back.
    #[error("Fewer tokens than that were charged for this generation.")]
    TooMany,
}

impl Store {
    /// Takes back available tokens of a key's account, and returns the balance after that.
    ///
    /// # Errors
    /// [`StoreError::TooFewTokens`] if fewer are available, and others.
    pub async fn adjust_down(
        &self,
        name: &str,
        tokens: u64,
        reason: Reason,
    ) -> Result<Balance, StoreError> {
        let KeyInfo { id: key_id, account_id, name, .. } = self.key_by_name(name).await?;
        let actor = self.actor.clone();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    locks::account(connection, account_id).await?;
                    let before = ledger::balance(connection, account_id).await?;
                    ledger::adjust_down(connection, account_id, tokens, reason.as_str()).await?;
                    let balance = ledger::balance(connection, account_id).await?;
                    let listeners: Vec<outbox::Listener> =
                        outbox::listening(account_id).fetch_all(&mut *connection).await?;
                    let left = (balance.available, tokens);
                    outbox::fell(connection, listeners, left, (account_id, key_id)).await?;
                    let change = Change {
                        action: "key.adjust",
                        subject: &name,
                        before: json!({"granted": before.granted}),
                        after: json!({"granted": balance.granted, "reason": reason.as_str()}),
                    };
                    record(connection, &actor, change).await?;
                    Ok(balance)
                })
            })
            .await
    }

    /// Refunds a generation, once, and returns how many tokens. `tokens` may be less than its
    /// charge; `None` refunds all.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn refund(
        &self,
        id: &str,
        tokens: Option<u32>,
        reason: Reason,
    ) -> Result<Result<u32, RefundError>, StoreError> {
        let (id, actor) = (id.to_owned(), self.actor.clone());
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let tokens = match refund(connection, &id, tokens, reason.as_str()).await? {
                        Ok(tokens) => tokens,
                        Err(refusal) => return Ok(Err(refusal)),
                    };
                    let (subject, before) = (id.as_str(), Value::Null);
                    let after = json!({"tokens": tokens, "reason": reason.as_str()});
                    let change = Change { action: "generation.refund", subject, before, after };
                    record(connection, &actor, change).await?;
                    Ok(Ok(tokens))
                })
            })
            .await
    }

    /// Rotates a key and returns the new one: the only time that anyone sees it. The old key
    /// remains valid for this long, and those before it for as long as they would have been; with no
    /// overlap, all of them end at once.
    ///
    /// # Errors
    /// [`StoreError::NoSuchKey`] if it is unknown or revoked, and others.
    pub async fn rotate_key(&self, name: &str, overlap_secs: u32) -> Result<String, StoreError> {
        let KeyInfo { id, name, kind, .. } = self.key_by_name(name).await?;
        let kind = match kind {
            KeyKind::Secret => secret::Kind::Secret,
            KeyKind::Publishable => secret::Kind::Publishable,
        };
        let (key, actor) = (secret::token(kind), self.actor.clone());
        let hash = secret::hash(&key);
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    locks::account_of_key(connection, id).await?;
                    let now_ms = now_ms();
                    let until_ms = now_ms + u64::from(overlap_secs) * 1000;
                    keep_older(connection, id, overlap_secs > 0, now_ms).await?;
                    let rotated = query(sql::ROTATE_KEY)
                        .bind(hash.as_slice())
                        .bind(signed(until_ms))
                        .bind(id)
                        .execute(&mut *connection)
                        .await?;
                    if rotated == 0 {
                        return Err(StoreError::NoSuchKey(name));
                    }
                    let (subject, before) = (name.as_str(), Value::Null);
                    let after = json!({"old_key_until_ms": until_ms});
                    let change = Change { action: "key.rotate", subject, before, after };
                    record(connection, &actor, change).await
                })
            })
            .await?;
        Ok(key)
    }
}

/// Keeps what the key was before its last rotation, where that is still valid, as it makes room for
/// the key of now; or ends everything that it ever was.
async fn keep_older(
    connection: &mut Connection,
    id: i64,
    keep: bool,
    now_ms: u64,
) -> Result<(), StoreError> {
    if !keep {
        query(sql::END_OLDER_KEYS).bind(id).execute(connection).await?;
        return Ok(());
    }
    let forgotten = query(sql::FORGET_OLDER_KEYS).bind(id).bind(signed(now_ms));
    forgotten.execute(&mut *connection).await?;
    query(sql::KEEP_OLDER_KEY).bind(id).bind(signed(now_ms)).execute(connection).await?;
    Ok(())
}

async fn refund(
    connection: &mut Connection,
    id: &str,
    tokens: Option<u32>,
    reason: &str,
) -> Result<Result<u32, RefundError>, StoreError> {
    locks::account_of_generation(connection, id).await?;
    let row: Option<Refundable> =
        query(sql::REFUNDABLE).bind(id).fetch_optional(&mut *connection).await?;
    let Some(row) = row else { return Ok(Err(RefundError::NoSuchGeneration)) };
    if row.refunded {
        return Ok(Err(RefundError::Refunded));
    }
    if row.charged == 0 {
        return Ok(Err(RefundError::NotCharged));
    }
    let tokens = tokens.unwrap_or(row.charged);
    if tokens > row.charged {
        return Ok(Err(RefundError::TooMany));
    }
    let payer = ledger::Payer { account_id: row.account_id, visitor_id: row.visitor_id };
    ledger::refund(connection, payer, tokens.into(), id, reason).await?;
    let today = signed(day_of(now_ms()));
    let counted = query(sql::COUNT_REFUNDED).bind(today).bind(id).bind(tokens);
    if counted.execute(&mut *connection).await? == 0 {
        return Err(StoreError::NotWritten("the generation is being removed".into()));
    }
    query(sql::COUNT_GIVEN_BACK).bind(id).bind(tokens).execute(connection).await?;
    Ok(Ok(tokens))
}
