//! What was made on this device: one record a generation, in `IndexedDB`, shared by all tabs.
//!
//! Where storage is denied or full, the page goes on without: nothing here ever fails, it only
//! forgets. It must not know what the records are for.

use gloo_events::EventListener;
use wasm_bindgen::prelude::*;
use web_sys::{BroadcastChannel, MessageEvent};

use crate::api::json;
use crate::generation::Generation;
use crate::platform::indexed_db::Table;

const RECORDS: Table = Table { database: "ai-now", store: "generations" };
const CHANNEL: &str = "ai-now";

/// Keeps a record, in place of an earlier one with the same key. Answers, once that is known,
/// whether it is safe.
pub(crate) async fn save(generation: &Generation) -> bool {
    let kept = RECORDS.put(&generation.key, &json::to_js(&generation.record())).await;
    tell("+", &generation.key);
    kept
}

/// Forgets a record, and has all pages forget it.
pub(crate) async fn delete(key: &str) {
    forget(key).await;
    tell("-", key);
}

/// Forgets a record that only this page knows.
pub(crate) async fn forget(key: &str) {
    RECORDS.delete(key).await;
}

/// All records that can be read, in no order. A record of another version is left alone.
pub(crate) async fn load() -> Vec<Generation> {
    RECORDS.all().await.iter().filter_map(json::from_js).collect()
}

/// The record of a key.
pub(crate) async fn find(key: &str) -> Option<Generation> {
    json::from_js(RECORDS.get(key).await)
}

/// A record changed, here or in another tab.
pub(crate) enum Change {
    /// It is new, or says something new.
    Saved(String),
    /// It is gone.
    Deleted(String),
}

/// Listens for changes, those of this very page among them.
pub(crate) struct Changes {
    channel: BroadcastChannel,
    _changed: EventListener,
}

impl Changes {
    /// Calls `changed` after each. `None` where the browser has no such channel.
    pub(crate) fn listen(changed: impl Fn(Change) + 'static) -> Option<Self> {
        let channel = BroadcastChannel::new(CHANNEL).ok()?;
        let changed = EventListener::new(&channel, "message", move |message| {
            let data = message.unchecked_ref::<MessageEvent>().data();
            let text = data.as_string().unwrap_or_default();
            if let Some(key) = text.strip_prefix('+') {
                changed(Change::Saved(key.to_owned()));
            } else if let Some(key) = text.strip_prefix('-') {
                changed(Change::Deleted(key.to_owned()));
            }
        });
        Some(Self { channel, _changed: changed })
    }
}

impl Drop for Changes {
    fn drop(&mut self) {
        self.channel.close();
    }
}

fn tell(what: &str, key: &str) {
    if let Ok(channel) = BroadcastChannel::new(CHANNEL) {
        // Nobody listens: nothing is lost.
        let _ = channel.post_message(&[what, key].concat().into());
        channel.close();
    }
}
