//! `/api/admin/generations`: the generations of all keys, looked for, looked at, cancelled.

use ai_now_protocol::api::{Generation, State as Standing};
use axum::extract::{Path, Query, State};
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::keys::refusal;
use crate::clock::{DAY_MS, parse_date};
use crate::http::administrator::{Administrator, Viewer};
use crate::http::error::Problem;
use crate::http::openapi::{Keyed, Located, Queried};
use crate::http::origin::base;
use crate::http::routes::generation_id::{Which, unknown};
use crate::http::routes::generations::{Page, generation};
use crate::http::routes::system::json;
use crate::http::state::App;
use crate::store::{GenerationFilter, KeyedGeneration};

/// A generation, and whose it is.
#[derive(Serialize, ToSchema)]
struct AdminGeneration {
    /// The name of the key that it was submitted with.
    key: String,
    /// Whether a visitor with a session of that key submitted it.
    visitor: bool,
    /// The generation, as its owner sees it.
    generation: Generation,
}

/// A page of the generations of all keys.
#[derive(Serialize, ToSchema)]
struct AdminGenerationList {
    /// The generations, the newest first.
    generations: Vec<AdminGeneration>,
    /// Where the next page begins. Absent: this is the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Which generations.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Of this key, by its name.
    key: Option<String>,
    /// Of this model, by its id.
    model: Option<String>,
    /// That stand like this: `queued`, `running`, `completed`, `failed` or `cancelled`.
    #[param(pattern = "^(queued|running|completed|failed|cancelled)$")]
    state: Option<String>,
    /// With this text in the prompt. Letters from A to Z are found in either case.
    text: Option<String>,
    /// Accepted on this day (UTC) or later, like `2026-01-31`.
    #[param(value_type = Option<String>, format = Date)]
    from: Option<String>,
}

impl Filter {
    async fn read(self, app: &App) -> Result<GenerationFilter, Problem> {
        let key_id = match self.key {
            Some(name) => Some(app.store.key_by_name(&name).await.map_err(refusal)?.id),
            None => None,
        };
        let allowed = "`queued`, `running`, `completed`, `failed` or `cancelled`";
        let state = self.state.map(|name| {
            let standing = serde_json::from_value::<Standing>(name.into());
            standing.map_err(|_| Problem::invalid_parameter("state", allowed))
        });
        let from = self.from.map(|date| {
            let wrong = || Problem::invalid_parameter("from", "a day like `2026-01-31`");
            parse_date(&date).ok_or_else(wrong)
        });
        Ok(GenerationFilter {
            key_id,
            model: self.model,
            state: state.transpose()?,
            text: self.text,
            from_ms: from.transpose()?.unwrap_or(0) * DAY_MS,
        })
    }
}

fn told(app: &App, found: KeyedGeneration, base: &str) -> Result<AdminGeneration, Problem> {
    let KeyedGeneration { key_name: key, row } = found;
    let visitor = row.visitor_id.is_some();
    Ok(AdminGeneration { key, visitor, generation: generation(app, row, base)? })
}

/// The generations of all keys, the newest first, or those that are looked for.
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
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let last = rows.last().filter(|_| more);
    let next = last.map(|found| format!("{}-{}", found.row.created_at_ms, found.row.id));
    let base = base(&app, &headers, &extensions);
    let generations = rows.into_iter().map(|found| told(&app, found, &base));
    let generations = generations.collect::<Result<_, _>>()?;
    Ok(json(StatusCode::OK, &AdminGenerationList { generations, next }))
}

/// A generation, whoever's it is. The address of its events is in it.
#[utoipa::path(
    get,
    path = "/generations/{id}",
    operation_id = "getAnyGeneration",
    tag = "admin",
    params(Which),
    responses(
        (status = 200, description = "The generation.", body = AdminGeneration),
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
    let found = app.store.keyed_generation(&id).await?.ok_or_else(unknown)?;
    let base = base(&app, &headers, &extensions);
    Ok(json(StatusCode::OK, &told(&app, found, &base)?))
}

/// Cancels a generation, whoever's it is, unless it has ended. Its tokens return.
#[utoipa::path(
    delete,
    path = "/generations/{id}",
    operation_id = "cancelAnyGeneration",
    tag = "admin",
    params(Which),
    responses(
        (status = 200, description = "The generation as it is now.", body = AdminGeneration),
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
        // First that it is asked for: nothing happens that is not written down.
        admin.store(&app).write_down("generation.cancel", id.clone()).await?;
        app.generations.cancel(&found.row).await?;
    }
    let found = app.store.keyed_generation(&id).await?.ok_or_else(unknown)?;
    let base = base(&app, &headers, &extensions);
    Ok(json(StatusCode::OK, &told(&app, found, &base)?))
}
