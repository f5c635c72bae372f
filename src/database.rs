//! One table of `IndexedDB`: values by key, shared by all pages of the origin.
//!
//! Where storage is denied or full, nothing here fails: it answers that nothing was kept, or that
//! there is nothing. It must not know what the values are.

use std::cell::Cell;
use std::pin::Pin;

use futures_channel::oneshot;
use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;
use web_sys::{IdbDatabase, IdbRequest, IdbTransactionMode};

use crate::browser::{self, Callback};

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
        self.ask(IdbTransactionMode::Readwrite, "put", &[value.clone(), key.into()]).await.is_some()
    }

    /// Forgets a value.
    pub(crate) async fn delete(&self, key: &str) {
        self.ask(IdbTransactionMode::Readwrite, "delete", &[key.into()]).await;
    }

    /// The value of a key, or `undefined`.
    pub(crate) async fn get(&self, key: &str) -> JsValue {
        let value = self.ask(IdbTransactionMode::Readonly, "get", &[key.into()]).await;
        value.unwrap_or(JsValue::UNDEFINED)
    }

    /// All values, in the order of their keys.
    pub(crate) async fn all(&self) -> Array {
        let values = self.ask(IdbTransactionMode::Readonly, "getAll", &[]).await;
        values.and_then(|values| values.dyn_into().ok()).unwrap_or_default()
    }

    /// Calls a method of the table in a transaction, and answers what it answers once that is done.
    fn ask<'a>(
        &'a self,
        mode: IdbTransactionMode,
        method: &'a str,
        arguments: &[JsValue],
    ) -> Pin<Box<dyn Future<Output = Option<JsValue>> + 'a>> {
        let arguments = arguments.to_vec();
        Box::pin(async move {
            let database = self.open().await?;
            let transaction = database.0.transaction_with_str_and_mode(self.store, mode).ok()?;
            let (callback, done) = callback();
            let listening = Listening::new(&callback, |listener| {
                transaction.set_oncomplete(listener);
                transaction.set_onabort(listener);
            });
            let store = transaction.object_store(self.store).ok()?;
            let request = browser::call(&store, method, &arguments)?;
            // A full disk is told only at the end: the transaction is then aborted.
            let end = done.await;
            drop(listening);
            let request: &IdbRequest = request.unchecked_ref();
            request.result().ok().filter(|_| end.is_ok_and(|end| end == "complete"))
        })
    }

    async fn open(&self) -> Option<Open> {
        let factory = browser::window().indexed_db().ok()??;
        let request = factory.open_with_u32(self.database, 1).ok()?;
        let (opening, store) = (request.clone(), self.store);
        let upgrade = browser::callback(move |_| {
            let database: Option<IdbDatabase> = opening.result().ok().map(JsCast::unchecked_into);
            if let Some(database) = database {
                // It exists already only where another tab was faster, which is as good.
                let _ = database.create_object_store(store);
            }
        });
        let _listening = Listening::new(&upgrade, {
            let request = request.clone();
            move |listener| request.set_onupgradeneeded(listener)
        });
        finish(&request).await.map(|database| Open(database.unchecked_into()))
    }
}

/// An open database. Dropping it closes it, once what was asked of it is done.
struct Open(IdbDatabase);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// A listener that is set. Dropping it unsets it, so that nothing calls what is no more: a studio may
/// end while the browser still works for it.
struct Listening<S: Fn(Option<&Function>)>(S);

impl<S: Fn(Option<&Function>)> Listening<S> {
    fn new(callback: &Callback, set: S) -> Self {
        set(Some(browser::function(callback)));
        Self(set)
    }
}

impl<S: Fn(Option<&Function>)> Drop for Listening<S> {
    fn drop(&mut self) {
        self.0(None);
    }
}

/// Waits for a request's end; `None` where it failed.
async fn finish(request: &IdbRequest) -> Option<JsValue> {
    let (callback, done) = callback();
    let listening = Listening::new(&callback, |listener| {
        request.set_onsuccess(listener);
        request.set_onerror(listener);
    });
    let _ = done.await;
    drop(listening);
    request.result().ok()
}

/// A listener, and what is ready once it was called: the name of the event that called it.
fn callback() -> (Callback, oneshot::Receiver<String>) {
    let (sender, receiver) = oneshot::channel();
    let sender = Cell::new(Some(sender));
    let callback = browser::callback(move |event| {
        let name = browser::get(&event, "type").as_string().unwrap_or_default();
        // Called again, or nobody waits: there is nothing left to say.
        let _ = sender.take().map(|sender| sender.send(name));
    });
    (callback, receiver)
}
