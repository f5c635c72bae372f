//! The outbox of webhooks: messages are written in the transaction of the change that they report,
//! one for each endpoint that listens to it. It must not know how they are delivered.

use ai_now_protocol::{Message, WebhookKind};
use serde_json::json;

use super::database::{Store, json as text_of, signed};
use super::engine::{Connection, FromRow as _, Query, Row, columns, query};
use super::sql;
use crate::clock::{now_ms, timestamp};
use crate::domain::{StoreError, WebhookEvent};
use crate::secret;

/// An endpoint, with the fields that decide what it receives.
pub(super) struct Listener {
    id: i64,
    kinds: Option<String>,
    balance_low_tokens: u64,
}

columns!(Listener { id, kinds, balance_low_tokens });

impl Listener {
    fn listens(&self, kind: WebhookKind) -> bool {
        let Some(kinds) = &self.kinds else { return true };
        // A list that can't be parsed matches no event.
        let kinds: Vec<String> = serde_json::from_str(kinds).unwrap_or_default();
        kinds.iter().any(|name| name == kind.name())
    }
}

/// A generation that has ended, with the fields of its message.
struct Ended {
    id: String,
    key_name: String,
    model: String,
    state: String,
    procedural: bool,
    price: u32,
    charged: u32,
    created_at_ms: u64,
    finished_at_ms: Option<u64>,
    message: Option<String>,
}

columns!(Ended {
    id,
    key_name,
    model,
    state,
    procedural,
    price,
    charged,
    created_at_ms,
    finished_at_ms,
    message,
});

/// The query for the endpoints that listen to an account. It does not depend on the statements
/// around it.
pub(super) fn listening(account_id: i64) -> Query {
    query(sql::LISTENERS_OF_ACCOUNT).bind(account_id)
}

/// The endpoints that listen to an account, from the rows of [`listening`].
pub(super) fn listeners(rows: Vec<Row>) -> Result<Vec<Listener>, StoreError> {
    rows.into_iter().map(|mut row| Listener::from_row(&mut row)).collect()
}

/// Writes a message to each of these endpoints that listens to this kind. `once`: a name under
/// which only one message is ever written.
async fn enqueue(
    connection: &mut Connection,
    listeners: &[Listener],
    event: &WebhookEvent,
    once: Option<&str>,
) -> Result<(), StoreError> {
    let hearing: Vec<_> = listeners.iter().filter(|one| one.listens(event.kind)).collect();
    if hearing.is_empty() {
        return Ok(());
    }
    let (id, now) = (format!("msg_{}", secret::name()), now_ms());
    let written = query(sql::INSERT_WEBHOOK_MESSAGE)
        .bind(&id)
        .bind(event.kind.name())
        .bind(signed(now))
        .bind(text_of(&event.payload(&timestamp(now)))?)
        .bind(once.map(str::to_owned))
        .execute(&mut *connection)
        .await?;
    if written == 0 {
        return Ok(());
    }
    for listener in hearing {
        query(sql::INSERT_WEBHOOK_DELIVERY)
            .bind(&id)
            .bind(listener.id)
            .bind(signed(now))
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// Writes the messages that a generation has ended. They contain neither its prompt nor its file's
/// name, which is derived from the prompt.
pub(super) async fn ended(
    connection: &mut Connection,
    listeners: &[Listener],
    id: &str,
) -> Result<(), StoreError> {
    if listeners.is_empty() {
        return Ok(());
    }
    let row: Ended = query(sql::KEYED_GENERATION).bind(id).fetch_one(&mut *connection).await?;
    let kind = match row.state.as_str() {
        "completed" => WebhookKind::GenerationCompleted,
        "cancelled" => WebhookKind::GenerationCancelled,
        _ => WebhookKind::GenerationFailed,
    };
    let mut data = json!({
        "id": row.id,
        "key": row.key_name,
        "model": row.model,
        "state": row.state,
        "procedural": row.procedural,
        "price_tokens": row.price,
        "charged_tokens": row.charged,
        "created_at_ms": row.created_at_ms,
        "finished_at_ms": row.finished_at_ms,
    });
    if let Some(message) = row.message {
        // The sentence may be a provider's, which may repeat the prompt.
        let Message { code, .. } = serde_json::from_str(&message).unwrap_or_default();
        data["code"] = json!(code);
    }
    enqueue(connection, listeners, &WebhookEvent { kind, data }, None).await
}

const HOUR_MS: u64 = 60 * 60 * 1000;

/// Writes the messages that an account has few tokens left, if it had more before this change.
pub(super) async fn fell(
    connection: &mut Connection,
    listeners: Vec<Listener>,
    (available, by): (u64, u64),
    (account_id, key_id): (i64, i64),
) -> Result<(), StoreError> {
    let before = available.saturating_add(by);
    let crossed = |one: &Listener| (available + 1..=before).contains(&one.balance_low_tokens);
    let crossed: Vec<_> = listeners.into_iter().filter(crossed).collect();
    if crossed.is_empty() {
        return Ok(());
    }
    let key: String = query(sql::KEY_NAME).bind(key_id).fetch_one(&mut *connection).await?;
    let data = json!({"key": key, "available_tokens": available});
    let event = WebhookEvent { kind: WebhookKind::BalanceLow, data };
    let hour = now_ms() / HOUR_MS;
    for one in &crossed {
        // Whoever holds and gives back the last tokens again and again is told of once in an hour.
        let once = format!("low:{}:{account_id}:{hour}", one.id);
        enqueue(connection, std::slice::from_ref(one), &event, Some(&once)).await?;
    }
    Ok(())
}

impl Store {
    /// Writes the messages that a key has reached its cap for the day or month that ends at this
    /// time, once.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn notify_cap_reached(
        &self,
        key_id: i64,
        account_id: i64,
        month: bool,
        ends_at_ms: u64,
    ) -> Result<(), StoreError> {
        let period = if month { "month" } else { "day" };
        let once = format!("cap:{key_id}:{period}:{}", ends_at_ms / 60_000);
        // Whoever asks again and again costs no commit each time, nor does one whom nobody hears.
        let listening_now: Vec<Listener> = listening(account_id).fetch_all(&self.reader).await?;
        if !listening_now.iter().any(|one| one.listens(WebhookKind::CapReached)) {
            return Ok(());
        }
        let told: Option<i64> =
            query(sql::WEBHOOK_WAS_TOLD).bind(&once).fetch_optional(&self.reader).await?;
        if told.is_some() {
            return Ok(());
        }
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let listeners: Vec<Listener> =
                        listening(account_id).fetch_all(&mut *connection).await?;
                    let key: String =
                        query(sql::KEY_NAME).bind(key_id).fetch_one(&mut *connection).await?;
                    let data = json!({"key": key, "period": period, "ends_at_ms": ends_at_ms});
                    let event = WebhookEvent { kind: WebhookKind::CapReached, data };
                    enqueue(connection, &listeners, &event, Some(&once)).await
                })
            })
            .await
    }

    /// Tells the operator something that is of no account, once under this name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn notify_operator(&self, event: WebhookEvent, once: &str) -> Result<(), StoreError> {
        let once = once.to_owned();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let listeners: Vec<Listener> =
                        query(sql::LISTENERS_OF_OPERATOR).fetch_all(&mut *connection).await?;
                    enqueue(connection, &listeners, &event, Some(&once)).await
                })
            })
            .await
    }
}
