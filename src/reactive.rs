//! The one effect and the one memo type that stores and views share. Leptos generates code for each
//! closure type; here it gets boxes. It must not know what depends on what.

use leptos::prelude::*;

/// Runs a function soon, and again whenever a signal that it has read changes; until the current
/// owner ends.
pub(crate) fn effect(act: impl FnMut() + 'static) {
    fn boxed(mut act: Box<dyn FnMut()>) {
        Effect::new(move |_| act());
    }
    boxed(Box::new(act));
}

/// A memo: a value that depends on signals, and notifies only of changes.
pub(crate) fn memo<T>(value: impl Fn() -> T + Send + Sync + 'static) -> Memo<T>
where
    T: PartialEq + Send + Sync + 'static,
{
    fn boxed<T>(value: Box<dyn Fn() -> T + Send + Sync>) -> Memo<T>
    where
        T: PartialEq + Send + Sync + 'static,
    {
        Memo::new(move |_| value())
    }
    boxed(Box::new(value))
}
