//! The event stream as an answer: frames out of a [`Watch`], comments while nothing happens.
//!
//! Nothing is queued here: the next frame is made when the connection has room for it. A reader
//! that stalls is cut by the connection's write limit, and resumes after the last event it saw.

use std::convert::Infallible;
use std::time::Duration;

use ai_now_protocol::{Event, MediaUrl, sse};
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures_util::stream::unfold;
use tokio_util::sync::CancellationToken;

use crate::limits::StreamGuard;
use crate::metrics::OpenStream;
use crate::problem::json;
use crate::server::App;
use crate::store::StoredEvent;
use crate::studio::Watch;

/// How long a client shall wait before it reconnects.
const RETRY_MILLIS: u32 = 1000;

/// A stream to be sent.
pub(super) struct Stream {
    /// Where its events come from.
    pub(super) watch: Watch,
    /// What media addresses begin with.
    pub(super) base: String,
    /// Counts it.
    pub(super) _guard: StreamGuard,
    /// Whether events have ids, for an `EventSource`. The documented stream has none.
    pub(super) numbered: bool,
}

struct Sending {
    stream: Stream,
    comment_pause: Duration,
    begun: bool,
    done: bool,
    end: CancellationToken,
    _open: OpenStream,
}

pub(super) fn response(app: &App, stream: Stream) -> Response {
    let sending = Sending {
        stream,
        comment_pause: Duration::from_secs(app.config.comment_secs),
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
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
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
            events = self.stream.watch.next() => match events {
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
