//! Waiting, as long as nobody looks and nothing is likely to have changed.

use std::cell::Cell;
use std::rc::Rc;

use futures_channel::oneshot;
use futures_util::future::select;
use gloo_events::EventListener;
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::{document, window};
use web_sys::VisibilityState;

/// Waits that long, or until the browser is online again, or somebody looks at the page again,
/// whichever is first. Dropping it leaves nothing behind.
pub(crate) async fn pause(millis: u32) {
    let (sender, woken) = oneshot::channel();
    let sender = Rc::new(Cell::new(Some(sender)));
    let wake = move || {
        // Woken twice, or nobody waits any more: there is nothing left to say.
        let _ = sender.take().map(|sender| sender.send(()));
    };
    let online = {
        let wake = wake.clone();
        EventListener::new(&window(), "online", move |_| wake())
    };
    let visible = EventListener::new(&document(), "visibilitychange", move |_| {
        if document().visibility_state() == VisibilityState::Visible {
            wake();
        }
    });
    select(TimeoutFuture::new(millis), woken).await;
    drop((online, visible));
}
