//! One table of `IndexedDB`: values by key, shared by all pages of the origin.
//!
//! Where storage is denied or full, nothing here fails: it answers that nothing was kept, or that
//! there is nothing. It must not know what the values are.

use futures_channel::oneshot;
use js_sys::{Array, Function};
use wasm_bindgen::prelude::*;
use web_sys::{IdbDatabase, IdbObjectStore, IdbRequest, IdbTransactionMode};

use crate::browser;

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
        self.write(|store| store.put_with_key(value, &key.into())).await
    }

    /// Forgets a value.
    pub(crate) async fn delete(&self, key: &str) {
        self.write(|store| store.delete(&key.into())).await;
    }

    /// The value of a key, or `undefined`.
    pub(crate) async fn get(&self, key: &str) -> JsValue {
        let value = self.read(|store| store.get(&key.into())).await;
        value.unwrap_or(JsValue::UNDEFINED)
    }

    /// All values, in the order of their keys.
    pub(crate) async fn all(&self) -> Array {
        let values = self.read(IdbObjectStore::get_all).await;
        values.and_then(|values| values.dyn_into().ok()).unwrap_or_default()
    }

    async fn read(
        &self,
        question: impl FnOnce(&IdbObjectStore) -> Result<IdbRequest, JsValue>,
    ) -> Option<JsValue> {
        let database = self.open().await?;
        let request = database
            .0
            .transaction_with_str(self.store)
            .and_then(|transaction| question(&transaction.object_store(self.store)?));
        finish(&request.ok()?).await
    }

    async fn write(
        &self,
        change: impl FnOnce(&IdbObjectStore) -> Result<IdbRequest, JsValue>,
    ) -> bool {
        let Some(database) = self.open().await else { return false };
        let mut written = false;
        let mode = IdbTransactionMode::Readwrite;
        if let Ok(transaction) = database.0.transaction_with_str_and_mode(self.store, mode) {
            let (callback, done) = callback();
            let _listening = Listening::new(&callback, {
                let transaction = transaction.clone();
                move |listener| {
                    transaction.set_oncomplete(listener);
                    transaction.set_onabort(listener);
                }
            });
            if transaction.object_store(self.store).and_then(|store| change(&store)).is_ok() {
                // A full disk is told only at the end: the transaction is then aborted.
                written = done.await.is_ok_and(|end| end == "complete");
            }
        }
        written
    }

    async fn open(&self) -> Option<Open> {
        let factory = browser::window().indexed_db().ok()??;
        let request = factory.open_with_u32(self.database, 1).ok()?;
        let (opening, store) = (request.clone(), self.store);
        let upgrade = Closure::<dyn FnMut()>::new(move || {
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
    fn new<F: ?Sized>(callback: &Closure<F>, set: S) -> Self {
        set(Some(callback.as_ref().unchecked_ref()));
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
fn callback() -> (Closure<dyn FnMut(web_sys::Event)>, oneshot::Receiver<String>) {
    let (sender, receiver) = oneshot::channel();
    let mut sender = Some(sender);
    let callback = Closure::new(move |event: web_sys::Event| {
        // Called again, or nobody waits: there is nothing left to say.
        let _ = sender.take().map(|sender| sender.send(event.type_()));
    });
    (callback, receiver)
}
