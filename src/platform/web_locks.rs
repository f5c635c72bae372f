//! The Web Locks API: a lock that only one page of the origin holds at a time. `web-sys` has it
//! only behind its unstable cfg.

use futures_channel::oneshot;
use futures_util::future::{Either, select};
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::drop_guard::DropGuard;

#[wasm_bindgen]
extern "C" {
    #[derive(Clone)]
    type LockManager;
    /// Absent on pages over plain HTTP.
    #[wasm_bindgen(thread_local_v2, js_namespace = navigator, js_name = locks)]
    static LOCKS: Option<LockManager>;
    #[wasm_bindgen(method, catch)]
    fn request(this: &LockManager, name: &str, granted: &Function) -> Result<Promise, JsValue>;
}

/// A lock. Dropping it releases it.
pub(crate) struct Lock(#[expect(dead_code, reason = "held for its drop")] Option<DropGuard>);

/// Waits until no other page holds the lock with this name. The browser releases it when the page
/// closes.
///
/// In browsers without locks, it is granted at once.
pub(crate) async fn acquire(name: &str) -> Lock {
    let Some(locks) = LOCKS.with(Option::clone) else { return Lock(None) };
    let (sender, granted) = oneshot::channel();
    let grant = Closure::once_into_js(move || {
        let mut release = None;
        let held = Promise::new(&mut |resolve, _| release = Some(resolve));
        // The receiver is gone: the lock is dropped, and so released.
        drop(sender.send(Lock(release.map(DropGuard::function))));
        held
    });
    let Ok(request) = locks.request(name, grant.unchecked_ref()) else { return Lock(None) };
    // The promise ends only after the lock, or if there is none.
    match select(granted, JsFuture::from(request)).await {
        Either::Left((Ok(lock), _)) => lock,
        _ => Lock(None),
    }
}
