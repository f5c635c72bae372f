//! The two routes that submit a generation, and the routes about one.
//!
//! `POST /api/generate` (documented) answers with the event stream; `POST /api/generations` with an
//! id, for pages that want to come back. Both use the same [`crate::generations`].

use ai_now_protocol::api::{Accepted, Generation, GenerationPage};
use ai_now_protocol::options::STYLE;
use ai_now_protocol::{GenerateRequest, MediaUrl, Scalar};
use axum::extract::{Path, Query, State};
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::event_stream::{GenerationEvents, respond};
use super::events::StreamedEvent;
use super::feed::feed_url;
use super::generation_id::{Which, owned};
use super::page;
use super::submission::{Repeatable, accept, mark_replayed};
use super::system::json;
use crate::domain::Principal;
use crate::http::allowed;
use crate::http::body::Json;
use crate::http::error::Problem;
use crate::http::openapi::{Accepting, Keyed, Located, Queried, Sent};
use crate::http::origin::{base, client_address, path_of};
use crate::http::state::App;
use crate::store::GenerationRow;

/// Makes music or a video, and streams the progress until it is complete.
///
/// Closing the stream cancels nothing: the generation goes on, at the address in
/// `Content-Location`.
#[utoipa::path(
    post,
    path = "/generate",
    operation_id = "generate",
    tag = "documented",
    params(Repeatable),
    request_body = GenerateRequest,
    responses(
        (
            status = 200,
            description = "The events of the generation, each in a `data:` line. The last is \
                `Completed` or `Error`.",
            body = StreamedEvent,
            content_type = "text/event-stream",
            headers(
                ("Content-Location" = String, description = "The generation's own address."),
                (
                    "Idempotent-Replayed" = Option<String>,
                    description = "`true` where it had been accepted before, under the same \
                        Idempotency-Key."
                ),
            ),
        ),
        Keyed,
        Sent,
        Accepting,
    ),
    security(("key" = []))
)]
pub(crate) async fn generate(
    State(app): State<App>,
    principal: Principal,
    extensions: Extensions,
    headers: HeaderMap,
    repeatable: Repeatable,
    Json(request): Json<GenerateRequest>,
) -> Result<Response, Problem> {
    // Before anything is charged: a stream that could not be opened must cost nothing.
    let address = client_address(&app, &headers, &extensions);
    let permit = app.limits.stream(principal.key_id, principal.visitor_id, address)?;
    let accepted = accept(&app, principal, repeatable, address, request).await?;
    let events = app.generations.subscribe(&accepted.id, 0).await.map_err(|error| {
        tracing::error!(%error, generation = accepted.id, "its events could not be read");
        Problem::accepted_without_events(&accepted.id)
    })?;
    let base = base(&app, &headers, &extensions);
    let location = format!("{}/api/generations/{}", path_of(&base), accepted.id);
    let mut response = respond(&app, permit, GenerationEvents::documented(events, base));
    set(response.headers_mut(), header::CONTENT_LOCATION, &location);
    mark_replayed(&mut response, &accepted);
    Ok(response)
}

/// Accepts a generation: its price is held, and it is queued.
#[utoipa::path(
    post,
    path = "/generations",
    operation_id = "createGeneration",
    tag = "generations",
    params(Repeatable),
    request_body = GenerateRequest,
    responses(
        (
            status = 201,
            description = "What it costs, and where its events are.",
            body = Accepted,
            headers(
                ("Location" = String, description = "The generation's own address."),
                (
                    "Idempotent-Replayed" = Option<String>,
                    description = "`true` where it had been accepted before, under the same \
                        Idempotency-Key."
                ),
            ),
            links(
                ("show" = (
                    operation_id = "getGeneration",
                    parameters(("id" = "$response.body#/id")),
                )),
                ("events" = (
                    operation_id = "streamEvents",
                    parameters(("id" = "$response.body#/id")),
                )),
                ("cancel" = (
                    operation_id = "cancelGeneration",
                    parameters(("id" = "$response.body#/id")),
                )),
            ),
        ),
        Keyed,
        Sent,
        Accepting,
    ),
    security(("key" = []))
)]
pub(crate) async fn create(
    State(app): State<App>,
    principal: Principal,
    extensions: Extensions,
    headers: HeaderMap,
    repeatable: Repeatable,
    Json(request): Json<GenerateRequest>,
) -> Result<Response, Problem> {
    let address = client_address(&app, &headers, &extensions);
    let accepted = accept(&app, principal, repeatable, address, request).await?;
    let base = base(&app, &headers, &extensions);
    let before_first = if accepted.replayed {
        // A client that repeats its request may have missed everything.
        app.store.events_after(&accepted.id, 0, 1).await?.first().map_or(0, |event| event.seq)
    } else {
        accepted.first_seq
    };
    let answer = Accepted {
        all_events: Some(feed_url(&app, &base, &accepted.id, before_first.saturating_sub(1))),
        events: events_url(&app, &base, &accepted.id),
        id: accepted.id.clone(),
        price: accepted.price,
        balance: accepted.balance,
    };
    let mut response = json(StatusCode::CREATED, &answer);
    let location = format!("{}/api/generations/{}", path_of(&base), accepted.id);
    set(response.headers_mut(), header::LOCATION, &location);
    mark_replayed(&mut response, &accepted);
    Ok(response)
}

/// The most generations of a page.
pub(super) const LIMIT_MAX: u32 = 100;

/// The part of the list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// The `next` of the page before. Absent: the newest.
    #[param(pattern = "^[0-9]{1,15}-[a-km-z2-9]{26}$")]
    before: Option<String>,
    /// How many, from 1 to 100.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
}

impl Page {
    /// The moment and the id after which the list goes on.
    pub(super) fn place(&self) -> Result<(u64, &str), Problem> {
        let Some(before) = &self.before else { return Ok((MOST_MS, "")) };
        let place = before.split_once('-').and_then(|(millis, id)| {
            let digits = millis.len() <= 15 && millis.bytes().all(|b| b.is_ascii_digit());
            let plain = id.len() == 26 && id.bytes().all(|b| b.is_ascii_alphanumeric());
            Some((millis.parse().ok().filter(|_| digits && plain)?, id))
        });
        place.ok_or_else(|| Problem::invalid_parameter("before", allowed::page()))
    }

    pub(super) fn limit(&self) -> Result<u32, Problem> {
        page::number("limit", self.limit.as_deref(), 20, LIMIT_MAX)
    }
}

/// The position of a generation in a list.
pub(super) fn place_of(row: &GenerationRow) -> String {
    format!("{}-{}", row.created_at_ms, row.id)
}

/// A time after all others that a cursor can name.
const MOST_MS: u64 = 1_000_000_000_000_000;

/// One's own generations, the newest first.
///
/// A visitor with the same subject sees the same list, wherever they are.
#[utoipa::path(
    get,
    path = "/generations",
    operation_id = "listGenerations",
    tag = "generations",
    params(Page),
    responses(
        (status = 200, description = "A page of the list.", body = GenerationPage),
        Keyed,
        Queried,
    ),
    security(("key" = []))
)]
pub(crate) async fn list(
    State(app): State<App>,
    principal: Principal,
    Query(page): Query<Page>,
    extensions: Extensions,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let limit = page.limit()?;
    // One more row shows whether there is another page.
    let mut rows =
        app.store.generations_before(&principal, page.place()?, limit.saturating_add(1)).await?;
    let next = page::next(&mut rows, limit, place_of);
    let base = base(&app, &headers, &extensions);
    let generations = rows.into_iter().map(|row| generation(&app, row, &base));
    let generations = generations.collect::<Result<_, _>>()?;
    Ok(json(StatusCode::OK, &GenerationPage { generations, next }))
}

/// The state of a generation.
#[utoipa::path(
    get,
    path = "/generations/{id}",
    operation_id = "getGeneration",
    tag = "generations",
    params(Which),
    responses(
        (status = 200, description = "The generation.", body = Generation),
        Keyed,
        Located,
    ),
    security(("key" = []))
)]
pub(crate) async fn show(
    State(app): State<App>,
    principal: Principal,
    Path(Which { id }): Path<Which>,
    extensions: Extensions,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    shown(&app, &id, &principal, &headers, &extensions).await
}

/// Cancels a generation, unless it has ended.
///
/// Its streams end, and its tokens are returned. Once a provider has taken the work, cancelling
/// costs `cancel_percent` of the price, as the catalog says.
#[utoipa::path(
    delete,
    path = "/generations/{id}",
    operation_id = "cancelGeneration",
    tag = "generations",
    params(Which),
    responses(
        (status = 200, description = "The generation as it is now.", body = Generation),
        Keyed,
        Located,
    ),
    security(("key" = []))
)]
pub(crate) async fn cancel(
    State(app): State<App>,
    principal: Principal,
    Path(Which { id }): Path<Which>,
    extensions: Extensions,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let row = owned(&app, &id, &principal).await?;
    app.generations.cancel(&row).await?;
    shown(&app, &id, &principal, &headers, &extensions).await
}

/// The generation as it is now.
async fn shown(
    app: &App,
    id: &str,
    principal: &Principal,
    headers: &HeaderMap,
    extensions: &Extensions,
) -> Result<Response, Problem> {
    let row = owned(app, id, principal).await?;
    let base = base(app, headers, extensions);
    let all_events = Some(feed_url(app, &base, id, row.last_seq));
    Ok(json(StatusCode::OK, &Generation { all_events, ..generation(app, row, &base)? }))
}

fn events_url(app: &App, base: &str, id: &str) -> String {
    let ticket = app.signing.ticket(id, app.config.ticket_secs);
    format!("{}/api/generations/{id}/events?ticket={ticket}", path_of(base))
}

pub(super) fn generation(app: &App, row: GenerationRow, base: &str) -> Result<Generation, Problem> {
    let url = row.media_name.map(|name| MediaUrl::parse(&format!("{base}/media/{name}")));
    let mut options = row.options;
    let style = options.remove(STYLE);
    Ok(Generation {
        events: events_url(app, base, &row.id),
        all_events: None,
        id: row.id,
        state: row.state,
        model: row.model,
        prompt: row.prompt,
        style: style.as_ref().and_then(Scalar::as_text).map(str::to_owned),
        options,
        procedural: row.procedural,
        price: row.price,
        created_at_ms: row.created_at_ms,
        finished_at_ms: row.finished_at_ms,
        url: url.transpose().map_err(|_| Problem::internal())?,
        note: row.note,
        message: row.message,
    })
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
