//! The endpoints of webhooks: created, listed, removed. It must not know what is sent to them.

use ai_now_protocol::WebhookKind;
use serde_json::{Value, json};

use super::activity::{Change, record};
use super::database::{Store, json as text_of, signed};
use super::engine::{Connection, columns, query};
use super::{locks, sql};
use crate::clock::now_ms;
use crate::domain::{StoreError, WebhookSecret};
use crate::secret;

/// An endpoint to be created.
#[derive(Clone, Debug)]
pub struct NewWebhook {
    /// The name of the key whose account it listens to. `None`: the operator's, for all accounts.
    pub key: Option<String>,
    /// Where messages are sent.
    pub url: String,
    /// The kinds of events that it listens to. `None`: all.
    pub kinds: Option<Vec<WebhookKind>>,
    /// A balance below this many available tokens is low.
    pub balance_low_tokens: u32,
    /// What messages are signed with.
    pub secret: WebhookSecret,
}

/// How many endpoints an account may have. The operator's own are not counted.
const OF_ACCOUNT_MAX: u32 = 20;

/// An endpoint.
#[derive(Clone, Debug)]
pub struct WebhookInfo {
    /// Its row.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The account that it listens to. `None`: the operator's.
    pub account_id: Option<i64>,
    /// Where messages are sent.
    pub url: String,
    /// The kinds of events that it listens to. `None`: all.
    pub kinds: Option<Vec<String>>,
    /// A balance below this many available tokens is low.
    pub balance_low_tokens: u32,
    /// When it was created, in milliseconds since 1970.
    pub created_at_ms: u64,
    /// Since when no delivery has succeeded.
    pub failing_since_ms: Option<u64>,
    /// When it was given up.
    pub disabled_at_ms: Option<u64>,
    /// How many messages are on their way to it.
    pub pending: u64,
}

struct WebhookRow {
    id: i64,
    name: String,
    account_id: Option<i64>,
    url: String,
    kinds: Option<String>,
    balance_low_tokens: u32,
    created_at_ms: u64,
    failing_since_ms: Option<u64>,
    disabled_at_ms: Option<u64>,
    pending: u64,
}

columns!(WebhookRow {
    id,
    name,
    account_id,
    url,
    kinds,
    balance_low_tokens,
    created_at_ms,
    failing_since_ms,
    disabled_at_ms,
    pending,
});

impl From<WebhookRow> for WebhookInfo {
    fn from(row: WebhookRow) -> Self {
        let kinds = row.kinds.map(|kinds| serde_json::from_str(&kinds).unwrap_or_default());
        Self {
            id: row.id,
            name: row.name,
            account_id: row.account_id,
            url: row.url,
            kinds,
            balance_low_tokens: row.balance_low_tokens,
            created_at_ms: row.created_at_ms,
            failing_since_ms: row.failing_since_ms,
            disabled_at_ms: row.disabled_at_ms,
            pending: row.pending,
        }
    }
}

struct Place {
    id: i64,
    account_id: Option<i64>,
}

columns!(Place { id, account_id });

impl Store {
    /// Creates an endpoint and returns its name.
    ///
    /// # Errors
    /// [`StoreError::NoSuchKey`], [`StoreError::TooManyWebhooks`], and others.
    pub async fn create_webhook(&self, new: NewWebhook) -> Result<String, StoreError> {
        let account_id = match &new.key {
            Some(key) => Some(self.key_by_name(key).await?.account_id),
            None => None,
        };
        let (name, actor) = (format!("wh-{}", &secret::name()[..8]), self.actor.clone());
        let made = name.clone();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    if let Some(account_id) = account_id {
                        may_have_another(connection, account_id).await?;
                    }
                    let kinds = new
                        .kinds
                        .map(|kinds| kinds.into_iter().map(WebhookKind::name).collect::<Vec<_>>());
                    query(sql::INSERT_WEBHOOK)
                        .bind(&name)
                        .bind(account_id)
                        .bind(&new.url)
                        .bind(kinds.as_ref().map(text_of).transpose()?)
                        .bind(i64::from(new.balance_low_tokens))
                        .bind(new.secret.reveal())
                        .bind(signed(now_ms()))
                        .execute(&mut *connection)
                        .await?;
                    let after = json!({"url": new.url, "key": new.key, "events": kinds});
                    note(connection, &actor, "webhook.create", &name, after).await
                })
            })
            .await?;
        Ok(made)
    }

    /// All endpoints, or those of an account.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn webhooks(&self, account_id: Option<i64>) -> Result<Vec<WebhookInfo>, StoreError> {
        let asked = match account_id {
            Some(account_id) => query(sql::WEBHOOKS_OF_ACCOUNT).bind(account_id),
            None => query(sql::ALL_WEBHOOKS),
        };
        let rows: Vec<WebhookRow> = asked.fetch_all(&self.reader).await?;
        Ok(rows.into_iter().map(WebhookInfo::from).collect())
    }

    /// The row of the endpoint with this name, if it belongs to this account; `None` matches any
    /// owner.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn webhook_id(
        &self,
        name: &str,
        account_id: Option<i64>,
    ) -> Result<Option<i64>, StoreError> {
        let found: Option<Place> =
            query(sql::WEBHOOK_BY_NAME).bind(name).fetch_optional(&self.reader).await?;
        let mine = |place: &Place| account_id.is_none() || place.account_id == account_id;
        Ok(found.filter(mine).map(|place| place.id))
    }

    /// Removes an endpoint, with its pending messages.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn remove_webhook(&self, id: i64, name: String) -> Result<(), StoreError> {
        self.change_webhook(sql::DELETE_WEBHOOK, id, "webhook.remove", name).await
    }

    /// Resumes sending to an endpoint that was given up or disabled, including its pending
    /// messages.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn enable_webhook(&self, id: i64, name: String) -> Result<(), StoreError> {
        self.change_webhook(sql::ENABLE_WEBHOOK, id, "webhook.enable", name).await
    }

    /// Stops sending to an endpoint until it is enabled. Pending messages wait.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn disable_webhook(&self, id: i64) -> Result<(), StoreError> {
        let actor = self.actor.clone();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    let name: Option<String> = query(sql::DISABLE_WEBHOOK)
                        .bind(signed(now_ms()))
                        .bind(id)
                        .fetch_optional(&mut *connection)
                        .await?;
                    // An endpoint that is disabled already keeps its time.
                    let Some(name) = name else { return Ok(()) };
                    note(connection, &actor, "webhook.disable", &name, Value::Null).await
                })
            })
            .await
    }

    async fn change_webhook(
        &self,
        statement: &'static str,
        id: i64,
        action: &'static str,
        name: String,
    ) -> Result<(), StoreError> {
        let actor = self.actor.clone();
        self.writer
            .write(move |connection| {
                Box::pin(async move {
                    // What changes nothing is nothing to be written down.
                    if query(statement).bind(id).execute(&mut *connection).await? == 0 {
                        return Ok(());
                    }
                    note(connection, &actor, action, &name, Value::Null).await
                })
            })
            .await
    }
}

/// Refuses one more than an account may have, whoever else adds one at that moment.
async fn may_have_another(connection: &mut Connection, account_id: i64) -> Result<(), StoreError> {
    locks::account(connection, account_id).await?;
    let has: i64 = query(sql::COUNT_WEBHOOKS).bind(account_id).fetch_one(&mut *connection).await?;
    if has >= i64::from(OF_ACCOUNT_MAX) {
        return Err(StoreError::TooManyWebhooks(OF_ACCOUNT_MAX));
    }
    Ok(())
}

/// Writes down who did that.
pub(super) async fn note(
    connection: &mut Connection,
    actor: &super::actor::Actor,
    action: &'static str,
    name: &str,
    after: Value,
) -> Result<(), StoreError> {
    record(connection, actor, Change { action, subject: name, before: Value::Null, after }).await
}
