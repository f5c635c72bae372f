//! An AI-Now gateway: its routes for pages, and the browser's own `EventSource` on the events.

use ai_now_protocol::api::{Accepted, Balance, Generation, Session};
use ai_now_protocol::{Catalog, GenerateRequest};
use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use serde::de::DeserializeOwned;
use wasm_bindgen::prelude::*;
use web_sys::EventSource;

use super::http::Request;
use super::{Signal, read_event};
use crate::browser::{self, Callback, Hold};
use crate::plain;
use crate::trouble::Trouble;

/// A gateway, by its base address, which ends in `/`.
pub(crate) struct Gateway<'a>(pub(crate) &'a str);

impl Gateway<'_> {
    fn request<'a>(&self, method: &'static str, path: &str, token: Option<&'a str>) -> Request<'a> {
        let url = [self.0, path].concat();
        Request { method, url, token, json: None, idempotency_key: None }
    }

    /// What can be asked for.
    pub(crate) async fn catalog(&self) -> Result<Catalog, Trouble> {
        read(self.request("GET", "api/catalog", None).fetch().await?)
    }

    /// Opens a session, or renews the one whose token is presented.
    pub(crate) async fn open(&self, token: Option<&str>) -> Result<Session, Trouble> {
        read(self.request("POST", "api/sessions", token).fetch().await?)
    }

    /// What the session can spend.
    pub(crate) async fn balance(&self, token: &str) -> Result<Balance, Trouble> {
        read(self.request("GET", "api/balance", Some(token)).fetch().await?)
    }

    /// Asks for a generation. The same key and request again is the same generation.
    pub(crate) async fn submit(
        &self,
        token: &str,
        key: &str,
        request: &GenerateRequest,
    ) -> Result<Accepted, Trouble> {
        let json = Some(browser::to_json(&plain::write(request)));
        let route = self.request("POST", "api/generations", Some(token));
        read(Request { json, idempotency_key: Some(key), ..route }.fetch().await?)
    }

    /// Where a generation stands, with a fresh ticket for its events.
    pub(crate) async fn look(&self, token: &str, id: &str) -> Result<Generation, Trouble> {
        read(self.request("GET", &generation(id), Some(token)).fetch().await?)
    }

    /// Stops a generation.
    pub(crate) async fn cancel(&self, token: &str, id: &str) -> Result<Generation, Trouble> {
        read(self.request("DELETE", &generation(id), Some(token)).fetch().await?)
    }

    /// Listens to a generation's events after event number `after`.
    ///
    /// # Errors
    /// Where `events` is not an address of this gateway: nothing else may name a stream.
    pub(crate) fn watch(&self, events: &str, after: u64) -> Result<Watch, Trouble> {
        let url = browser::resolve(events, self.0).ok_or(Trouble::Unreadable)?;
        if browser::origin(&url) != browser::origin(self.0) {
            return Err(Trouble::Unreadable);
        }
        let separator = if url.contains('?') { "&" } else { "?" };
        Watch::open(&[&url, separator, "after=", &after.to_string()].concat())
    }
}

fn generation(id: &str) -> String {
    ["api/generations/", &String::from(js_sys::encode_uri_component(id))].concat()
}

fn read<T: DeserializeOwned>(value: JsValue) -> Result<T, Trouble> {
    plain::read(value).ok_or(Trouble::Unreadable)
}

/// An open stream. Dropping it closes it.
pub(crate) struct Watch {
    source: EventSource,
    /// What it says, in order.
    pub(crate) signals: UnboundedReceiver<Signal>,
    /// Ends the stream.
    _end: Option<Hold>,
    // They must live as long as the source may call them.
    _message: Callback,
    _open: Callback,
    _error: Callback,
    back: Callback,
}

impl Watch {
    fn open(url: &str) -> Result<Self, Trouble> {
        let source = EventSource::new(url).map_err(|_| Trouble::Unreadable)?;
        let (sender, signals) = unbounded();
        // A signal that nobody waits for any more may be lost.
        let say = move |signal| drop(sender.unbounded_send(signal));

        let message = {
            let say = say.clone();
            browser::callback(move |message| {
                let text = |name| browser::get(&message, name).as_string().unwrap_or_default();
                let (data, seq) = (text("data"), text("lastEventId").parse().ok());
                if let Some(event) = read_event(&data) {
                    say(Signal::Event(seq, event));
                }
            })
        };
        let open = {
            let say = say.clone();
            browser::callback(move |_| say(Signal::Open))
        };
        let error = {
            let (source, say) = (source.clone(), say.clone());
            browser::callback(move |_| {
                let closed = source.ready_state() == EventSource::CLOSED;
                say(if closed { Signal::Closed } else { Signal::Retrying });
            })
        };
        // A page that comes back out of the back-forward cache may find its streams dead, and some
        // browsers don't say so.
        let back = browser::callback(move |event| {
            if browser::get(&event, "persisted").is_truthy() {
                say(Signal::Closed);
            }
        });
        // The name and the listener are ours: there is nothing to refuse.
        let _ = browser::window()
            .add_event_listener_with_callback("pageshow", browser::function(&back));
        source.set_onmessage(Some(browser::function(&message)));
        source.set_onopen(Some(browser::function(&open)));
        source.set_onerror(Some(browser::function(&error)));
        let end = Hold::by(&source, "close");
        Ok(Self { source, signals, _end: end, _message: message, _open: open, _error: error, back })
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.source.set_onmessage(None);
        self.source.set_onopen(None);
        self.source.set_onerror(None);
        let _ = browser::window()
            .remove_event_listener_with_callback("pageshow", browser::function(&self.back));
    }
}
