//! Failed attempts of providers, recorded for the administrators.

use std::time::Duration;

use ai_now_protocol::Message;

use super::service::GenerationService;
use crate::clock::now_ms;
use crate::providers::{ErrorKind, PooledProvider};
use crate::store::{FailedAttempt, GenerationRow};

impl GenerationService {
    /// Records that a provider failed. The generation goes on even if this can't be written.
    pub(super) async fn note_failure(
        &self,
        row: &GenerationRow,
        pooled: &PooledProvider,
        took: Duration,
        (kind, message): (ErrorKind, &Message),
    ) {
        let ended_at_ms = now_ms();
        let attempt = FailedAttempt {
            provider: pooled.name.clone(),
            begun_at_ms: ended_at_ms.saturating_sub(took.as_millis() as u64),
            ended_at_ms,
            error: kind.name().into(),
            message: message.clone(),
        };
        if let Err(error) = self.0.store.attempt_failed(&row.id, attempt).await {
            tracing::warn!(%error, generation = row.id, "a failed attempt was not recorded");
        }
    }
}
