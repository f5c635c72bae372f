//! A server of the documented API alone: `POST /api/generate`, whose answer is the event stream.
//!
//! `EventSource` can't send a `POST`, so the stream is read with the reader of `protocol`. Such a
//! stream can't be resumed: the document has no way to come back.

use ai_now_protocol::GenerateRequest;
use ai_now_protocol::sse::{self, Reader};
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, ReadableStreamDefaultReader};

use super::http::{Request, header};
use super::{Signal, read_event};
use crate::browser;
use crate::plain;
use crate::trouble::Trouble;

/// Asks for a generation and hands on what its stream says, to its end.
///
/// # Errors
/// Where the server doesn't accept it, or answers something else than events. A stream that breaks
/// off later is [`Signal::Closed`].
pub(crate) async fn generate(
    base: &str,
    key: &str,
    request: &GenerateRequest,
    mut say: impl FnMut(Signal),
) -> Result<(), Trouble> {
    // Dropping this future, as closing the element does, ends the connection.
    let connection = Connection(AbortController::new().map_err(|_| Trouble::Unreachable)?);
    let request = Request {
        method: "POST",
        url: [base, "api/generate"].concat(),
        token: Some(key),
        json: Some(browser::to_json(&plain::write(request))),
        idempotency_key: None,
    };
    let response = request.send(Some(&connection.0.signal())).await?;
    let body = response.body().ok_or(Trouble::Unreadable)?;
    let chunks: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    let kind = header(&response, "Content-Type");
    let mut promising = kind.trim_start().starts_with(sse::CONTENT_TYPE);
    say(Signal::Open);
    let mut reader = Reader::default();
    while let Ok(chunk) = JsFuture::from(chunks.read()).await {
        let Ok(bytes) = browser::get(&chunk, "value").dyn_into::<Uint8Array>() else { break };
        // An event that was too long is left out: it is none of the documented ones.
        for frame in reader.feed(&bytes.to_vec()).into_iter().flatten() {
            if let Some(event) = read_event(&frame.data) {
                promising = true;
                let last = event.is_last();
                say(Signal::Event(None, event));
                if last {
                    return Ok(());
                }
            }
        }
    }
    say(Signal::Closed);
    // Nothing in it was an event, nor was it said to hold any: this is no such server.
    if promising { Ok(()) } else { Err(Trouble::Unreadable) }
}

struct Connection(AbortController);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.abort();
    }
}
