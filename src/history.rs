//! What was made on this device: one record a generation, in `IndexedDB`, shared by all tabs.
//!
//! Where storage is denied or full, the page goes on without: nothing here ever fails, it only
//! forgets. It must not know what the records are for.

use futures_channel::oneshot;
use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::{
    BroadcastChannel, IdbDatabase, IdbObjectStore, IdbRequest, IdbTransactionMode, MessageEvent,
};

use crate::browser;
use crate::generation::Generation;

const DATABASE: &str = "ai-now";
const STORE: &str = "generations";

/// Keeps a record, in place of an earlier one with the same key. Answers once it is safe.
pub(crate) async fn save(generation: &Generation) {
    let record = browser::to_js(generation);
    write(|store| store.put_with_key(&record, &generation.key.as_str().into())).await;
    tell("+", &generation.key);
}

/// Forgets a record.
pub(crate) async fn delete(key: &str) {
    write(|store| store.delete(&key.into())).await;
    tell("-", key);
}

/// All records that can be read, in no order. A record of another version is left alone.
pub(crate) async fn load() -> Vec<Generation> {
    let Some(database) = open().await else { return Vec::new() };
    let request = database
        .transaction_with_str(STORE)
        .and_then(|transaction| transaction.object_store(STORE)?.get_all());
    let records = match request {
        Ok(request) => finish(&request).await,
        Err(_) => None,
    };
    database.close();
    let records: Array = records.and_then(|records| records.dyn_into().ok()).unwrap_or_default();
    records.iter().filter_map(browser::from_js).collect()
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
    _changed: Closure<dyn FnMut(MessageEvent)>,
}

impl Changes {
    /// Calls `changed` after each. `None` where the browser has no such channel.
    pub(crate) fn listen(changed: impl Fn(Change) + 'static) -> Option<Self> {
        let channel = BroadcastChannel::new(DATABASE).ok()?;
        let changed = Closure::new(move |message: MessageEvent| {
            let text = message.data().as_string().unwrap_or_default();
            if let Some(key) = text.strip_prefix('+') {
                changed(Change::Saved(key.to_owned()));
            } else if let Some(key) = text.strip_prefix('-') {
                changed(Change::Deleted(key.to_owned()));
            }
        });
        channel.set_onmessage(Some(changed.as_ref().unchecked_ref()));
        Some(Self { channel, _changed: changed })
    }
}

impl Drop for Changes {
    fn drop(&mut self) {
        self.channel.set_onmessage(None);
        self.channel.close();
    }
}

fn tell(what: &str, key: &str) {
    if let Ok(channel) = BroadcastChannel::new(DATABASE) {
        // Nobody listens: nothing is lost.
        let _ = channel.post_message(&[what, key].concat().into());
        channel.close();
    }
}

async fn write(change: impl FnOnce(&IdbObjectStore) -> Result<IdbRequest, JsValue>) {
    let Some(database) = open().await else { return };
    let mode = IdbTransactionMode::Readwrite;
    if let Ok(transaction) = database.transaction_with_str_and_mode(STORE, mode) {
        let (callback, done) = callback();
        let listener = Some(callback.as_ref().unchecked_ref());
        transaction.set_oncomplete(listener);
        transaction.set_onabort(listener);
        if transaction.object_store(STORE).and_then(|store| change(&store)).is_ok() {
            let _ = done.await;
        }
        transaction.set_oncomplete(None);
        transaction.set_onabort(None);
    }
    database.close();
}

async fn open() -> Option<IdbDatabase> {
    let factory = browser::window().indexed_db().ok()??;
    let request = factory.open_with_u32(DATABASE, 1).ok()?;
    let opening = request.clone();
    let upgrade = Closure::<dyn FnMut()>::new(move || {
        let database: Option<IdbDatabase> = opening.result().ok().map(JsCast::unchecked_into);
        if let Some(database) = database {
            // It exists already only where another tab was faster, which is as good.
            let _ = database.create_object_store(STORE);
        }
    });
    request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
    finish(&request).await.map(JsCast::unchecked_into)
}

/// Waits for a request's end; `None` where it failed.
async fn finish(request: &IdbRequest) -> Option<JsValue> {
    let (callback, done) = callback();
    let listener = Some(callback.as_ref().unchecked_ref());
    request.set_onsuccess(listener);
    request.set_onerror(listener);
    let _ = done.await;
    request.set_onsuccess(None);
    request.set_onerror(None);
    request.result().ok()
}

/// A listener, and what is ready once it was called.
fn callback() -> (Closure<dyn FnMut()>, oneshot::Receiver<()>) {
    let (sender, receiver) = oneshot::channel();
    let mut sender = Some(sender);
    let callback = Closure::new(move || {
        // Called again, or nobody waits: there is nothing left to say.
        let _ = sender.take().map(|sender| sender.send(()));
    });
    (callback, receiver)
}
