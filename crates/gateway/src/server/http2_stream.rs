//! Streams of HTTP/2 whose client stalls: each is reset by itself, and the connection's others go
//! on.
//!
//! The connection can't detect this: a client that leaves one stream unread still answers pings,
//! reads other streams, and extends the connection's flow-control window. But hyper polls a body
//! for its next piece only once the client's window has admitted the last one. So the body records
//! when it has returned a piece, the task that sends it measures the time from there, and dropping
//! the task resets its stream. It must not know what is sent.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes};
use hyper::body::{Frame, SizeHint};
use hyper::rt::Executor;
use tokio::time::Instant;

use super::time_limits::OpenRequest;

/// The largest piece that is returned at once: what a client must accept within the time limit.
const PIECE_BYTES: usize = 16 * 1024;

/// Since when a piece waits to be accepted.
type Untaken = Arc<Mutex<Option<Instant>>>;

tokio::task_local! {
    /// Of the current task's stream.
    static UNTAKEN: Untaken;
}

fn since(untaken: &Untaken) -> Option<Instant> {
    *untaken.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs a connection's streams, each as long as its client accepts what it is sent.
#[derive(Clone, Copy)]
pub(super) struct Streams {
    /// How long a client may leave a piece.
    pub(super) limit: Duration,
}

impl<F> Executor<F> for Streams
where
    F: Future<Output = ()> + Send + 'static,
{
    fn execute(&self, stream: F) {
        let untaken = Untaken::default();
        tokio::spawn(UNTAKEN.scope(untaken.clone(), run(stream, untaken, self.limit)));
    }
}

/// Ends with the stream, or when a piece was not accepted in time.
async fn run(stream: impl Future<Output = ()>, untaken: Untaken, limit: Duration) {
    let mut stream = pin!(stream);
    let mut timer = None;
    poll_fn(|cx| {
        if stream.as_mut().poll(cx).is_ready() {
            return Poll::Ready(());
        }
        let Some(since) = since(&untaken) else {
            timer = None;
            return Poll::Pending;
        };
        let end = since + limit;
        let timer = timer.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(end)));
        if timer.deadline() != end {
            timer.as_mut().reset(end);
        }
        ready!(timer.as_mut().poll(cx));
        tracing::debug!("a stream was left unread and is cut");
        Poll::Ready(())
    })
    .await;
}

/// The body of an answer over HTTP/2, in pieces.
pub(super) struct Pieces {
    body: Body,
    /// What is left of the body's last chunk.
    rest: Bytes,
    untaken: Untaken,
    _open: OpenRequest,
}

impl Pieces {
    /// The body of the current task's stream. It holds its request open to its end.
    pub(super) fn new(body: Body, open: OpenRequest) -> Self {
        let untaken = UNTAKEN.try_with(Clone::clone).unwrap_or_default();
        Self { body, rest: Bytes::new(), untaken, _open: open }
    }

    fn note(&self, since: Option<Instant>) {
        *self.untaken.lock().unwrap_or_else(PoisonError::into_inner) = since;
    }

    /// The next piece. The last byte of a chunk is a piece of its own: a piece is sent as soon as
    /// the window admits some of it, and a single byte only when it admits the byte and everything
    /// before.
    fn cut(&mut self) -> Bytes {
        match self.rest.len() {
            0 | 1 => std::mem::take(&mut self.rest),
            length => self.rest.split_to(PIECE_BYTES.min(length - 1)),
        }
    }
}

impl hyper::body::Body for Pieces {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.note(None);
        if self.rest.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(chunk) => self.rest = chunk,
                    Err(other) => return Poll::Ready(Some(Ok(other))),
                },
                end => return Poll::Ready(end),
            }
        }
        self.note(Some(Instant::now()));
        let piece = self.cut();
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (rest, body) = (self.rest.len() as u64, self.body.size_hint());
        let mut hint = SizeHint::new();
        hint.set_lower(body.lower().saturating_add(rest));
        if let Some(upper) = body.upper() {
            hint.set_upper(upper.saturating_add(rest));
        }
        hint
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use http_body_util::BodyExt as _;
    use hyper::body::Body as _;
    use tokio::time::{sleep, timeout};

    use super::*;
    use crate::server::time_limits::Requests;

    fn pieces(body: Body, untaken: &Untaken) -> Pieces {
        let open = Requests::default().arrived(true);
        Pieces { body, rest: Bytes::new(), untaken: untaken.clone(), _open: open }
    }

    #[tokio::test]
    async fn pieces_are_the_body() {
        for length in [0, 1, 2, PIECE_BYTES, PIECE_BYTES + 1, PIECE_BYTES + 2, 5 * PIECE_BYTES] {
            let bytes: Vec<u8> = (0..length).map(|at| at.to_le_bytes()[0]).collect();
            let mut body = pieces(bytes.clone().into(), &Untaken::default());
            let (mut read, mut last) = (Vec::new(), 0);
            while !body.is_end_stream() {
                assert_eq!(body.size_hint().exact(), Some((length - read.len()) as u64));
                let piece = body.frame().await.unwrap().unwrap().into_data().unwrap();
                assert!(!piece.is_empty() && piece.len() <= PIECE_BYTES);
                last = piece.len();
                read.extend_from_slice(&piece);
            }
            assert_eq!((last, read), (length.min(1), bytes));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn only_who_takes_nothing_is_cut() {
        let limit = Duration::from_secs(30);
        let untaken = Untaken::default();
        // A source that pauses for long, and a client that accepts each piece late, but accepts it.
        let mut body = pieces(Body::from("abc"), &untaken);
        let slow = async {
            while let Some(frame) = body.frame().await {
                frame.unwrap();
                sleep(Duration::from_secs(29)).await;
            }
            sleep(Duration::from_secs(600)).await;
        };
        assert!(timeout(Duration::from_secs(700), run(slow, untaken, limit)).await.is_ok());
        let untaken = Untaken::default();
        let mut body = pieces(Body::from("abc"), &untaken);
        let stalled = async {
            body.frame().await.unwrap().unwrap();
            pending::<()>().await;
        };
        let begun = Instant::now();
        run(stalled, untaken, limit).await;
        assert_eq!(begun.elapsed(), limit);
    }
}
