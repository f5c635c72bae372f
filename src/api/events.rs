//! A generation's events, by the browser's own `EventSource`: it resumes by itself after a lost
//! connection. It must not know what the events mean.

use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use futures_util::StreamExt;
use futures_util::future::{Either, select};
use futures_util::stream::{self, Select};
use gloo_events::EventListener;
use gloo_net::eventsource::State;
use gloo_net::eventsource::futures::{EventSource, EventSourceSubscription};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::window;
use wasm_bindgen::prelude::*;
use web_sys::{MessageEvent, PageTransitionEvent};

use super::{StreamMessage, read_event};
use crate::api_error::ApiError;
use crate::platform::drop_guard::DropGuard;

/// How often the state of the connection is read. gloo-net doesn't tell that one was lost while the
/// browser restores it.
const STATE_CHECK_MILLIS: u32 = 500;

/// So many checks in a row may find a new connection not open yet before it counts as lost.
const SLOW_OPEN_CHECKS: u32 = 4;

/// An open stream. Dropping it closes it.
pub(crate) struct EventStream {
    /// The `open` and `message` events, in order. Before the source: what unsubscribes first hears
    /// nothing of its end.
    incoming: Select<EventSourceSubscription, EventSourceSubscription>,
    /// Says once that the page came back out of the back-forward cache.
    restored: UnboundedReceiver<()>,
    source: EventSource,
    state: State,
    /// How many checks in a row found it not open, since it was made.
    unopened_checks: u32,
    /// Ends the stream where a fault ends the instance. gloo-net doesn't hand out the source; its first
    /// event names it.
    guard: Option<DropGuard>,
    _page_shown: EventListener,
}

impl EventStream {
    /// Opens a stream.
    ///
    /// # Errors
    /// Where `url` is no address.
    pub(super) fn open(url: &str) -> Result<Self, ApiError> {
        let mut source = EventSource::new(url).map_err(|_| ApiError::Unreadable)?;
        let mut subscribe = |name: &str| source.subscribe(name).map_err(|_| ApiError::Unreadable);
        let incoming = stream::select(subscribe("open")?, subscribe("message")?);
        let (sender, restored) = unbounded();
        // A page that comes back out of the back-forward cache may find its streams dead, and some
        // browsers don't say so.
        let page_shown = EventListener::new(&window(), "pageshow", move |event| {
            if event.unchecked_ref::<PageTransitionEvent>().persisted() {
                // Nobody waits for it any more: nothing is lost.
                let _ = sender.unbounded_send(());
            }
        });
        Ok(Self {
            incoming,
            restored,
            source,
            state: State::Connecting,
            unopened_checks: 0,
            guard: None,
            _page_shown: page_shown,
        })
    }

    /// Waits for what it says next. Dropping the future loses nothing.
    pub(crate) async fn next(&mut self) -> StreamMessage {
        loop {
            let check = select(self.restored.next(), TimeoutFuture::new(STATE_CHECK_MILLIS));
            match select(self.incoming.next(), check).await {
                Either::Left((Some(Ok((name, event))), _)) => {
                    if let Some(message) = self.read(&name, &event) {
                        return message;
                    }
                }
                // It gave up, or the page slept: only a new stream goes on.
                Either::Left(_) | Either::Right((Either::Left(_), _)) => {
                    return StreamMessage::Closed;
                }
                Either::Right((Either::Right(_), _)) => {
                    if let Some(message) = self.check() {
                        return message;
                    }
                }
            }
        }
    }

    fn read(&mut self, name: &str, event: &MessageEvent) -> Option<StreamMessage> {
        self.state = State::Open;
        if self.guard.is_none() {
            self.guard = event.target().and_then(|source| DropGuard::method(&source, "close"));
        }
        if name == "open" {
            return Some(StreamMessage::Open);
        }
        let event_id = event.last_event_id().parse().ok();
        let event = read_event(&event.data().as_string()?)?;
        Some(StreamMessage::Event(event_id, event))
    }

    /// Looks at the state of the connection, and tells what changed unheard.
    fn check(&mut self) -> Option<StreamMessage> {
        let before = std::mem::replace(&mut self.state, self.source.state());
        match (before, self.state) {
            (State::Open, State::Connecting) => Some(StreamMessage::Retrying),
            (State::Connecting, State::Connecting) => {
                self.unopened_checks += 1;
                (self.unopened_checks == SLOW_OPEN_CHECKS).then_some(StreamMessage::Retrying)
            }
            (_, State::Closed) => Some(StreamMessage::Closed),
            _ => None,
        }
    }
}
