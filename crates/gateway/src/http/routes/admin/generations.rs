//! `/api/admin/generations`: the generations of all keys: searched, read, cancelled, repeated.

use ai_now_protocol::GenerateRequest;
use ai_now_protocol::api::State as Standing;
use ai_now_protocol::options::{SEED, STYLE};
use axum::extract::{Path, Query, State};
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::generation_details::{AdminGeneration, GenerationDetails, admin_generation, details};
use super::keys::refusal;
use crate::clock::DAY_MS;
use crate::domain::Principal;
use crate::generations::Repetition;
use crate::http::administrator::{Administrator, Viewer};
use crate::http::allowed;
use crate::http::error::Problem;
use crate::http::openapi::{Accepting, Keyed, Located, Queried};
use crate::http::origin::{base, client_address};
use crate::http::routes::generation_id::{Which, unknown};
use crate::http::routes::generations::{Page, place_of};
use crate::http::routes::page;
use crate::http::routes::system::json;
use crate::http::state::App;
use crate::store::{GenerationFilter, StoreError};

/// A page of the generations of all keys.
#[derive(Serialize, ToSchema)]
struct AdminGenerationList {
    /// The generations, the newest first.
    generations: Vec<AdminGeneration>,
    /// Where the next page begins. Absent: this is the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// The filter.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Of this key, by its name.
    key: Option<String>,
    /// Of this model, by its id.
    model: Option<String>,
    /// In this state: `queued`, `running`, `completed`, `failed` or `cancelled`.
    #[param(pattern = "^(queued|running|completed|failed|cancelled)$")]
    state: Option<String>,
    /// Made by this provider, being made by it, or last attempted by it; by its name in the
    /// settings.
    provider: Option<String>,
    /// With this text in the prompt. Letters from A to Z match in either case.
    text: Option<String>,
    /// Accepted on this day (UTC) or later, like `2026-01-31`.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<String>,
    /// Accepted on this day (UTC) or earlier.
    #[param(value_type = Option<String>, format = Date)]
    to: Option<String>,
}

impl Filter {
    async fn read(self, app: &App) -> Result<GenerationFilter, Problem> {
        let key_id = match self.key {
            Some(name) => Some(app.store.key_by_name(&name).await.map_err(refusal)?.id),
            None => None,
        };
        let states = ["queued", "running", "completed", "failed", "cancelled"];
        let state = self.state.map(|name| {
            let standing = serde_json::from_value::<Standing>(name.into());
            standing.map_err(|_| Problem::invalid_parameter("state", allowed::values(states)))
        });
        let (from, to) =
            (page::day("from", self.from.as_deref())?, page::day("to", self.to.as_deref())?);
        Ok(GenerationFilter {
            key_id,
            model: self.model,
            state: state.transpose()?,
            text: self.text,
            from_ms: from.unwrap_or(0) * DAY_MS,
            before_ms: to.map(|day| (day + 1) * DAY_MS),
            provider: self.provider,
        })
    }
}

/// The generations of all keys that match the filter, the newest first.
#[utoipa::path(
    get,
    path = "/generations",
    operation_id = "listAllGenerations",
    tag = "admin",
    params(Page, Filter),
    responses(
        (status = 200, description = "A page of the list.", body = AdminGenerationList),
        Keyed,
        Queried,
        Located,
    ),
    security(("admin" = []))
)]
pub(crate) async fn list(
    State(app): State<App>,
    _: Viewer,
    Query(page): Query<Page>,
    Query(filter): Query<Filter>,
    extensions: Extensions,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (place, limit) = (page.place()?, page.limit()?);
    let filter = filter.read(&app).await?;
    let limit_and_one = limit.saturating_add(1);
    let mut rows = app.store.all_generations_before(&filter, place, limit_and_one).await?;
    let next = page::next(&mut rows, limit, |found| place_of(&found.row));
    let base = base(&app, &headers, &extensions);
    let generations = rows.into_iter().map(|found| admin_generation(&app, found, &base));
    let generations = generations.collect::<Result<_, _>>()?;
    Ok(json(StatusCode::OK, &AdminGenerationList { generations, next }))
}

/// A generation with its history: its events, failed attempts, and costs.
#[utoipa::path(
    get,
    path = "/generations/{id}",
    operation_id = "getAnyGeneration",
    tag = "admin",
    params(Which),
    responses(
        (status = 200, description = "The generation.", body = GenerationDetails),
        Keyed,
        Located,
    ),
    security(("admin" = []))
)]
pub(crate) async fn show(
    State(app): State<App>,
    _: Viewer,
    Path(Which { id }): Path<Which>,
    extensions: Extensions,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let base = base(&app, &headers, &extensions);
    Ok(json(StatusCode::OK, &details(&app, &id, &base).await?))
}

/// Cancels a generation of any owner, unless it has ended. Its tokens are returned.
#[utoipa::path(
    delete,
    path = "/generations/{id}",
    operation_id = "cancelAnyGeneration",
    tag = "admin",
    params(Which),
    responses(
        (status = 200, description = "The generation as it is now.", body = GenerationDetails),
        Keyed,
        Located,
    ),
    security(("admin" = []))
)]
pub(crate) async fn cancel(
    State(app): State<App>,
    admin: Administrator,
    Path(Which { id }): Path<Which>,
    extensions: Extensions,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let found = app.store.keyed_generation(&id).await?.ok_or_else(unknown)?;
    if found.row.finished_at_ms.is_none() {
        // The request is logged first: nothing happens that is not logged.
        admin.store(&app).write_down("generation.cancel", id.clone()).await?;
        app.generations.cancel(&found.row).await?;
    }
    let base = base(&app, &headers, &extensions);
    Ok(json(StatusCode::OK, &details(&app, &id, &base).await?))
}

/// Repeats a generation for the same key, at its price, with another seed.
///
/// The key's balance and limits apply as if its owner had submitted it.
#[utoipa::path(
    post,
    path = "/generations/{id}/again",
    operation_id = "runAgain",
    tag = "admin",
    params(Which),
    responses(
        (status = 201, description = "The new generation.", body = GenerationDetails),
        Keyed,
        Located,
        Accepting,
    ),
    security(("admin" = []))
)]
pub(crate) async fn again(
    State(app): State<App>,
    admin: Administrator,
    Path(Which { id }): Path<Which>,
    extensions: Extensions,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let found = app.store.keyed_generation(&id).await?.ok_or_else(unknown)?;
    let key = app.store.key_by_name(&found.key_name).await.map_err(refusal)?;
    if key.revoked_at_ms.is_some() || key.is_expired() {
        return Err(refusal(StoreError::NoSuchKey(key.name)));
    }
    let principal = Principal {
        key_id: key.id,
        account_id: key.account_id,
        visitor_id: found.row.visitor_id,
        tokens_per_day: key.publishable.map(|limits| limits.tokens_per_day),
    };
    let mut options = found.row.options;
    options.remove(SEED);
    let style = options.remove(STYLE).and_then(|style| style.as_text().map(str::to_owned));
    let (model, prompt) = (found.row.model, found.row.prompt);
    let request = GenerateRequest { model, prompt, style, options };
    let address = client_address(&app, &headers, &extensions);
    let permit = app.limits.generation(address);
    let repetition = Repetition { of: id, by: admin.actor() };
    let accepted = app.generations.accept_again(principal, request, permit, repetition).await?;
    let base = base(&app, &headers, &extensions);
    Ok(json(StatusCode::CREATED, &details(&app, &accepted.id, &base).await?))
}
