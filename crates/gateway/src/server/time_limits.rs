//! A connection with time limits: for a request's head, for idle time, for unread data.
//!
//! hyper's own limit for HTTP/1.1 counts from the end of the previous request, so it limits the
//! idle time. A load balancer keeps a connection idle for a minute; a client that takes a minute
//! for the head of a request is an attack. Hence two limits. hyper has neither for HTTP/2: the
//! first head is limited like any other, and after that the connection is checked regularly.
//! `http2_stream` checks whether its streams are read. It must not know the requests.

use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// The time limits of a client.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// For a request's head, from its first byte on.
    pub(super) head: Duration,
    /// Until it begins a request.
    pub(super) idle: Duration,
    /// Until it accepts some of what is being sent.
    pub(super) write: Duration,
}

#[derive(Debug, Default)]
struct Shared {
    /// Waiting for the head of a request (HTTP/1.1), or for the first one.
    awaits_head: AtomicBool,
    is_http2: AtomicBool,
    /// Something was written, and may not have reached the system yet.
    unflushed: AtomicBool,
    /// How many requests arrived, and how many were completely answered.
    begun: AtomicUsize,
    ended: AtomicUsize,
}

/// Counts the requests of a connection, for the service that answers them.
#[derive(Clone, Debug, Default)]
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

    /// Whether the system has everything that was written.
    pub(super) fn is_flushed(&self) -> bool {
        !self.0.unflushed.load(Ordering::Relaxed)
    }

    /// A request was answered: over HTTP/1.1, the next thing to arrive is a head.
    pub(super) fn answered(&self) {
        let is_http2 = self.0.is_http2.load(Ordering::Relaxed);
        self.0.awaits_head.store(!is_http2, Ordering::Relaxed);
    }
}

/// The connection.
pub(super) struct TimeLimits<S> {
    stream: S,
    /// Bytes that were read and put back, to be read first.
    unread: Bytes,
    limits: Limits,
    requests: Requests,
    /// Runs once the first byte of a head has arrived; and how many requests had arrived before.
    head: Option<(usize, Pin<Box<Sleep>>)>,
    /// When the connection is checked next: until the first request, and over HTTP/2.
    look: Option<Pin<Box<Sleep>>>,
    /// How many requests had arrived at the last check.
    begun_before: usize,
    /// Runs while the client accepts nothing.
    write: Option<Pin<Box<Sleep>>>,
}

impl<S> TimeLimits<S> {
    /// A connection that waits for the first head.
    pub(super) fn new(stream: S, limits: Limits) -> (Self, Requests) {
        let requests = Requests(Arc::default());
        requests.0.awaits_head.store(true, Ordering::Relaxed);
        let limited = Self {
            stream,
            unread: Bytes::new(),
            limits,
            requests: requests.clone(),
            head: None,
            look: Some(Box::pin(tokio::time::sleep(limits.idle))),
            begun_before: 0,
            write: None,
        };
        (limited, requests)
    }

    /// Puts bytes back, to be read before anything else.
    pub(super) fn put_back(&mut self, bytes: Bytes) {
        self.unread = if self.unread.is_empty() {
            bytes
        } else {
            [&bytes[..], &self.unread[..]].concat().into()
        };
    }

    /// The connection, and the bytes that were put back and not read again.
    pub(super) fn into_inner(self) -> (S, Bytes) {
        (self.stream, self.unread)
    }

    /// The result of a pending write: pending, until that takes too long.
    fn written(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if written.is_ready() {
            self.write = None;
            return written;
        }
        let limit = self.limits.write;
        let timer = self.write.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        ready!(timer.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    /// Whether a time limit is over. If it is not, the task is woken when it is.
    fn is_over(&mut self, cx: &mut Context<'_>) -> bool {
        let shared = &self.requests.0;
        let begun = shared.begun.load(Ordering::Relaxed);
        // The whole head has arrived, and may have been answered since: the next one is awaited by then.
        self.head.take_if(|(before, _)| *before != begun);
        if self.head.as_mut().is_some_and(|(_, timer)| timer.as_mut().poll(cx).is_ready()) {
            return true;
        }
        if begun > 0 && !shared.is_http2.load(Ordering::Relaxed) {
            // From here on, hyper measures the time.
            self.look = None;
        }
        while let Some(look) = &mut self.look
            && look.as_mut().poll(cx).is_ready()
        {
            let is_idle = begun == self.begun_before;
            let open = begun - shared.ended.load(Ordering::Relaxed).min(begun);
            if is_idle && open == 0 {
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
        if this.unread.is_empty() {
            ready!(Pin::new(&mut this.stream).poll_read(cx, buffer))?;
        } else {
            let length = this.unread.len().min(buffer.remaining());
            buffer.put_slice(&this.unread.split_to(length));
        }
        let has_read = buffer.filled().len() > before;
        let shared = &this.requests.0;
        if has_read && this.head.is_none() && shared.awaits_head.load(Ordering::Relaxed) {
            let begun = shared.begun.load(Ordering::Relaxed);
            this.head = Some((begun, Box::pin(tokio::time::sleep(this.limits.head))));
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
        this.requests.0.unflushed.store(true, Ordering::Relaxed);
        let written = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.written(cx, written)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        this.requests.0.unflushed.store(true, Ordering::Relaxed);
        let written = Pin::new(&mut this.stream).poll_write_vectored(cx, slices);
        this.written(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(Pin::new(&mut this.stream).poll_flush(cx))?;
        // hyper calls this once it has handed over everything.
        this.requests.0.unflushed.store(false, Ordering::Relaxed);
        Poll::Ready(Ok(()))
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
        write: Duration::from_secs(30),
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
        // A body may take its own time, and from then on so may hyper.
        drop(requests.arrived(false));
        assert!(!is_cut_within(&mut server, 600).await);
    }

    /// However fast the answer was: nothing is read between a request and its answer.
    #[tokio::test(start_paused = true)]
    async fn a_head_that_was_answered_limits_nothing_more() {
        let (mut client, server) = tokio::io::duplex(64);
        let (mut server, requests) = TimeLimits::new(server, LIMITS);
        for _ in 0..3 {
            client.write_all(b"G").await.unwrap();
            assert_eq!(server.read(&mut [0]).await.unwrap(), 1);
            let request = requests.arrived(false);
            requests.answered();
            drop(request);
            assert!(!is_cut_within(&mut server, 59).await);
        }
        // The next one is limited again.
        client.write_all(b"G").await.unwrap();
        assert_eq!(server.read(&mut [0]).await.unwrap(), 1);
        assert!(is_cut_within(&mut server, 31).await);
    }

    #[tokio::test(start_paused = true)]
    async fn who_never_says_anything_is_idle() {
        let (_client, server) = tokio::io::duplex(64);
        let (mut server, _) = TimeLimits::new(server, LIMITS);
        assert!(is_cut_within(&mut server, 61).await);
    }

    #[tokio::test(start_paused = true)]
    async fn http2_is_cut_when_nothing_is_asked() {
        let (mut client, server) = tokio::io::duplex(64);
        let (mut server, requests) = TimeLimits::new(server, LIMITS);
        let request = requests.arrived(true);
        requests.answered();
        // What comes between requests is not a head: a ping, for example.
        client.write_all(b"P").await.unwrap();
        assert_eq!(server.read(&mut [0]).await.unwrap(), 1);
        // A client may take time for an answer; each stream checks whether anything is accepted.
        assert!(!is_cut_within(&mut server, 600).await);
        drop(request);
        assert!(is_cut_within(&mut server, 121).await);
        let (_client, stream) = tokio::io::duplex(64);
        let (mut server, requests) = TimeLimits::new(stream, LIMITS);
        drop(requests.arrived(true));
        assert!(is_cut_within(&mut server, 121).await);
    }

    #[tokio::test(start_paused = true)]
    async fn who_takes_nothing_is_cut() {
        let (_client, server) = tokio::io::duplex(4);
        let (mut server, _) = TimeLimits::new(server, LIMITS);
        let written = tokio::time::timeout(Duration::from_secs(31), server.write_all(b"12345"));
        assert_eq!(written.await.unwrap().unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn what_was_put_back_is_read_first() {
        let (mut client, server) = tokio::io::duplex(64);
        let (mut server, requests) = TimeLimits::new(server, LIMITS);
        client.write_all(b"c").await.unwrap();
        server.put_back(Bytes::from_static(b"b"));
        server.put_back(Bytes::from_static(b"a"));
        let mut read = [0; 3];
        server.read_exact(&mut read).await.unwrap();
        assert_eq!(&read, b"abc");
        assert!(requests.is_flushed());
        server.write_all(b"d").await.unwrap();
        assert!(!requests.is_flushed());
        server.flush().await.unwrap();
        assert!(requests.is_flushed());
        server.put_back(Bytes::from_static(b"left"));
        assert_eq!(server.into_inner().1, "left");
    }
}
