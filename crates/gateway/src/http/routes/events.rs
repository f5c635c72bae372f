//! The event stream: who may follow a generation, and the answer: frames out of an [`EventStream`], comments while nothing happens.
//!
//! Nothing is queued here: the next frame is made when the connection has room for it. A reader
//! that stalls is cut by the connection's write limit, and resumes after the last event it saw.

use std::convert::Infallible;
use std::time::Duration;

use ai_now_protocol::{Code, Event, MediaUrl, sse};
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::{Extensions, HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;
use utoipa::openapi::schema::Schema;
use utoipa::openapi::{ObjectBuilder, Ref, RefOr, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};

use super::generation_id::{Which, owned, unknown};
use crate::domain::Principal;
use crate::generations::EventStream;
use crate::http::error::{JSON, Problem, json};
use crate::http::extract::{self, Caller};
use crate::http::openapi::{Keyed, Located};
use crate::http::origin::{base, client_address};
use crate::http::state::App;
use crate::limits::StreamPermit;
use crate::metrics::OpenStream;
use crate::store::{GenerationRow, StoredEvent};

/// How long a client shall wait before it reconnects.
const RETRY_MILLIS: u32 = 1000;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct EventsQuery {
    /// Described as a security scheme.
    #[param(ignore)]
    ticket: Option<String>,
    /// The number of the last event that was seen. `Last-Event-ID` beats it.
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
            // It ends with the key, and with the visitor, that it was made for.
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
    // The browser's own memory of where it was is younger than the address it opened.
    let last = headers.get("last-event-id").map(|id| id.to_str().unwrap_or_default());
    let seen = |name, given: Option<&str>| given.map(|given| number(name, given)).transpose();
    let last = seen("Last-Event-ID", last)?;
    let after = seen("after", query.after.as_deref())?;
    let after = last.or(after).unwrap_or(0);
    if row.state.is_final() && app.store.events_after(&id, after, 1).await?.is_empty() {
        // An EventSource that gets 204 stays closed: there is nothing more to come.
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let address = client_address(&app, &headers, &extensions);
    let _permit = app.limits.stream(key_id, visitor_id, address)?;
    let events = app.generations.subscribe(&id, after);
    let base = base(&app, &headers, &extensions);
    Ok(response(&app, Stream { events, base, _permit, numbered: true }))
}

fn ticket_expired() -> Problem {
    Problem::unauthorized(
        Code::TicketExpired,
        "The ticket is not valid any more. Get a new one with GET /api/generations/{id}.",
    )
}

/// Digits and nothing else: what the standard library takes besides is no event's number.
fn number(name: &'static str, digits: &str) -> Result<u64, Problem> {
    let number = digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok());
    number.flatten().ok_or_else(|| Problem::invalid_parameter(name, "the number of an event"))
}

/// A stream to be sent.
pub(crate) struct Stream {
    /// Where its events come from.
    pub(crate) events: EventStream,
    /// What media addresses begin with.
    pub(crate) base: String,
    /// Counts it.
    pub(crate) _permit: StreamPermit,
    /// Whether events have ids, for an `EventSource`. The documented stream has none.
    pub(crate) numbered: bool,
}

struct Sending {
    stream: Stream,
    comment_pause: Duration,
    begun: bool,
    done: bool,
    end: CancellationToken,
    _open: OpenStream,
}

/// The stream as an answer.
pub(crate) fn response(app: &App, stream: Stream) -> Response {
    let sending = Sending {
        stream,
        comment_pause: Duration::from_secs(app.config.keep_alive_secs),
        begun: false,
        done: false,
        end: app.streams_end.clone(),
        _open: app.metrics.stream(),
    };
    let chunks = unfold(sending, |mut sending| async move {
        let chunk = sending.next().await?;
        Some((Ok::<_, Infallible>(Bytes::from(chunk)), sending))
    });
    let mut response = Response::new(Body::from_stream(chunks));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(sse::CONTENT_TYPE));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store, no-transform"));
    // Proxies that gather answers before they pass them on would hold back every event.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

impl Sending {
    async fn next(&mut self) -> Option<String> {
        let mut out = String::new();
        // Some browsers hand over a stream only once it has said something.
        if self.stream.numbered && !std::mem::replace(&mut self.begun, true) {
            sse::write_comment(&mut out, "AI-Now");
            sse::write_retry(&mut out, RETRY_MILLIS);
            return Some(out);
        }
        if self.done {
            return None;
        }
        tokio::select! {
            biased;
            () = self.end.cancelled() => return None,
            events = self.stream.events.next() => match events {
                Ok(Some(events)) => {
                    for event in events {
                        self.done |= event.event.is_last();
                        self.write(&mut out, event);
                    }
                }
                Ok(None) => return None,
                Err(error) => {
                    // The client reconnects; nothing is lost.
                    tracing::warn!(%error, "a stream ended early");
                    return None;
                }
            },
            () = tokio::time::sleep(self.comment_pause) => sse::write_comment(&mut out, "AI-Now"),
        }
        Some(out)
    }

    fn write(&self, out: &mut String, StoredEvent { seq, mut event }: StoredEvent) {
        if let Event::Completed(completed) = &mut event {
            let absolute = format!("{}{}", self.stream.base, completed.url.as_str());
            if let Ok(url) = MediaUrl::parse(&absolute) {
                completed.url = url;
            }
        }
        sse::write_event(out, self.stream.numbered.then_some(seq), &json(&event));
    }
}
