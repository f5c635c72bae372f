//! `/api/admin/keys`: the same functions as `ai-now-gateway keys`, over the API.

use ai_now_protocol::Code;
use ai_now_protocol::api::Balance;
use ai_now_protocol::whole;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::page::{Page, next};
use crate::config::normalize_origin;
use crate::http::administrator::{Administrator, Viewer};
use crate::http::body::Json;
use crate::http::error::Problem;
use crate::http::openapi::{Keyed, Located, Queried, Sent};
use crate::http::routes::system::json;
use crate::http::state::App;
use crate::store::{KeyDetails, KeyKind, NewKey, Publishable, StoreError};

/// A key, for administrators. The key itself is kept nowhere.
#[derive(Serialize, ToSchema)]
pub(super) struct Key {
    /// What people call it by; it opens nothing.
    name: String,
    /// `secret` or `publishable`.
    #[schema(pattern = "^(secret|publishable)$")]
    kind: &'static str,
    /// The operator's words about it.
    label: String,
    /// When it was made, in milliseconds since 1970.
    created_at_ms: u64,
    /// When it stopped being good.
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at_ms: Option<u64>,
    /// From when on it is good no more. Absent: it stays good.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at_ms: Option<u64>,
    /// The models that it is for. Absent: all.
    #[serde(skip_serializing_if = "Option::is_none")]
    models: Option<Vec<String>>,
    /// What it may use in a calendar day (UTC), in tokens. Absent: no such limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    day_cap_tokens: Option<u32>,
    /// What it may use in a calendar month (UTC), in tokens.
    #[serde(skip_serializing_if = "Option::is_none")]
    month_cap_tokens: Option<u32>,
    /// What it has used today, what is under way among it.
    day_tokens: u64,
    /// What it has used this month.
    month_tokens: u64,
    /// What is in its account.
    balance: Balance,
    /// A publishable key's pages and limits.
    #[serde(skip_serializing_if = "Option::is_none")]
    publishable: Option<Pages>,
}

/// The pages of a publishable key, and its limits.
#[derive(Serialize, ToSchema)]
struct Pages {
    /// The exact origins of the pages.
    origins: Vec<String>,
    /// What one visitor may spend, in tokens.
    visitor_budget: u32,
    /// How many new visitors one network address may be within 24 hours.
    visitors_per_address: u32,
    /// What all visitors together may use within 24 hours, in tokens.
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

/// What is looked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Search {
    /// A part of the key's name or label.
    search: Option<String>,
}

/// All keys, the newest first, or those whose name or label has a text in it.
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
    let next = next(&mut keys, limit, |details| details.key.id);
    let keys = keys.into_iter().map(Key::from).collect();
    Ok(json(StatusCode::OK, &KeyList { keys, next }))
}

/// A key to be made: a secret one with tokens, or a publishable one that draws on another's account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateKey {
    /// What is granted to a secret key's new account. Absent: nothing.
    #[serde(default, deserialize_with = "whole::optional")]
    tokens: Option<u32>,
    /// Words about it.
    #[serde(default)]
    #[schema(max_length = 200)]
    label: String,
    /// Makes it a publishable key.
    publishable: Option<CreatePages>,
}

/// What a publishable key is for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreatePages {
    /// The name of the secret key on whose account it draws.
    owner: String,
    /// The origins of the pages, like `https://example.com`.
    #[schema(min_items = 1, max_items = 100)]
    origins: Vec<String>,
    /// What each visitor may spend, in tokens. Absent: 50.
    #[serde(default, deserialize_with = "whole::optional")]
    visitor_budget: Option<u32>,
    /// How many new visitors may come from one network address in 24 hours. Absent: 4.
    #[serde(default, deserialize_with = "whole::optional")]
    visitors_per_address: Option<u32>,
    /// What all visitors may use in 24 hours, in tokens. Absent: 2000.
    #[serde(default, deserialize_with = "whole::optional")]
    tokens_per_day: Option<u32>,
}

/// A key that was made.
#[derive(Serialize, ToSchema)]
struct CreatedKey {
    /// The key itself. It is shown this one time.
    secret: String,
    /// What is to be known about it.
    key: Key,
}

/// Makes a key. The answer has the key itself, this one time.
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
            return Err(Problem::invalid_parameter(
                "tokens",
                "left out for a publishable key: it draws on its owner's account",
            ));
        }
        Some(pages) => publishable(pages)?,
    };
    let secret = admin.store(&app).create_key(new, body.label).await.map_err(refusal)?;
    let made = app.store.key_by_secret(&secret).await?.ok_or_else(Problem::internal)?;
    let key = app.store.key_details_of(&made.name).await.map_err(refusal)?.into();
    Ok(json(StatusCode::CREATED, &CreatedKey { secret, key }))
}

const LABEL_MAX_CHARS: usize = 200;
const ORIGINS_MAX: usize = 100;

fn publishable(pages: CreatePages) -> Result<NewKey, Problem> {
    let allowed = "1 to 100 origins like `https://example.com`, without a path";
    let wrong = || Problem::invalid_parameter("origins", allowed);
    if pages.origins.is_empty() || pages.origins.len() > ORIGINS_MAX {
        return Err(wrong());
    }
    let origins = pages.origins.iter().map(|origin| normalize_origin(origin));
    Ok(NewKey::Publishable {
        owner: pages.owner,
        origins: origins.collect::<Result<_, _>>().map_err(|_| wrong())?,
        limits: Publishable {
            visitor_budget: pages.visitor_budget.unwrap_or(50),
            visitors_per_address: pages.visitors_per_address.unwrap_or(4),
            tokens_per_day: pages.tokens_per_day.unwrap_or(2000),
        },
    })
}

pub(super) fn check_label(label: &str) -> Result<(), Problem> {
    if label.chars().count() > LABEL_MAX_CHARS {
        return Err(Problem::invalid_parameter("label", "a text of at most 200 characters"));
    }
    Ok(())
}

/// Which key.
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

/// How many tokens one grant may give: more is a slip of the finger.
const GRANT_MAX_TOKENS: u32 = 1_000_000_000;

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
    let tokens =
        tokens.ok_or_else(|| Problem::invalid_parameter("tokens", "from 1 to 1000000000"))?;
    admin.store(&app).grant(&name, tokens.into()).await.map_err(refusal)?;
    shown(&app, &name).await
}

/// Makes a key useless, with its sessions and the publishable keys that draw on its account.
///
/// Generations that are under way go on. Revoking it again changes nothing.
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

/// What the store refuses about keys, in the words of the API.
pub(super) fn refusal(error: StoreError) -> Problem {
    match error {
        StoreError::NoSuchKey(_) => Problem::not_found(
            Code::NoSuchKey,
            "There is no key of this name that is good for this. GET /api/admin/keys lists all.",
        ),
        StoreError::TooManyTokens => {
            Problem::invalid_parameter("tokens", "fewer: an account can't hold that many")
        }
        other => other.into(),
    }
}
