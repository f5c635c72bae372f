//! The records of this device's generations, in `IndexedDB`, shared by all tabs.
//!
//! If storage is denied or full, the page works without: nothing here ever fails, it only forgets.
//! It must not know what the records are for.

use js_sys::{Array, Reflect};
use wasm_bindgen::prelude::*;

use crate::generation::Generation;
use crate::platform::broadcast::Broadcast;
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
/// Only unfinished ones have the field of this index.
const UNFINISHED: &str = "unfinished";

const CHANNEL: &str = "ai-now";

/// Stores a record, replacing an earlier one with the same key. Returns, once that is known,
/// whether it succeeded.
pub(crate) async fn save(generation: &Generation) -> bool {
    let record = json::to_js(&generation.record());
    if !generation.is_final() {
        // A new object accepts any property. Milliseconds are far below the limit of doubles.
        let since = JsValue::from(generation.created_at_ms as f64);
        let _ = Reflect::set(&record, &"unfinished_since_ms".into(), &since);
    }
    let kept = RECORDS.put(&generation.key, &record).await;
    broadcast("+", &generation.key);
    kept
}

/// Deletes records, in all pages.
pub(crate) async fn delete(keys: &[String]) {
    RECORDS.delete_all(keys).await;
    for key in keys {
        broadcast("-", key);
    }
}

/// Deletes a record that only this page knows.
pub(crate) async fn forget(key: &str) {
    RECORDS.delete(key).await;
}

/// The records of a gateway from before a time, or of that time, the newest first, at most `count`.
/// Records of another version are left out.
pub(crate) async fn newest(gateway: &str, until_ms: u64, count: usize) -> Vec<Generation> {
    read(BY_TIME, gateway, until_ms, count).await
}

/// All unfinished records of a gateway on this device.
pub(crate) async fn unfinished(gateway: &str) -> Vec<Generation> {
    read(UNFINISHED, gateway, u64::MAX, usize::MAX).await
}

async fn read(index: &str, gateway: &str, until_ms: u64, count: usize) -> Vec<Generation> {
    let entry = |millis: f64| Array::of2(&gateway.into(), &millis.into()).into();
    let (from, to) = (entry(0.0), entry(until_ms as f64));
    let records = RECORDS.last(index, &from, &to, count).await;
    records.into_iter().filter_map(json::from_js).collect()
}

/// How many records are read at once when all are visited: few enough that the page stays
/// responsive.
const CHUNK: u32 = 200;

/// Visits all records of a gateway, in no order, until `look` returns `false`.
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

/// The record with a key.
pub(crate) async fn find(key: &str) -> Option<Generation> {
    json::from_js(RECORDS.get(key).await)
}

/// A change of a record, here or in another tab.
pub(crate) enum Change {
    /// It is new, or was changed.
    Saved(String),
    /// It was deleted.
    Deleted(String),
}

/// Calls `changed` after each change, including those of this page, while the channel is held.
/// `None` if the browser has no such channel.
pub(crate) fn listen(changed: impl Fn(Change) + 'static) -> Option<Broadcast> {
    Broadcast::open(
        CHANNEL,
        Box::new(move |text| {
            if let Some(key) = text.strip_prefix('+') {
                changed(Change::Saved(key.to_owned()));
            } else if let Some(key) = text.strip_prefix('-') {
                changed(Change::Deleted(key.to_owned()));
            }
        }),
    )
}

fn broadcast(what: &str, key: &str) {
    // Not the channel that is listened to, so that other elements of this page receive it, and this
    // one.
    if let Some(channel) = Broadcast::open(CHANNEL, Box::new(drop)) {
        channel.send(&[what, key].concat());
    }
}
