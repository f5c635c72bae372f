//! `PATCH /api/admin/keys/{name}`: a key's label and limits, and what a publishable one is for.

use ai_now_protocol::whole;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::keys::{Which, check_label, normalized, refusal, shown};
use crate::http::administrator::Administrator;
use crate::http::allowed;
use crate::http::body::Json;
use crate::http::error::Problem;
use crate::http::openapi::{Keyed, Located, Sent};
use crate::http::state::App;
use crate::store::{KeyChange, PagesChange};

/// The changes. Absent fields stay as they are; a limit that is `null` is removed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeKey {
    /// The label.
    #[schema(max_length = 200)]
    label: Option<String>,
    /// When it expires, in milliseconds since 1970.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<u64>, maximum = 9_007_199_254_740_991_i64)]
    expires_at_ms: Option<Option<u64>>,
    /// The ids of the models that it may use.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Vec<String>>, max_items = 100)]
    models: Option<Option<Vec<String>>>,
    /// How many tokens it may use in a calendar day (UTC).
    #[serde(default, deserialize_with = "present_whole")]
    #[schema(value_type = Option<u32>)]
    day_cap_tokens: Option<Option<u32>>,
    /// How many tokens it may use in a calendar month (UTC).
    #[serde(default, deserialize_with = "present_whole")]
    #[schema(value_type = Option<u32>)]
    month_cap_tokens: Option<Option<u32>>,
    /// A publishable key's pages and limits.
    publishable: Option<ChangePages>,
}

/// What of a publishable key's pages is to be another. What is absent stays.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChangePages {
    /// The origins of the pages, all of them, like `https://example.com`. Sessions of pages of others end.
    #[schema(min_items = 1, max_items = 100)]
    origins: Option<Vec<String>>,
    /// What each visitor who comes from then on may spend, in tokens.
    #[serde(default, deserialize_with = "whole::optional")]
    visitor_budget: Option<u32>,
    /// How many new visitors may come from one network address in 24 hours.
    #[serde(default, deserialize_with = "whole::optional")]
    visitors_per_address: Option<u32>,
    /// What all visitors may use in 24 hours, in tokens.
    #[serde(default, deserialize_with = "whole::optional")]
    tokens_per_day: Option<u32>,
}

impl ChangePages {
    fn read(self) -> Result<PagesChange, Problem> {
        Ok(PagesChange {
            origins: self.origins.as_deref().map(normalized).transpose()?,
            visitor_budget: self.visitor_budget,
            visitors_per_address: self.visitors_per_address,
            tokens_per_day: self.tokens_per_day,
        })
    }
}

/// Distinguishes `null` from an absent field.
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

/// The latest time that every JSON reader can represent.
pub(in crate::http::routes) const MOST_MS: u64 = 9_007_199_254_740_991;
pub(in crate::http::routes) const MODELS_MAX: usize = 100;

/// Changes a key's label and its limits, and the pages of a publishable one. They hold from the next
/// generation on.
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
        return Err(Problem::invalid_parameter("expires_at_ms", allowed::range(0, MOST_MS)));
    }
    let catalog = app.generations.catalog();
    let models = body.models.as_ref().and_then(Option::as_ref);
    let strange = |models: &Vec<String>| {
        models.len() > MODELS_MAX || models.iter().any(|id| catalog.model(id).is_none())
    };
    if models.is_some_and(strange) {
        return Err(Problem::invalid_parameter("models", allowed::models()));
    }
    let change = KeyChange {
        label: body.label,
        expires_at_ms: body.expires_at_ms,
        models: body.models,
        day_cap_tokens: body.day_cap_tokens,
        month_cap_tokens: body.month_cap_tokens,
        pages: body.publishable.unwrap_or_default().read()?,
    };
    admin.store(&app).change_key(&name, change).await.map_err(refusal)?;
    shown(&app, &name).await
}
