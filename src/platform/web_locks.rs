//! The Web Locks API: something that only one page of the origin has at a time. `web-sys` has it
//! behind its unstable cfg alone.

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
    /// Absent on pages that came over plain HTTP.
    #[wasm_bindgen(thread_local_v2, js_namespace = navigator, js_name = locks)]
    static LOCKS: Option<LockManager>;
    #[wasm_bindgen(method, catch)]
    fn request(this: &LockManager, name: &str, granted: &Function) -> Result<Promise, JsValue>;
}

/// A lock. Dropping it lets the next page have it.
pub(crate) struct Lock(#[expect(dead_code, reason = "held for its drop")] Option<DropGuard>);

/// Waits until no other page has the lock of that name. The browser releases it when its page closes.
///
/// Where the browser has no locks, everybody gets it at once.
pub(crate) async fn acquire(name: &str) -> Lock {
    let Some(locks) = LOCKS.with(Option::clone) else { return Lock(None) };
    let (sender, granted) = oneshot::channel();
    let grant = Closure::once_into_js(move || {
        let mut release = None;
        let held = Promise::new(&mut |resolve, _| release = Some(resolve));
        // Nobody waits any more: the lock is dropped, and so released.
        drop(sender.send(Lock(release.map(DropGuard::function))));
        held
    });
    let Ok(request) = locks.request(name, grant.unchecked_ref()) else { return Lock(None) };
    // The promise ends only after the lock, or where there is none to be had.
    match select(granted, JsFuture::from(request)).await {
        Either::Left((Ok(lock), _)) => lock,
        _ => Lock(None),
    }
}
