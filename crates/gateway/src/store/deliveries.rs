//! Webhook messages on their way: claimed, attempted, resent, removed. It must not know how a
//! message is sent.

use serde_json::json;

use super::database::{Store, signed};
use super::engine::{Connection, columns, first, query};
use super::sql;
use super::webhooks::note;
use crate::clock::now_ms;
use crate::domain::{Node, StoreError, WebhookSecret};

/// A message that is to be sent now.
#[derive(Clone, Debug)]
pub struct DueDelivery {
    /// Its row.
    pub id: i64,
    /// The message's id, by which receivers recognise repetitions.
    pub message_id: String,
    /// How many attempts there were.
    pub tries: u32,
    /// The endpoint's row.
    pub endpoint_id: i64,
    /// The endpoint's name.
    pub name: String,
    /// The endpoint's address.
    pub url: String,
    /// What it is signed with.
    pub secret: WebhookSecret,
    /// Whether the operator made the endpoint.
    pub of_operator: bool,
    /// The body.
    pub payload: String,
}

columns!(DueDelivery {
    id,
    message_id,
    tries,
    endpoint_id,
    name,
    url,
    secret,
    of_operator,
    payload,
});

/// A message to an endpoint, pending or finished.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Its number.
    pub id: i64,
    /// The message's id.
    pub message_id: String,
    /// The kind of its event.
    pub kind: String,
    /// When the event happened.
    pub created_at_ms: u64,
    /// `pending`, `delivered` or `failed`.
    pub state: String,
    /// How many attempts there were since it was sent, or resent.
    pub tries: u32,
    /// When the next attempt is due, while it is pending.
    pub next_try_ms: u64,
}

columns!(Delivery { id, message_id, kind, created_at_ms, state, tries, next_try_ms });

/// An attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookAttempt {
    /// When it was made.
    pub at_ms: u64,
    /// How long it took.
    pub took_ms: u64,
    /// The status of the answer. `None`: there was no answer.
    pub status: Option<u32>,
    /// Why there was no answer.
    pub error: Option<String>,
}

columns!(WebhookAttempt { at_ms, took_ms, status, error });

/// What follows an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterTry {
    /// Nothing: the message was delivered.
    Delivered,
    /// Another attempt, later.
    Again {
        /// When it was made.
        at_ms: u64,
    },
    /// Nothing: the message failed.
    Failed,
    /// Nothing: the message failed, and the endpoint refuses all further ones.
    Gone,
}

/// When an endpoint is given up.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// After it has failed for so long.
    pub failing_ms: u64,
    /// A failure so long after the one before it begins anew: nothing was sent between them.
    pub silence_ms: u64,
}

impl Store {
    /// Claims up to `limit` messages that are due and that no living node sends: those that have
    /// waited longest first, and a few of each endpoint at a time. Concurrent nodes claim different
    /// ones.
    ///
    /// # Errors
    /// [`StoreError`]. A claim lapses with the node's lease.
    pub async fn claim_webhooks(
        &self,
        node: Node,
        limit: usize,
    ) -> Result<Vec<DueDelivery>, StoreError> {
        let now = signed(now_ms());
        // Reading first costs no commit.
        let due: Option<i64> =
            query(sql::WEBHOOK_IS_DUE).bind(now).fetch_optional(&self.reader).await?;
        if due.is_none() || limit == 0 {
            return Ok(Vec::new());
        }
        let limit = signed(limit as u64);
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let taking = query(sql::CLAIM_WEBHOOKS).bind(node.0).bind(now).bind(limit);
                    let ids: Vec<i64> = taking.fetch_all(&mut *connection).await?;
                    let read = |id| query(sql::WEBHOOK_DELIVERY).bind(id);
                    let rows = connection.together(ids.into_iter().map(read).collect()).await?;
                    rows.into_iter().filter_map(|rows| first(rows).transpose()).collect()
                })
            })
            .await
    }

    /// Releases all messages that a node claimed.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn release_webhooks(&self, node: Node) -> Result<(), StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    query(sql::RELEASE_WEBHOOKS).bind(node.0).execute(connection).await.map(drop)
                })
            })
            .await
    }

    /// Writes a try down, and what comes after it. The endpoint's name, where it is given up now: it has
    /// failed for as long as `patience` says, and taken nothing between.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn webhook_tried(
        &self,
        id: i64,
        attempt: WebhookAttempt,
        then: AfterTry,
        patience: Patience,
    ) -> Result<Option<String>, StoreError> {
        let actor = self.actor.clone();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let at_ms = attempt.at_ms;
                    let endpoint = tried(connection, id, attempt, then).await?;
                    let Some(endpoint) = endpoint else { return Ok(None) };
                    if then == AfterTry::Delivered {
                        query(sql::WEBHOOK_TAKES).bind(endpoint).execute(connection).await?;
                        return Ok(None);
                    }
                    let since: i64 = query(sql::WEBHOOK_FAILS)
                        .bind(signed(at_ms))
                        .bind(signed(at_ms).saturating_sub(signed(patience.silence_ms)))
                        .bind(endpoint)
                        .fetch_one(&mut *connection)
                        .await?;
                    let failing_ms = signed(at_ms).saturating_sub(since);
                    if then != AfterTry::Gone && failing_ms < signed(patience.failing_ms) {
                        return Ok(None);
                    }
                    let name: Option<String> = query(sql::DISABLE_WEBHOOK)
                        .bind(signed(at_ms))
                        .bind(endpoint)
                        .fetch_optional(&mut *connection)
                        .await?;
                    if let Some(name) = &name {
                        let after = json!({"failing_since_ms": since});
                        note(connection, &actor, "webhook.disable", name, after).await?;
                    }
                    Ok(name)
                })
            })
            .await
    }

    /// Up to `limit` messages to an endpoint before this number, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn deliveries_before(
        &self,
        endpoint_id: i64,
        before: i64,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        let rows = query(sql::WEBHOOK_DELIVERIES_BEFORE).bind(endpoint_id).bind(before).bind(limit);
        rows.fetch_all(&self.reader).await
    }

    /// Each attempt of a message to an endpoint, the oldest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn webhook_attempts(&self, id: i64) -> Result<Vec<WebhookAttempt>, StoreError> {
        query(sql::WEBHOOK_ATTEMPTS).bind(id).fetch_all(&self.reader).await
    }

    /// Sends a message to an endpoint again, now. Returns `false` if there is no message with this
    /// number.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn replay_webhook(
        &self,
        id: i64,
        endpoint_id: i64,
        name: String,
    ) -> Result<bool, StoreError> {
        let actor = self.actor.clone();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let changed = query(sql::REPLAY_WEBHOOK)
                        .bind(signed(now_ms()))
                        .bind(id)
                        .bind(endpoint_id)
                        .execute(&mut *connection)
                        .await?;
                    if changed > 0 {
                        let after = json!({"delivery": id});
                        note(connection, &actor, "webhook.replay", &name, after).await?;
                    }
                    Ok(changed > 0)
                })
            })
            .await
    }

    /// Removes up to `limit` messages from before a moment. Returns how many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_webhook_messages(
        &self,
        before_ms: u64,
        limit: u32,
    ) -> Result<u64, StoreError> {
        self.forget_before(sql::FORGET_WEBHOOK_MESSAGES, None, (before_ms, limit)).await
    }

    /// Gives up to `limit` messages up that wait for an endpoint behind more than `keep` newer ones: an
    /// endpoint that takes nothing fills no disk. How many. What a node is sending now stays.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn give_up_webhook_messages(&self, keep: u32, limit: u32) -> Result<u64, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let give_up = query(sql::GIVE_UP_WEBHOOK_DELIVERIES).bind(keep).bind(limit);
                    let messages: Vec<String> = give_up.fetch_all(&mut *connection).await?;
                    let count = messages.len() as u64;
                    let forget = |id: String| query(sql::FORGET_WEBHOOK_MESSAGE).bind(id);
                    connection.together(messages.into_iter().map(forget).collect()).await?;
                    Ok(count)
                })
            })
            .await
    }

    /// Forgets up to `limit` messages about cancelled generations that are older than a moment, and wait
    /// for no endpoint. How many.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget_cancelled_messages(
        &self,
        before_ms: u64,
        limit: u32,
    ) -> Result<u64, StoreError> {
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let forget = query(sql::FORGET_CANCELLED_MESSAGES);
                    forget.bind(signed(before_ms)).bind(limit).execute(connection).await
                })
            })
            .await
    }
}

/// Records an attempt and releases the message. Returns the endpoint, unless it was removed
/// meanwhile or another node's attempt was delivered.
async fn tried(
    connection: &mut Connection,
    id: i64,
    attempt: WebhookAttempt,
    then: AfterTry,
) -> Result<Option<i64>, StoreError> {
    let (state, next_try_ms) = match then {
        AfterTry::Delivered => ("delivered", attempt.at_ms),
        AfterTry::Again { at_ms } => ("pending", at_ms),
        AfterTry::Failed | AfterTry::Gone => ("failed", attempt.at_ms),
    };
    // Locked, so that the removal of an endpoint comes before or after this, and not in between.
    connection.lock(query(sql::LOCK_WEBHOOK_OF_DELIVERY).bind(id)).await?;
    let endpoint: Option<i64> = query(sql::WEBHOOK_TRIED)
        .bind(state)
        .bind(signed(next_try_ms))
        .bind(id)
        .fetch_optional(&mut *connection)
        .await?;
    if endpoint.is_some() {
        query(sql::INSERT_WEBHOOK_ATTEMPT)
            .bind(id)
            .bind(signed(attempt.at_ms))
            .bind(signed(attempt.took_ms))
            .bind(attempt.status.map(i64::from))
            .bind(attempt.error)
            .execute(connection)
            .await?;
    }
    Ok(endpoint)
}
