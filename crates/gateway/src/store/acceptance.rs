//! How a generation is accepted: limits, idempotency, tokens held, first event; all or nothing.
//!
//! One writer does one change after another: of two submissions under one idempotency key, the
//! second finds the first accepted or refused, never half-way.

use ai_now_protocol::Event;
use sqlx::SqliteConnection;

use super::database::{Store, json, signed};
use super::events::append;
use super::ledger::{self, Payer};
use super::uploads::are_owned;
use super::visitors::visitor_balance;
use super::{key_limits, sql, usage};
use crate::clock::{last_day_ms, now_ms};
use crate::domain::{Acceptance, NewGeneration, Principal, StoreError, SubmitError};

/// What was accepted under an idempotency key.
#[derive(sqlx::FromRow)]
struct Submission {
    id: String,
    price: u32,
    body_hash: Vec<u8>,
}

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
        self.writer
            .write(move |connection| {
                Box::pin(async move { accept(connection, &new, &first).await })
            })
            .await?
    }
}

async fn accept(
    connection: &mut SqliteConnection,
    new: &NewGeneration,
    first: &Event,
) -> Result<Result<Acceptance, SubmitError>, StoreError> {
    let owner = &new.owner;
    if let Some((key, body_hash)) = &new.submission
        && let Some(submission) = submitted(connection, owner, key).await?
    {
        if submission.body_hash != *body_hash {
            return Ok(Err(SubmitError::KeyReused));
        }
        let balance = visitor_balance(connection, owner.account_id, owner.visitor_id).await?;
        let Submission { id, price, .. } = submission;
        return Ok(Ok(Acceptance { id, price, balance, replayed: true, first_seq: 0 }));
    }
    if let Some(refusal) = over_limit(connection, new).await? {
        return Ok(Err(refusal));
    }
    if !are_owned(connection, &new.uploads, owner).await? {
        return Ok(Err(SubmitError::NoSuchUpload));
    }
    let payer = Payer { account_id: owner.account_id, visitor_id: owner.visitor_id };
    if !ledger::hold(connection, payer, new.price, &new.id).await? {
        let balance = visitor_balance(connection, owner.account_id, owner.visitor_id).await?;
        let (price, available) = (new.price, balance.available);
        return Ok(Err(SubmitError::TooFewTokens { price, available }));
    }
    insert(connection, new).await?;
    usage::accepted(connection, &new.id).await?;
    let first_seq = append(connection, &new.id, first).await?;
    let balance = visitor_balance(connection, owner.account_id, owner.visitor_id).await?;
    Ok(Ok(Acceptance { id: new.id.clone(), price: new.price, balance, replayed: false, first_seq }))
}

/// Writes the generation, and the idempotency key that it was submitted under.
async fn insert(connection: &mut SqliteConnection, new: &NewGeneration) -> Result<(), StoreError> {
    let owner = &new.owner;
    sqlx::query(sql::INSERT_GENERATION)
        .bind(&new.id)
        .bind(owner.account_id)
        .bind(owner.key_id)
        .bind(owner.visitor_id)
        .bind(&new.model)
        .bind(&new.prompt)
        .bind(json(&new.options)?)
        .bind(new.procedural)
        .bind(i64::from(new.price))
        .bind(signed(now_ms()))
        .execute(&mut *connection)
        .await?;
    for upload in &new.uploads {
        sqlx::query(sql::USE_UPLOAD).bind(&new.id).bind(upload).execute(&mut *connection).await?;
    }
    if let Some((key, body_hash)) = &new.submission {
        sqlx::query(sql::INSERT_SUBMISSION)
            .bind(owner.key_id)
            .bind(owner.visitor_id.unwrap_or(0))
            .bind(key)
            .bind(body_hash.as_slice())
            .bind(&new.id)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// The generation that was accepted under this idempotency key.
async fn submitted(
    connection: &mut SqliteConnection,
    owner: &Principal,
    key: &str,
) -> Result<Option<Submission>, StoreError> {
    let row = sqlx::query_as(sql::SUBMISSION)
        .bind(owner.key_id)
        .bind(owner.visitor_id.unwrap_or(0))
        .bind(key)
        .fetch_optional(connection)
        .await?;
    Ok(row)
}

async fn over_limit(
    connection: &mut SqliteConnection,
    new: &NewGeneration,
) -> Result<Option<SubmitError>, StoreError> {
    let owner = &new.owner;
    let active: i64 = sqlx::query_scalar(sql::ACTIVE_OF_OWNER)
        .bind(owner.key_id)
        .bind(owner.visitor_id)
        .fetch_one(&mut *connection)
        .await?;
    if active >= i64::from(new.concurrent_limit) {
        return Ok(Some(SubmitError::TooManyAtOnce));
    }
    if let Some(refusal) = key_limits::refusal(connection, new).await? {
        return Ok(Some(refusal));
    }
    if let Some(tokens_per_day) = owner.tokens_per_day {
        let (after_ms, until_ms) = last_day_ms();
        let used: i64 = sqlx::query_scalar(sql::USED_TOKENS_SINCE)
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
