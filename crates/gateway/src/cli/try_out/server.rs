//! A client of the documented API: reads the catalog, follows a generation to its end, loads the
//! result.
//!
//! A stream that breaks off is reopened at the address that the server gave for the generation;
//! nothing is submitted twice.

use std::path::Path;
use std::sync::OnceLock;
use std::time::Duration;

use ai_now_protocol::event::{Completed, Progress};
use ai_now_protocol::{Catalog, ErrorBody, Event, GenerateRequest, sse};
use axum::http::{HeaderValue, Method, Request, StatusCode, header};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::Response;
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::time::{sleep, timeout};
use url::Url;

use super::part_file::PartFile;
use super::printable::printable;
use super::try_error::TryError;

/// How long an answer may take to begin.
const ANSWER: Duration = Duration::from_secs(30);
/// How long a stream or a file may pause.
const SILENCE: Duration = Duration::from_secs(60);
/// How much is read of an answer that is neither a stream nor a result.
const ANSWER_MAX_BYTES: usize = 4 * 1024 * 1024;
/// How often a broken stream is reopened in a row, and after which pause.
const REOPENED_MAX: u32 = 10;
const REOPEN_PAUSE: Duration = Duration::from_secs(1);
/// To how many other addresses a result may lead.
const REDIRECTED_MAX: usize = 5;

pub(super) struct Server {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    base: Url,
    authorization: HeaderValue,
    /// Set once a generation was asked for.
    asked: OnceLock<()>,
    /// Where it is, as far as the server says.
    location: OnceLock<Url>,
}

impl Server {
    pub(super) fn new(address: &str, key: &str) -> Result<Self, TryError> {
        let wrong = || {
            TryError::Unusable(
                "The server's address must be like https://music.example or \
                 http://127.0.0.1:8787."
                    .into(),
            )
        };
        let mut base = Url::parse(address).map_err(|_| wrong())?;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return Err(wrong());
        }
        if !base.path().ends_with('/') {
            base.set_path(&format!("{}/", base.path()));
        }
        let mut authorization = HeaderValue::from_str(&format!("Bearer {key}")).map_err(|_| {
            TryError::Unusable("The key can't be sent: it has strange characters.".into())
        })?;
        authorization.set_sensitive(true);
        let tls = HttpsConnectorBuilder::new().with_native_roots();
        let tls = tls.map_err(|error| TryError::Unusable(error.to_string()))?;
        let connector = tls.https_or_http().enable_http1().build();
        let client = Client::builder(TokioExecutor::new()).build(connector);
        let (asked, location) = (OnceLock::new(), OnceLock::new());
        Ok(Self { client, base, authorization, asked, location })
    }

    /// The server's catalog. `None`: it has none; only AI-Now's gateway has.
    pub(super) async fn catalog(&self) -> Result<Option<Catalog>, TryError> {
        let response = self.send(Method::GET, &self.join("api/catalog")?, None, None).await?;
        if response.status() != StatusCode::OK {
            return Ok(None);
        }
        Ok(serde_json::from_slice(&whole(response).await?).ok())
    }

    /// Makes something, and reports its progress until it is complete.
    pub(super) async fn generate(
        &self,
        request: &GenerateRequest,
        mut on_progress: impl FnMut(&Progress),
    ) -> Result<Completed, TryError> {
        let body = serde_json::to_vec(request).unwrap_or_default();
        let url = self.join("api/generate")?;
        let _ = self.asked.set(());
        let mut response = self.send(Method::POST, &url, Some(body.into()), None).await?;
        let location = response.headers().get(header::CONTENT_LOCATION);
        let location = location.and_then(|at| self.absolute(at.to_str().ok()?).ok());
        if let Some(location) = location {
            let _ = self.location.set(location);
        }
        let (mut last_id, mut misses) = (String::new(), 0);
        loop {
            if response.status() != StatusCode::OK {
                return Err(refused(response).await);
            }
            let before = last_id.clone();
            if let Some(completed) = follow(response, &mut last_id, &mut on_progress).await? {
                return Ok(completed);
            }
            misses = if last_id == before { misses + 1 } else { 0 };
            let Some(location) = self.location.get().filter(|_| misses < REOPENED_MAX) else {
                return Err(TryError::Broken);
            };
            response = loop {
                sleep(REOPEN_PAUSE).await;
                let events = self.absolute(&format!("{location}/events"))?;
                match self.send(Method::GET, &events, None, Some(&last_id)).await {
                    Ok(response) => break response,
                    Err(_) if misses < REOPENED_MAX => misses += 1,
                    Err(error) => return Err(error),
                }
            };
        }
    }

    /// Cancels what was asked for, where the server says how, and says what became of it.
    pub(super) async fn interrupt(&self) -> &'static str {
        if self.asked.get().is_none() {
            return "Interrupted. Nothing was asked for.";
        }
        let Some(location) = self.location.get() else {
            return "Interrupted. The server may go on with it, and charge for it.";
        };
        match self.send(Method::DELETE, location, None, None).await {
            Ok(response) if response.status().is_success() => {
                "Interrupted. What was not made yet is cancelled."
            }
            _ => "Interrupted. The server did not cancel it, and may charge for it.",
        }
    }

    /// An address that the server named, as a whole one.
    pub(super) fn absolute(&self, address: &str) -> Result<Url, TryError> {
        let url = self.base.join(address).ok();
        let web = url.filter(|url| matches!(url.scheme(), "http" | "https"));
        web.ok_or_else(|| TryError::Strange("an invalid address".into()))
    }

    /// Loads a result into a file, which appears once it is complete. Returns its size.
    pub(super) async fn download(&self, url: &Url, file: &Path) -> Result<u64, TryError> {
        let mut response = self.found(url.clone()).await?;
        let mut part = PartFile::create(file).await?;
        let mut bytes = 0;
        loop {
            let frame = timeout(SILENCE, response.body_mut().frame()).await;
            let frame = frame.map_err(|_| TryError::Broken)?;
            let Some(frame) = frame else { break };
            let frame = frame.map_err(|_| TryError::Broken)?;
            if let Some(data) = frame.data_ref() {
                bytes += data.len() as u64;
                part.write(data).await?;
            }
        }
        part.finish().await?;
        Ok(bytes)
    }

    /// The answer that has a result, wherever the server sends for it.
    async fn found(&self, mut url: Url) -> Result<Response<Incoming>, TryError> {
        for _ in 0..=REDIRECTED_MAX {
            let response = self.send(Method::GET, &url, None, None).await?;
            if response.status() == StatusCode::OK {
                return Ok(response);
            }
            let elsewhere = response.headers().get(header::LOCATION);
            let elsewhere = elsewhere.filter(|_| response.status().is_redirection());
            match elsewhere.and_then(|at| url.join(at.to_str().ok()?).ok()) {
                Some(next) if matches!(next.scheme(), "http" | "https") => url = next,
                _ => return Err(refused(response).await),
            }
        }
        Err(TryError::Strange("an address that leads on and on".into()))
    }

    fn join(&self, path: &str) -> Result<Url, TryError> {
        self.base.join(path).map_err(|error| TryError::Unusable(error.to_string()))
    }

    async fn send(
        &self,
        method: Method,
        url: &Url,
        body: Option<Bytes>,
        last_id: Option<&str>,
    ) -> Result<Response<Incoming>, TryError> {
        let unreachable =
            |why: String| TryError::Unreachable { server: self.base.to_string(), why };
        let mut request = Request::builder().method(method).uri(url.as_str());
        // The key is for the server only, and not for the host of its results.
        if url.origin() == self.base.origin() {
            request = request.header(header::AUTHORIZATION, self.authorization.clone());
        }
        if let Some(id) = last_id.filter(|id| !id.is_empty()) {
            request = request.header("Last-Event-ID", id);
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let request = request.body(Full::from(body.unwrap_or_default()));
        let request = request.map_err(|error| TryError::Unusable(error.to_string()))?;
        match timeout(ANSWER, self.client.request(request)).await {
            Ok(Ok(response)) => Ok(response),
            Ok(Err(error)) => Err(unreachable(innermost(&error))),
            Err(_) => Err(unreachable("it does not answer".into())),
        }
    }
}

/// Reads a stream to its last event. `None`: it broke off before that.
async fn follow(
    mut response: Response<Incoming>,
    last_id: &mut String,
    on_progress: &mut impl FnMut(&Progress),
) -> Result<Option<Completed>, TryError> {
    let mut reader = sse::Reader::default();
    loop {
        let Ok(Some(Ok(frame))) = timeout(SILENCE, response.body_mut().frame()).await else {
            return Ok(None);
        };
        let Some(data) = frame.data_ref() else { continue };
        for event in reader.feed(data) {
            let event = event.map_err(|_| TryError::Strange("an endless line".into()))?;
            last_id.clone_from(&event.last_event_id);
            match serde_json::from_str(&event.data) {
                Ok(Event::Completed(completed)) => return Ok(Some(completed)),
                Ok(Event::Failed(failed)) => {
                    return Err(TryError::Refused(printable(&failed.message.text)));
                }
                Ok(Event::Processing(progress)) => on_progress(&progress),
                Ok(_) => {}
                Err(error) => return Err(TryError::Strange(error.to_string())),
            }
        }
    }
}

async fn whole(response: Response<Incoming>) -> Result<Bytes, TryError> {
    let body = Limited::new(response.into_body(), ANSWER_MAX_BYTES).collect();
    match timeout(ANSWER, body).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        _ => Err(TryError::Strange("an answer that does not end".into())),
    }
}

/// The server's message about a refusal.
async fn refused(response: Response<Incoming>) -> TryError {
    let status = response.status();
    let body = whole(response).await.unwrap_or_default();
    match serde_json::from_slice::<ErrorBody>(&body) {
        Ok(body) => TryError::Refused(printable(&body.message)),
        Err(_) => TryError::Strange(status.to_string()),
    }
}

/// The innermost cause is the most specific.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut innermost = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}
