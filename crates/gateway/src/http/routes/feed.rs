//! One event stream for all generations of a key or a visitor.
//!
//! A browser opens six connections to a host over HTTP/1.1. Whoever follows many generations takes
//! one of them here, however many there are.

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{Extensions, HeaderMap};
use axum::response::Response;
use futures_util::future::BoxFuture;
use serde::Deserialize;
use tokio::time::{Duration, Instant};
use utoipa::IntoParams;

use super::event_stream::{Frames, preamble, respond};
use super::events::{StreamedEvent, seen};
use crate::domain::Principal;
use crate::generations::{Feed, FeedEvent};
use crate::http::error::Problem;
use crate::http::extract::Caller;
use crate::http::openapi::{Keyed, Queried};
use crate::http::origin::{base, client_address};
use crate::http::state::App;
use crate::store::StoreError;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct FeedQuery {
    /// The last `id` that was seen. `Last-Event-ID` beats it. Absent: from now on.
    #[param(value_type = Option<u64>)]
    after: Option<String>,
}

/// The events of all one's own generations, those that run and those to come, in one stream.
///
/// Each event names its `generation` and its `number` there. It begins with an `id` and the newest
/// progress of what runs. What happened has an `id`, after which a lost stream is continued: none of
/// it is left out. Progress has no `id`, and only the newest of each generation is told. The stream
/// ends when the key or session does.
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
    security(("key" = []))
)]
pub(crate) async fn feed(
    State(app): State<App>,
    principal: Principal,
    Query(query): Query<FeedQuery>,
    extensions: Extensions,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let after = seen(&headers, query.after.as_deref())?;
    let address = client_address(&app, &headers, &extensions);
    let permit = app.limits.stream(principal.key_id, principal.visitor_id, address)?;
    let base = base(&app, &headers, &extensions);
    let feed = app.generations.follow_all(principal, after).await?;
    let frames = FeedFrames { app: app.clone(), headers, feed, base, admitted: Instant::now() };
    Ok(respond(&app, permit, frames))
}

/// How often it is looked whether the key or session is still good.
const ADMITTED_FOR: Duration = Duration::from_secs(30);

struct FeedFrames {
    app: App,
    /// What the reader was admitted by.
    headers: HeaderMap,
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
        matches!(Caller::of(&self.app, &self.headers).await, Ok(Some(_)))
    }
}

impl Frames for FeedFrames {
    fn begin(&mut self) -> String {
        // An id alone is no event, and all the same where a reader goes on.
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

/// Writes an event with its generation and number in front: its own JSON is taken as it is.
fn write(out: &mut Vec<u8>, FeedEvent { generation, event, is_fact }: &FeedEvent, base: &str) {
    let number = event.seq();
    let id = if *is_fact { format!("id: {number}\n") } else { String::new() };
    let head = format!(r#"{id}data: {{"generation":"{generation}","number":{number},"#);
    out.extend_from_slice(head.as_bytes());
    let event = event.at(base);
    out.extend_from_slice(event.json().strip_prefix(b"{").unwrap_or_default());
    out.extend_from_slice(b"\n\n");
}
