//! An event stream as an answer: frames as they are published, comments while there are none.
//!
//! Nothing is queued here: the next frame is made when the connection can take it. A reader that
//! stalls is disconnected by the connection's write limit, and resumes after the last event it saw.

use std::pin::Pin;
use std::time::Duration;

use ai_now_protocol::sse;
use axum::body::Bytes;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use futures_util::future::BoxFuture;
use tokio::time::{Instant, Sleep, sleep};
use tokio_util::sync::WaitForCancellationFutureOwned;

use crate::generations::EventStream;
use crate::http::handover::{self, Source};
use crate::http::state::App;
use crate::limits::StreamPermit;
use crate::metrics::OpenStream;
use crate::store::StoreError;

/// How long a client should wait before it reconnects.
const RETRY_MILLIS: u32 = 1000;

/// A source of a stream's frames.
pub(super) trait Frames: Send {
    /// The first bytes of a new stream: some browsers report it as open only once there are some.
    /// May be empty.
    fn begin(&mut self) -> String;

    /// Waits for the next frames; `None` after the last. The call is cancel safe: dropping it loses
    /// nothing.
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
    /// The base of media addresses.
    base: String,
    /// Whether events have numbers, for an `EventSource`. Those of the documented stream have none.
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
            // Usually there is one, and its bytes are shared by all readers.
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
    /// When something was last sent.
    said_at: Instant,
    comment_pause: Duration,
    /// Checks regularly whether a comment is due. The timer is not reset for each event: there are
    /// many.
    look: Pin<Box<Sleep>>,
    end: Pin<Box<WaitForCancellationFutureOwned>>,
    _permit: StreamPermit,
    _open: OpenStream,
}

/// The stream as an answer; `permit` counts it for as long as it is open.
pub(super) fn respond(app: &App, permit: StreamPermit, frames: impl Frames + 'static) -> Response {
    let comment_pause = Duration::from_secs(app.config.keep_alive_secs);
    let mut response = handover::response(Sending {
        frames,
        begun: false,
        said_at: Instant::now(),
        comment_pause,
        look: Box::pin(sleep(comment_pause)),
        end: Box::pin(app.streams_end.clone().cancelled_owned()),
        _permit: permit,
        _open: app.metrics.stream(),
    });
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(sse::CONTENT_TYPE));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store, no-transform"));
    // Proxies that buffer answers would delay every event.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

impl<F: Frames> Source for Sending<F> {
    fn next(&mut self) -> BoxFuture<'_, Option<Bytes>> {
        Box::pin(async move {
            let said = self.say().await;
            self.said_at = Instant::now();
            said
        })
    }
}

impl<F: Frames> Sending<F> {
    async fn say(&mut self) -> Option<Bytes> {
        if !std::mem::replace(&mut self.begun, true) {
            let begin = self.frames.begin();
            if !begin.is_empty() {
                return Some(begin.into());
            }
        }
        loop {
            tokio::select! {
                biased;
                () = &mut self.end => return None,
                frames = self.frames.next() => return frames.unwrap_or_else(|error| {
                    // The client reconnects; nothing is lost.
                    tracing::warn!(%error, "a stream ended early");
                    None
                }),
                () = &mut self.look => {
                    let due_at = self.said_at + self.comment_pause;
                    let now = Instant::now();
                    let is_due = now >= due_at;
                    let next = if is_due { now + self.comment_pause } else { due_at };
                    self.look.as_mut().reset(next);
                    if is_due {
                        let mut comment = String::new();
                        sse::write_comment(&mut comment, "AI-Now");
                        return Some(comment.into());
                    }
                }
            }
        }
    }
}
