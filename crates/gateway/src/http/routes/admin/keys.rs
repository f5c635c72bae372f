//! `/api/admin/keys`: the same functions as `ai-now-gateway keys`, over the API.

use ai_now_protocol::Code;
use ai_now_protocol::api::Balance;
use ai_now_protocol::whole;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::config::normalize_origin;
use crate::http::administrator::{Administrator, Viewer};
use crate::http::allowed;
use crate::http::body::Json;
use crate::http::error::Problem;
use crate::http::openapi::{Keyed, Located, Queried, Sent};
use crate::http::routes::page::{Page, next};
use crate::http::routes::system::json;
use crate::http::state::App;
use crate::store::{KeyDetails, KeyKind, NewKey, Publishable, StoreError};

/// A key, for administrators. The key itself is not stored.
#[derive(Serialize, ToSchema)]
pub(super) struct Key {
    /// Its name. It grants no access.
    name: String,
    /// `secret` or `publishable`.
    #[schema(pattern = "^(secret|publishable)$")]
    kind: &'static str,
    /// The operator's label for it.
    label: String,
    /// When it was created, in milliseconds since 1970.
    created_at_ms: u64,
    /// When it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at_ms: Option<u64>,
    /// Until when the key before the rotation remains valid. Absent: it was never rotated.
    #[serde(skip_serializing_if = "Option::is_none")]
    old_key_until_ms: Option<u64>,
    /// When it expires. Absent: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at_ms: Option<u64>,
    /// The models that it may use. Absent: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    models: Option<Vec<String>>,
    /// How many tokens it may use in a calendar day (UTC). Absent: no such limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    day_cap_tokens: Option<u32>,
    /// How many tokens it may use in a calendar month (UTC).
    #[serde(skip_serializing_if = "Option::is_none")]
    month_cap_tokens: Option<u32>,
    /// What it has used today, active generations included.
    day_tokens: u64,
    /// What it has used this month.
    month_tokens: u64,
    /// Its account's tokens.
    balance: Balance,
    /// The origins and limits of a publishable key.
    #[serde(skip_serializing_if = "Option::is_none")]
    publishable: Option<Pages>,
}

/// The origins and limits of a publishable key.
#[derive(Serialize, ToSchema)]
struct Pages {
    /// The exact origins of its pages.
    origins: Vec<String>,
    /// How many tokens one visitor may spend.
    visitor_budget: u32,
    /// How many new visitors one network address may have within 24 hours.
    visitors_per_address: u32,
    /// How many tokens all visitors together may use within 24 hours.
    tokens_per_day: u32,
}

impl From<KeyDetails> for Key {
    fn from(KeyDetails { key, balance, origins, used }: KeyDetails) -> Self {
        let (day_tokens, month_tokens) = used;
        let pages = |limits: Publishable| Pages {
            origins,
            visitor_budget: limits.visitor_budget,
            visitors_per_address: limits.visitors_per_address,
            tokens_per_day: limits.tokens_per_day,
        };
        Self {
            name: key.name,
            kind: if key.kind == KeyKind::Secret { "secret" } else { "publishable" },
            label: key.label,
            created_at_ms: key.created_at_ms,
            revoked_at_ms: key.revoked_at_ms,
            old_key_until_ms: key.old_key_until_ms,
            expires_at_ms: key.limits.expires_at_ms,
            models: key.limits.models,
            day_cap_tokens: key.limits.day_cap_tokens,
            month_cap_tokens: key.limits.month_cap_tokens,
            day_tokens,
            month_tokens,
            balance,
            publishable: key.publishable.map(pages),
        }
    }
}

/// A page of the list of keys.
#[derive(Serialize, ToSchema)]
struct KeyList {
    /// The keys, the newest first.
    keys: Vec<Key>,
    /// Where the next page begins. Absent: this is the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// The filter.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Search {
    /// Contained in the key's name or label.
    search: Option<String>,
}

/// All keys, or those whose name or label contains a text; the newest first.
#[utoipa::path(
    get,
    path = "/keys",
    operation_id = "listKeys",
    tag = "admin",
    params(Page, Search),
    responses((status = 200, description = "A page of the list.", body = KeyList), Keyed, Queried),
    security(("admin" = []))
)]
pub(crate) async fn list(
    State(app): State<App>,
    _: Viewer,
    Query(page): Query<Page>,
    Query(Search { search }): Query<Search>,
) -> Result<Response, Problem> {
    let (before, limit) = (page.before()?, page.limit()?);
    let search = search.unwrap_or_default();
    let mut keys = app.store.keys_before(before, &search, limit.saturating_add(1)).await?;
    let next = next(&mut keys, limit, |details| details.key.id.to_string());
    let keys = keys.into_iter().map(Key::from).collect();
    Ok(json(StatusCode::OK, &KeyList { keys, next }))
}

/// A key to be created: a secret one with tokens, or a publishable one that uses another's account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateKey {
    /// How many tokens a secret key's new account is granted. Absent: none.
    #[serde(default, deserialize_with = "whole::optional")]
    tokens: Option<u32>,
    /// The label.
    #[serde(default)]
    #[schema(max_length = 200)]
    label: String,
    /// Makes it a publishable key.
    publishable: Option<CreatePages>,
}

/// The settings of a publishable key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreatePages {
    /// The name of the secret key whose account it uses.
    owner: String,
    /// The origins of the pages, like `https://example.com`.
    #[schema(min_items = 1, max_items = 100)]
    origins: Vec<String>,
    /// How many tokens each visitor may spend. Absent: 50.
    #[serde(default, deserialize_with = "whole::optional")]
    visitor_budget: Option<u32>,
    /// How many new visitors one network address may have in 24 hours. Absent: 4.
    #[serde(default, deserialize_with = "whole::optional")]
    visitors_per_address: Option<u32>,
    /// How many tokens all visitors may use in 24 hours. Absent: 2000.
    #[serde(default, deserialize_with = "whole::optional")]
    tokens_per_day: Option<u32>,
}

/// A key that was created.
#[derive(Serialize, ToSchema)]
pub(super) struct CreatedKey {
    /// The key itself. It is shown only this time.
    pub(super) secret: String,
    /// Its details.
    pub(super) key: Key,
}

/// Creates a key. The answer contains the key itself, only this time.
#[utoipa::path(
    post,
    path = "/keys",
    operation_id = "createKey",
    tag = "admin",
    request_body = CreateKey,
    responses(
        (status = 201, description = "The key.", body = CreatedKey),
        Keyed,
        Sent,
        Located,
    ),
    security(("admin" = []))
)]
pub(crate) async fn create(
    State(app): State<App>,
    admin: Administrator,
    Json(body): Json<CreateKey>,
) -> Result<Response, Problem> {
    check_label(&body.label)?;
    let new = match body.publishable {
        None => NewKey::Secret { tokens: body.tokens.unwrap_or(0).into() },
        Some(_) if body.tokens.is_some() => {
            return Err(Problem::invalid_parameter("tokens", allowed::none()));
        }
        Some(pages) => publishable(pages)?,
    };
    let secret = admin.store(&app).create_key(new, body.label).await.map_err(refusal)?;
    let made = app.store.key_by_secret(&secret).await?.ok_or_else(Problem::internal)?;
    let key = app.store.key_details_of(&made.name).await.map_err(refusal)?.into();
    Ok(json(StatusCode::CREATED, &CreatedKey { secret, key }))
}

pub(in crate::http::routes) const LABEL_MAX_CHARS: usize = 200;
pub(in crate::http::routes) const ORIGINS_MAX: usize = 100;

/// Origins as they are compared with a page's.
pub(super) fn normalized(origins: &[String]) -> Result<Vec<String>, Problem> {
    let wrong = || Problem::invalid_parameter("origins", allowed::origins(ORIGINS_MAX as u32));
    if origins.is_empty() || origins.len() > ORIGINS_MAX {
        return Err(wrong());
    }
    let origins = origins.iter().map(|origin| normalize_origin(origin));
    origins.collect::<Result<_, _>>().map_err(|_| wrong())
}

fn publishable(pages: CreatePages) -> Result<NewKey, Problem> {
    Ok(NewKey::Publishable {
        owner: pages.owner,
        origins: normalized(&pages.origins)?,
        limits: Publishable {
            visitor_budget: pages.visitor_budget.unwrap_or(50),
            visitors_per_address: pages.visitors_per_address.unwrap_or(4),
            tokens_per_day: pages.tokens_per_day.unwrap_or(2000),
        },
    })
}

pub(super) fn check_label(label: &str) -> Result<(), Problem> {
    if label.chars().count() > LABEL_MAX_CHARS {
        return Err(Problem::invalid_parameter(
            "label",
            allowed::length(0, LABEL_MAX_CHARS as u32),
        ));
    }
    Ok(())
}

/// The key.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct Which {
    /// The key's name.
    #[param(pattern = "^key-[a-km-z2-9]{8}$")]
    pub(super) name: String,
}

/// A key, its limits and its account.
#[utoipa::path(
    get,
    path = "/keys/{name}",
    operation_id = "getKey",
    tag = "admin",
    params(Which),
    responses((status = 200, description = "The key.", body = Key), Keyed, Located),
    security(("admin" = []))
)]
pub(crate) async fn show(
    State(app): State<App>,
    _: Viewer,
    Path(Which { name }): Path<Which>,
) -> Result<Response, Problem> {
    shown(&app, &name).await
}

pub(super) async fn shown(app: &App, name: &str) -> Result<Response, Problem> {
    let key = app.store.key_details_of(name).await.map_err(refusal)?;
    Ok(json(StatusCode::OK, &Key::from(key)))
}

/// Tokens to be granted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Grant {
    /// How many.
    #[serde(default, deserialize_with = "whole::optional")]
    #[schema(value_type = u32, required, minimum = 1, maximum = 1_000_000_000)]
    tokens: Option<u32>,
}

/// How many tokens one grant or adjustment may have: more is most likely a typing error.
pub(in crate::http::routes) const GRANT_MAX_TOKENS: u32 = 1_000_000_000;

/// Grants tokens to a key's account.
#[utoipa::path(
    post,
    path = "/keys/{name}/grants",
    operation_id = "grantTokens",
    tag = "admin",
    params(Which),
    request_body = Grant,
    responses((status = 200, description = "The key as it is now.", body = Key), Keyed, Sent, Located),
    security(("admin" = []))
)]
pub(crate) async fn grant(
    State(app): State<App>,
    admin: Administrator,
    Path(Which { name }): Path<Which>,
    Json(Grant { tokens }): Json<Grant>,
) -> Result<Response, Problem> {
    let tokens = tokens.filter(|tokens| (1..=GRANT_MAX_TOKENS).contains(tokens));
    let tokens = tokens.ok_or_else(|| {
        Problem::invalid_parameter("tokens", allowed::range(1, GRANT_MAX_TOKENS.into()))
    })?;
    admin.store(&app).grant(&name, tokens.into()).await.map_err(refusal)?;
    shown(&app, &name).await
}

/// Revokes a key, with its sessions and the publishable keys that use its account.
///
/// Active generations go on. Revoking it again changes nothing.
#[utoipa::path(
    delete,
    path = "/keys/{name}",
    operation_id = "revokeKey",
    tag = "admin",
    params(Which),
    responses((status = 200, description = "The key as it is now.", body = Key), Keyed, Located),
    security(("admin" = []))
)]
pub(crate) async fn revoke(
    State(app): State<App>,
    admin: Administrator,
    Path(Which { name }): Path<Which>,
) -> Result<Response, Problem> {
    admin.store(&app).revoke_key(&name).await.map_err(refusal)?;
    shown(&app, &name).await
}

/// Maps the store's errors about keys to answers.
pub(super) fn refusal(error: StoreError) -> Problem {
    match error {
        StoreError::NoSuchKey(_) => Problem::not_found(
            Code::NoSuchKey,
            "There is no key with this name that permits this. GET /api/admin/keys lists all.",
        ),
        StoreError::NoPages(_) => Problem::bad_request(
            Code::InvalidRequest,
            "`publishable` is for publishable keys: a secret one has no origins and no visitors.",
        ),
        StoreError::TooFewTokens => Problem::invalid_parameter("tokens", allowed::available()),
        StoreError::TooManyTokens => Problem::invalid_parameter("tokens", allowed::fewer()),
        other => other.into(),
    }
}
