//! Listeners outside of views: for events, and for visibility. They end with the current owner.

use std::cell::Cell;

use gloo_events::EventListener;
use js_sys::{Array, Function, Reflect};
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{Event, IntersectionObserver};

use super::erased::{ElementRef, effect};
use crate::platform::browser;

/// Calls a function whenever an event arrives at an element, once its view is built.
pub(crate) fn listen(target: ElementRef, name: &'static str, act: impl FnMut(&Event) + 'static) {
    // The effect runs once: it reads no signal.
    let act = Cell::new(Some(act));
    effect(move || {
        if let (Some(element), Some(act)) = (target.get(), act.take()) {
            StoredValue::new_local(EventListener::new(&element, name, act));
        }
    });
}

/// Calls a function when an element is about to become visible.
pub(crate) fn when_seen(target: ElementRef, act: impl FnOnce() + 'static) {
    let act = Cell::new(Some(Box::new(act) as Box<dyn FnOnce()>));
    effect(move || {
        if let (Some(element), Some(act)) = (target.get(), act.take())
            && let Some(watcher) = Watcher::new(&element, act)
        {
            StoredValue::new_local(watcher);
        }
    });
}

struct Watcher {
    observer: IntersectionObserver,
    _seen: Closure<dyn FnMut(Array)>,
}

impl Watcher {
    fn new(element: &web_sys::Element, act: Box<dyn FnOnce()>) -> Option<Self> {
        let mut act = Some(act);
        let seen = Closure::new(move |entries: Array| {
            let is_seen = |entry: JsValue| browser::get(&entry, "isIntersecting").is_truthy();
            if entries.iter().any(is_seen)
                && let Some(act) = act.take()
            {
                act();
            }
        });
        // Of the window that the element is in: only that one knows its viewport.
        let window = element.owner_document()?.default_view()?;
        let class: Function = browser::get(&window, "IntersectionObserver").dyn_into().ok()?;
        let observer = Reflect::construct(&class, &Array::of1(seen.as_ref())).ok()?;
        let observer: IntersectionObserver = observer.unchecked_into();
        observer.observe(element);
        Some(Self { observer, _seen: seen })
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}
