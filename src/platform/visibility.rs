//! Waiting while the page is hidden and nothing is likely to have changed.

use std::cell::Cell;
use std::rc::Rc;

use futures_channel::oneshot;
use futures_util::future::select;
use gloo_events::EventListener;
use gloo_timers::future::TimeoutFuture;
use web_sys::{Document, EventTarget, Node, VisibilityState};

/// The event that the shell dispatches on the root of its shadow tree after a page has moved the element
/// into another document, such as a frame's or a pop-up's.
const ADOPTED: &str = "adopted";

/// The document that a node is in now.
pub(crate) fn document_of(node: &Node) -> Document {
    node.owner_document().unwrap_or_else(leptos::prelude::document)
}

/// Waits that long, or until the browser is online again, the document of `root` becomes visible, or `root`
/// moves into another document, whichever is first. Dropping it removes all listeners.
pub(crate) async fn pause(root: &Node, millis: u32) {
    let (sender, woken) = oneshot::channel();
    let sender = Rc::new(Cell::new(Some(sender)));
    let wake = move || {
        // Woken twice, or the receiver is gone: nothing is lost.
        let _ = sender.take().map(|sender| sender.send(()));
    };
    let on = |target: &EventTarget, name: &'static str| {
        let wake = wake.clone();
        EventListener::new(target, name, move |_| wake())
    };
    let document = document_of(root);
    let window = document.default_view().unwrap_or_else(leptos::prelude::window);
    let online = on(&window, "online");
    let adopted = on(root, ADOPTED);
    let visible = EventListener::new(&document.clone(), "visibilitychange", move |_| {
        if document.visibility_state() == VisibilityState::Visible {
            wake();
        }
    });
    select(TimeoutFuture::new(millis), woken).await;
    drop((online, adopted, visible));
}
