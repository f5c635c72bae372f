//! Requests to providers, and to wherever they say that a result is.
//!
//! Redirects are not followed. Every connection is made here, to an address that was looked at:
//! a name is asked for once, and what was checked is what is connected to, so that a name that
//! changes its mind in between gains nothing. It must not know any provider's API.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri, header};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

use super::error::OpenError;
use super::{address, happy_eyeballs};
use crate::system_error;

/// How a name becomes addresses.
pub(super) type Resolver =
    Arc<dyn Fn(String, u16) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync>;

/// What a connection may take to stand.
const CONNECT: Duration = Duration::from_secs(10);

/// How much of an answer is read, where it is not a result. Answers are small.
const ANSWER_MAX_BYTES: usize = 1024 * 1024;

/// A client for one provider.
pub(super) struct Http {
    client: Client<HttpsConnector<Guarded>, Full<Bytes>>,
    own: OwnHosts,
}

/// The hosts that may be at a private address and be spoken to without TLS, because the operator
/// named them and said so. An address that comes from elsewhere gains nothing by it.
#[derive(Clone, Debug, Default)]
pub(super) struct OwnHosts(Arc<[String]>);

impl OwnHosts {
    pub(super) fn new(hosts: impl IntoIterator<Item = String>) -> Self {
        Self(hosts.into_iter().collect())
    }

    fn has(&self, host: &str) -> bool {
        self.0.iter().any(|own| own == host)
    }
}

/// A request.
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: Option<Value>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; `Null` where it is none.
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum TransportError {
    /// The request never got out.
    #[error("it can't be reached ({0})")]
    NotSent(String),
    /// It may have been heard, but nothing that can be understood came back.
    #[error("its answer did not arrive ({0})")]
    Unclear(String),
}

impl Http {
    /// A client that reaches public hosts, and these.
    ///
    /// # Errors
    /// Where the system has no certificates to trust.
    pub(super) fn new(own: OwnHosts) -> Result<Self, OpenError> {
        let resolver: Resolver = Arc::new(|host, port| Box::pin(system(host, port)));
        Self::with(own, resolver)
    }

    fn with(own: OwnHosts, resolver: Resolver) -> Result<Self, OpenError> {
        let tls = HttpsConnectorBuilder::new().with_native_roots();
        let tls = tls.map_err(OpenError::Certificates)?;
        let tls = if own.0.is_empty() { tls.https_only() } else { tls.https_or_http() };
        let guarded = Guarded { resolver, own: own.clone() };
        let connector = tls.enable_http1().wrap_connector(guarded);
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(Duration::from_secs(30))
            .build(connector);
        Ok(Self { client, own })
    }

    /// Whether this address may be asked at all.
    pub(super) fn check(&self, url: &Url) -> Result<(), &'static str> {
        address::check(url, self.own.has(url.host_str().unwrap_or_default()))
    }

    /// Sends a request and reads the answer.
    pub(super) async fn call(&self, call: Call, limit: Duration) -> Result<Answer, TransportError> {
        let reading = async {
            let response = self.send(call).await?;
            let (parts, body) = response.into_parts();
            let body = http_body_util::Limited::new(body, ANSWER_MAX_BYTES).collect().await;
            let body = body.map_err(|error| TransportError::Unclear(error.to_string()))?;
            let body = body.to_bytes().to_vec();
            Ok(Answer { status: parts.status, headers: parts.headers, body })
        };
        timeout(limit, reading)
            .await
            .unwrap_or_else(|_| Err(TransportError::Unclear("too slow".into())))
    }

    /// Sends a request; the answer's body is still to be read.
    pub(super) async fn open(
        &self,
        call: Call,
        limit: Duration,
    ) -> Result<hyper::Response<Incoming>, TransportError> {
        let slow = |_| Err(TransportError::Unclear("too slow".into()));
        timeout(limit, self.send(call)).await.unwrap_or_else(slow)
    }

    async fn send(&self, call: Call) -> Result<hyper::Response<Incoming>, TransportError> {
        let refused = |why: &dyn std::fmt::Display| TransportError::NotSent(why.to_string());
        self.check(&call.url).map_err(|why| refused(&why))?;
        let uri: Uri = call.url.as_str().parse().map_err(|error| refused(&error))?;
        let mut request = Request::builder().method(call.method).uri(uri);
        for (name, value) in call.headers {
            request = request.header(name, value);
        }
        let agent = concat!("ai-now-gateway/", env!("CARGO_PKG_VERSION"));
        request = request.header(header::USER_AGENT, agent);
        let body = match call.body {
            None => Full::default(),
            Some(json) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Full::from(json.to_string())
            }
        };
        let request = request.body(body).map_err(|error| refused(&error))?;
        self.client.request(request).await.map_err(|error| {
            let chain = causes(&error);
            if error.is_connect() {
                TransportError::NotSent(chain)
            } else {
                TransportError::Unclear(chain)
            }
        })
    }
}

/// The innermost cause says most. It may reach people, who have no use for numbers of errors.
pub(super) fn causes(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    system_error::in_words(innermost)
}

async fn system(host: String, port: u16) -> io::Result<Vec<SocketAddr>> {
    Ok(tokio::net::lookup_host((host, port)).await?.collect())
}

/// Connects, but not everywhere.
#[derive(Clone)]
struct Guarded {
    resolver: Resolver,
    own: OwnHosts,
}

impl tower::Service<Uri> for Guarded {
    type Response = TokioIo<TcpStream>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let Self { resolver, own } = self.clone();
        Box::pin(async move {
            let connecting = connect(uri, resolver, own);
            let slow = |_| Err(io::Error::new(io::ErrorKind::TimedOut, "connecting took too long"));
            timeout(CONNECT, connecting).await.unwrap_or_else(slow)
        })
    }
}

async fn connect(uri: Uri, resolver: Resolver, own: OwnHosts) -> io::Result<TokioIo<TcpStream>> {
    let host = uri.host().ok_or_else(|| io::Error::other("the address names no host"))?;
    let private = own.has(host);
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("http") { 80 } else { 443 });
    let addresses = match host.parse::<IpAddr>() {
        Ok(ip) => vec![SocketAddr::new(ip, port)],
        Err(_) => resolver(host.to_owned(), port).await?,
    };
    // One that is private is one too many: nobody's public name has such a neighbour.
    if !private && !addresses.iter().all(|address| address::is_public(address.ip())) {
        return Err(io::Error::other("it is at a private address"));
    }
    let stream = happy_eyeballs::connect(addresses).await?;
    let _ = stream.set_nodelay(true);
    Ok(TokioIo::new(stream))
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::Mutex;

    use super::*;

    /// A name that is public while it is looked at, and private when it is connected to.
    #[tokio::test]
    async fn a_name_that_changes_its_mind_gains_nothing() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let private = listener.local_addr().unwrap();
        let public: SocketAddr = "192.88.98.1:9".parse().unwrap();
        for answers in [
            vec![vec![private]],
            vec![vec![public, private]],
            vec![vec![private, public]],
            vec![vec!["[::ffff:127.0.0.1]:9".parse().unwrap()]],
        ] {
            let answers = Mutex::new(VecDeque::from(answers));
            let resolver: Resolver = Arc::new(move |_, _| {
                // Each look-up has its own answer; a second one would be the change of mind.
                let answer = answers.lock().unwrap().pop_front().expect("asked for once only");
                Box::pin(std::future::ready(Ok(answer)))
            });
            let http = Http::with(OwnHosts::default(), resolver).unwrap();
            let url = Url::parse("https://rebinding.example/a").unwrap();
            let call = Call { method: Method::GET, url, headers: Vec::new(), body: None };
            let error = http.call(call, CONNECT).await.unwrap_err().to_string();
            assert!(error.contains("private address"), "{error}");
        }
        let nobody = timeout(Duration::from_millis(1), listener.accept()).await;
        assert!(nobody.is_err(), "somebody connected");
    }
}
