//! Resources of the browser that would outlive the wasm instance: a stream, a worker, a lock. A
//! guard releases one when it is dropped; the shell releases all of them when a fault ends the
//! instance. It must not know what is guarded.

use js_sys::{Function, Reflect, Set};
use wasm_bindgen::prelude::*;

thread_local! {
    static HELD: Set = Set::new(&JsValue::UNDEFINED);
}

/// What to release when a fault ends this instance, as JavaScript functions: nothing in here can be
/// called then.
#[wasm_bindgen]
pub fn held() -> Set {
    HELD.with(Set::clone)
}

/// Releases a resource of the browser when it is dropped, or when a fault ends the instance.
pub(crate) struct DropGuard(Function);

impl DropGuard {
    /// Ends `object` with one of its methods, without arguments. `None` if it has no such method.
    pub(crate) fn method(object: &JsValue, method: &str) -> Option<Self> {
        let method: Function = Reflect::get(object, &method.into()).ok()?.dyn_into().ok()?;
        Some(Self::function(method.bind0(object)))
    }

    /// Calls `end`, a JavaScript function.
    pub(crate) fn function(end: Function) -> Self {
        HELD.with(|held| _ = held.add(&end));
        Self(end)
    }
}

impl Drop for DropGuard {
    fn drop(&mut self) {
        HELD.with(|held| _ = held.delete(&self.0));
        // Ending a promise, a stream or a worker can't fail, not even twice.
        let _ = self.0.call0(&JsValue::NULL);
    }
}
