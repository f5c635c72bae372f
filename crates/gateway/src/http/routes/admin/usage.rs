//! `GET /api/admin/usage`: the usage of one key or all keys.

use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::keys::refusal;
use crate::http::administrator::Viewer;
use crate::http::error::Problem;
use crate::http::openapi::{Keyed, Located, Queried};
use crate::http::routes::usage::{Period, Reader, UsageReport, report};
use crate::http::state::App;

/// The filter.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct OfKey {
    /// The key's name. Absent: all keys.
    key: Option<String>,
}

/// The usage by day (UTC), key, model, provider and outcome.
///
/// With the costs at providers; and with the tokens' worth, if configured. Days are those on which
/// generations ended. It outlives the generations themselves.
#[utoipa::path(
    get,
    path = "/usage",
    operation_id = "getAllUsage",
    tag = "admin",
    params(Period, OfKey),
    responses(
        (status = 200, description = "The usage.", content(
            (UsageReport = "application/json"),
            (String = "text/csv"),
        )),
        Keyed,
        Queried,
        Located,
    ),
    security(("admin" = []))
)]
pub(crate) async fn all(
    State(app): State<App>,
    _: Viewer,
    Query(period): Query<Period>,
    Query(OfKey { key }): Query<OfKey>,
) -> Result<Response, Problem> {
    let key_id = match key {
        Some(name) => Some(app.store.key_by_name(&name).await.map_err(refusal)?.id),
        None => None,
    };
    report(&app, &period, key_id, Reader::Administrator).await
}
