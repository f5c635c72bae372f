//! A table in `IndexedDB`: values by key, shared by all pages of the origin.
//!
//! If storage is denied or full, nothing here fails: it returns that nothing was stored, or that
//! there is nothing. It must not know what the values are.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;

use futures_channel::oneshot;
use gloo_events::EventListener;
use js_sys::Array;
use leptos::prelude::window;
use wasm_bindgen::prelude::*;
use web_sys::{
    EventTarget, IdbCursorDirection, IdbCursorWithValue, IdbDatabase, IdbKeyRange, IdbObjectStore,
    IdbOpenDbRequest, IdbRequest, IdbTransactionMode,
};

/// A table. Each has a database of its own, so that a page with an older widget, which doesn't know
/// it, finds the others unchanged.
pub(crate) struct Table {
    /// The name of the database.
    pub(crate) database: &'static str,
    /// The name of the table in it.
    pub(crate) store: &'static str,
    /// The version of the database: higher with each change of the indexes.
    pub(crate) version: u32,
    /// The indexes of the values.
    pub(crate) indexes: &'static [Index],
}

/// An index of a table. Values without one of its fields are not in it.
pub(crate) struct Index {
    pub(crate) name: &'static str,
    /// The fields of its key, in this order.
    pub(crate) fields: &'static [&'static str],
}

impl Table {
    /// Stores a value, replacing an earlier one with the same key. Returns whether it succeeded.
    pub(crate) async fn put(&self, key: &str, value: &JsValue) -> bool {
        let (key, value) = (JsValue::from(key), value.clone());
        let put = move |store: &IdbObjectStore| store.put_with_key(&value, &key);
        self.ask(IdbTransactionMode::Readwrite, Box::new(put)).await.is_some()
    }

    /// Deletes a value.
    pub(crate) async fn delete(&self, key: &str) {
        let key = JsValue::from(key);
        let delete = move |store: &IdbObjectStore| store.delete(&key);
        self.ask(IdbTransactionMode::Readwrite, Box::new(delete)).await;
    }

    /// Deletes several values at once.
    pub(crate) async fn delete_all(&self, keys: &[String]) {
        let keys = keys.to_vec();
        let delete = move |store: &IdbObjectStore| {
            let mut last = store.count()?;
            for key in keys {
                last = store.delete(&key.into())?;
            }
            Ok(last)
        };
        self.ask(IdbTransactionMode::Readwrite, Box::new(delete)).await;
    }

    /// The value of a key, or `undefined`.
    pub(crate) async fn get(&self, key: &str) -> JsValue {
        let key = JsValue::from(key);
        let get = move |store: &IdbObjectStore| store.get(&key);
        let value = self.ask(IdbTransactionMode::Readonly, Box::new(get)).await;
        value.unwrap_or(JsValue::UNDEFINED)
    }

    /// Up to `count` values, in the order of their keys, after the key `after`.
    pub(crate) async fn after(&self, after: &str, count: u32) -> Array {
        let Ok(range) = IdbKeyRange::lower_bound_with_open(&after.into(), true) else {
            return Array::new();
        };
        let ask = move |store: &IdbObjectStore| store.get_all_with_key_and_limit(&range, count);
        let values = self.ask(IdbTransactionMode::Readonly, Box::new(ask)).await;
        values.and_then(|values| values.dyn_into().ok()).unwrap_or_default()
    }

    /// The values between two keys of an index, both included; in descending order, at most
    /// `count`.
    pub(crate) async fn last(
        &self,
        index: &str,
        from: &JsValue,
        to: &JsValue,
        count: usize,
    ) -> Vec<JsValue> {
        self.last_of(index, from, to, count).await.unwrap_or_default()
    }

    async fn last_of(
        &self,
        index: &str,
        from: &JsValue,
        to: &JsValue,
        count: usize,
    ) -> Option<Vec<JsValue>> {
        let database = self.open().await?;
        let mode = IdbTransactionMode::Readonly;
        let transaction = database.0.transaction_with_str_and_mode(self.store, mode).ok()?;
        let index = transaction.object_store(self.store).ok()?.index(index).ok()?;
        let range = IdbKeyRange::bound(from, to).ok()?;
        let backwards = IdbCursorDirection::Prev;
        let request = index.open_cursor_with_range_and_direction(&range, backwards).ok()?;
        let end = first_of(&transaction, ["complete", "abort"]);
        let found = Rc::new(RefCell::new(Vec::new()));
        let _step = EventListener::new(&request, "success", {
            let (request, found) = (request.clone(), found.clone());
            move |_| {
                let cursor = request.result().ok();
                let cursor = cursor.and_then(|at| at.dyn_into::<IdbCursorWithValue>().ok());
                if let Some(cursor) = cursor {
                    let mut found = found.borrow_mut();
                    found.extend(cursor.value());
                    // The transaction ends by itself after the last request.
                    let _ = (found.len() < count).then(|| cursor.continue_());
                }
            }
        });
        end.await;
        Some(found.take())
    }

    /// Sends a request to the table in a transaction, and returns its result once that is done.
    fn ask(&self, mode: IdbTransactionMode, ask: Ask) -> Answer<'_> {
        Box::pin(async move {
            let database = self.open().await?;
            let transaction = database.0.transaction_with_str_and_mode(self.store, mode).ok()?;
            // A full disk is reported only at the end: the transaction is then aborted.
            let end = first_of(&transaction, ["complete", "abort"]);
            let store = transaction.object_store(self.store).ok()?;
            let request = ask(&store).ok()?;
            let ended = end.await;
            request.result().ok().filter(|_| ended == Some("complete"))
        })
    }

    /// A connection of its own. It is closed even if its future was dropped: the browser opens it
    /// all the same, and an open one would block deletions and upgrades in every tab.
    async fn open(&self) -> Option<Open> {
        let factory = window().indexed_db().ok()??;
        let request = factory.open_with_u32(self.database, self.version).ok()?;
        let (opening, store, indexes) = (request.clone(), self.store, self.indexes);
        let upgrading = EventListener::once(&request, "upgradeneeded", move |_| {
            // Where it fails, so does opening.
            let _ = upgrade(&opening, store, indexes);
        });
        let (sender, receiver) = oneshot::channel();
        wasm_bindgen_futures::spawn_local(async move {
            first_of(&request, ["success", "error"]).await;
            drop(upgrading);
            // If it can't be sent it is dropped, and thereby closed.
            drop(request.result().map(|opened| sender.send(Open(opened.unchecked_into()))));
        });
        receiver.await.ok()
    }
}

/// Creates the table and its indexes, unless an older version has.
fn upgrade(opening: &IdbOpenDbRequest, store: &str, indexes: &[Index]) -> Result<(), JsValue> {
    let database: IdbDatabase = opening.result()?.unchecked_into();
    let table = match opening.transaction() {
        Some(transaction) if database.object_store_names().contains(store) => {
            transaction.object_store(store)?
        }
        _ => database.create_object_store(store)?,
    };
    for index in indexes {
        if !table.index_names().contains(index.name) {
            let fields: Array = index.fields.iter().map(|field| JsValue::from(*field)).collect();
            table.create_index_with_str_sequence(index.name, &fields)?;
        }
    }
    Ok(())
}

/// A request to the table.
type Ask = Box<dyn FnOnce(&IdbObjectStore) -> Result<IdbRequest, JsValue>>;

/// Its result, as a future. Boxed, so that the compiler doesn't repeat the whole transaction for
/// each request.
type Answer<'a> = Pin<Box<dyn Future<Output = Option<JsValue>> + 'a>>;

/// An open database. Dropping it closes it, once its requests are done.
struct Open(IdbDatabase);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// The name of the first event. It listens from the call on, until it is dropped: a studio may end
/// while the browser still works for it.
fn first_of(
    target: &EventTarget,
    names: [&'static str; 2],
) -> impl Future<Output = Option<&'static str>> + use<> {
    let (sender, receiver) = oneshot::channel();
    let sender = Rc::new(Cell::new(Some(sender)));
    let listeners = names.map(|name| {
        let sender = sender.clone();
        EventListener::once(target, name, move |_| {
            // The receiver is gone: nothing is lost.
            let _ = sender.take().map(|sender| sender.send(name));
        })
    });
    async move {
        let first = receiver.await.ok();
        drop(listeners);
        first
    }
}
