//! One event stream for all generations of a key or a visitor.
//!
//! A browser opens at most six connections to a host over HTTP/1.1. A client that follows many
//! generations here needs only one of them.

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{Extensions, HeaderMap};
use axum::response::Response;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use tokio::time::{Duration, Instant};
use utoipa::IntoParams;

use super::event_stream::{Frames, preamble, respond};
use super::events::{StreamedEvent, seen, ticket_expired};
use crate::domain::Principal;
use crate::generations::{Feed, FeedEvent};
use crate::http::error::Problem;
use crate::http::extract::{self, Caller};
use crate::http::openapi::{Keyed, Queried};
use crate::http::origin::{base, client_address, path_of};
use crate::http::state::App;
use crate::store::StoreError;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FeedQuery {
    /// Described as a security scheme.
    #[param(ignore)]
    ticket: Option<String>,
    /// The ticket: one that came with a generation.
    of: Option<String>,
    /// The last `id` that was seen. `Last-Event-ID` takes precedence. Absent: from now on.
    #[param(value_type = Option<u64>)]
    after: Option<String>,
}

/// The events of all of one's own generations, current and future, in one stream.
///
/// Each event names its `generation` and its `number` there. The stream begins with an `id` and the
/// newest progress of active generations. Facts have an `id`, after which a lost stream resumes
/// without a gap. Progress has no `id`, and only the newest of each generation is sent. The stream
/// ends when the key or session does. For an `EventSource`, each generation has this address with a
/// ticket.
#[utoipa::path(
    get,
    path = "/events",
    operation_id = "streamAllEvents",
    tag = "generations",
    params(
        (
            "Last-Event-ID" = Option<u64>,
            Header,
            description = "The last `id` that was seen.",
        ),
        FeedQuery,
    ),
    responses(
        (
            status = 200,
            description = "The events, each in a `data:` line, with an `id:` line where the stream \
                can be continued after it. It has no end of its own.",
            body = StreamedEvent,
            content_type = "text/event-stream",
        ),
        Keyed,
        Queried,
    ),
    security(("ticket" = []), ("key" = []))
)]
pub(crate) async fn feed(
    State(app): State<App>,
    Query(query): Query<FeedQuery>,
    extensions: Extensions,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let admission = match (query.ticket, query.of) {
        (Some(ticket), Some(of)) if app.signing.admits_feed(&ticket, &of) => {
            let row = app.store.generation(&of).await?.ok_or_else(ticket_expired)?;
            Admission::Ticket(row.key_id, row.visitor_id)
        }
        (Some(_), _) => return Err(ticket_expired()),
        (None, _) => Admission::Header(headers.clone()),
    };
    let principal = match &admission {
        Admission::Header(headers) => {
            let caller = Caller::of(&app, headers).await?;
            Principal::try_from(caller.ok_or_else(extract::missing)?)?
        }
        Admission::Ticket(key_id, visitor_id) => {
            if !admission.is_good(&app).await {
                return Err(ticket_expired());
            }
            Principal::reader(*key_id, *visitor_id)
        }
    };
    app.limits.request_of(principal.key_id, principal.visitor_id)?;
    let after = seen(&headers, query.after.as_deref())?;
    let address = client_address(&app, &headers, &extensions);
    let permit = app.limits.stream(principal.key_id, principal.visitor_id, address)?;
    let base = base(&app, &headers, &extensions);
    let feed = app.generations.follow_all(principal, after).await?;
    let frames = FeedFrames { app: app.clone(), admission, feed, base, admitted: Instant::now() };
    Ok(respond(&app, permit, frames))
}

/// The address of the stream that [`feed`] answers, after event number `after`, with a ticket that came
/// with a generation.
pub(super) fn feed_url(app: &App, base: &str, id: &str, after: u64) -> String {
    let ticket = app.signing.feed_ticket(id, app.config.ticket_secs);
    format!("{}/api/events?of={id}&ticket={ticket}&after={after}", path_of(base))
}

/// The credentials of a reader.
enum Admission {
    Header(HeaderMap),
    /// A ticket for what this key, or this visitor of it, owns.
    Ticket(i64, Option<i64>),
}

impl Admission {
    async fn is_good(&self, app: &App) -> bool {
        match self {
            Self::Header(headers) => matches!(Caller::of(app, headers).await, Ok(Some(_))),
            Self::Ticket(key_id, visitor_id) => {
                matches!(app.store.owner_is_good(*key_id, *visitor_id).await, Ok(true))
            }
        }
    }
}

/// The pause between two checks of the key or session.
const ADMITTED_FOR: Duration = Duration::from_secs(30);

struct FeedFrames {
    app: App,
    admission: Admission,
    feed: Feed,
    base: String,
    admitted: Instant,
}

impl FeedFrames {
    async fn is_admitted(&mut self) -> bool {
        if self.admitted.elapsed() < ADMITTED_FOR {
            return true;
        }
        self.admitted = Instant::now();
        self.admission.is_good(&self.app).await
    }
}

impl Frames for FeedFrames {
    fn begin(&mut self) -> String {
        // A frame with only an id is no event, but the reader resumes after it.
        format!("{}id: {}\n\n", preamble(), self.feed.after())
    }

    fn next(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, StoreError>> {
        Box::pin(async move {
            if !self.is_admitted().await {
                return Ok(None);
            }
            let events = self.feed.next().await?;
            let mut frames = Vec::new();
            events.iter().for_each(|event| write(&mut frames, event, &self.base));
            Ok(Some(frames.into()))
        })
    }
}

/// Writes an event preceded by its generation and number: its JSON is copied as it is.
fn write(out: &mut Vec<u8>, FeedEvent { generation, event, is_fact }: &FeedEvent, base: &str) {
    let number = event.seq();
    let id = if *is_fact { format!("id: {number}\n") } else { String::new() };
    let head = format!(r#"{id}data: {{"generation":"{generation}","number":{number},"#);
    out.extend_from_slice(head.as_bytes());
    let event = event.at(base);
    out.extend_from_slice(event.json().strip_prefix(b"{").unwrap_or_default());
    out.extend_from_slice(b"\n\n");
}
