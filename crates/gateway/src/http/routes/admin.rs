//! `/api/admin/…`: what administrators look at and change. Each needs an administrator's key.

pub(crate) mod activity;
pub(crate) mod generations;
pub(crate) mod key_limits;
pub(crate) mod keys;
pub(crate) mod ledger;
mod page;
pub(crate) mod providers;
pub(crate) mod usage;

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::system::json;
use crate::http::administrator::Viewer;
use crate::http::openapi::Keyed;

/// Who is asking.
#[derive(Serialize, ToSchema)]
struct AdminSelf {
    /// The administrator's name.
    name: String,
    /// What they may do: `viewer` or `admin`.
    #[schema(pattern = "^(viewer|admin)$")]
    role: &'static str,
}

/// Whose key this is, and what it may do.
#[utoipa::path(
    get,
    path = "/me",
    operation_id = "getAdministrator",
    tag = "admin",
    responses((status = 200, description = "The administrator.", body = AdminSelf), Keyed),
    security(("admin" = []))
)]
pub(crate) async fn me(Viewer(admin): Viewer) -> Response {
    json(StatusCode::OK, &AdminSelf { name: admin.name, role: admin.role.name() })
}
