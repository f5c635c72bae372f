//! One connection: HTTP/1.1, or HTTP/2 without TLS (prior knowledge) from proxies.
//!
//! Both have the same limits: for a request's head, for idle time, for unread answers. Over
//! HTTP/1.1 a long answer is written without hyper, which gets the connection back when it has
//! ended.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Version, header};
use axum::response::Response;
use hyper::body::{Body as _, Frame, Incoming, SizeHint};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::http2_stream::{Pieces, Streams};
use super::stream_writer::Writing;
use super::time_limits::{self, OpenRequest, Requests, TimeLimits};
use crate::http::handover;
use crate::http::state::{App, Peer};

/// How many headers a request may have before the connection is refused outright: more than the routes
/// take, whose answer pages of other origins can read.
const HEADERS: usize = 1024;

/// How large a list of headers is taken over HTTP/2 at least, for the same reason.
const HTTP2_HEADER_BYTES: u32 = 128 * 1024;

/// How many requests one connection may have open at once over HTTP/2.
const HTTP2_STREAMS: u32 = 256;

/// How much is buffered for one stream of HTTP/2, until its reader takes it.
const HTTP2_SEND_BYTES: usize = 64 * 1024;

/// The connection preface of HTTP/2 (RFC 9113, 3.4).
const HTTP2_PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Answers requests on a connection until it ends. `closing`: only requests that came before are
/// still answered.
pub(super) async fn serve(
    app: App,
    mut stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    closing: CancellationToken,
) {
    let limits = &app.config.limits;
    // Events are small and should leave at once.
    let _ = stream.set_nodelay(true);
    let write = Duration::from_secs(limits.write_secs);
    cut_stalled(&stream, write);
    let head = Duration::from_secs(limits.header_secs);
    let idle = Duration::from_secs(limits.idle_secs);
    let limited = time_limits::Limits { head, idle, write };
    let mut unread = Vec::new();
    loop {
        // Boxed, so that it takes no memory while a long answer is written.
        let answering = Box::pin(answer(&app, stream, unread, limited, peer, &router, &closing));
        let Some((back, ahead, writing)) = answering.await else { return };
        (stream, unread) = (back, ahead);
        if !writing.run(&mut stream, &mut unread, write).await || closing.is_cancelled() {
            return;
        }
    }
}

/// A handed-over connection: the socket, what the client has sent since, and the answer to be
/// written.
type Left = (TcpStream, Vec<u8>, Writing);

/// Answers requests until the connection ends, or until an answer is to be written without hyper.
async fn answer(
    app: &App,
    stream: TcpStream,
    unread: Vec<u8>,
    limits: time_limits::Limits,
    peer: SocketAddr,
    router: &Router,
    closing: &CancellationToken,
) -> Option<Left> {
    let (mut stream, requests) = TimeLimits::new(stream, limits);
    stream.put_back(unread.into());
    let answers = Answers { router: router.clone(), requests, peer, left: Arc::default() };
    let version = tokio::select! {
        version = speaks_http2(&mut stream) => version,
        // There was no request yet.
        () = closing.cancelled() => return None,
    };
    match version {
        Ok(true) => {
            answer_http2(app, stream, limits.write, answers, closing).await;
            None
        }
        Ok(false) => answer_http1(stream, limits.idle, answers, closing).await,
        Err(error) => {
            tracing::debug!(%error, %peer, "a connection ended early");
            None
        }
    }
}

/// Whether the client begins with HTTP/2. The bytes that were read for this are read again.
async fn speaks_http2(stream: &mut TimeLimits<TcpStream>) -> std::io::Result<bool> {
    let mut begun = [0; HTTP2_PREFACE.len()];
    let mut length = 0;
    while length < begun.len() && HTTP2_PREFACE.starts_with(&begun[..length]) {
        match stream.read(&mut begun[length..]).await? {
            0 => break,
            more => length += more,
        }
    }
    stream.put_back(Bytes::copy_from_slice(&begun[..length]));
    Ok(begun == *HTTP2_PREFACE)
}

async fn answer_http1(
    stream: TimeLimits<TcpStream>,
    idle: Duration,
    answers: Answers,
    closing: &CancellationToken,
) -> Option<Left> {
    let (left, peer) = (answers.left.clone(), answers.peer);
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(idle).max_headers(HEADERS);
    let service = service_fn(move |request| answers.clone().over_http1(request));
    let mut connection = builder.serve_connection(TokioIo::new(stream), service);
    let mut shutting_down = false;
    loop {
        tokio::select! {
            ended = &mut connection => {
                // Clients that disconnect or are too slow are of interest only for debugging.
                if let Err(error) = ended {
                    tracing::debug!(%error, %peer, "a connection ended early");
                }
                return None;
            }
            () = left.there.notified() => break,
            () = closing.cancelled(), if !shutting_down => {
                shutting_down = true;
                Pin::new(&mut connection).graceful_shutdown();
            }
        }
    }
    let writing = left.writing.lock().unwrap_or_else(PoisonError::into_inner).take()?;
    let parts = connection.into_parts();
    let (stream, unread) = parts.io.into_inner().into_inner();
    // What hyper has read comes before what is unread.
    let ahead = [&parts.read_buf[..], &unread[..]].concat();
    Some((stream, ahead, writing))
}

async fn answer_http2(
    app: &App,
    stream: TimeLimits<TcpStream>,
    limit: Duration,
    answers: Answers,
    closing: &CancellationToken,
) {
    let peer = answers.peer;
    let header_bytes = u32::try_from(app.config.limits.header_bytes).unwrap_or(u32::MAX);
    let mut builder = http2::Builder::new(Streams { limit });
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(HTTP2_STREAMS)
        .max_send_buf_size(HTTP2_SEND_BYTES)
        // More comes through, so that what is too large gets a proper answer.
        .max_header_list_size(header_bytes.saturating_mul(2).max(HTTP2_HEADER_BYTES));
    let service = service_fn(move |request| answers.clone().over_http2(request));
    let mut connection = std::pin::pin!(builder.serve_connection(TokioIo::new(stream), service));
    let mut shutting_down = false;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, %peer, "a connection ended early");
                }
                return;
            }
            () = closing.cancelled(), if !shutting_down => {
                shutting_down = true;
                connection.as_mut().graceful_shutdown();
            }
        }
    }
}

/// Answers requests of one connection.
#[derive(Clone)]
struct Answers {
    router: Router,
    requests: Requests,
    peer: SocketAddr,
    left: Arc<LeftOver>,
}

/// An answer that is not written by hyper.
#[derive(Default)]
struct LeftOver {
    writing: Mutex<Option<Writing>>,
    there: Notify,
}

impl Answers {
    async fn over_http2(
        self,
        mut request: Request<Incoming>,
    ) -> Result<Response<Pieces>, Infallible> {
        let open = self.requests.arrived(true);
        name_host(&mut request);
        let response = self.ask(request).await;
        self.requests.answered();
        Ok(response.map(|body| Pieces::new(body, open)))
    }

    async fn over_http1(
        self,
        mut request: Request<Incoming>,
    ) -> Result<Response<Held>, Infallible> {
        let open = self.requests.arrived(false);
        // A whole address says the host, whatever the header says (RFC 9112, 3.2.2).
        if request.headers().get_all(header::HOST).iter().count() == 1 {
            name_host(&mut request);
        }
        // What hyper still has to read or to write would be lost.
        let is_alone = request.method() == Method::GET
            && request.version() == Version::HTTP_11
            && request.body().is_end_stream()
            && self.requests.is_flushed();
        let keep_alive = !asks_to_close(request.headers());
        let mut response = self.ask(request).await;
        self.requests.answered();
        if is_alone
            && response.status() == StatusCode::OK
            && let Some(source) = handover::take(&mut response)
        {
            let writing = Writing::new(response.headers(), source, keep_alive);
            drop((response, open));
            *self.left.writing.lock().unwrap_or_else(PoisonError::into_inner) = Some(writing);
            self.left.there.notify_one();
            // The receiver of the notification drops this future.
            return std::future::pending().await;
        }
        Ok(response.map(|body| Held { body, _open: open }))
    }

    async fn ask(&self, mut request: Request<Incoming>) -> Response {
        request.extensions_mut().insert(Peer(self.peer));
        let answered = self.router.clone().oneshot(request.map(Body::new)).await;
        answered.unwrap_or_else(|never| match never {})
    }
}

/// Whether a client wants no further answer on this connection (RFC 9112, 9.6).
fn asks_to_close(headers: &HeaderMap) -> bool {
    let options = headers.get_all(header::CONNECTION).into_iter();
    let mut options = options.filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(','));
    options.any(|option| option.trim().eq_ignore_ascii_case("close"))
}

/// HTTP/2 has the host in a pseudo-header, which becomes the `Host` of all routes.
fn name_host(request: &mut Request<Incoming>) {
    let authority = request.uri().authority();
    let host = authority.and_then(|name| HeaderValue::from_str(name.as_str()).ok());
    if let Some(host) = host {
        request.headers_mut().insert(header::HOST, host);
    }
}

/// How much the system buffers beyond what the network carries. More would be outdated by the time
/// a slow reader gets it.
#[cfg(target_os = "linux")]
const UNSENT_BYTES: u32 = 128 * 1024;

/// Lets the system disconnect a reader that leaves sent data unread, even if that is too little to
/// fill the system's buffers.
fn cut_stalled(stream: &TcpStream, limit: Duration) {
    #[cfg(target_os = "linux")]
    {
        let socket = socket2::SockRef::from(stream);
        // If the system does not support it, the write timeout still applies.
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
