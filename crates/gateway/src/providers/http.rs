//! The HTTP client for providers, and for the hosts of their results.
//!
//! Redirects are not followed. Every connection is made here, to a checked address: a name is
//! resolved once, and the address that was checked is the one that is connected to, so DNS
//! rebinding gains nothing. It must not know any provider's API.

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri, header};
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
use crate::system_error::cause_in_words;

/// Resolves a name to addresses.
pub(super) type Resolver =
    Arc<dyn Fn(String, u16) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync>;

/// How long connecting may take.
const CONNECT: Duration = Duration::from_secs(10);

/// How much of an answer is read, if it is not a result. Answers are small.
const ANSWER_MAX_BYTES: usize = 1024 * 1024;

/// A client for one provider.
pub(super) struct Http {
    client: Client<HttpsConnector<Guarded>, Full<Bytes>>,
    own: OwnHosts,
}

/// The hosts that may be at a private address and be used without TLS, because the operator's
/// settings say so. Addresses from elsewhere don't benefit from it.
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

/// An answer, completely read.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// The body as JSON; `Null` if it is not JSON.
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The address is none that may be asked.
    #[error("it can't be reached ({0})")]
    Address(&'static str),
    /// What the name stands for may not be asked.
    #[error("it can't be reached (it is at a private address)")]
    PrivateAddress,
    /// The request never got out.
    #[error("it can't be reached ({0})")]
    NotSent(String),
    /// It may have been heard, and nothing came back in time.
    #[error("its answer did not arrive (too slow)")]
    TooSlow,
    /// It may have been heard, but nothing that can be understood came back.
    #[error("its answer did not arrive ({0})")]
    Unclear(String),
}

impl TransportError {
    /// Whether the request may have been heard.
    pub(super) fn was_sent(&self) -> bool {
        matches!(self, Self::TooSlow | Self::Unclear(_))
    }
}

/// What the connector says of a name that stands for a private address.
#[derive(Debug, thiserror::Error)]
#[error("it is at a private address")]
struct Private;

/// Whether that is the reason of an error, however deep.
fn is_private(error: &(dyn std::error::Error + 'static)) -> bool {
    let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    inner.is_some_and(<dyn std::error::Error + Send + Sync>::is::<Private>)
        || error.source().is_some_and(is_private)
}

impl Http {
    /// A client that reaches public hosts, and these.
    ///
    /// # Errors
    /// If the system has no trusted certificates.
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

    /// Checks that requests to this address are allowed.
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
        timeout(limit, reading).await.unwrap_or(Err(TransportError::TooSlow))
    }

    /// Sends a request; the answer's body is still to be read.
    pub(super) async fn open(
        &self,
        call: Call,
        limit: Duration,
    ) -> Result<hyper::Response<Incoming>, TransportError> {
        timeout(limit, self.send(call)).await.unwrap_or(Err(TransportError::TooSlow))
    }

    async fn send(&self, call: Call) -> Result<hyper::Response<Incoming>, TransportError> {
        let refused = |why: &dyn std::fmt::Display| TransportError::NotSent(why.to_string());
        self.check(&call.url).map_err(TransportError::Address)?;
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
            let cause = || cause_in_words(&error);
            match error.is_connect() {
                true if is_private(&error) => TransportError::PrivateAddress,
                true => TransportError::NotSent(cause()),
                false => TransportError::Unclear(cause()),
            }
        })
    }
}

async fn system(host: String, port: u16) -> io::Result<Vec<SocketAddr>> {
    Ok(tokio::net::lookup_host((host, port)).await?.collect())
}

/// Connects, but only to allowed addresses.
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
    // A single private address is enough to refuse: a public name has none.
    if !private && !addresses.iter().all(|address| address::is_public(address.ip())) {
        return Err(io::Error::other(Private));
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

    /// A name that is public when it is checked, and private when it is connected to.
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
                // Each resolution has another answer, so a second one would be the attack.
                let answer = answers.lock().unwrap().pop_front().expect("asked for once only");
                Box::pin(std::future::ready(Ok(answer)))
            });
            let http = Http::with(OwnHosts::default(), resolver).unwrap();
            let url = Url::parse("https://rebinding.example/a").unwrap();
            let call = Call { method: Method::GET, url, headers: Vec::new(), body: None };
            let error = http.call(call, CONNECT).await.unwrap_err();
            assert!(matches!(error, TransportError::PrivateAddress), "{error}");
        }
        let nobody = timeout(Duration::from_millis(1), listener.accept()).await;
        assert!(nobody.is_err(), "somebody connected");
    }
}
