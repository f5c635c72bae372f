//! A connection with time limits: for a request's head, for doing nothing, for what is not read.
//!
//! hyper's own limit for HTTP/1.1 counts from the end of the request before, so it is what a
//! connection may be idle. A load balancer keeps a connection idle for a minute; a client that takes
//! a minute for the head of a request is an attack. Hence two limits. HTTP/2 has neither in hyper:
//! its first head is limited like any other, and then the connection is looked at now and then. It
//! must not know what is asked for.

use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// How long a client may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// For a request's head, from its first byte on.
    pub(super) head: Duration,
    /// Until it begins one.
    pub(super) idle: Duration,
    /// Over HTTP/2, until it takes something of what it asked for.
    pub(super) stall: Duration,
}

#[derive(Debug, Default)]
struct Shared {
    /// The head of a request is awaited (HTTP/1.1), or the first one.
    awaits_head: AtomicBool,
    is_http2: AtomicBool,
    /// How many requests came, and how many of them were answered to their end.
    begun: AtomicUsize,
    ended: AtomicUsize,
}

/// What is asked over a connection. Told by whoever answers requests.
#[derive(Clone, Debug)]
pub(super) struct Requests(Arc<Shared>);

/// A request that is being answered.
#[derive(Debug)]
pub(super) struct OpenRequest(Arc<Shared>);

impl Drop for OpenRequest {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Ordering::Relaxed);
    }
}

impl Requests {
    /// A request's head has arrived.
    pub(super) fn arrived(&self, is_http2: bool) -> OpenRequest {
        self.0.awaits_head.store(false, Ordering::Relaxed);
        self.0.is_http2.store(is_http2, Ordering::Relaxed);
        self.0.begun.fetch_add(1, Ordering::Relaxed);
        OpenRequest(self.0.clone())
    }

    /// A request is answered: over HTTP/1.1, the next thing to arrive is a head.
    pub(super) fn answered(&self) {
        let is_http2 = self.0.is_http2.load(Ordering::Relaxed);
        self.0.awaits_head.store(!is_http2, Ordering::Relaxed);
    }
}

/// The connection.
pub(super) struct TimeLimits<S> {
    stream: S,
    limits: Limits,
    requests: Requests,
    /// Runs once the first byte of a head has arrived.
    head: Option<Pin<Box<Sleep>>>,
    /// When the connection is looked at next: until the first request, and over HTTP/2.
    look: Option<Pin<Box<Sleep>>>,
    /// How many requests had come when it was looked at last.
    begun_before: usize,
    written_at: Instant,
}

impl<S> TimeLimits<S> {
    /// A connection on which the first head is awaited.
    pub(super) fn new(stream: S, limits: Limits) -> (Self, Requests) {
        let requests = Requests(Arc::default());
        requests.0.awaits_head.store(true, Ordering::Relaxed);
        let limited = Self {
            stream,
            limits,
            requests: requests.clone(),
            head: None,
            look: Some(Box::pin(tokio::time::sleep(limits.idle))),
            begun_before: 0,
            written_at: Instant::now(),
        };
        (limited, requests)
    }

    /// Whether the time for something is over. Where it is not, the task is woken when it is.
    fn is_over(&mut self, cx: &mut Context<'_>) -> bool {
        let shared = &self.requests.0;
        if !shared.awaits_head.load(Ordering::Relaxed) {
            self.head = None;
        }
        if self.head.as_mut().is_some_and(|timer| timer.as_mut().poll(cx).is_ready()) {
            return true;
        }
        let begun = shared.begun.load(Ordering::Relaxed);
        if begun > 0 && !shared.is_http2.load(Ordering::Relaxed) {
            // From here on it is hyper that counts.
            self.look = None;
        }
        while let Some(look) = &mut self.look
            && look.as_mut().poll(cx).is_ready()
        {
            let is_idle = begun == self.begun_before;
            let open = begun - shared.ended.load(Ordering::Relaxed).min(begun);
            let stalls = self.written_at.elapsed() > self.limits.stall;
            if is_idle && (open == 0 || stalls) {
                return true;
            }
            self.begun_before = begun;
            look.as_mut().reset(Instant::now() + self.limits.idle);
        }
        false
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for TimeLimits<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.is_over(cx) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(cx, buffer))?;
        let has_read = buffer.filled().len() > before;
        if has_read && this.head.is_none() && this.requests.0.awaits_head.load(Ordering::Relaxed) {
            this.head = Some(Box::pin(tokio::time::sleep(this.limits.head)));
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for TimeLimits<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = ready!(Pin::new(&mut this.stream).poll_write(cx, bytes))?;
        this.written_at = Instant::now();
        Poll::Ready(Ok(written))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written = ready!(Pin::new(&mut this.stream).poll_write_vectored(cx, slices))?;
        this.written_at = Instant::now();
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};

    use super::*;

    const LIMITS: Limits = Limits {
        head: Duration::from_secs(30),
        idle: Duration::from_secs(60),
        stall: Duration::from_secs(90),
    };

    async fn is_cut_within(server: &mut TimeLimits<DuplexStream>, secs: u64) -> bool {
        let mut byte = [0];
        let limit = Duration::from_secs(secs);
        let read = tokio::time::timeout(limit, server.read(&mut byte)).await;
        read.is_ok_and(|read| read.unwrap_err().kind() == io::ErrorKind::TimedOut)
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_was_begun_must_end_soon() {
        let (mut client, server) = tokio::io::duplex(64);
        let (mut server, requests) = TimeLimits::new(server, LIMITS);
        assert!(!is_cut_within(&mut server, 50).await);
        client.write_all(b"G").await.unwrap();
        assert_eq!(server.read(&mut [0]).await.unwrap(), 1);
        assert!(is_cut_within(&mut server, 31).await);
        // A body may take its own time; so does hyper, from then on.
        drop(requests.arrived(false));
        assert!(!is_cut_within(&mut server, 600).await);
    }

    #[tokio::test(start_paused = true)]
    async fn who_never_says_anything_is_idle() {
        let (_client, server) = tokio::io::duplex(64);
        let (mut server, _) = TimeLimits::new(server, LIMITS);
        assert!(is_cut_within(&mut server, 61).await);
    }

    #[tokio::test(start_paused = true)]
    async fn http2_is_cut_when_nothing_is_asked_and_when_nothing_is_taken() {
        let (mut client, server) = tokio::io::duplex(64);
        let (mut server, requests) = TimeLimits::new(server, LIMITS);
        let request = requests.arrived(true);
        requests.answered();
        // What comes between requests is no head: a ping, for one.
        client.write_all(b"P").await.unwrap();
        assert_eq!(server.read(&mut [0]).await.unwrap(), 1);
        for _ in 0..10 {
            assert!(!is_cut_within(&mut server, 80).await);
            server.write_all(b"e").await.unwrap();
            client.read_exact(&mut [0]).await.unwrap();
        }
        assert!(is_cut_within(&mut server, 200).await);
        drop(request);
        let (_client, stream) = tokio::io::duplex(64);
        let (mut server, requests) = TimeLimits::new(stream, LIMITS);
        drop(requests.arrived(true));
        assert!(is_cut_within(&mut server, 121).await);
    }
}
