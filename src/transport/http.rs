//! One request and its answer. Whatever can go wrong with it becomes a [`Trouble`].

use ai_now_protocol::api::IDEMPOTENCY_KEY;
use gloo_net::http::{Method, RequestBuilder, Response};
use wasm_bindgen::JsValue;
use web_sys::AbortSignal;

use crate::browser;
use crate::trouble::Trouble;

/// How long an answer may take to begin. None of the gateway's routes thinks for longer: what takes
/// long arrives as events.
const TIMEOUT_MILLIS: u32 = 20_000;

/// A request.
pub(super) struct Request<'a> {
    pub(super) method: Method,
    pub(super) url: String,
    /// Presented as `Authorization: Bearer …`.
    pub(super) token: Option<&'a str>,
    /// The body, as JSON text.
    pub(super) json: Option<String>,
    pub(super) idempotency_key: Option<&'a str>,
}

impl Request<'_> {
    /// Sends it, and answers the response if it is a success.
    pub(super) async fn send(self, abort: Option<&AbortSignal>) -> Result<Response, Trouble> {
        let mut request = RequestBuilder::new(&self.url).method(self.method).abort_signal(abort);
        if let Some(token) = self.token {
            // A token with a line break in it can't be a header; gloo-net would panic.
            if token.chars().any(|c| !c.is_ascii_graphic()) {
                return Err(Trouble::Unauthorized);
            }
            request = request.header("Authorization", &["Bearer ", token].concat());
        }
        if let Some(key) = self.idempotency_key {
            request = request.header(IDEMPOTENCY_KEY, key);
        }
        let request = match self.json {
            Some(json) => request.header("Content-Type", "application/json").body(json),
            None => request.build(),
        };
        let response = match request {
            Ok(request) => request.send().await.map_err(|_| Trouble::Unreachable)?,
            Err(_) => return Err(Trouble::Unreachable),
        };
        if response.ok() {
            return Ok(response);
        }
        let retry_after = response.headers().get("Retry-After");
        let retry_after_secs = retry_after.and_then(|secs| secs.trim().parse().ok());
        let body = json(&response).await.unwrap_or(JsValue::UNDEFINED);
        let message = browser::get(&body, "message").as_string().unwrap_or_default();
        Err(Trouble::from_status(response.status(), message, retry_after_secs))
    }

    /// Sends it, and answers the JSON of the response if it is a success.
    pub(super) async fn fetch(self) -> Result<JsValue, Trouble> {
        let response = self.send(Some(&AbortSignal::timeout_with_u32(TIMEOUT_MILLIS))).await?;
        json(&response).await
    }
}

async fn json(response: &Response) -> Result<JsValue, Trouble> {
    let text = response.text().await.map_err(|_| Trouble::Unreachable)?;
    browser::parse(&text).ok_or(Trouble::Unreadable)
}
