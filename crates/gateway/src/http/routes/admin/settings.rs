//! `GET /api/admin/settings`: the effective settings, read-only.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::http::administrator::Viewer;
use crate::http::openapi::Keyed;
use crate::http::routes::system::json;
use crate::http::state::App;

/// The settings.
#[derive(Serialize, ToSchema)]
struct AdminSettings {
    /// The version of the gateway.
    version: &'static str,
    /// By their names in the configuration file, with the defaults. `…` stands for a value that is
    /// not shown.
    #[schema(value_type = Object)]
    settings: Value,
}

/// The effective settings, including defaults. Secrets are not shown.
#[utoipa::path(
    get,
    path = "/settings",
    operation_id = "getSettings",
    tag = "admin",
    responses((status = 200, description = "The settings.", body = AdminSettings), Keyed),
    security(("admin" = []))
)]
pub(crate) async fn show(State(app): State<App>, _: Viewer) -> Response {
    let (version, settings) = (env!("CARGO_PKG_VERSION"), app.config.shown());
    json(StatusCode::OK, &AdminSettings { version, settings })
}
