//! An event stream as an answer: frames as they come, comments while nothing happens.
//!
//! Nothing is queued here: the next frame is made when the connection has room for it. A reader
//! that stalls is cut by the connection's write limit, and resumes after the last event it saw.

use std::convert::Infallible;
use std::time::Duration;

use ai_now_protocol::sse;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures_util::future::BoxFuture;
use futures_util::stream::unfold;
use tokio_util::sync::CancellationToken;

use crate::generations::EventStream;
use crate::http::state::App;
use crate::limits::StreamPermit;
use crate::metrics::OpenStream;
use crate::store::StoreError;

/// How long a client shall wait before it reconnects.
const RETRY_MILLIS: u32 = 1000;

/// Where the frames of a stream come from.
pub(super) trait Frames: Send {
    /// What a new stream says first: some browsers hand it over only once it has said something.
    /// Empty: nothing.
    fn begin(&mut self) -> String;

    /// The next frames. Waits for them where there are none yet. `None` after the last. A call that
    /// is dropped while it waits has taken nothing.
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, StoreError>>;
}

/// The beginning of a stream for an `EventSource`.
pub(super) fn preamble() -> String {
    let mut out = String::new();
    sse::write_comment(&mut out, "AI-Now");
    sse::write_retry(&mut out, RETRY_MILLIS);
    out
}

/// The frames of one generation.
pub(super) struct GenerationEvents {
    events: EventStream,
    /// What media addresses begin with.
    base: String,
    /// Whether events have numbers, for an `EventSource`. The documented stream has none.
    numbered: bool,
    done: bool,
}

impl GenerationEvents {
    /// For an `EventSource`.
    pub(super) fn numbered(events: EventStream, base: String) -> Self {
        Self { events, base, numbered: true, done: false }
    }

    /// As documented.
    pub(super) fn documented(events: EventStream, base: String) -> Self {
        Self { events, base, numbered: false, done: false }
    }
}

impl Frames for GenerationEvents {
    fn begin(&mut self) -> String {
        if self.numbered { preamble() } else { String::new() }
    }

    fn next(&mut self) -> BoxFuture<'_, Result<Option<Bytes>, StoreError>> {
        Box::pin(async move {
            if self.done {
                return Ok(None);
            }
            let Some(events) = self.events.next().await? else { return Ok(None) };
            let mut frames = events.iter().map(|event| {
                self.done |= event.is_last();
                let event = event.at(&self.base);
                if self.numbered { event.numbered() } else { event.unnumbered() }
            });
            let first = frames.next().unwrap_or_default();
            // Mostly there is one, and its bytes are shared by all who read it.
            let Some(second) = frames.next() else { return Ok(Some(first)) };
            let mut all = [first, second].concat();
            frames.for_each(|frame| all.extend_from_slice(&frame));
            Ok(Some(all.into()))
        })
    }
}

struct Sending<F> {
    frames: F,
    begun: bool,
    comment_pause: Duration,
    end: CancellationToken,
    _permit: StreamPermit,
    _open: OpenStream,
}

/// The stream as an answer; `permit` counts it for as long as it is open.
pub(super) fn respond(app: &App, permit: StreamPermit, frames: impl Frames + 'static) -> Response {
    let sending = Sending {
        frames,
        begun: false,
        comment_pause: Duration::from_secs(app.config.keep_alive_secs),
        end: app.streams_end.clone(),
        _permit: permit,
        _open: app.metrics.stream(),
    };
    let chunks = unfold(sending, |mut sending| async move {
        let chunk = sending.next().await?;
        Some((Ok::<_, Infallible>(chunk), sending))
    });
    let mut response = Response::new(Body::from_stream(chunks));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(sse::CONTENT_TYPE));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store, no-transform"));
    // Proxies that gather answers before they pass them on would hold back every event.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

impl<F: Frames> Sending<F> {
    async fn next(&mut self) -> Option<Bytes> {
        if !std::mem::replace(&mut self.begun, true) {
            let begin = self.frames.begin();
            if !begin.is_empty() {
                return Some(begin.into());
            }
        }
        tokio::select! {
            biased;
            () = self.end.cancelled() => None,
            frames = self.frames.next() => frames.unwrap_or_else(|error| {
                // The client reconnects; nothing is lost.
                tracing::warn!(%error, "a stream ended early");
                None
            }),
            () = tokio::time::sleep(self.comment_pause) => {
                let mut comment = String::new();
                sse::write_comment(&mut comment, "AI-Now");
                Some(comment.into())
            }
        }
    }
}
