//! The event stream of a generation, and its authorisation.

use ai_now_protocol::{Code, Event};
use axum::extract::{Path, Query, State};
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{ObjectBuilder, Ref, RefOr, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::event_stream::{GenerationEvents, respond};
use super::generation_id::{Which, owned, unknown};
use crate::domain::Principal;
use crate::http::allowed;
use crate::http::error::{JSON, Problem};
use crate::http::extract::{self, Caller};
use crate::http::openapi::{Keyed, Located};
use crate::http::origin::{base, client_address};
use crate::http::state::App;
use crate::store::GenerationRow;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventsQuery {
    /// Described as a security scheme.
    #[param(ignore)]
    ticket: Option<String>,
    /// The number of the last event that was seen. `Last-Event-ID` takes precedence.
    #[param(value_type = Option<u64>)]
    after: Option<String>,
}

/// An event as the stream frames it; the stream is any number of them.
pub(crate) struct StreamedEvent;

impl PartialSchema for StreamedEvent {
    fn schema() -> RefOr<Schema> {
        let text = || ObjectBuilder::new().schema_type(Type::String);
        let data = text()
            .content_media_type(JSON)
            .content_schema(Some(Ref::from_schema_name(Event::name())));
        let id = text()
            .description(Some("The event's number, where the stream can be continued."))
            .pattern(Some("^[0-9]*$"));
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .description(Some(
                "One event of the stream. Lines that begin with a colon are comments.",
            ))
            .property("data", data)
            .required("data")
            .property("id", id)
            .into()
    }
}

impl ToSchema for StreamedEvent {}

/// The events of a generation, past and future, for an `EventSource`.
///
/// Their numbers rise. A stream resumes after the last event that was seen: no fact is left out; of
/// the progress, only the newest is sent. A comment is sent at the beginning, and after every 15
/// seconds without an event.
#[utoipa::path(
    get,
    path = "/generations/{id}/events",
    operation_id = "streamEvents",
    tag = "generations",
    params(
        Which,
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
            body = StreamedEvent,
            content_type = "text/event-stream",
        ),
        (status = 204, description = "There is nothing more to come: don't reconnect."),
        Keyed,
        Located,
    ),
    security(("ticket" = []), ("key" = []))
)]
pub(crate) async fn events(
    State(app): State<App>,
    Path(Which { id }): Path<Which>,
    Query(query): Query<EventsQuery>,
    extensions: Extensions,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let row = match &query.ticket {
        Some(ticket) if app.signing.admits(ticket, &id) => {
            let row = app.store.generation(&id).await?.ok_or_else(unknown)?;
            // It ends when the key, or the visitor, that the ticket was made for becomes invalid.
            if !app.store.owner_is_good(row.key_id, row.visitor_id).await? {
                return Err(ticket_expired());
            }
            row
        }
        Some(_) => return Err(ticket_expired()),
        None => {
            let caller = Caller::of(&app, &headers).await?;
            let principal = Principal::try_from(caller.ok_or_else(extract::missing)?)?;
            owned(&app, &id, &principal).await?
        }
    };
    let GenerationRow { key_id, visitor_id, .. } = row;
    app.limits.request_of(key_id, visitor_id)?;
    let after = seen(&headers, query.after.as_deref())?.unwrap_or(0);
    if row.state.is_final() && app.store.events_after(&id, after, 1).await?.is_empty() {
        // An EventSource that gets 204 does not reconnect: there is nothing more to come.
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let address = client_address(&app, &headers, &extensions);
    let permit = app.limits.stream(key_id, visitor_id, address)?;
    let events = app.generations.subscribe(&id, after).await?;
    let base = base(&app, &headers, &extensions);
    Ok(respond(&app, permit, GenerationEvents::numbered(events, base)))
}

/// The number of the last event that a reader saw, if it sends one.
///
/// # Errors
/// 400 if it is not a number.
pub(super) fn seen(headers: &HeaderMap, after: Option<&str>) -> Result<Option<u64>, Problem> {
    // The browser's header is newer than the address that it opened.
    let last = headers.get("last-event-id").map(|id| id.to_str().unwrap_or_default());
    let seen = |name, given: Option<&str>| given.map(|given| number(name, given)).transpose();
    let last = seen("Last-Event-ID", last)?;
    let after = seen("after", after)?;
    Ok(last.or(after))
}

pub(super) fn ticket_expired() -> Problem {
    Problem::unauthorized(
        Code::TicketExpired,
        "The ticket is not valid any more. Get a new one with GET /api/generations/{id}.",
    )
}

/// Only digits: the standard library accepts more than that.
fn number(name: &'static str, digits: &str) -> Result<u64, Problem> {
    let number = digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok());
    number.flatten().ok_or_else(|| Problem::invalid_parameter(name, allowed::event()))
}
