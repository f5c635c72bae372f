//! An event stream over the browser's `EventSource`, which resumes after a lost connection. It must
//! not know what the events mean.

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

use crate::api_error::ApiError;
use crate::platform::drop_guard::DropGuard;

/// How often the state of the connection is checked. gloo-net doesn't report a connection that the
/// browser is restoring.
const STATE_CHECK_MILLIS: u32 = 500;

/// After so many checks in a row without an open connection, a new connection counts as lost.
const SLOW_OPEN_CHECKS: u32 = 4;

/// A message of an event stream.
pub(crate) enum Line {
    /// The connection is open.
    Open,
    /// The connection was lost, and is being restored.
    Retrying,
    /// The stream has ended.
    Closed,
    /// An event: the stream's last event id, and its data.
    Data {
        /// Empty if there was none.
        last_id: String,
        data: String,
    },
}

/// An open stream. Dropping it closes it.
pub(crate) struct EventStream {
    /// The `open` and `message` events, in order. Dropped before the source, so that its end is not
    /// reported.
    incoming: Select<EventSourceSubscription, EventSourceSubscription>,
    /// Resolves once when the page is restored from the back-forward cache.
    restored: UnboundedReceiver<()>,
    source: EventSource,
    state: State,
    /// How many checks in a row found it not open, since it was created.
    unopened_checks: u32,
    /// Closes the stream if a fault ends the instance. gloo-net doesn't expose the source; its
    /// first event names it.
    guard: Option<DropGuard>,
    _page_shown: EventListener,
}

impl EventStream {
    /// Opens a stream.
    ///
    /// # Errors
    /// If `url` is not a valid address.
    pub(crate) fn open(url: &str) -> Result<Self, ApiError> {
        let mut source = EventSource::new(url).map_err(|_| ApiError::Unreadable)?;
        let mut subscribe = |name: &str| source.subscribe(name).map_err(|_| ApiError::Unreadable);
        let incoming = stream::select(subscribe("open")?, subscribe("message")?);
        let (sender, restored) = unbounded();
        // The streams of a page that is restored from the back-forward cache may be dead, which
        // some browsers don't report.
        let page_shown = EventListener::new(&window(), "pageshow", move |event| {
            if event.unchecked_ref::<PageTransitionEvent>().persisted() {
                // The receiver is gone: nothing is lost.
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

    /// Waits for the next message. Dropping the future loses nothing.
    pub(crate) async fn next(&mut self) -> Line {
        loop {
            let check = select(self.restored.next(), TimeoutFuture::new(STATE_CHECK_MILLIS));
            match select(self.incoming.next(), check).await {
                Either::Left((Some(Ok((name, event))), _)) => {
                    if let Some(message) = self.read(&name, &event) {
                        return message;
                    }
                }
                // The browser gave up, or the page was suspended: only a new stream continues.
                Either::Left(_) | Either::Right((Either::Left(_), _)) => {
                    return Line::Closed;
                }
                Either::Right((Either::Right(_), _)) => {
                    if let Some(message) = self.check() {
                        return message;
                    }
                }
            }
        }
    }

    fn read(&mut self, name: &str, event: &MessageEvent) -> Option<Line> {
        self.state = State::Open;
        if self.guard.is_none() {
            self.guard = event.target().and_then(|source| DropGuard::method(&source, "close"));
        }
        if name == "open" {
            return Some(Line::Open);
        }
        Some(Line::Data { last_id: event.last_event_id(), data: event.data().as_string()? })
    }

    /// Checks the state of the connection, and returns a change that no event reported.
    fn check(&mut self) -> Option<Line> {
        let before = std::mem::replace(&mut self.state, self.source.state());
        match (before, self.state) {
            (State::Open, State::Connecting) => Some(Line::Retrying),
            (State::Connecting, State::Connecting) => {
                self.unopened_checks += 1;
                (self.unopened_checks == SLOW_OPEN_CHECKS).then_some(Line::Retrying)
            }
            (_, State::Closed) => Some(Line::Closed),
            _ => None,
        }
    }
}
