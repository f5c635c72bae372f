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
use std::time::Duration;

use super::body::Json;
use super::events::{self, Stream};
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

/// `POST /api/generate`: a stream in the documented shapes, and nothing else in it.
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
    let accepted = accept(&app, principal, &headers, request).await?;
    let watch = app.studio.watch(&accepted.id, 0);
    let base = base(&app, &headers, &extensions);
    let mut response = events::response(&app, Stream { watch, base, _guard, numbered: false });
    let location = format!("/api/generations/{}", accepted.id);
    set(response.headers_mut(), header::CONTENT_LOCATION, &location);
    mark_replayed(&mut response, &accepted);
    Ok(response)
}

/// `POST /api/generations`: 201 with what it costs and where its events are.
pub(super) async fn create(
    State(app): State<App>,
    principal: Principal,
    headers: HeaderMap,
    Json(request): Json<GenerateRequest>,
) -> Result<Response, Problem> {
    let accepted = accept(&app, principal, &headers, request).await?;
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

/// `GET /api/generations/{id}`
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

/// `DELETE /api/generations/{id}`: cancels, unless it has ended; answers with what it is now.
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

#[derive(Deserialize)]
pub(super) struct EventsQuery {
    ticket: Option<String>,
    after: Option<String>,
}

/// `GET /api/generations/{id}/events`: for `EventSource`, with a ticket or a key.
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
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok());
    let after = last.or(query.after.as_deref()).map_or(Ok(0), |after| {
        after.parse().map_err(|_| {
            Problem::bad_request("`after` and `Last-Event-ID` must be the number of an event.")
        })
    })?;
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

async fn accept(
    app: &App,
    principal: Principal,
    headers: &HeaderMap,
    request: GenerateRequest,
) -> Result<Acceptance, Problem> {
    let key = idempotency_key(headers)?;
    Ok(app.studio.accept(principal, request, key).await?)
}

/// The key as it was sent: the draft's quoted string, or the plain text that most clients send.
fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut given = headers.get_all(ai_now_protocol::api::IDEMPOTENCY_KEY).iter();
    let Some(value) = given.next() else { return Ok(None) };
    let key = value
        .to_str()
        .ok()
        .map(str::trim)
        .filter(|key| !key.is_empty() && key.len() <= KEY_MAX_BYTES && given.next().is_none());
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
