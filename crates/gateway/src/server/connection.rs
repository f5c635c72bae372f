//! One connection: HTTP/1.1, or HTTP/2 without TLS for proxies that speak it from the start.
//!
//! Both have the same limits: for a head, for doing nothing, for what is left unread.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Request, Version, header};
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::Watcher;
use tokio::net::TcpStream;
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt as _;

use super::time_limits::{self, OpenRequest, TimeLimits};
use crate::http::state::{App, Peer};

/// How many headers a request may have before the connection is refused outright. Their size is
/// limited by the settings, with a proper answer.
const HEADERS: usize = 256;

/// How many requests one connection may have open at once over HTTP/2.
const HTTP2_STREAMS: u32 = 256;

/// What is written ahead for one request of HTTP/2, until its reader takes it.
const HTTP2_SEND_BYTES: usize = 64 * 1024;

/// Answers what is asked over a connection, until it ends.
pub(super) async fn serve(
    app: App,
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    watcher: Watcher,
) {
    let limits = &app.config.limits;
    // Events are small and shall leave at once.
    let _ = stream.set_nodelay(true);
    let write_limit = Duration::from_secs(limits.write_secs);
    cut_stalled(&stream, write_limit);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(write_limit));
    // A stream that is read says something that often.
    let stall = write_limit + Duration::from_secs(app.config.keep_alive_secs);
    let head = Duration::from_secs(limits.header_secs);
    let idle = Duration::from_secs(limits.idle_secs);
    let limited = time_limits::Limits { head, idle, stall };
    let (stream, requests) = TimeLimits::new(Box::pin(stream), limited);
    let service = service_fn(move |mut request: Request<Incoming>| {
        let open = requests.arrived(request.version() == Version::HTTP_2);
        name_host(&mut request);
        request.extensions_mut().insert(Peer(peer));
        let answering = router.clone().oneshot(request.map(Body::new));
        let answered = requests.clone();
        async move {
            let response = answering.await?;
            answered.answered();
            Ok::<_, Infallible>(response.map(|body| Held { body, _open: open }))
        }
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(idle).max_headers(HEADERS);
    let header_bytes = u32::try_from(limits.header_bytes).unwrap_or(u32::MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(HTTP2_STREAMS)
        .max_send_buf_size(HTTP2_SEND_BYTES)
        // Twice as much comes through, so that what is too large gets a proper answer.
        .max_header_list_size(header_bytes.saturating_mul(2));
    let connection = builder.serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection).await {
        // Clients that go away or are too slow: their business, of interest only when looked for.
        tracing::debug!(%error, %peer, "a connection ended early");
    }
}

/// HTTP/2 says the host in a field of its own, which is the `Host` of all routes.
fn name_host(request: &mut Request<Incoming>) {
    let authority = request.uri().authority().filter(|_| request.version() == Version::HTTP_2);
    let host = authority.and_then(|name| HeaderValue::from_str(name.as_str()).ok());
    if let Some(host) = host {
        request.headers_mut().insert(header::HOST, host);
    }
}

/// How much the system takes ahead of what the network carries. More would only be old news by the
/// time a slow reader gets it.
#[cfg(target_os = "linux")]
const UNSENT_BYTES: u32 = 128 * 1024;

/// Has the system cut a connection whose reader leaves what was sent unread, even where it is too
/// little to fill the system's own buffers.
fn cut_stalled(stream: &TcpStream, limit: Duration) {
    #[cfg(target_os = "linux")]
    {
        let socket = socket2::SockRef::from(stream);
        // Where the system does not take it, the write timeout still holds.
        let _ = socket.set_tcp_user_timeout(Some(limit));
        let _ = socket.set_tcp_notsent_lowat(UNSENT_BYTES);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (stream, limit);
}

/// The body of an answer, which holds its request open to its end.
struct Held {
    body: Body,
    _open: OpenRequest,
}

impl hyper::body::Body for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
