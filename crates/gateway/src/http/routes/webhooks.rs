//! `/api/webhooks`: the webhooks of a key's account. The administrators' routes use the same types
//! and functions.

use ai_now_protocol::{Code, WebhookKind, whole};
use axum::extract::{FromRequestParts, Path, Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::page::{Page, next};
use super::system::json;
use crate::http::allowed;
use crate::http::body::Json;
use crate::http::error::Problem;
use crate::http::extract::{Caller, missing};
use crate::http::openapi::{Keyed, Located, Queried, Sent};
use crate::http::origin::client_address;
use crate::http::state::App;
use crate::store::{
    Actor, Delivery, KeyInfo, NewWebhook, Store, StoreError, WebhookAttempt, WebhookInfo,
};
use crate::webhooks;

/// The owner of a secret key.
pub(crate) struct SecretKey {
    key: KeyInfo,
    /// The store, which logs changes under the key's name and the client's address.
    store: Store,
}

impl FromRequestParts<App> for SecretKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        match Caller::of(app, &parts.headers).await?.ok_or_else(missing)? {
            Caller::Key(key) if key.publishable.is_none() => {
                app.limits.request_of(key.id, None)?;
                let source = client_address(app, &parts.headers, &parts.extensions).to_string();
                let actor = Actor { name: key.name.clone(), source };
                Ok(Self { store: app.store.acting_as(actor), key })
            }
            _ => Err(Problem::forbidden(
                Code::SecretKeyRequired,
                "Webhooks are for servers. Use the secret key.",
            )),
        }
    }
}

/// The longest address of an endpoint.
pub(super) const URL_MAX_BYTES: usize = 2000;

/// An endpoint to be created.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateWebhook {
    /// Where messages are sent: a public address that begins with `https://`.
    #[schema(pattern = "^https?://", max_length = 2000)]
    url: String,
    /// The kinds of events that it gets. Absent or empty: all.
    #[serde(default)]
    events: Vec<String>,
    /// A balance below this many available tokens is low. Absent: 100.
    #[serde(default, deserialize_with = "whole::optional")]
    balance_low_tokens: Option<u32>,
}

/// An endpoint.
#[derive(Serialize, ToSchema)]
pub(crate) struct Webhook {
    /// Its name.
    name: String,
    /// Where messages are sent.
    url: String,
    /// Whether it is the operator's, and gets the events of all accounts.
    operator: bool,
    /// The kinds of events that it gets. Absent: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    events: Option<Vec<String>>,
    /// A balance below this many available tokens is low.
    balance_low_tokens: u32,
    /// When it was created, in milliseconds since 1970.
    created_at_ms: u64,
    /// Since when no delivery has succeeded. Absent: the last one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    failing_since_ms: Option<u64>,
    /// When it was given up. Absent: it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled_at_ms: Option<u64>,
    /// How many messages are pending.
    pending: u64,
}

impl From<WebhookInfo> for Webhook {
    fn from(info: WebhookInfo) -> Self {
        Self {
            name: info.name,
            url: info.url,
            operator: info.account_id.is_none(),
            events: info.kinds,
            balance_low_tokens: info.balance_low_tokens,
            created_at_ms: info.created_at_ms,
            failing_since_ms: info.failing_since_ms,
            disabled_at_ms: info.disabled_at_ms,
            pending: info.pending,
        }
    }
}

/// Endpoints.
#[derive(Serialize, ToSchema)]
pub(crate) struct WebhookList {
    /// In the order of their creation.
    webhooks: Vec<Webhook>,
}

/// An endpoint that was created.
#[derive(Serialize, ToSchema)]
pub(crate) struct CreatedWebhook {
    /// The secret that signs its messages (`whsec_…`). It is shown only this time.
    secret: String,
    /// Its name.
    name: String,
}

/// The endpoint.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct Which {
    /// The endpoint's name.
    pub(super) name: String,
}

/// The message.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct WhichDelivery {
    /// The endpoint's name.
    pub(super) name: String,
    /// The delivery's number.
    pub(super) delivery: String,
}

/// A message to an endpoint, pending or finished.
#[derive(Serialize, ToSchema)]
struct WebhookDelivery {
    /// Its number.
    id: i64,
    /// The message's id, by which its receiver recognises repetitions.
    message: String,
    /// The kind of its event.
    event: String,
    /// When the event happened, in milliseconds since 1970.
    created_at_ms: u64,
    /// `pending`, `delivered` or `failed`.
    #[schema(pattern = "^(pending|delivered|failed)$")]
    state: String,
    /// When the next attempt is due. Absent: there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_try_ms: Option<u64>,
    /// Each attempt, in order.
    attempts: Vec<DeliveryAttempt>,
}

/// An attempt.
#[derive(Serialize, ToSchema)]
struct DeliveryAttempt {
    /// When, in milliseconds since 1970.
    at_ms: u64,
    /// How long it took.
    took_ms: u64,
    /// The status of the answer. Absent: there was no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u32>,
    /// Why there was no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl From<WebhookAttempt> for DeliveryAttempt {
    fn from(attempt: WebhookAttempt) -> Self {
        let WebhookAttempt { at_ms, took_ms, status, error } = attempt;
        Self { at_ms, took_ms, status, error }
    }
}

/// A page of the messages to an endpoint.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeliveryPage {
    /// The newest first.
    deliveries: Vec<WebhookDelivery>,
    /// Where the next page begins. Absent: this is the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// What is said of the routes that accounts and administrators both have.
pub(super) mod about {
    pub(in crate::http::routes) const ENABLE: &str =
        "Sends to a webhook again that was given up or disabled, also what was on its way then.";
    pub(in crate::http::routes) const DISABLE: &str = "Sends nothing more to a webhook until it is enabled. What is on its way waits; what happens \
         meanwhile is not told.";
    pub(in crate::http::routes) const DELIVERIES: &str =
        "The messages to a webhook, the newest first, each with its tries.";
    pub(in crate::http::routes) const REPLAY: &str = "Sends a message to a webhook again, now.";
}

const BALANCE_LOW_TOKENS: u32 = 100;

/// Creates an endpoint, for the account of a key or for the operator.
pub(super) async fn make(
    app: &App,
    store: &Store,
    key: Option<&KeyInfo>,
    new: CreateWebhook,
) -> Result<Response, Problem> {
    let url = app
        .webhooks
        .check(&new.url, key.is_none())
        .map_err(|_| Problem::invalid_parameter("url", allowed::address()))?;
    if url.as_str().len() > URL_MAX_BYTES {
        let longest = URL_MAX_BYTES as u32;
        return Err(Problem::invalid_parameter("url", allowed::length(1, longest)));
    }
    let kinds = new.events.iter().map(|name| WebhookKind::named(name)).collect::<Option<Vec<_>>>();
    let kinds = kinds.ok_or_else(|| {
        Problem::invalid_parameter(
            "events",
            allowed::values(WebhookKind::ALL.iter().map(|kind| kind.name())),
        )
    })?;
    let secret = webhooks::new_secret();
    let written = webhooks::written(&secret);
    let new = NewWebhook {
        key: key.map(|key| key.name.clone()),
        url: url.to_string(),
        kinds: (!kinds.is_empty()).then_some(kinds),
        balance_low_tokens: new.balance_low_tokens.unwrap_or(BALANCE_LOW_TOKENS),
        secret,
    };
    let name = store.create_webhook(new).await.map_err(|error| match error {
        StoreError::TooManyWebhooks(_) => {
            Problem::new(StatusCode::FORBIDDEN, Code::TooManyWebhooks, error.to_string())
        }
        other => other.into(),
    })?;
    Ok(json(StatusCode::CREATED, &CreatedWebhook { secret: written, name }))
}

/// The endpoints of an account, or all.
pub(super) async fn listed(app: &App, account_id: Option<i64>) -> Result<Response, Problem> {
    let all = app.store.webhooks(account_id).await?;
    let webhooks = all.into_iter().map(Webhook::from).collect();
    Ok(json(StatusCode::OK, &WebhookList { webhooks }))
}

/// The row of an endpoint.
///
/// # Errors
/// 404 if there is none with this name, or it does not belong to this account.
pub(super) async fn found(app: &App, name: &str, account_id: Option<i64>) -> Result<i64, Problem> {
    app.store.webhook_id(name, account_id).await?.ok_or_else(unknown)
}

fn unknown() -> Problem {
    Problem::not_found(
        Code::NoSuchWebhook,
        "There is no such webhook or delivery, or it is not yours.",
    )
}

/// A page of the messages to an endpoint, each with its attempts.
pub(super) async fn delivered(app: &App, id: i64, page: &Page) -> Result<Response, Problem> {
    let (before, limit) = (page.before()?, page.limit()?);
    let mut rows = app.store.deliveries_before(id, before, limit.saturating_add(1)).await?;
    let next = next(&mut rows, limit, |row| row.id.to_string());
    let mut deliveries = Vec::with_capacity(rows.len());
    for Delivery { id, message_id, kind, created_at_ms, state, next_try_ms, .. } in rows {
        let attempts = app.store.webhook_attempts(id).await?;
        deliveries.push(WebhookDelivery {
            id,
            message: message_id,
            event: kind,
            created_at_ms,
            next_try_ms: (state == "pending").then_some(next_try_ms),
            state,
            attempts: attempts.into_iter().map(DeliveryAttempt::from).collect(),
        });
    }
    Ok(json(StatusCode::OK, &DeliveryPage { deliveries, next }))
}

/// Sends a message again.
pub(super) async fn replayed(
    store: &Store,
    endpoint_id: i64,
    WhichDelivery { name, delivery }: WhichDelivery,
) -> Result<Response, Problem> {
    let id = delivery.parse::<i64>().map_err(|_| unknown())?;
    if !store.replay_webhook(id, endpoint_id, name).await? {
        return Err(unknown());
    }
    Ok(StatusCode::ACCEPTED.into_response())
}

/// The webhooks of the key's account.
#[utoipa::path(
    get,
    path = "/webhooks",
    operation_id = "listWebhooks",
    tag = "account",
    responses((status = 200, description = "The webhooks.", body = WebhookList), Keyed),
    security(("key" = []))
)]
pub(crate) async fn list(
    State(app): State<App>,
    SecretKey { key, .. }: SecretKey,
) -> Result<Response, Problem> {
    listed(&app, Some(key.account_id)).await
}

/// Creates a webhook for the events of the key's account. Its secret is shown only this time.
#[utoipa::path(
    post,
    path = "/webhooks",
    operation_id = "createWebhook",
    tag = "account",
    request_body = CreateWebhook,
    responses((status = 201, description = "The webhook.", body = CreatedWebhook), Keyed, Sent),
    security(("key" = []))
)]
pub(crate) async fn create(
    State(app): State<App>,
    SecretKey { key, store }: SecretKey,
    Json(new): Json<CreateWebhook>,
) -> Result<Response, Problem> {
    make(&app, &store, Some(&key), new).await
}

/// Removes a webhook, with its pending messages.
#[utoipa::path(
    delete,
    path = "/webhooks/{name}",
    operation_id = "removeWebhook",
    tag = "account",
    params(Which),
    responses((status = 204, description = "It is removed."), Keyed, Located),
    security(("key" = []))
)]
pub(crate) async fn remove(
    State(app): State<App>,
    SecretKey { key, store }: SecretKey,
    Path(Which { name }): Path<Which>,
) -> Result<Response, Problem> {
    let id = found(&app, &name, Some(key.account_id)).await?;
    store.remove_webhook(id, name).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[utoipa::path(
    post,
    path = "/webhooks/{name}/enable",
    operation_id = "enableOwnWebhook",
    summary = about::ENABLE,
    tag = "account",
    params(Which),
    responses((status = 204, description = "Sending is resumed."), Keyed, Located),
    security(("key" = []))
)]
pub(crate) async fn enable(
    State(app): State<App>,
    SecretKey { key, store }: SecretKey,
    Path(Which { name }): Path<Which>,
) -> Result<Response, Problem> {
    let id = found(&app, &name, Some(key.account_id)).await?;
    store.enable_webhook(id, name).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[utoipa::path(
    post,
    path = "/webhooks/{name}/disable",
    operation_id = "disableOwnWebhook",
    summary = about::DISABLE,
    tag = "account",
    params(Which),
    responses((status = 204, description = "Sending is stopped."), Keyed, Located),
    security(("key" = []))
)]
pub(crate) async fn disable(
    State(app): State<App>,
    SecretKey { key, store }: SecretKey,
    Path(Which { name }): Path<Which>,
) -> Result<Response, Problem> {
    let id = found(&app, &name, Some(key.account_id)).await?;
    store.disable_webhook(id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[utoipa::path(
    get,
    path = "/webhooks/{name}/deliveries",
    operation_id = "listDeliveries",
    summary = about::DELIVERIES,
    tag = "account",
    params(Which, Page),
    responses(
        (status = 200, description = "A page of the messages.", body = DeliveryPage),
        Keyed,
        Queried,
        Located,
    ),
    security(("key" = []))
)]
pub(crate) async fn deliveries(
    State(app): State<App>,
    SecretKey { key, .. }: SecretKey,
    Path(Which { name }): Path<Which>,
    Query(page): Query<Page>,
) -> Result<Response, Problem> {
    delivered(&app, found(&app, &name, Some(key.account_id)).await?, &page).await
}

#[utoipa::path(
    post,
    path = "/webhooks/{name}/deliveries/{delivery}/replay",
    operation_id = "replayDelivery",
    summary = about::REPLAY,
    tag = "account",
    params(WhichDelivery),
    responses((status = 202, description = "The message is sent again."), Keyed, Located),
    security(("key" = []))
)]
pub(crate) async fn replay(
    State(app): State<App>,
    SecretKey { key, store }: SecretKey,
    Path(which): Path<WhichDelivery>,
) -> Result<Response, Problem> {
    let id = found(&app, &which.name, Some(key.account_id)).await?;
    replayed(&store, id, which).await
}
