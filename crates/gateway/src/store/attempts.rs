//! The failed attempts of a generation at providers, and what each job cost, for administrators. It
//! must not know what the errors mean.

use super::database::{Store, json, signed};
use super::engine::{Connection, columns, query};
use super::sql;
use crate::domain::StoreError;
use ai_now_protocol::Message;

/// An attempt that failed.
#[derive(Clone, Debug, PartialEq)]
pub struct FailedAttempt {
    /// The provider's name in the settings.
    pub provider: String,
    /// When the job was given to it, in milliseconds since 1970.
    pub begun_at_ms: u64,
    /// When the attempt ended.
    pub ended_at_ms: u64,
    /// The kind of error: `transient`, `unavailable`, `permanent` or `content_policy`.
    pub error: String,
    /// The error's message. It may repeat the prompt.
    pub message: Message,
}

columns!(FailedAttempt { provider, begun_at_ms, ended_at_ms, error, message });

/// What one job cost at a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobCostRow {
    /// The provider's name in the settings.
    pub provider: String,
    /// The currency, as three capital letters.
    pub currency: String,
    /// The sum, in millionths of a unit.
    pub micros: u64,
    /// `estimated`, or `billed` as the provider reported.
    pub basis: String,
    /// When it was recorded.
    pub at_ms: u64,
}

columns!(JobCostRow { provider, currency, micros, basis, at_ms });

impl Store {
    /// Records a failed attempt.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn attempt_failed(&self, id: &str, attempt: FailedAttempt) -> Result<(), StoreError> {
        let (id, message) = (id.to_owned(), json(&attempt.message)?);
        self.writer
            .write(move |connection: &mut Connection| {
                Box::pin(async move {
                    query(sql::INSERT_ATTEMPT)
                        .bind(id)
                        .bind(attempt.provider)
                        .bind(signed(attempt.begun_at_ms))
                        .bind(signed(attempt.ended_at_ms))
                        .bind(attempt.error)
                        .bind(message)
                        .execute(connection)
                        .await?;
                    Ok(())
                })
            })
            .await
    }

    /// The failed attempts of a generation, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn failed_attempts(&self, id: &str) -> Result<Vec<FailedAttempt>, StoreError> {
        query(sql::ATTEMPTS).bind(id).fetch_all(&self.reader).await
    }

    /// What the jobs of a generation cost at providers, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn job_costs(&self, id: &str) -> Result<Vec<JobCostRow>, StoreError> {
        query(sql::COSTS_OF_GENERATION).bind(id).fetch_all(&self.reader).await
    }
}
