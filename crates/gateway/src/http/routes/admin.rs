//! `/api/admin/…`: what administrators read and change. Each route needs an administrator's key, or
//! a session of the administrators' page.

pub(crate) mod activity;
pub(crate) mod corrections;
pub(crate) mod events;
mod generation_details;
pub(crate) mod generations;
pub(crate) mod key_limits;
pub(crate) mod keys;
pub(crate) mod ledger;
pub(crate) mod models;
pub(crate) mod money;
pub(crate) mod overview;
pub(crate) mod providers;
pub(crate) mod session;
pub(crate) mod settings;
pub(crate) mod usage;
pub(crate) mod webhooks;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use self::money::Price;
use super::system::json;
use crate::http::administrator::Viewer;
use crate::http::openapi::Keyed;
use crate::http::state::App;
use crate::store::AdminInfo;

/// The authenticated administrator.
#[derive(Serialize, ToSchema)]
struct AdminSelf {
    /// The administrator's name.
    name: String,
    /// The role: `viewer` or `admin`.
    #[schema(pattern = "^(viewer|admin)$")]
    role: &'static str,
    /// What a token is worth. Absent: not configured.
    #[serde(skip_serializing_if = "Option::is_none")]
    price: Option<Price>,
}

impl AdminSelf {
    fn of(app: &App, admin: &AdminInfo) -> Self {
        let price = Price::of(&app.config);
        Self { name: admin.name.clone(), role: admin.role.name(), price }
    }
}

/// The administrator whose credentials these are, and the role.
#[utoipa::path(
    get,
    path = "/me",
    operation_id = "getAdministrator",
    tag = "admin",
    responses((status = 200, description = "The administrator.", body = AdminSelf), Keyed),
    security(("admin" = []))
)]
pub(crate) async fn me(State(app): State<App>, Viewer(admin): Viewer) -> Response {
    json(StatusCode::OK, &AdminSelf::of(&app, &admin))
}
