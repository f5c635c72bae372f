//! One event stream for all generations, over all tabs: one tab reads it, the others receive its
//! events.
//!
//! A browser opens at most six connections to a host over HTTP/1.1. Of all tabs that follow
//! something, the one that holds the lock reads the gateway's stream of all the visitor's
//! generations and broadcasts it to the others. When it has nothing left to follow, or is closed,
//! the next one resumes after the last number. It must not know what the events mean.

use std::cell::RefCell;
use std::pin::pin;

use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures_channel::oneshot;
use futures_util::StreamExt as _;
use futures_util::future::select;
use leptos::prelude::*;

use super::page::Page;
use super::visitor::Visitor;
use crate::api::events::{EventStream, Line};
use crate::api::{StreamMessage, read_event};
use crate::platform::broadcast::Broadcast;
use crate::platform::browser;
use crate::platform::web_locks;

/// The last events of so many generations that are not followed yet are remembered.
const REMEMBERED: usize = 64;

/// What the reading tab broadcasts in place of an event: the connection is open, or was lost.
const OPEN: &str = "+";
const LOST: &str = "-";

/// The feed. Copies are the same one.
#[derive(Clone, Copy)]
pub(super) struct Feed {
    page: Page,
    visitor: Visitor,
    state: Kept,
}

/// The memory of received events, for the lifetime of the studio.
type Kept = StoredValue<RefCell<FeedState>, LocalStorage>;

#[derive(Default)]
struct FeedState {
    /// The name of channel and lock.
    name: String,
    channel: Option<Broadcast>,
    /// The newest address of the stream, without the number to resume after.
    address: String,
    /// The number to resume after.
    after: Option<u64>,
    followers: Vec<(String, UnboundedSender<StreamMessage>)>,
    /// The last events of generations that are not followed yet.
    early: Vec<(String, StreamMessage)>,
    /// Ends the task that reads the stream, or waits for its turn.
    listening: Option<oneshot::Sender<()>>,
}

/// The messages of one generation. Dropping the last one of a tab ends its reading.
pub(super) struct FeedStream {
    state: Kept,
    messages: UnboundedReceiver<StreamMessage>,
}

impl FeedStream {
    /// Waits for the next message. Dropping the future loses nothing.
    pub(super) async fn next(&mut self) -> StreamMessage {
        self.messages.next().await.unwrap_or(StreamMessage::Closed)
    }
}

impl Drop for FeedStream {
    fn drop(&mut self) {
        self.messages.close();
        self.state.try_with_value(|state| {
            let mut state = state.borrow_mut();
            state.followers.retain(|(_, follower)| !follower.is_closed());
            if state.followers.is_empty() {
                state.listening = None;
            }
        });
    }
}

impl Feed {
    pub(super) fn new(page: Page, visitor: Visitor) -> Self {
        Self { page, visitor, state: StoredValue::new_local(RefCell::default()) }
    }

    fn with<T>(self, act: impl FnOnce(&mut FeedState) -> T) -> Option<T> {
        self.state.try_with_value(|state| act(&mut state.borrow_mut()))
    }

    /// Receives broadcasts from now on. Must be called before a generation is requested or looked
    /// up: events in between are remembered.
    pub(super) fn begin(self) {
        if self.with(|state| state.name.is_empty()) != Some(true) {
            return;
        }
        let name = ["ai-now:events:", &self.page.gateway()].concat();
        // Separate visitors have a separate stream, and a lock that no other tab waits for.
        let own =
            if self.visitor.is_shared() { String::new() } else { uuid::Uuid::new_v4().to_string() };
        let name = name + &own;
        let channel = Broadcast::open(
            &name,
            Box::new(move |text| {
                if let Some((after, said)) = text.split_once('\n') {
                    self.receive(after, said);
                }
            }),
        );
        self.with(|state| (state.name, state.channel) = (name, channel));
    }

    /// Subscribes to a generation, starting with its last remembered event. `url` is the stream of
    /// all generations, after what is known of this one.
    pub(super) fn follow(self, id: &str, url: &str) -> FeedStream {
        let (sender, messages) = unbounded();
        let after = url.rsplit_once('=').filter(|(address, _)| address.ends_with("&after"));
        let (address, after) = after.unwrap_or((url, "0"));
        let address = address.strip_suffix("&after").unwrap_or(address);
        let begun = self.with(|state| {
            address.clone_into(&mut state.address);
            let after = after.parse().unwrap_or(0);
            state.after = Some(state.after.unwrap_or(after).min(after));
            if let Some(at) = state.early.iter().position(|(known, _)| known == id) {
                let _ = sender.unbounded_send(state.early.swap_remove(at).1);
            }
            state.followers.push((id.to_owned(), sender));
            state.listening.is_some()
        });
        if begun == Some(false) {
            self.wait_for_turn();
        }
        FeedStream { state: self.state, messages }
    }

    /// Reads the stream when no other tab does, until nothing is followed here.
    fn wait_for_turn(self) {
        let (sender, ended) = oneshot::channel();
        let name = self.with(|state| {
            state.listening = Some(sender);
            state.name.clone()
        });
        self.page.spawn(async move {
            let listening = async {
                let lock = web_locks::acquire(&name.unwrap_or_default()).await;
                self.listen().await;
                drop(lock);
            };
            select(pin!(listening), ended).await;
        });
    }

    /// Reads the stream and broadcasts it to the other tabs, until it is closed for good.
    async fn listen(self) {
        let url = self.with(|state| {
            let after = state.after.unwrap_or(0).to_string();
            [&state.address, "&after=", &after].concat()
        });
        if let Ok(mut stream) = EventStream::open(&url.unwrap_or_default()) {
            loop {
                match stream.next().await {
                    Line::Open => self.publish("", OPEN),
                    Line::Retrying => self.publish("", LOST),
                    Line::Data { last_id, data } => self.publish(&last_id, &data),
                    Line::Closed => break,
                }
            }
        }
        // Subscribers learn that it is over, look up the state of their generation, and subscribe
        // again with another address.
        self.with(|state| {
            state.listening = None;
            state.followers.clear();
        });
    }

    fn publish(self, after: &str, said: &str) {
        self.with(|state| {
            if let Some(channel) = &state.channel {
                channel.send(&[after, "\n", said].concat());
            }
        });
        self.receive(after, said);
    }

    /// Passes a message to its subscribers.
    fn receive(self, after: &str, said: &str) {
        let message = match said {
            OPEN => StreamMessage::Open,
            LOST => StreamMessage::Retrying,
            _ => {
                let received = source(said).zip(read_event(said));
                self.with(|state| {
                    state.after = after.parse().ok().or(state.after);
                    if let Some(((id, number), event)) = received {
                        state.hand_out(id, StreamMessage::Event(Some(number), event));
                    }
                });
                return;
            }
        };
        self.with(|state| {
            for (_, follower) in &state.followers {
                let _ = follower.unbounded_send(message.clone());
            }
        });
    }
}

/// The generation of an event in the stream, and the event's number there.
fn source(said: &str) -> Option<(String, u64)> {
    let event = js_sys::JSON::parse(said).ok()?;
    let id = browser::get(&event, "generation").as_string()?;
    // These numbers are far below the limit of doubles.
    Some((id, browser::get(&event, "number").as_f64()? as u64))
}

impl FeedState {
    fn hand_out(&mut self, id: String, message: StreamMessage) {
        if let Some((_, follower)) = self.followers.iter().find(|(known, _)| *known == id) {
            // The receiver is gone: nothing is lost.
            let _ = follower.unbounded_send(message);
            return;
        }
        self.early.retain(|(known, _)| *known != id);
        self.early.truncate(REMEMBERED - 1);
        self.early.insert(0, (id, message));
    }
}
