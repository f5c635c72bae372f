//! Elements: made, put together, kept up to date. The views are written with these few functions on
//! Leptos's signals and not with `view!`, which makes every element a type with code of its own: the
//! widget weighed half as much again. It must not know what is built with it.
//!
//! What an element holds on to (listeners, effects) belongs to the reactive owner it was made in and
//! ends with that.

use std::cell::Cell;

use leptos::prelude::*;
use leptos::tachys::view::Render;
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, EventTarget, IntersectionObserver};

use crate::browser::{self, Callback};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = document, js_name = createElement)]
    fn create(tag: &str) -> Element;
    #[wasm_bindgen(js_namespace = document, js_name = createElementNS)]
    fn create_in(namespace: &str, tag: &str) -> Element;
}

/// An element. Clones are the same one.
#[derive(Clone)]
pub(super) struct El(pub(super) Element);

/// Leptos mounts and unmounts it like any view of its own.
impl Render for El {
    type State = Element;

    fn build(self) -> Element {
        self.0
    }

    fn rebuild(self, state: &mut Element) {
        // Nothing there can refuse: both are elements of the page.
        let _ = state.replace_with_with_node_1(&self.0);
        *state = self.0;
    }
}

/// A new element; `class` may be empty.
pub(super) fn el(tag: &str, class: &str) -> El {
    let element = El(create(tag));
    if class.is_empty() { element } else { element.attr("class", class) }
}

/// A new element of a picture.
pub(super) fn svg(tag: &str) -> El {
    El(create_in("http://www.w3.org/2000/svg", tag))
}

/// A button that submits nothing.
pub(super) fn button(class: &str) -> El {
    el("button", class).attr("type", "button")
}

impl El {
    /// Sets an attribute. The names are ours, so there is nothing that could be refused; the same
    /// goes for all below.
    pub(super) fn attr(self, name: &str, value: &str) -> Self {
        let _ = self.0.set_attribute(name, value);
        self
    }

    /// Names it for screen readers.
    pub(super) fn label(self, text: &str) -> Self {
        self.attr("aria-label", text)
    }

    /// Lets pages style it.
    pub(super) fn part(self, name: &str) -> Self {
        self.attr("part", name)
    }

    /// Puts a text at its end. Never read as markup.
    pub(super) fn text(self, text: &str) -> Self {
        let _ = self.0.append_with_str_1(text);
        self
    }

    /// Puts an element at its end.
    pub(super) fn add(self, child: El) -> Self {
        let _ = self.0.append_with_node_1(&child.0);
        self
    }

    /// Puts an element at its end, if there is one.
    pub(super) fn add_some(self, child: Option<El>) -> Self {
        match child {
            Some(child) => self.add(child),
            None => self,
        }
    }

    /// Does something whenever an event arrives.
    pub(super) fn on(self, event: &'static str, act: impl Fn(Event) + 'static) -> Self {
        listen(self.0.clone().into(), event, Box::new(act));
        self
    }

    /// Does something when it is clicked.
    pub(super) fn click(self, act: impl Fn() + 'static) -> Self {
        self.on("click", move |_| act())
    }

    /// Keeps an attribute as `value` says; `None`: absent.
    pub(super) fn live_attr(
        self,
        name: &'static str,
        value: impl Fn() -> Option<String> + 'static,
    ) -> Self {
        let element = self.0.clone();
        effect(Box::new(move || {
            let _ = match value() {
                Some(value) => element.set_attribute(name, &value),
                None => element.remove_attribute(name),
            };
        }));
        self
    }

    /// Keeps an attribute at `true` or `false`.
    pub(super) fn live_state(self, name: &'static str, on: impl Fn() -> bool + 'static) -> Self {
        self.live_attr(name, move || Some(truth(on()).to_owned()))
    }

    /// Keeps it hidden or not.
    pub(super) fn live_hidden(self, hidden: impl Fn() -> bool + 'static) -> Self {
        self.live_attr("hidden", move || hidden().then(String::new))
    }

    /// Keeps a class on it or not.
    pub(super) fn live_class(self, class: &'static str, on: impl Fn() -> bool + 'static) -> Self {
        let element = self.clone();
        effect(Box::new(move || element.set_class(class, on())));
        self
    }

    /// Keeps its text as `text` says.
    pub(super) fn live_text(self, text: impl Fn() -> String + 'static) -> Self {
        let element = self.clone();
        effect(Box::new(move || element.set_text(&text())));
        self
    }

    /// Keeps a property as `value` says.
    pub(super) fn live_prop(
        self,
        name: &'static str,
        value: impl Fn() -> JsValue + 'static,
    ) -> Self {
        let element = self.0.clone();
        effect(Box::new(move || {
            let value = value();
            // Writing what is there already would move a text field's cursor.
            if browser::get(&element, name) != value {
                browser::set(&element, name, &value);
            }
        }));
        self
    }

    /// Keeps in it what `child` makes, and nothing else. It is made anew whenever a signal changes
    /// that `child` reads.
    pub(super) fn live(self, child: impl Fn() -> Option<El> + 'static) -> Self {
        let element = self.0.clone();
        effect(Box::new(move || {
            element.replace_children_with_node_0();
            if let Some(child) = child() {
                let _ = element.append_with_node_1(&child.0);
            }
        }));
        self
    }

    /// Replaces its text.
    pub(super) fn set_text(&self, text: &str) {
        self.0.set_text_content(Some(text));
    }

    /// Puts a class on it, or takes it off.
    pub(super) fn set_class(&self, class: &str, on: bool) {
        let _ = self.0.class_list().toggle_with_force(class, on);
    }

    /// Gives it the focus, if it can have it.
    pub(super) fn focus(&self) {
        let _ = self.0.unchecked_ref::<web_sys::HtmlElement>().focus();
    }
}

/// Does something now, and again whenever a signal changes that it read.
pub(super) fn effect(act: Box<dyn Fn()>) {
    let effect = RenderEffect::new(move |_| act());
    StoredValue::new_local(effect);
}

/// Does something whenever an event arrives at `target`, until the owner ends.
pub(super) fn listen(target: EventTarget, name: &'static str, act: Box<dyn Fn(Event)>) {
    let callback = browser::callback(move |event| act(event.unchecked_into()));
    let _ = target.add_event_listener_with_callback(name, browser::function(&callback));
    StoredValue::new_local(Listener { target, name, callback });
}

struct Listener {
    target: EventTarget,
    name: &'static str,
    callback: Callback,
}

impl Drop for Listener {
    fn drop(&mut self) {
        let callback = browser::function(&self.callback);
        let _ = self.target.remove_event_listener_with_callback(self.name, callback);
    }
}

/// Does something once the element is about to be seen, or at once where the browser can't tell.
pub(super) fn when_seen(element: &El, act: impl FnOnce() + 'static) {
    watch(&element.0, Box::new(act));
}

fn watch(element: &Element, act: Box<dyn FnOnce()>) {
    let act = Cell::new(Some(act));
    let seen = browser::callback(move |entries| {
        let is_seen = |entry: JsValue| browser::get(&entry, "isIntersecting").is_truthy();
        if entries.unchecked_into::<js_sys::Array>().iter().any(is_seen)
            && let Some(act) = act.take()
        {
            act();
        }
    });
    if let Ok(observer) = IntersectionObserver::new(browser::function(&seen)) {
        observer.observe(element);
        StoredValue::new_local(Watcher { observer, _seen: seen });
    }
}

struct Watcher {
    observer: IntersectionObserver,
    _seen: Callback,
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// A place elsewhere in the same studio.
pub(super) fn near(here: &El, selector: &str) -> Option<El> {
    let studio = here.0.closest(".studio").ok()??;
    studio.query_selector(selector).ok()?.map(El)
}

/// What was typed or chosen in the field that an event comes from.
pub(super) fn value_of(event: &Event) -> String {
    target_of(event, "value").as_string().unwrap_or_default()
}

/// Whether the box that an event comes from is ticked.
pub(super) fn is_checked(event: &Event) -> bool {
    target_of(event, "checked").is_truthy()
}

fn target_of(event: &Event, name: &str) -> JsValue {
    event.target().map_or(JsValue::UNDEFINED, |target| browser::get(&target, name))
}

/// A truth value, as attributes want it.
pub(super) fn truth(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}
