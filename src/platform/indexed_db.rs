//! One table of `IndexedDB`: values by key, shared by all pages of the origin.
//!
//! Where storage is denied or full, nothing here fails: it answers that nothing was kept, or that
//! there is nothing. It must not know what the values are.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;

use futures_channel::oneshot;
use gloo_events::EventListener;
use js_sys::Array;
use leptos::prelude::window;
use wasm_bindgen::prelude::*;
use web_sys::{EventTarget, IdbDatabase, IdbObjectStore, IdbRequest, IdbTransactionMode};

/// A table. Each lies in a database of its own, so that a page with an older widget, which doesn't
/// know it, finds the others as it left them.
pub(crate) struct Table {
    /// The name of the database.
    pub(crate) database: &'static str,
    /// The name of the table in it.
    pub(crate) store: &'static str,
}

impl Table {
    /// Keeps a value, in place of an earlier one with the same key. Answers whether it is safe.
    pub(crate) async fn put(&self, key: &str, value: &JsValue) -> bool {
        let (key, value) = (JsValue::from(key), value.clone());
        let put = move |store: &IdbObjectStore| store.put_with_key(&value, &key);
        self.ask(IdbTransactionMode::Readwrite, Box::new(put)).await.is_some()
    }

    /// Forgets a value.
    pub(crate) async fn delete(&self, key: &str) {
        let key = JsValue::from(key);
        let delete = move |store: &IdbObjectStore| store.delete(&key);
        self.ask(IdbTransactionMode::Readwrite, Box::new(delete)).await;
    }

    /// The value of a key, or `undefined`.
    pub(crate) async fn get(&self, key: &str) -> JsValue {
        let key = JsValue::from(key);
        let get = move |store: &IdbObjectStore| store.get(&key);
        let value = self.ask(IdbTransactionMode::Readonly, Box::new(get)).await;
        value.unwrap_or(JsValue::UNDEFINED)
    }

    /// All values, in the order of their keys.
    pub(crate) async fn all(&self) -> Array {
        let values =
            self.ask(IdbTransactionMode::Readonly, Box::new(IdbObjectStore::get_all)).await;
        values.and_then(|values| values.dyn_into().ok()).unwrap_or_default()
    }

    /// Asks something of the table in a transaction, and answers what it answers once that is done.
    fn ask(&self, mode: IdbTransactionMode, ask: Ask) -> Answer<'_> {
        Box::pin(async move {
            let database = self.open().await?;
            let transaction = database.0.transaction_with_str_and_mode(self.store, mode).ok()?;
            // A full disk is told only at the end: the transaction is then aborted.
            let end = first_of(&transaction, ["complete", "abort"]);
            let store = transaction.object_store(self.store).ok()?;
            let request = ask(&store).ok()?;
            let ended = end.await;
            request.result().ok().filter(|_| ended == Some("complete"))
        })
    }

    async fn open(&self) -> Option<Open> {
        let factory = window().indexed_db().ok()??;
        let request = factory.open_with_u32(self.database, 1).ok()?;
        let (opening, store) = (request.clone(), self.store);
        let _upgrade = EventListener::once(&request, "upgradeneeded", move |_| {
            let database: Option<IdbDatabase> = opening.result().ok().map(JsCast::unchecked_into);
            if let Some(database) = database {
                // It exists already only where another tab was faster, which is as good.
                let _ = database.create_object_store(store);
            }
        });
        first_of(&request, ["success", "error"]).await;
        request.result().ok().map(|database| Open(database.unchecked_into()))
    }
}

/// What is asked of a table.
type Ask = Box<dyn FnOnce(&IdbObjectStore) -> Result<IdbRequest, JsValue>>;

/// What it answers, on its way. Boxed, so that each question is not a whole transaction in code.
type Answer<'a> = Pin<Box<dyn Future<Output = Option<JsValue>> + 'a>>;

/// An open database. Dropping it closes it, once what was asked of it is done.
struct Open(IdbDatabase);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// The name of the event that comes first. It listens from the call on, and until it is dropped: a
/// studio may end while the browser still works for it.
fn first_of(
    target: &EventTarget,
    names: [&'static str; 2],
) -> impl Future<Output = Option<&'static str>> + use<> {
    let (sender, receiver) = oneshot::channel();
    let sender = Rc::new(Cell::new(Some(sender)));
    let listeners = names.map(|name| {
        let sender = sender.clone();
        EventListener::once(target, name, move |_| {
            // Nobody waits any more: there is nothing left to say.
            let _ = sender.take().map(|sender| sender.send(name));
        })
    });
    async move {
        let first = receiver.await.ok();
        drop(listeners);
        first
    }
}
