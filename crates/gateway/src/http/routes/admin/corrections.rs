//! Corrections by administrators: tokens taken back, a generation refunded, a key rotated.

use ai_now_protocol::{Code, whole};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::keys::{self, CreatedKey, Key, refusal, shown};
use crate::domain::Reason;
use crate::http::administrator::Administrator;
use crate::http::allowed;
use crate::http::body::{Json, MaybeJson};
use crate::http::error::Problem;
use crate::http::openapi::{Conflicting, Keyed, Located, Sent};
use crate::http::routes::generation_id::{self, unknown};
use crate::http::routes::system::json;
use crate::http::state::App;
use crate::store::RefundError;

fn reason(text: &str) -> Result<Reason, Problem> {
    let longest = Reason::MAX_CHARS as u32;
    text.parse().map_err(|_| Problem::invalid_parameter("reason", allowed::length(1, longest)))
}

/// Tokens to be taken back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Adjustment {
    /// How many; at most what is available.
    #[serde(default, deserialize_with = "whole::optional")]
    #[schema(value_type = u32, required, minimum = 1, maximum = 1_000_000_000)]
    tokens: Option<u32>,
    /// The reason. It is recorded in the ledger and in the activity log.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Takes back available tokens of a key's account.
#[utoipa::path(
    post,
    path = "/keys/{name}/adjustments",
    operation_id = "adjustTokensDown",
    tag = "admin",
    params(keys::Which),
    request_body = Adjustment,
    responses((status = 200, description = "The key as it is now.", body = Key), Keyed, Sent, Located),
    security(("admin" = []))
)]
pub(crate) async fn adjust_down(
    State(app): State<App>,
    admin: Administrator,
    Path(keys::Which { name }): Path<keys::Which>,
    Json(Adjustment { tokens, reason: why }): Json<Adjustment>,
) -> Result<Response, Problem> {
    let reason = reason(&why)?;
    let tokens = tokens.filter(|tokens| (1..=keys::GRANT_MAX_TOKENS).contains(tokens));
    let tokens = tokens.ok_or_else(|| {
        Problem::invalid_parameter("tokens", allowed::range(1, keys::GRANT_MAX_TOKENS.into()))
    })?;
    admin.store(&app).adjust_down(&name, tokens.into(), reason).await.map_err(refusal)?;
    shown(&app, &name).await
}

/// Why a generation is refunded, and how much of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Refund {
    /// How many tokens; at most what was charged for it. Absent: all of them.
    #[serde(default, deserialize_with = "whole::optional")]
    #[schema(minimum = 1)]
    tokens: Option<u32>,
    /// The reason. It is recorded in the ledger and in the activity log.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// What was refunded.
#[derive(Serialize, ToSchema)]
struct Refunded {
    /// How many tokens.
    tokens: u32,
}

/// Refunds a generation, or a part of its charge, once, while the generation is kept.
///
/// Its result is not removed.
#[utoipa::path(
    post,
    path = "/generations/{id}/refund",
    operation_id = "refundGeneration",
    tag = "admin",
    params(generation_id::Which),
    request_body = Refund,
    responses(
        (status = 200, description = "What was refunded.", body = Refunded),
        Keyed,
        Sent,
        Located,
        Conflicting,
    ),
    security(("admin" = []))
)]
pub(crate) async fn refund(
    State(app): State<App>,
    admin: Administrator,
    Path(generation_id::Which { id }): Path<generation_id::Which>,
    Json(Refund { tokens, reason: why }): Json<Refund>,
) -> Result<Response, Problem> {
    let reason = reason(&why)?;
    if tokens == Some(0) {
        return Err(Problem::invalid_parameter("tokens", allowed::charged()));
    }
    match admin.store(&app).refund(&id, tokens, reason).await? {
        Ok(tokens) => Ok(json(StatusCode::OK, &Refunded { tokens })),
        Err(RefundError::NoSuchGeneration) => Err(unknown()),
        Err(RefundError::TooMany) => Err(Problem::invalid_parameter("tokens", allowed::charged())),
        Err(refusal @ (RefundError::NotCharged | RefundError::Refunded)) => {
            Err(Problem::new(StatusCode::CONFLICT, Code::NotRefundable, refusal.to_string()))
        }
    }
}

/// How a key is rotated.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rotation {
    /// For how many seconds the old key remains valid. Absent: a day.
    #[serde(default, deserialize_with = "whole::optional")]
    #[schema(maximum = 2_592_000)]
    overlap_secs: Option<u32>,
}

const OVERLAP_SECS: u32 = 24 * 60 * 60;
pub(in crate::http::routes) const OVERLAP_MAX_SECS: u32 = 30 * OVERLAP_SECS;

/// Rotates a key. The new one is shown only this time. Everything else about the key stays the
/// same.
#[utoipa::path(
    post,
    path = "/keys/{name}/rotate",
    operation_id = "rotateKey",
    tag = "admin",
    params(keys::Which),
    request_body = Option<Rotation>,
    responses((status = 200, description = "The new key.", body = CreatedKey), Keyed, Sent, Located),
    security(("admin" = []))
)]
pub(crate) async fn rotate(
    State(app): State<App>,
    admin: Administrator,
    Path(keys::Which { name }): Path<keys::Which>,
    MaybeJson(rotation): MaybeJson<Rotation>,
) -> Result<Response, Problem> {
    let overlap_secs = rotation.unwrap_or_default().overlap_secs.unwrap_or(OVERLAP_SECS);
    if overlap_secs > OVERLAP_MAX_SECS {
        return Err(Problem::invalid_parameter(
            "overlap_secs",
            allowed::range(0, OVERLAP_MAX_SECS.into()),
        ));
    }
    let secret = admin.store(&app).rotate_key(&name, overlap_secs).await.map_err(refusal)?;
    let key = app.store.key_details_of(&name).await.map_err(refusal)?.into();
    Ok(json(StatusCode::OK, &CreatedKey { secret, key }))
}
