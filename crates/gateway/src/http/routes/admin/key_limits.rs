//! `PATCH /api/admin/keys/{name}`: a key's label and limits.

use ai_now_protocol::whole;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::keys::{Which, check_label, refusal, shown};
use crate::http::administrator::Administrator;
use crate::http::body::Json;
use crate::http::error::Problem;
use crate::http::openapi::{Keyed, Located, Sent};
use crate::http::state::App;
use crate::store::KeyChange;

/// What of a key is to be another. What is absent stays; a limit that is `null` goes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeKey {
    /// Words about it.
    #[schema(max_length = 200)]
    label: Option<String>,
    /// From when on it is good no more, in milliseconds since 1970.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<u64>, maximum = 9_007_199_254_740_991_i64)]
    expires_at_ms: Option<Option<u64>>,
    /// The ids of the models that it is for.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Vec<String>>, max_items = 100)]
    models: Option<Option<Vec<String>>>,
    /// What it may use in a calendar day (UTC), in tokens.
    #[serde(default, deserialize_with = "present_whole")]
    #[schema(value_type = Option<u32>)]
    day_cap_tokens: Option<Option<u32>>,
    /// What it may use in a calendar month (UTC), in tokens.
    #[serde(default, deserialize_with = "present_whole")]
    #[schema(value_type = Option<u32>)]
    month_cap_tokens: Option<Option<u32>>,
}

/// Tells `null` from what is absent.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

fn present_whole<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<u32>>, D::Error> {
    whole::optional(deserializer).map(Some)
}

/// The latest moment that every JSON reader takes as it is.
const MOST_MS: u64 = 9_007_199_254_740_991;
const MODELS_MAX: usize = 100;

/// Changes a key's label and its limits. They hold from the next generation on.
#[utoipa::path(
    patch,
    path = "/keys/{name}",
    operation_id = "changeKey",
    tag = "admin",
    params(Which),
    request_body = ChangeKey,
    responses(
        (status = 200, description = "The key as it is now.", body = super::keys::Key),
        Keyed,
        Sent,
        Located,
    ),
    security(("admin" = []))
)]
pub(crate) async fn change(
    State(app): State<App>,
    admin: Administrator,
    Path(Which { name }): Path<Which>,
    Json(body): Json<ChangeKey>,
) -> Result<Response, Problem> {
    check_label(body.label.as_deref().unwrap_or_default())?;
    if body.expires_at_ms.flatten().is_some_and(|ms| ms > MOST_MS) {
        return Err(Problem::invalid_parameter("expires_at_ms", "at most 9007199254740991"));
    }
    let catalog = app.generations.catalog();
    let models = body.models.as_ref().and_then(Option::as_ref);
    let strange = |models: &Vec<String>| {
        models.len() > MODELS_MAX || models.iter().any(|id| catalog.model(id).is_none())
    };
    if models.is_some_and(strange) {
        return Err(Problem::invalid_parameter("models", "a list of ids of the catalog's models"));
    }
    let change = KeyChange {
        label: body.label,
        expires_at_ms: body.expires_at_ms,
        models: body.models,
        day_cap_tokens: body.day_cap_tokens,
        month_cap_tokens: body.month_cap_tokens,
    };
    admin.store(&app).change_key(&name, change).await.map_err(refusal)?;
    shown(&app, &name).await
}
