//! Both doors to a generation, and what can be asked of it.
//!
//! `POST /api/generate` (documented) answers with the event stream; `POST /api/generations` with
//! an id, for pages that want to come back. Behind both is the same [`crate::studio`].

use ai_now_protocol::api::{Accepted, Generation};
use ai_now_protocol::{GenerateRequest, MediaUrl};
use axum::extract::{Path, Query, State};
use axum::http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::net::IpAddr;
use std::time::Duration;
use utoipa::IntoParams;

use super::body::Json;
use super::events::{self, Stream};
use super::openapi::{Accepting, Keyed, Located, Sent};
use super::origin::{base, client_address};
use super::system::{json, stopping};
use crate::auth::Principal;
use crate::problem::Problem;
use crate::server::App;
use crate::store::{Acceptance, GenerationRow, Refusal};
use crate::studio::Declined;

const IDEMPOTENT_REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// The longest idempotency key that is kept.
const KEY_MAX_BYTES: usize = 255;

/// Makes music or a video, and streams how it goes until it is there.
///
/// Closing the stream cancels nothing: the generation goes on, and can be found at the address in
/// `Content-Location`.
#[utoipa::path(
    post,
    path = "/generate",
    operation_id = "generate",
    tag = "documented",
    params(
        (
            "Idempotency-Key" = Option<String>,
            Header,
            description = "Makes the submission repeatable: the same key and body, for at least 7 \
                days, is the same generation.",
            min_length = 1,
            max_length = 255,
            pattern = "^[!-~]([ -~]*[!-~])?$",
        ),
    ),
    request_body(
        content = GenerateRequest,
        examples(
            ("song" = (
                summary = "A song",
                value = json!({"model": "suno", "prompt": "A upbeat pop song about summer"})
            )),
            ("video" = (
                summary = "A video in a style",
                value = json!({
                    "model": "pika",
                    "prompt": "A serene lake surrounded by mountains",
                    "style": "4",
                })
            )),
        )
    ),
    responses(
        (
            status = 200,
            description = "The events of the generation, each in a `data:` line. The last is \
                `Completed` or `Error`.",
            body = String,
            content_type = "text/event-stream",
            headers(
                ("Content-Location" = String, description = "The generation's own address."),
                (
                    "Idempotent-Replayed" = String,
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
pub(super) async fn generate(
    State(app): State<App>,
    principal: Principal,
    extensions: Extensions,
    headers: HeaderMap,
    Json(request): Json<GenerateRequest>,
) -> Result<Response, Problem> {
    // Before anything is paid for: a stream that could not be opened must cost nothing.
    let address = client_address(&app, &headers, &extensions);
    let _guard = app.limits.stream(principal.key_id, principal.visitor_id, address)?;
    let accepted = accept(&app, principal, &headers, address, request).await?;
    let watch = app.studio.watch(&accepted.id, 0);
    let base = base(&app, &headers, &extensions);
    let mut response = events::response(&app, Stream { watch, base, _guard, numbered: false });
    let location = format!("/api/generations/{}", accepted.id);
    set(response.headers_mut(), header::CONTENT_LOCATION, &location);
    mark_replayed(&mut response, &accepted);
    Ok(response)
}

/// Accepts a generation: its price is held, and it is under way.
#[utoipa::path(
    post,
    path = "/generations",
    operation_id = "createGeneration",
    tag = "generations",
    params(
        (
            "Idempotency-Key" = Option<String>,
            Header,
            description = "Makes the submission repeatable: the same key and body, for at least 7 \
                days, is the same generation.",
            min_length = 1,
            max_length = 255,
            pattern = "^[!-~]([ -~]*[!-~])?$",
        ),
    ),
    request_body(
        content = GenerateRequest,
        examples(
            ("song" = (
                summary = "A song",
                value = json!({"model": "suno", "prompt": "A upbeat pop song about summer"})
            )),
            ("video" = (
                summary = "A video in a style",
                value = json!({
                    "model": "pika",
                    "prompt": "A serene lake surrounded by mountains",
                    "style": "4",
                })
            )),
        )
    ),
    responses(
        (
            status = 201,
            description = "What it costs, and where its events are.",
            body = Accepted,
            headers(
                ("Location" = String, description = "The generation's own address."),
                (
                    "Idempotent-Replayed" = String,
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
pub(super) async fn create(
    State(app): State<App>,
    principal: Principal,
    extensions: Extensions,
    headers: HeaderMap,
    Json(request): Json<GenerateRequest>,
) -> Result<Response, Problem> {
    let address = client_address(&app, &headers, &extensions);
    let accepted = accept(&app, principal, &headers, address, request).await?;
    let answer = Accepted {
        events: events_url(&app, &accepted.id),
        id: accepted.id.clone(),
        price: accepted.price,
        balance: accepted.balance,
    };
    let mut response = json(StatusCode::CREATED, &answer);
    let location = format!("/api/generations/{}", accepted.id);
    set(response.headers_mut(), header::LOCATION, &location);
    mark_replayed(&mut response, &accepted);
    Ok(response)
}

/// Where a generation stands.
#[utoipa::path(
    get,
    path = "/generations/{id}",
    operation_id = "getGeneration",
    tag = "generations",
    params(
        (
            "id" = String,
            Path,
            description = "The generation's id.",
            pattern = "^[a-km-z2-9]{26}$",
        ),
    ),
    responses(
        (status = 200, description = "The generation.", body = Generation),
        Keyed,
        Located,
    ),
    security(("key" = []))
)]
pub(super) async fn show(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<String>,
    extensions: Extensions,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let row = owned(&app, &id, &principal).await?;
    Ok(json(StatusCode::OK, &generation(&app, row, &base(&app, &headers, &extensions))?))
}

/// Cancels a generation, unless it has ended.
///
/// Its tokens return and its streams end. What is known of it stays.
#[utoipa::path(
    delete,
    path = "/generations/{id}",
    operation_id = "cancelGeneration",
    tag = "generations",
    params(
        (
            "id" = String,
            Path,
            description = "The generation's id.",
            pattern = "^[a-km-z2-9]{26}$",
        ),
    ),
    responses(
        (status = 200, description = "The generation as it is now.", body = Generation),
        Keyed,
        Located,
    ),
    security(("key" = []))
)]
pub(super) async fn cancel(
    State(app): State<App>,
    principal: Principal,
    Path(id): Path<String>,
    extensions: Extensions,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let row = owned(&app, &id, &principal).await?;
    app.studio.cancel(&row).await?;
    let row = owned(&app, &id, &principal).await?;
    Ok(json(StatusCode::OK, &generation(&app, row, &base(&app, &headers, &extensions))?))
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct EventsQuery {
    /// Described as a security scheme.
    #[param(ignore)]
    ticket: Option<String>,
    /// The number of the last event that was seen. `Last-Event-ID` beats it.
    #[param(value_type = Option<u64>)]
    after: Option<String>,
}

/// The events of a generation, those there are and those to come, for an `EventSource`.
///
/// A lost stream is continued after the last event that was seen. A comment comes at once, and
/// every 15 seconds in which nothing else does.
#[utoipa::path(
    get,
    path = "/generations/{id}/events",
    operation_id = "streamEvents",
    tag = "generations",
    params(
        (
            "id" = String,
            Path,
            description = "The generation's id.",
            pattern = "^[a-km-z2-9]{26}$",
        ),
        (
            "Last-Event-ID" = Option<u64>,
            Header,
            description = "The number of the last event that was seen.",
        ),
        EventsQuery,
    ),
    responses(
        (
            status = 200,
            description = "The events, each in a `data:` line, with its number in an `id:` line. \
                The last is `Completed` or `Error`.",
            body = String,
            content_type = "text/event-stream",
        ),
        (status = 204, description = "There is nothing more to come: don't reconnect."),
        Keyed,
        Located,
    ),
    security(("ticket" = []), ("key" = []))
)]
pub(super) async fn events(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(query): Query<EventsQuery>,
    extensions: Extensions,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let row = match &query.ticket {
        Some(ticket) if app.signing.admits(ticket, &id) => {
            app.store.generation(&id).await?.ok_or_else(unknown)?
        }
        Some(_) => {
            return Err(Problem::unauthorized(
                "The ticket is not valid any more. Get a new one with GET /api/generations/{id}.",
            ));
        }
        None => {
            let caller = crate::auth::Caller::of(&app, &headers).await?;
            let principal = Principal::try_from(caller.ok_or_else(crate::auth::missing)?)?;
            owned(&app, &id, &principal).await?
        }
    };
    let (key_id, visitor_id) = row.owner;
    app.limits.request_of(key_id, visitor_id)?;
    // The browser's own memory of where it was is younger than the address it opened.
    let last = headers.get("last-event-id").map(|id| id.to_str().unwrap_or_default());
    let seen = |given: Option<&str>| given.map(number).transpose();
    let (last, after) = (seen(last)?, seen(query.after.as_deref())?);
    let after = last.or(after).unwrap_or(0);
    if row.state.is_final() && app.store.events_after(&id, after, 1).await?.is_empty() {
        // An EventSource that gets 204 stays closed: there is nothing more to come.
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let address = client_address(&app, &headers, &extensions);
    let _guard = app.limits.stream(key_id, visitor_id, address)?;
    let watch = app.studio.watch(&id, after);
    let base = base(&app, &headers, &extensions);
    Ok(events::response(&app, Stream { watch, base, _guard, numbered: true }))
}

/// Digits and nothing else: what the standard library takes besides is no event's number.
fn number(digits: &str) -> Result<u64, Problem> {
    let number = digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok());
    number.flatten().ok_or_else(|| {
        Problem::bad_request("`after` and `Last-Event-ID` must be the number of an event.")
    })
}

async fn accept(
    app: &App,
    principal: Principal,
    headers: &HeaderMap,
    address: IpAddr,
    request: GenerateRequest,
) -> Result<Acceptance, Problem> {
    let key = idempotency_key(headers)?;
    let room = app.limits.generation(address);
    Ok(app.studio.accept(principal, request, key, room).await?)
}

/// The key as it was sent: the draft's quoted string, or the plain text that most clients send.
fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut given = headers.get_all(ai_now_protocol::api::IDEMPOTENCY_KEY).iter();
    let Some(value) = given.next() else { return Ok(None) };
    let key = value
        .to_str()
        .ok()
        .map(str::trim)
        .filter(|key| (1..=KEY_MAX_BYTES).contains(&key.len()) && !key.contains('\t'))
        .filter(|_| given.next().is_none());
    let key = key.ok_or_else(|| {
        Problem::bad_request(
            "The Idempotency-Key must be one text of 1 to 255 visible ASCII characters.",
        )
    })?;
    Ok(Some(key.to_owned()))
}

impl From<Declined> for Problem {
    fn from(declined: Declined) -> Self {
        match declined {
            Declined::Invalid(invalid) => Self::bad_request(invalid.to_string()),
            Declined::Refused(refusal) => refused(refusal),
            Declined::QueueFull => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "Too many generations are waiting. Nothing was charged. Try again in a minute.",
            )
            .retry_after(Duration::from_secs(60)),
            Declined::Stopping => stopping(),
            Declined::Store(error) => error.into(),
        }
    }
}

fn refused(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::TooFewTokens { price, available } => Problem::new(
            StatusCode::IM_A_TEAPOT,
            format!(
                "This costs {price} tokens and {available} are available. Choose something that \
                 costs less, or get more tokens."
            ),
        ),
        Refusal::KeyReused => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "This Idempotency-Key was used for another request. Use a new one.",
        ),
        Refusal::TooManyAtOnce => Problem::too_many(
            "Too many of your generations are under way. Wait until one has ended.",
            Duration::from_secs(10),
        ),
        Refusal::DayUsedUp => Problem::too_many(
            "The visitors of this site have used up what they may in a day. Come back later.",
            Duration::from_secs(3600),
        ),
    }
}

async fn owned(app: &App, id: &str, principal: &Principal) -> Result<GenerationRow, Problem> {
    app.store.generation_of(id, principal).await?.ok_or_else(unknown)
}

fn unknown() -> Problem {
    Problem::not_found("There is no such generation, or it is not yours.")
}

fn events_url(app: &App, id: &str) -> String {
    let ticket = app.signing.ticket(id, app.config.ticket_secs);
    format!("/api/generations/{id}/events?ticket={ticket}")
}

fn generation(app: &App, row: GenerationRow, base: &str) -> Result<Generation, Problem> {
    let url = row.media_name.map(|name| MediaUrl::parse(&format!("{base}/media/{name}")));
    Ok(Generation {
        events: events_url(app, &row.id),
        id: row.id,
        state: row.state,
        model: row.model,
        prompt: row.prompt,
        style: row.style,
        seed: row.seed,
        procedural: row.procedural,
        price: row.price,
        created_at_ms: row.created_at_ms,
        finished_at_ms: row.finished_at_ms,
        url: url.transpose().map_err(|_| Problem::internal())?,
        note: row.note,
        message: row.message,
    })
}

fn mark_replayed(response: &mut Response, accepted: &Acceptance) {
    if accepted.replayed {
        response.headers_mut().insert(IDEMPOTENT_REPLAYED, HeaderValue::from_static("true"));
    }
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}
