//! A connection whose client must finish a request's head soon after it began it.
//!
//! hyper's own limit counts from the end of the request before, so it is what a connection may be
//! idle. A load balancer keeps a connection idle for a minute; a client that takes a minute for the
//! head of a request is an attack. Hence two limits.

use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// Whether a connection waits for the head of a request. Set by whoever answers requests.
#[derive(Clone, Debug)]
pub(super) struct AwaitsHead(Arc<AtomicBool>);

impl AwaitsHead {
    /// A request's head has arrived.
    pub(super) fn arrived(&self) {
        self.0.store(false, Ordering::Relaxed);
    }

    /// A request is answered: the next thing to arrive is a head.
    pub(super) fn awaited(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The connection.
pub(super) struct HeadTimeout<S> {
    stream: S,
    limit: Duration,
    awaits: AwaitsHead,
    /// Runs once the first byte of a head has arrived.
    timer: Option<Pin<Box<Sleep>>>,
}

impl<S> HeadTimeout<S> {
    /// A connection on which the first head is awaited.
    pub(super) fn new(stream: S, limit: Duration) -> (Self, AwaitsHead) {
        let awaits = AwaitsHead(Arc::new(AtomicBool::new(true)));
        (Self { stream, limit, awaits: awaits.clone(), timer: None }, awaits)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for HeadTimeout<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.awaits.0.load(Ordering::Relaxed) {
            this.timer = None;
        }
        if let Some(timer) = &mut this.timer
            && timer.as_mut().poll(cx).is_ready()
        {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(cx, buffer))?;
        let has_read = buffer.filled().len() > before;
        if has_read && this.timer.is_none() && this.awaits.0.load(Ordering::Relaxed) {
            this.timer = Some(Box::pin(tokio::time::sleep_until(Instant::now() + this.limit)));
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for HeadTimeout<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write_vectored(cx, slices)
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
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_head_that_was_begun_must_end_soon() {
        let (mut client, server) = tokio::io::duplex(64);
        let (mut server, awaits) = HeadTimeout::new(server, Duration::from_secs(30));
        let mut byte = [0];
        // Idle for as long as anybody likes.
        let waited = tokio::time::timeout(Duration::from_secs(600), server.read(&mut byte)).await;
        assert!(waited.is_err());
        client.write_all(b"G").await.unwrap();
        assert_eq!(server.read(&mut byte).await.unwrap(), 1);
        let error = server.read(&mut byte).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        // A body may take its own time.
        awaits.arrived();
        let waited = tokio::time::timeout(Duration::from_secs(600), server.read(&mut byte)).await;
        assert!(waited.is_err());
    }
}
