//! Answers to requests that the shell sent while the studio was still loading
//! (`www/shell/early.js`). It must not know the requests.

use std::cell::RefCell;

use gloo_net::http::{Method, Response};
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

thread_local! {
    static TAKE: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Answers are taken with this function of the shell's from now on, if it is a function.
pub(crate) fn take_with(take: JsValue) {
    TAKE.set(take.dyn_into().ok());
}

/// An answer that has arrived or is expected.
pub(super) struct Early(Promise);

/// The answer to the same request, if the shell has sent it and its answer was not taken yet.
pub(super) fn take(method: &Method, url: &str, token: Option<&str>) -> Option<Early> {
    let token = token.unwrap_or_default();
    let answer = TAKE.with_borrow(|take| {
        let take = take.as_ref()?;
        take.call3(&JsValue::UNDEFINED, &method.as_str().into(), &url.into(), &token.into()).ok()
    });
    answer?.dyn_into().ok().map(Early)
}

impl Early {
    /// Waits for it; `None` if there is none.
    pub(super) async fn response(self) -> Option<Response> {
        let response: web_sys::Response = JsFuture::from(self.0).await.ok()?.dyn_into().ok()?;
        Some(response.into())
    }
}
