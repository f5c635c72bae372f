//! Live events: the browser's own `EventSource` reconnects after a lost connection; if the gateway
//! refused it, the page asks why.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::prelude::*;
use web_sys::{Event, EventSource, MessageEvent};

use crate::answers::{AdminEvent, AdminSelf};
use crate::api::{ApiError, address, use_api};

/// The pause before a refused stream is reopened.
const PAUSE: Duration = Duration::from_secs(5);

/// An open stream, with its listeners. Dropping it closes it.
struct Stream {
    source: EventSource,
    _heard: Closure<dyn FnMut(MessageEvent)>,
    _refused: Closure<dyn FnMut(Event)>,
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.source.set_onmessage(None);
        self.source.set_onerror(None);
        self.source.close();
    }
}

/// Listens to the stream at `path` for the lifetime of the owner. `refused` is called when the
/// browser has given it up.
pub(super) fn listen(
    path: &str,
    mut hear: impl FnMut(&str, &EventSource) + 'static,
    refused: impl Fn() + 'static,
) {
    let Ok(source) = EventSource::new(path) else { return };
    let own = source.clone();
    let heard = Closure::new(move |message: MessageEvent| {
        if let Some(text) = message.data().as_string() {
            hear(&text, &own);
        }
    });
    let own = source.clone();
    let failed = Closure::new(move |_: Event| {
        if own.ready_state() == EventSource::CLOSED {
            refused();
        }
    });
    source.set_onmessage(Some(heard.as_ref().unchecked_ref()));
    source.set_onerror(Some(failed.as_ref().unchecked_ref()));
    let stream = Stream { source, _heard: heard, _refused: failed };
    let stream = StoredValue::new_local(Some(stream));
    on_cleanup(move || drop(stream.try_update_value(Option::take)));
}

/// Listens to the gateway's live events. A refused stream is reopened.
pub(super) fn follow(hear: impl FnMut(AdminEvent) + 'static) {
    let api = use_api();
    let hear = Rc::new(RefCell::new(hear));
    let times = RwSignal::new(0_u32);
    let again = move || _ = times.try_update(|times| *times = times.wrapping_add(1));
    let refused = move || {
        spawn_local(async move {
            // If the session has ended, this request finds out.
            if api.get::<AdminSelf>("me").await != Err(ApiError::SignedOut) {
                set_timeout(again, PAUSE);
            }
        });
    };
    Effect::new(move |_| {
        times.track();
        let hear = hear.clone();
        let heard = move |text: &str, _: &EventSource| {
            if let Ok(event) = serde_json::from_str(text) {
                hear.borrow_mut()(event);
            }
        };
        listen(&address("api/admin/events"), heard, refused);
    });
}
