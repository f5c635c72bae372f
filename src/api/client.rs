//! The client of an AI-Now gateway's routes for pages: one request and its answer. Every failure
//! becomes an [`ApiError`].

use std::pin::Pin;

use ai_now_protocol::api::{Accepted, Balance, Generation, IDEMPOTENCY_KEY, Session, Upload};
use ai_now_protocol::error::ErrorBody;
use ai_now_protocol::{Catalog, GenerateRequest, Message};
use gloo_net::http::{Method, RequestBuilder, Response};
use serde::de::DeserializeOwned;
use web_sys::AbortSignal;

use super::early;
use super::events::EventStream;
use crate::api_error::ApiError;
use crate::gateway_address::below_gateway;
use crate::platform::browser::origin;
use crate::platform::json;

/// How long a request and its answer may take. No route of the gateway takes longer: slow work is
/// reported by events.
const TIMEOUT_MILLIS: u32 = 20_000;

/// A gateway, by its base address, which ends in `/`.
pub(crate) struct Gateway<'a>(pub(crate) &'a str);

impl Gateway<'_> {
    fn request<'a>(&self, method: Method, path: &str, token: Option<&'a str>) -> Request<'a> {
        Request {
            method,
            url: [self.0, path].concat(),
            token,
            json: None,
            file: None,
            idempotency_key: None,
        }
    }

    /// The requests.
    pub(crate) async fn catalog(&self) -> Result<Catalog, ApiError> {
        read(&self.request(Method::GET, "api/catalog", None).fetch().await?)
    }

    /// Opens a session, or renews the one whose token is sent.
    pub(crate) async fn open(&self, token: Option<&str>) -> Result<Session, ApiError> {
        read(&self.request(Method::POST, "api/sessions", token).fetch().await?)
    }

    /// Reads what the session can spend.
    pub(crate) async fn balance(&self, token: &str) -> Result<Balance, ApiError> {
        read(&self.request(Method::GET, "api/balance", Some(token)).fetch().await?)
    }

    /// Submits a generation. The same key and request again is the same generation.
    pub(crate) async fn submit(
        &self,
        token: &str,
        key: &str,
        request: &GenerateRequest,
    ) -> Result<Accepted, ApiError> {
        let json = Some(json::stringify(request));
        let route = self.request(Method::POST, "api/generations", Some(token));
        read(&Request { json, idempotency_key: Some(key), ..route }.fetch().await?)
    }

    /// Uploads a picture.
    pub(crate) async fn upload(
        &self,
        token: &str,
        file: &web_sys::File,
    ) -> Result<Upload, ApiError> {
        let request = self.request(Method::POST, "api/uploads", Some(token));
        // Without a limit: the speed of the connection is not known.
        let response = Request { file: Some(file), ..request }.send(None).await?;
        read(&response.text().await.map_err(|_| ApiError::Unreachable)?)
    }

    /// Reads a generation's state, with a fresh ticket for its events.
    pub(crate) async fn look(&self, token: &str, id: &str) -> Result<Generation, ApiError> {
        read(&self.request(Method::GET, &generation(id), Some(token)).fetch().await?)
    }

    /// Stops a generation.
    pub(crate) async fn cancel(&self, token: &str, id: &str) -> Result<Generation, ApiError> {
        read(&self.request(Method::DELETE, &generation(id), Some(token)).fetch().await?)
    }

    /// The address of a stream, absolute.
    ///
    /// # Errors
    /// If it is not an address of this gateway: no other host may provide a stream.
    pub(crate) fn stream_address(&self, events: &str) -> Result<String, ApiError> {
        let url = self.address(events).ok_or(ApiError::Unreadable)?;
        if origin(&url) == origin(self.0) { Ok(url) } else { Err(ApiError::Unreadable) }
    }

    /// Follows a generation's events after event number `after`.
    ///
    /// # Errors
    /// If `events` is not an address of this gateway.
    pub(crate) fn events(&self, events: &str, after: u64) -> Result<EventStream, ApiError> {
        let url = self.stream_address(events)?;
        let separator = if url.contains('?') { "&" } else { "?" };
        EventStream::open(&[&url, separator, "after=", &after.to_string()].concat())
    }
}

impl Gateway<'_> {
    /// An address from its answers, absolute, as this page has to request it; `None` if it is not
    /// valid.
    pub(crate) fn address(&self, url: &str) -> Option<String> {
        let url = web_sys::Url::new_with_base(url, self.0).ok()?;
        Some(below_gateway(&url.href(), self.0))
    }
}

fn generation(id: &str) -> String {
    ["api/generations/", &String::from(js_sys::encode_uri_component(id))].concat()
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, ApiError> {
    json::parse(text).ok_or(ApiError::Unreadable)
}

/// A request.
pub(super) struct Request<'a> {
    pub(super) method: Method,
    pub(super) url: String,
    /// Sent as `Authorization: Bearer …`.
    pub(super) token: Option<&'a str>,
    /// The body, as JSON text.
    pub(super) json: Option<String>,
    /// The body, as a file of the user's; the browser adds its type.
    pub(super) file: Option<&'a web_sys::File>,
    pub(super) idempotency_key: Option<&'a str>,
}

impl<'a> Request<'a> {
    /// Sends it, and returns the response if it is a success.
    pub(super) async fn send(self, abort: Option<&AbortSignal>) -> Result<Response, ApiError> {
        let plain = self.json.is_none() && self.file.is_none() && self.idempotency_key.is_none();
        let early = if plain { early::take(&self.method, &self.url, self.token) } else { None };
        let mut builder = RequestBuilder::new(&self.url).method(self.method).abort_signal(abort);
        if let Some(token) = self.token {
            // A token that is not valid in a header can't be a token: one with a line break, for
            // example.
            if token.chars().any(|c| !c.is_ascii_graphic()) {
                return Err(ApiError::Unauthorized);
            }
            builder = builder.header("Authorization", &["Bearer ", token].concat());
        }
        if let Some(key) = self.idempotency_key {
            builder = builder.header(IDEMPOTENCY_KEY, key);
        }
        let request = match (self.json, self.file) {
            (Some(json), _) => builder.header("Content-Type", "application/json").body(json),
            (None, Some(file)) => builder.body(file),
            (None, None) => builder.build(),
        };
        // An invalid address is treated as one that doesn't answer.
        let request = request.map_err(|_| ApiError::Unreachable)?;
        let response = match early {
            Some(early) => early.response().await,
            None => request.send().await.ok(),
        };
        let response = response.ok_or(ApiError::Unreachable)?;
        if response.ok() {
            return Ok(response);
        }
        let retry_after = response.headers().get("Retry-After").unwrap_or_default();
        let retry_after_secs = retry_after.trim().parse().ok();
        let body = response.text().await.unwrap_or_default();
        let message = json::parse::<ErrorBody>(&body).map_or_else(Message::default, Message::from);
        Err(ApiError::from_status(response.status(), message, retry_after_secs))
    }

    /// Sends it, and returns the text of the response if it is a success.
    pub(super) fn fetch(self) -> Answer<'a> {
        Box::pin(async move {
            let response = self.send(Some(&AbortSignal::timeout_with_u32(TIMEOUT_MILLIS))).await?;
            response.text().await.map_err(|_| ApiError::Unreachable)
        })
    }
}

/// The text of an answer, as a future. Boxed, so that the compiler doesn't repeat the whole request
/// for each route.
type Answer<'a> = Pin<Box<dyn Future<Output = Result<String, ApiError>> + 'a>>;
