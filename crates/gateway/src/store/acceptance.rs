//! Accepting a generation in one transaction: limits, idempotency, tokens held, first event; all or
//! nothing.
//!
//! Changes of one account are serialised: of two submissions under one idempotency key, the second
//! finds the first accepted or refused, never in between.

use ai_now_protocol::Event;
use serde_json::Value;

use super::activity::{Change, record};
use super::actor::Actor;
use super::database::{Store, json, signed};
use super::engine::{Connection, Query, columns, first, query};
use super::events::{fact, next_block_of};
use super::key_limits::{KeyLimits, LimitsRow};
use super::ledger::{self, Payer};
use super::locks::Shared;
use super::uploads::are_owned;
use super::visitors::{visitor_balance, within_budget};
use super::{key_limits, locks, outbox, sql, usage};
use crate::clock::{last_day_ms, now_ms};
use crate::domain::{Acceptance, NewGeneration, Principal, StoreError, SubmitError};
use crate::secret;

/// What was accepted under an idempotency key.
struct Submission {
    id: String,
    price: u32,
    body_hash: Vec<u8>,
}

columns!(Submission { id, price, body_hash });

impl Store {
    /// Accepts a generation: tokens held, row, first event and idempotency key, or nothing.
    ///
    /// # Errors
    /// [`SubmitError`]
    pub async fn accept(
        &self,
        new: NewGeneration,
        first: Event,
    ) -> Result<Acceptance, SubmitError> {
        let (key_id, account_id) = (new.owner.key_id, new.owner.account_id);
        let actor = self.actor.clone();
        let accepted = self
            .writer
            .write(move |connection| {
                Box::pin(async move { accept(connection, &new, &first, &actor).await })
            })
            .await?;
        if let Err(SubmitError::CapReached { month, wait_ms }) = &accepted {
            // A refusal writes nothing: that it happened is a change of its own, and the answer is the
            // same where it can't be told.
            let ends_at_ms = now_ms() + wait_ms;
            if let Err(error) =
                self.notify_cap_reached(key_id, account_id, *month, ends_at_ms).await
            {
                tracing::warn!(%error, "that a cap is reached could not be told");
            }
        }
        accepted
    }
}

impl Store {
    /// What was accepted under an idempotency key for this request. `None`: nothing.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn accepted_before(
        &self,
        owner: &Principal,
        (key, body_hash): &(String, secret::Hash),
    ) -> Result<Option<Result<Acceptance, SubmitError>>, StoreError> {
        let &Principal { key_id, account_id, visitor_id, .. } = owner;
        let (key, body_hash) = (key.clone(), *body_hash);
        let asked = query(sql::SUBMISSION).bind(key_id).bind(visitor_id.unwrap_or(0)).bind(key);
        self.reader
            .read(move |connection| {
                Box::pin(async move {
                    let found: Option<Submission> = asked.fetch_optional(&mut *connection).await?;
                    let Some(found) = found else { return Ok(None) };
                    let payer = (account_id, visitor_id);
                    Ok(Some(replayed(connection, found, Some(&body_hash), payer).await?))
                })
            })
            .await
    }
}

async fn accept(
    connection: &mut Connection,
    new: &NewGeneration,
    first_fact: &Event,
    actor: &Actor,
) -> Result<Result<Acceptance, SubmitError>, StoreError> {
    let owner = &new.owner;
    locks::account(connection, owner.account_id).await?;
    if !new.uploads.is_empty() {
        locks::alone(connection, Shared::Uploads).await?;
    }
    let Known { submission, active, limits, listeners } = known(connection, new).await?;
    if let Some(submission) = submission {
        let body_hash = new.submission.as_ref().map(|(_, body_hash)| body_hash);
        let payer = (owner.account_id, owner.visitor_id);
        return replayed(connection, submission, body_hash, payer).await;
    }
    if active >= i64::from(new.concurrent_limit) {
        return Ok(Err(SubmitError::TooManyAtOnce));
    }
    if let Some(refusal) = over_limit(connection, new, limits.into()).await? {
        return Ok(Err(refusal));
    }
    if !are_owned(connection, &new.uploads, owner).await? {
        return Ok(Err(SubmitError::NoSuchUpload));
    }
    let payer = Payer { account_id: owner.account_id, visitor_id: owner.visitor_id };
    let Some(account) = ledger::hold(connection, payer, new.price).await? else {
        let balance = visitor_balance(connection, owner.account_id, owner.visitor_id).await?;
        let (price, available) = (new.price, balance.available);
        return Ok(Err(SubmitError::TooFewTokens { price, available }));
    };
    let first_seq = next_block_of(connection, owner).await?;
    let mut writes = insert(new, first_seq)?;
    writes.push(ledger::hold_entry(payer, new.price, &new.id));
    writes.push(fact(&new.id, first_seq, first_fact)?);
    connection.together(writes).await?;
    let left = (account.available, u64::from(new.price));
    outbox::fell(connection, listeners, left, (owner.account_id, owner.key_id)).await?;
    if let Some(repeated) = &new.repeats {
        let (action, after) = ("generation.again", serde_json::json!({ "id": new.id }));
        let change = Change { action, subject: repeated, before: Value::Null, after };
        record(connection, actor, change).await?;
    }
    let balance = within_budget(connection, account, owner.visitor_id).await?;
    Ok(Ok(Acceptance { id: new.id.clone(), price: new.price, balance, replayed: false, first_seq }))
}

/// The answer to a request whose idempotency key was used before: the same as before, if it asks for the
/// same.
async fn replayed(
    connection: &mut Connection,
    submission: Submission,
    body_hash: Option<&secret::Hash>,
    (account_id, visitor_id): (i64, Option<i64>),
) -> Result<Result<Acceptance, SubmitError>, StoreError> {
    if body_hash.map(<[u8; 32]>::as_slice) != Some(submission.body_hash.as_slice()) {
        return Ok(Err(SubmitError::KeyReused));
    }
    let balance = visitor_balance(connection, account_id, visitor_id).await?;
    let Submission { id, price, .. } = submission;
    Ok(Ok(Acceptance { id, price, balance, replayed: true, first_seq: 0 }))
}

/// The statements that store a generation, its uploads and its counts, and its idempotency key.
fn insert(new: &NewGeneration, first_seq: u64) -> Result<Vec<Query>, StoreError> {
    let (owner, now) = (&new.owner, now_ms());
    let generation = query(sql::INSERT_GENERATION)
        .bind(&new.id)
        .bind(owner.account_id)
        .bind(owner.key_id)
        .bind(owner.visitor_id)
        .bind(&new.model)
        .bind(&new.prompt)
        .bind(json(&new.options)?)
        .bind(new.procedural)
        .bind(i64::from(new.price))
        .bind(signed(now))
        .bind(new.node.map(|node| node.0))
        .bind(signed(first_seq));
    let mut writes = vec![generation, usage::accepted(owner.key_id, new.price, now)];
    writes
        .extend(new.uploads.iter().map(|upload| query(sql::USE_UPLOAD).bind(&new.id).bind(upload)));
    writes.extend(new.submission.as_ref().map(|(key, body_hash)| {
        query(sql::INSERT_SUBMISSION)
            .bind(owner.key_id)
            .bind(owner.visitor_id.unwrap_or(0))
            .bind(key)
            .bind(body_hash.as_slice())
            .bind(&new.id)
    }));
    Ok(writes)
}

/// What is read before the decision.
struct Known {
    /// What was accepted under the same idempotency key.
    submission: Option<Submission>,
    /// How many generations of the owner are active.
    active: i64,
    limits: LimitsRow,
    /// The webhook endpoints that listen to the account.
    listeners: Vec<outbox::Listener>,
}

async fn known(connection: &mut Connection, new: &NewGeneration) -> Result<Known, StoreError> {
    let owner = &new.owner;
    let mut asked = vec![
        query(sql::ACTIVE_OF_OWNER).bind(owner.key_id).bind(owner.visitor_id),
        query(sql::KEY_LIMITS).bind(owner.key_id),
        outbox::listening(owner.account_id),
    ];
    asked.extend(new.submission.as_ref().map(|(key, _)| {
        query(sql::SUBMISSION).bind(owner.key_id).bind(owner.visitor_id.unwrap_or(0)).bind(key)
    }));
    let mut answers = connection.together(asked).await?.into_iter();
    let mut next = || answers.next().unwrap_or_default();
    let missing = || StoreError::NoSuchKey("that was given".into());
    Ok(Known {
        active: first(next())?.unwrap_or(0),
        limits: first(next())?.ok_or_else(missing)?,
        listeners: outbox::listeners(next())?,
        submission: first(next())?,
    })
}

async fn over_limit(
    connection: &mut Connection,
    new: &NewGeneration,
    limits: KeyLimits,
) -> Result<Option<SubmitError>, StoreError> {
    let owner = &new.owner;
    if let Some(refusal) = key_limits::refusal(connection, new, limits).await? {
        return Ok(Some(refusal));
    }
    if let Some(tokens_per_day) = owner.tokens_per_day {
        let (after_ms, until_ms) = last_day_ms();
        let used: i64 = query(sql::USED_TOKENS_SINCE)
            .bind(owner.key_id)
            .bind(signed(after_ms))
            .bind(signed(until_ms))
            .fetch_one(&mut *connection)
            .await?;
        if used + i64::from(new.price) > i64::from(tokens_per_day) {
            return Ok(Some(SubmitError::DayUsedUp));
        }
    }
    Ok(None)
}
