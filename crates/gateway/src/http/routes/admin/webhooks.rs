//! `/api/admin/webhooks`: the operator's webhooks, and those of all accounts.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::http::administrator::{Administrator, Viewer};
use crate::http::body::Json;
use crate::http::error::Problem;
use crate::http::openapi::{Keyed, Located, Queried, Sent};
use crate::http::routes::page::Page;
use crate::http::routes::webhooks::{
    CreateWebhook, CreatedWebhook, DeliveryPage, WebhookList, Which, WhichDelivery, about,
    delivered, found, listed, make, replayed,
};
use crate::http::state::App;

/// All webhooks: the operator's, which get all events, and those of accounts.
#[utoipa::path(
    get,
    path = "/webhooks",
    operation_id = "listAllWebhooks",
    tag = "admin",
    responses((status = 200, description = "The webhooks.", body = WebhookList), Keyed),
    security(("admin" = []))
)]
pub(crate) async fn list(State(app): State<App>, _: Viewer) -> Result<Response, Problem> {
    listed(&app, None).await
}

/// Creates a webhook of the operator's, for the events of all accounts and of providers. Its secret
/// is shown only this time.
#[utoipa::path(
    post,
    path = "/webhooks",
    operation_id = "createOperatorWebhook",
    tag = "admin",
    request_body = CreateWebhook,
    responses((status = 201, description = "The webhook.", body = CreatedWebhook), Keyed, Sent),
    security(("admin" = []))
)]
pub(crate) async fn create(
    State(app): State<App>,
    admin: Administrator,
    Json(new): Json<CreateWebhook>,
) -> Result<Response, Problem> {
    make(&app, &admin.store(&app), None, new).await
}

/// Removes a webhook of any owner, with its pending messages.
#[utoipa::path(
    delete,
    path = "/webhooks/{name}",
    operation_id = "removeAnyWebhook",
    tag = "admin",
    params(Which),
    responses((status = 204, description = "It is removed."), Keyed, Located),
    security(("admin" = []))
)]
pub(crate) async fn remove(
    State(app): State<App>,
    admin: Administrator,
    Path(Which { name }): Path<Which>,
) -> Result<Response, Problem> {
    let id = found(&app, &name, None).await?;
    admin.store(&app).remove_webhook(id, name).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[utoipa::path(
    post,
    path = "/webhooks/{name}/enable",
    operation_id = "enableWebhook",
    summary = about::ENABLE,
    tag = "admin",
    params(Which),
    responses((status = 204, description = "Sending is resumed."), Keyed, Located),
    security(("admin" = []))
)]
pub(crate) async fn enable(
    State(app): State<App>,
    admin: Administrator,
    Path(Which { name }): Path<Which>,
) -> Result<Response, Problem> {
    let id = found(&app, &name, None).await?;
    admin.store(&app).enable_webhook(id, name).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[utoipa::path(
    post,
    path = "/webhooks/{name}/disable",
    operation_id = "disableWebhook",
    summary = about::DISABLE,
    tag = "admin",
    params(Which),
    responses((status = 204, description = "Sending is stopped."), Keyed, Located),
    security(("admin" = []))
)]
pub(crate) async fn disable(
    State(app): State<App>,
    admin: Administrator,
    Path(Which { name }): Path<Which>,
) -> Result<Response, Problem> {
    let id = found(&app, &name, None).await?;
    admin.store(&app).disable_webhook(id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[utoipa::path(
    get,
    path = "/webhooks/{name}/deliveries",
    operation_id = "listAnyDeliveries",
    summary = about::DELIVERIES,
    tag = "admin",
    params(Which, Page),
    responses(
        (status = 200, description = "A page of the messages.", body = DeliveryPage),
        Keyed,
        Queried,
        Located,
    ),
    security(("admin" = []))
)]
pub(crate) async fn deliveries(
    State(app): State<App>,
    _: Viewer,
    Path(Which { name }): Path<Which>,
    Query(page): Query<Page>,
) -> Result<Response, Problem> {
    delivered(&app, found(&app, &name, None).await?, &page).await
}

#[utoipa::path(
    post,
    path = "/webhooks/{name}/deliveries/{delivery}/replay",
    operation_id = "replayAnyDelivery",
    summary = about::REPLAY,
    tag = "admin",
    params(WhichDelivery),
    responses((status = 202, description = "The message is sent again."), Keyed, Located),
    security(("admin" = []))
)]
pub(crate) async fn replay(
    State(app): State<App>,
    admin: Administrator,
    Path(which): Path<WhichDelivery>,
) -> Result<Response, Problem> {
    let id = found(&app, &which.name, None).await?;
    replayed(&admin.store(&app), id, which).await
}
