//! A channel to the other tabs and elements of this origin, for texts. It must not know what they
//! mean.

use gloo_events::EventListener;
use wasm_bindgen::prelude::*;
use web_sys::{BroadcastChannel, MessageEvent};

/// An open channel. Dropping it closes it.
pub(crate) struct Broadcast {
    channel: BroadcastChannel,
    _heard: EventListener,
}

impl Broadcast {
    /// Calls `heard` with each text that another tab or element sends. `None` if the browser has no
    /// such channel.
    pub(crate) fn open(name: &str, heard: Box<dyn Fn(String)>) -> Option<Self> {
        let channel = BroadcastChannel::new(name).ok()?;
        let heard = EventListener::new(&channel, "message", move |message| {
            let data = message.unchecked_ref::<MessageEvent>().data();
            heard(data.as_string().unwrap_or_default());
        });
        Some(Self { channel, _heard: heard })
    }

    /// Sends a text.
    pub(crate) fn send(&self, text: &str) {
        // Without receivers, nothing is lost.
        let _ = self.channel.post_message(&text.into());
    }
}

impl Drop for Broadcast {
    fn drop(&mut self) {
        self.channel.close();
    }
}
