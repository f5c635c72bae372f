//! What was made on this device: one record a generation, in `IndexedDB`, shared by all tabs.
//!
//! Where storage is denied or full, the page goes on without: nothing here ever fails, it only
//! forgets. It must not know what the records are for.

use gloo_events::EventListener;
use js_sys::{Array, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{BroadcastChannel, MessageEvent};

use crate::generation::Generation;
use crate::platform::indexed_db::{Index, Table};
use crate::platform::json;

const RECORDS: Table = Table {
    database: "ai-now",
    store: "generations",
    version: 2,
    indexes: &[
        Index { name: BY_TIME, fields: &["gateway", "created_at_ms"] },
        Index { name: UNFINISHED, fields: &["gateway", "unfinished_since_ms"] },
    ],
};
const BY_TIME: &str = "by_time";
/// Only what has not ended has the field that this goes by.
const UNFINISHED: &str = "unfinished";

const CHANNEL: &str = "ai-now";

/// Keeps a record, in place of an earlier one with the same key. Answers, once that is known,
/// whether it is safe.
pub(crate) async fn save(generation: &Generation) -> bool {
    let record = json::to_js(&generation.record());
    if !generation.is_final() {
        // A fresh object: it doesn't refuse. Milliseconds are far from where doubles end.
        let since = JsValue::from(generation.created_at_ms as f64);
        let _ = Reflect::set(&record, &"unfinished_since_ms".into(), &since);
    }
    let kept = RECORDS.put(&generation.key, &record).await;
    tell("+", &generation.key);
    kept
}

/// Forgets records, and has all pages forget them.
pub(crate) async fn delete(keys: &[String]) {
    RECORDS.delete_all(keys).await;
    for key in keys {
        tell("-", key);
    }
}

/// Forgets a record that only this page knows.
pub(crate) async fn forget(key: &str) {
    RECORDS.delete(key).await;
}

/// The records of a gateway from before a moment, or of that moment, the newest first, and not more
/// than `count`. A record of another version is left out.
pub(crate) async fn newest(gateway: &str, until_ms: u64, count: usize) -> Vec<Generation> {
    read(BY_TIME, gateway, until_ms, count).await
}

/// All records of a gateway that have not ended, as far as this device knows.
pub(crate) async fn unfinished(gateway: &str) -> Vec<Generation> {
    read(UNFINISHED, gateway, u64::MAX, usize::MAX).await
}

async fn read(index: &str, gateway: &str, until_ms: u64, count: usize) -> Vec<Generation> {
    let entry = |millis: f64| Array::of2(&gateway.into(), &millis.into()).into();
    let (from, to) = (entry(0.0), entry(until_ms as f64));
    let records = RECORDS.last(index, &from, &to, count).await;
    records.into_iter().filter_map(json::from_js).collect()
}

/// How many records are read at once where all are looked at: few enough that the page answers
/// meanwhile.
const CHUNK: u32 = 200;

/// Looks at all records of a gateway, in no order, until `look` answers `false`.
pub(crate) async fn scan(gateway: &str, mut look: impl FnMut(Generation) -> bool) {
    let mut after = String::new();
    loop {
        let chunk = RECORDS.after(&after, CHUNK).await;
        let Some(last) = chunk.iter().last() else { return };
        let key = Reflect::get(&last, &"key".into()).ok();
        let Some(key) = key.and_then(|key| key.as_string()) else { return };
        after = key;
        for record in chunk.iter().filter_map(json::from_js::<Generation>) {
            if record.gateway == gateway && !look(record) {
                return;
            }
        }
    }
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
