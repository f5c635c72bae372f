//! Things of the browser's that would outlive the wasm instance: a stream, a worker, a lock. A guard
//! ends one when it is dropped; the shell ends all of them when a fault ends the instance. It must
//! not know what is guarded.

use js_sys::{Function, Reflect, Set};
use wasm_bindgen::prelude::*;

thread_local! {
    static HELD: Set = Set::new(&JsValue::UNDEFINED);
}

/// What has to end when a fault ends this instance, as functions of the browser's own: nothing in
/// here can be called then.
#[wasm_bindgen]
pub fn held() -> Set {
    HELD.with(Set::clone)
}

/// Ends something of the browser's when it is dropped, or when a fault ends the instance.
pub(crate) struct DropGuard(Function);

impl DropGuard {
    /// Ends `object` with a method of its own that takes no arguments. `None` where it has none of
    /// that name.
    pub(crate) fn method(object: &JsValue, method: &str) -> Option<Self> {
        let method: Function = Reflect::get(object, &method.into()).ok()?.dyn_into().ok()?;
        Some(Self::function(method.bind0(object)))
    }

    /// Calls `end`, a function of the browser's own.
    pub(crate) fn function(end: Function) -> Self {
        HELD.with(|held| _ = held.add(&end));
        Self(end)
    }
}

impl Drop for DropGuard {
    fn drop(&mut self) {
        HELD.with(|held| _ = held.delete(&self.0));
        // Ending a promise, a stream or a worker can't fail, and neither can doing it twice.
        let _ = self.0.call0(&JsValue::NULL);
    }
}
