//! A server of the documented API: `POST /api/generate`, whose answer is the event stream.
//!
//! `EventSource` can't send a `POST`, so the stream is read with the parser in `protocol`. Such a
//! stream can't be resumed: the documented API has no way to do so.

use ai_now_protocol::GenerateRequest;
use ai_now_protocol::sse::{self, Reader};
use gloo_net::http::Method;
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, ReadableStreamDefaultReader};

use super::client::Request;
use super::{StreamMessage, read_event};
use crate::api_error::ApiError;
use crate::platform::json;

/// Submits a generation and forwards its events, to the end.
///
/// # Errors
/// If the server doesn't accept it, or answers with something other than events. A stream that
/// breaks off later is [`StreamMessage::Closed`].
pub(crate) async fn generate(
    base: &str,
    key: &str,
    request: &GenerateRequest,
    mut say: impl FnMut(StreamMessage),
) -> Result<(), ApiError> {
    // Dropping this future, as closing the element does, ends the connection.
    let connection = Connection(AbortController::new().map_err(|_| ApiError::Unreachable)?);
    let request = Request {
        method: Method::POST,
        url: [base, "api/generate"].concat(),
        token: Some(key),
        json: Some(json::stringify(request)),
        file: None,
        idempotency_key: None,
    };
    let response = request.send(Some(&connection.0.signal())).await?;
    let body = response.body().ok_or(ApiError::Unreadable)?;
    let chunks: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    let kind = response.headers().get("Content-Type").unwrap_or_default();
    let mut promising = kind.trim_start().starts_with(sse::CONTENT_TYPE);
    say(StreamMessage::Open);
    let mut reader = Reader::default();
    while let Ok(chunk) = JsFuture::from(chunks.read()).await {
        let bytes = Reflect::get(&chunk, &"value".into()).ok();
        let Some(bytes) = bytes.and_then(|bytes| bytes.dyn_into::<Uint8Array>().ok()) else {
            break;
        };
        // An event that was too long is ignored: it is none of the documented ones.
        for frame in reader.feed(&bytes.to_vec()).into_iter().flatten() {
            if let Some(event) = read_event(&frame.data) {
                promising = true;
                let last = event.is_last();
                say(StreamMessage::Event(None, event));
                if last {
                    return Ok(());
                }
            }
        }
    }
    say(StreamMessage::Closed);
    // It contained no event, and its content type is not that of a stream: this is no such server.
    if promising { Ok(()) } else { Err(ApiError::Unreadable) }
}

struct Connection(AbortController);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.abort();
    }
}
