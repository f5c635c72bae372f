//! Requests to providers, and results from wherever they say.
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

use ai_now_protocol::{Format, MediaKind};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri, header};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Incoming};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

use super::settings::ProviderSettings;
use super::{address, content};
use crate::media::{MediaDir, Unfinished};

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
pub(super) enum Trouble {
    /// The request never got out.
    #[error("it can't be reached ({0})")]
    NotSent(String),
    /// It may have been heard, but nothing that can be understood came back.
    #[error("its answer did not arrive ({0})")]
    Unclear(String),
}

impl Http {
    /// A client for what these settings describe.
    ///
    /// # Errors
    /// Where the system has no certificates to trust.
    pub(super) fn new(settings: &ProviderSettings) -> Result<Self, String> {
        let resolver: Resolver = Arc::new(|host, port| Box::pin(system(host, port)));
        Self::with(settings.own_hosts()?, resolver)
    }

    fn with(own: OwnHosts, resolver: Resolver) -> Result<Self, String> {
        let tls = HttpsConnectorBuilder::new().with_native_roots().map_err(|error| {
            format!("the system has no certificates to trust ({error}); install ca-certificates")
        })?;
        let tls = if own.0.is_empty() { tls.https_only() } else { tls.https_or_http() };
        let guarded = Guarded { resolver, own: own.clone() };
        let connector = tls.enable_http1().wrap_connector(guarded);
        let client = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(Duration::from_secs(30))
            .build(connector);
        Ok(Self { client, own })
    }

    fn check(&self, url: &Url) -> Result<(), &'static str> {
        address::check(url, self.own.has(url.host_str().unwrap_or_default()))
    }

    /// Sends a request and reads the answer.
    pub(super) async fn call(&self, call: Call, limit: Duration) -> Result<Answer, Trouble> {
        let reading = async {
            let response = self.send(call).await?;
            let (parts, body) = response.into_parts();
            let body = http_body_util::Limited::new(body, ANSWER_MAX_BYTES).collect().await;
            let body = body.map_err(|error| Trouble::Unclear(error.to_string()))?;
            let body = body.to_bytes().to_vec();
            Ok(Answer { status: parts.status, headers: parts.headers, body })
        };
        timeout(limit, reading).await.unwrap_or_else(|_| Err(Trouble::Unclear("too slow".into())))
    }

    /// Sends a request; the answer's body is still to be read.
    pub(super) async fn open(
        &self,
        call: Call,
        limit: Duration,
    ) -> Result<hyper::Response<Incoming>, Trouble> {
        let slow = |_| Err(Trouble::Unclear("too slow".into()));
        timeout(limit, self.send(call)).await.unwrap_or_else(slow)
    }

    async fn send(&self, call: Call) -> Result<hyper::Response<Incoming>, Trouble> {
        let refused = |why: &dyn std::fmt::Display| Trouble::NotSent(why.to_string());
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
            if error.is_connect() { Trouble::NotSent(chain) } else { Trouble::Unclear(chain) }
        })
    }
}

/// The innermost cause says most.
fn causes(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
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
    let mut last = io::Error::other("the host has no address");
    for address in addresses {
        match TcpStream::connect(address).await {
            Ok(stream) => {
                let _ = stream.set_nodelay(true);
                return Ok(TokioIo::new(stream));
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// What is taken as a result.
#[derive(Clone, Debug)]
pub(super) struct Taking {
    /// The kind that was asked for.
    pub(super) kind: MediaKind,
    /// Where it may come from: these hosts, or any where there are none.
    pub(super) hosts: Vec<String>,
    /// How large it may be.
    pub(super) max_bytes: u64,
    /// For how long it may stand still.
    pub(super) idle: Duration,
}

/// Why a result was not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotTaken {
    /// It did not come, or not whole. It may another time.
    #[error("it could not be loaded ({0})")]
    Lost(String),
    /// It is not what it should be.
    #[error("{0}")]
    Refused(String),
    /// It could not be written down here.
    #[error("it could not be stored here")]
    Disk(#[from] io::Error),
}

impl Taking {
    /// Whether results may come from this host.
    fn admits(&self, host: &str) -> bool {
        self.hosts.is_empty()
            || self.hosts.iter().any(|allowed| match allowed.strip_prefix('.') {
                Some(domain) => host
                    .strip_suffix(domain)
                    .is_some_and(|sub| sub.is_empty() || sub.ends_with('.')),
                None => host == allowed,
            })
    }
}

impl Http {
    /// Loads a result into a file: its host, size, kind and content are checked on the way.
    pub(super) async fn take(
        &self,
        url: &str,
        taking: &Taking,
        media: &MediaDir,
    ) -> Result<(Unfinished, Format), NotTaken> {
        let refused = |why: &str| NotTaken::Refused(format!("its address is refused: {why}"));
        let url = Url::parse(url).map_err(|_| refused("it is not an address"))?;
        self.check(&url).map_err(refused)?;
        if !taking.admits(url.host_str().unwrap_or_default()) {
            return Err(refused("its host is not one of those that results may come from"));
        }
        // Without any key: whose host this is, nobody promises.
        let call = Call { method: Method::GET, url, headers: Vec::new(), body: None };
        let response = self.open(call, taking.idle).await.map_err(|trouble| match trouble {
            Trouble::NotSent(why) if why.contains("private address") => refused(&why),
            other => NotTaken::Lost(other.to_string()),
        })?;
        let (status, length) = (response.status(), response.body().size_hint().exact());
        if status.is_redirection() {
            return Err(NotTaken::Refused(
                "it is elsewhere, and redirects are not followed".into(),
            ));
        }
        if status != StatusCode::OK {
            return Err(NotTaken::Lost(format!("status {}", status.as_u16())));
        }
        let declared = response.headers().get(header::CONTENT_TYPE);
        let declared = declared.and_then(|value| value.to_str().ok()).unwrap_or_default();
        if declared.starts_with("text/") || declared.starts_with("application/json") {
            return Err(NotTaken::Refused("it is a text, not a media file".into()));
        }
        if length.is_some_and(|length| length > taking.max_bytes) {
            return Err(too_large(taking));
        }
        let file = media.unfinished();
        let format = write(response.into_body(), taking, &file).await?;
        Ok((file, format))
    }
}

async fn write(
    mut body: Incoming,
    taking: &Taking,
    unfinished: &Unfinished,
) -> Result<Format, NotTaken> {
    let mut file = tokio::fs::File::create_new(unfinished.path()).await?;
    let (mut head, mut size, mut format) = (Vec::new(), 0_u64, None);
    loop {
        let next = timeout(taking.idle, body.frame()).await;
        let frame = match next {
            Err(_) => return Err(NotTaken::Lost("it stood still".into())),
            Ok(None) => break,
            Ok(Some(frame)) => frame.map_err(|error| NotTaken::Lost(causes(&error)))?,
        };
        let Ok(bytes) = frame.into_data() else { continue };
        size += bytes.len() as u64;
        if size > taking.max_bytes {
            return Err(too_large(taking));
        }
        if format.is_none() {
            head.extend_from_slice(&bytes[..bytes.len().min(content::HEAD_BYTES)]);
            if head.len() >= content::HEAD_BYTES {
                format = Some(fitting(&head, taking.kind)?);
            }
        }
        file.write_all(&bytes).await?;
    }
    // Whatever is shorter than a head is no media file either, but let it be told the same way.
    let format = format.map_or_else(|| fitting(&head, taking.kind), Ok)?;
    file.flush().await?;
    Ok(format)
}

/// The format of a file, if it is of the kind that was asked for.
pub(super) fn fitting(head: &[u8], kind: MediaKind) -> Result<Format, NotTaken> {
    let format = content::format(head);
    let unknown = "it is not a media file of a kind that is known here (MP3, MP4, PNG, JPEG, WebP)";
    let format = format.ok_or_else(|| NotTaken::Refused(unknown.into()))?;
    if format.kind() == kind {
        return Ok(format);
    }
    Err(NotTaken::Refused(format!("it is {}, which was not asked for", format.content_type())))
}

fn too_large(taking: &Taking) -> NotTaken {
    NotTaken::Refused(format!("it is larger than {} MiB", taking.max_bytes / (1024 * 1024)))
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn result_hosts() {
        let taking = |hosts: &[&str]| Taking {
            kind: MediaKind::Video,
            hosts: hosts.iter().map(ToString::to_string).collect(),
            max_bytes: 1,
            idle: CONNECT,
        };
        assert!(taking(&[]).admits("any.example"));
        let some = taking(&["a.example", ".b.example"]);
        for good in ["a.example", "b.example", "x.b.example"] {
            assert!(some.admits(good), "{good}");
        }
        for bad in ["x.a.example", "xb.example", "b.example.evil", ""] {
            assert!(!some.admits(bad), "{bad}");
        }
    }

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
