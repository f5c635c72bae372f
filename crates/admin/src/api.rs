//! The administrators' routes: one request and its answer. Every failure becomes an [`ApiError`].
//! The session is a cookie that no script can read; the key itself is not stored.

use std::time::Duration;

use ai_now_protocol::{Code, ErrorBody, Message};
use gloo_net::http::{Method, RequestBuilder, Response};
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use wasm_bindgen::JsCast as _;
use web_sys::AbortSignal;

use crate::answers::AdminSelf;

/// Shows that the page itself sends the request. No page of another origin can.
const PAGE_HEADER: &str = "X-AI-Now-Admin";

/// How long a request and its answer may take.
const TIMEOUT_MILLIS: u32 = 30_000;

/// The same for a file: an export of years takes minutes.
const FILE_TIMEOUT_MILLIS: u32 = 1_800_000;

/// Why a request failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ApiError {
    /// There was no answer.
    Unreachable,
    /// The answer can't be read.
    Unreadable,
    /// The session has ended, or the key is no longer valid.
    SignedOut,
    /// The gateway refused, with a reason.
    Refused(Message),
}

/// The gateway, and the session with it. Copies are the same one.
#[derive(Clone, Copy)]
pub(crate) struct Api {
    who: RwSignal<Option<AdminSelf>>,
    /// Whether the state of the session is known.
    is_known: RwSignal<bool>,
    /// Whether a session ended by itself.
    is_over: RwSignal<bool>,
}

/// The gateway in the context.
pub(crate) fn use_api() -> Api {
    expect_context()
}

impl Api {
    /// Without a session.
    pub(crate) fn new() -> Self {
        Self {
            who: RwSignal::new(None),
            is_known: RwSignal::new(false),
            is_over: RwSignal::new(false),
        }
    }

    /// The administrator who is signed in. Tracked.
    pub(crate) fn who(self) -> Option<AdminSelf> {
        self.who.get()
    }

    /// Whether the administrator may change things. Constant for the lifetime of a page.
    pub(crate) fn may_change(self) -> bool {
        self.who.with_untracked(|who| who.as_ref().is_some_and(|who| who.role == "admin"))
    }

    /// Whether the last session ended by itself. Tracked.
    pub(crate) fn is_over(self) -> bool {
        self.is_over.get()
    }

    /// Whether the state of the session is known. Tracked.
    pub(crate) fn is_known(self) -> bool {
        self.is_known.get()
    }

    /// Finds out whether there is a session already: the page may have been reloaded.
    pub(crate) async fn begin(self) {
        if let Ok(who) = self.get::<AdminSelf>("me").await {
            self.who.set(Some(who));
        }
        self.is_known.set(true);
    }

    /// Signs in.
    pub(crate) async fn sign_in(self, key: &str) -> Result<(), ApiError> {
        let body = json!({ "key": key });
        let who: AdminSelf = self.change(Method::POST, "session", Some(&body)).await?;
        self.is_over.set(false);
        self.who.set(Some(who));
        Ok(())
    }

    /// Signs out. If the gateway can't be reached, the session stays open there, and here.
    pub(crate) async fn sign_out(self) -> Result<(), ApiError> {
        match self.send(Method::DELETE, "session", None).await {
            Ok(_) | Err(ApiError::SignedOut) => {
                self.is_over.set(false);
                self.who.set(None);
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Reads something below `/api/admin/`.
    pub(crate) async fn get<T: DeserializeOwned>(self, path: &str) -> Result<T, ApiError> {
        read(&text(self.send(Method::GET, path, None).await?).await?)
    }

    /// Changes something, and reads its new state.
    pub(crate) async fn change<T: DeserializeOwned>(
        self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<T, ApiError> {
        read(&text(self.send(method, path, body).await?).await?)
    }

    /// Changes something without reading an answer.
    pub(crate) async fn act(self, method: Method, path: &str) -> Result<(), ApiError> {
        self.send(method, path, None).await.map(|_| ())
    }

    /// Saves an answer as a file.
    pub(crate) async fn download(self, path: &str, name: &str) -> Result<(), ApiError> {
        let answer = self.send_within(FILE_TIMEOUT_MILLIS, Method::GET, path, None).await?;
        let bytes = answer.binary().await;
        let bytes = js_sys::Uint8Array::from(bytes.map_err(|_| ApiError::Unreachable)?.as_slice());
        let blob = web_sys::Blob::new_with_u8_array_sequence(&js_sys::Array::of1(&bytes));
        let url = blob.and_then(|blob| web_sys::Url::create_object_url_with_blob(&blob));
        let url = url.map_err(|_| ApiError::Unreadable)?;
        if let Ok(link) = document().create_element("a") {
            let link: web_sys::HtmlAnchorElement = link.unchecked_into();
            link.set_href(&url);
            link.set_download(name);
            link.click();
        }
        // Until then every browser has taken the bytes.
        let forget = move || _ = web_sys::Url::revoke_object_url(&url);
        set_timeout(forget, Duration::from_secs(60));
        Ok(())
    }

    async fn send(
        self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Response, ApiError> {
        self.send_within(TIMEOUT_MILLIS, method, path, body).await
    }

    async fn send_within(
        self,
        timeout_millis: u32,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Response, ApiError> {
        let abort = AbortSignal::timeout_with_u32(timeout_millis);
        let url = address(&["api/admin/", path].concat());
        let mut builder = RequestBuilder::new(&url).method(method).abort_signal(Some(&abort));
        builder = builder.header(PAGE_HEADER, "1");
        let request = match body {
            Some(body) => builder.header("Content-Type", "application/json").body(body.to_string()),
            None => builder.build(),
        };
        let response = request.map_err(|_| ApiError::Unreachable)?.send().await;
        let response = response.map_err(|_| ApiError::Unreachable)?;
        if response.ok() {
            return Ok(response);
        }
        let status = response.status();
        let body: Option<ErrorBody> = read(&text(response).await?).ok();
        let message = body.map(Message::from).unwrap_or_default();
        if status == 401 || message.is(Code::AdminKeyRequired) {
            self.session_ended();
            return Err(ApiError::SignedOut);
        }
        Err(ApiError::Refused(message))
    }

    /// The administrator signs in again, and the page stays.
    fn session_ended(self) {
        if self.who.with_untracked(Option::is_some) {
            self.is_over.set(true);
            self.who.set(None);
        }
    }

    /// The words for the codes of messages in a language; `None` if they can't be loaded.
    pub(crate) async fn words(tag: &str) -> Option<Value> {
        let url = ["locales/", tag, ".json"].concat();
        let response = RequestBuilder::new(&url).send().await.ok().filter(Response::ok)?;
        serde_json::from_str(&response.text().await.ok()?).ok()
    }
}

/// An address of the gateway, which serves this page in its folder `admin/`.
pub(crate) fn address(path: &str) -> String {
    ["../", path.trim_start_matches('/')].concat()
}

/// An address from an answer, as this page has to request it: the gateway may use another name than
/// the reader does. `None` if it is not the gateway's.
pub(crate) fn below_gateway(url: &str) -> Option<String> {
    ["api/generations/", "media/"].iter().find_map(|folder| {
        let at = url.find(&["/", *folder].concat())?;
        Some(address(&url[at..]))
    })
}

async fn text(response: Response) -> Result<String, ApiError> {
    response.text().await.map_err(|_| ApiError::Unreachable)
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, ApiError> {
    serde_json::from_str(text).map_err(|_| ApiError::Unreadable)
}
