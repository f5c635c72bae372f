//! One request and its answer. Whatever can go wrong with it becomes a [`Trouble`].

use std::pin::Pin;

use ai_now_protocol::api::IDEMPOTENCY_KEY;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Response};

use crate::browser;
use crate::trouble::Trouble;

/// How long an answer may take to begin. None of the gateway's routes thinks for longer: what takes
/// long arrives as events.
const TIMEOUT_MILLIS: u32 = 20_000;

/// A request.
pub(super) struct Request<'a> {
    /// `GET`, `POST`.
    pub(super) method: &'static str,
    pub(super) url: String,
    /// Presented as `Authorization: Bearer …`.
    pub(super) token: Option<&'a str>,
    /// The body, as JSON text.
    pub(super) json: Option<String>,
    pub(super) idempotency_key: Option<&'a str>,
}

impl<'a> Request<'a> {
    /// Sends it, and answers the response if it is a success.
    pub(super) async fn send(self, abort: Option<&AbortSignal>) -> Result<Response, Trouble> {
        let headers = js_sys::Object::new();
        if let Some(token) = self.token {
            // What can't be a header can't be a token either: a line break in it, for one.
            if token.chars().any(|c| !c.is_ascii_graphic()) {
                return Err(Trouble::Unauthorized);
            }
            browser::set(&headers, "Authorization", &["Bearer ", token].concat().into());
        }
        if let Some(key) = self.idempotency_key {
            browser::set(&headers, IDEMPOTENCY_KEY, &key.into());
        }
        if self.json.is_some() {
            browser::set(&headers, "Content-Type", &"application/json".into());
        }
        let options = browser::object(&[
            ("method", self.method.into()),
            ("headers", headers.into()),
            ("body", self.json.into()),
            ("signal", abort.into()),
        ]);
        let response = fetch(&self.url, &options).await.ok_or(Trouble::Unreachable)?;
        if response.ok() {
            return Ok(response);
        }
        let retry_after = header(&response, "Retry-After");
        let retry_after_secs = retry_after.trim().parse().ok();
        let body = json(&response).await.unwrap_or(JsValue::UNDEFINED);
        let message = browser::get(&body, "message").as_string().unwrap_or_default();
        Err(Trouble::from_status(response.status(), message, retry_after_secs))
    }

    /// Sends it, and answers the JSON of the response if it is a success.
    pub(super) fn fetch(self) -> Answer<'a> {
        Box::pin(async move {
            let response = self.send(Some(&AbortSignal::timeout_with_u32(TIMEOUT_MILLIS))).await?;
            json(&response).await
        })
    }
}

/// What an answer's JSON says, on its way. Boxed, so that each route is not a whole request in code.
type Answer<'a> = Pin<Box<dyn Future<Output = Result<JsValue, Trouble>> + 'a>>;

/// The answer to a request; `None` where none comes.
pub(super) async fn fetch(url: &str, options: &JsValue) -> Option<Response> {
    let arguments = [url.into(), options.clone()];
    let answer = browser::call(&browser::window(), "fetch", &arguments)?;
    JsFuture::from(js_sys::Promise::resolve(&answer)).await.ok()?.dyn_into().ok()
}

/// A header of an answer; empty where it has none.
pub(super) fn header(response: &Response, name: &str) -> String {
    response.headers().get(name).ok().flatten().unwrap_or_default()
}

/// The JSON of an answer.
async fn json(response: &Response) -> Result<JsValue, Trouble> {
    let text = response.text().map_err(|_| Trouble::Unreachable)?;
    let text = JsFuture::from(text).await.map_err(|_| Trouble::Unreachable)?;
    let text = text.as_string().unwrap_or_default();
    browser::parse(&text).ok_or(Trouble::Unreadable)
}
