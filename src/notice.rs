//! Tells somebody who went to another tab or window that something has ended: in the title of the
//! tab, and as a notification where the person allowed it. It must not know what has ended.

use std::cell::RefCell;

use js_sys::{Array, Function, Reflect};
use wasm_bindgen::prelude::*;

use crate::browser::{self, Callback};

thread_local! {
    /// The title that the page had, and the one that stands there instead.
    static TITLES: RefCell<Option<(String, String)>> = const { RefCell::new(None) };
    /// Made once, when it is first needed.
    static BACK: Callback = browser::callback(|_| restore());
}

/// Says it to somebody who does not look at this page; says nothing to somebody who does. Of
/// several tabs with the same `key`, one notification comes.
pub(crate) fn ended(title: &str, text: &str, key: &str) {
    let document = leptos::prelude::document();
    if !document.hidden() {
        return;
    }
    TITLES.with_borrow_mut(|titles| {
        let page_s = titles.take().map_or_else(|| document.title(), |(page_s, _)| page_s);
        document.set_title(title);
        // The name and the listener are ours: there is nothing to refuse. It is there once,
        // however often it is added.
        BACK.with(|back| {
            let back = browser::function(back);
            let _ = document.add_event_listener_with_callback("visibilitychange", back);
        });
        *titles = Some((page_s, title.to_owned()));
    });
    if permission().as_deref() == Some("granted") {
        let options = browser::object(&[("body", text.into()), ("tag", key.into())]);
        if let Some(class) = class() {
            // Some browsers have it for service workers alone, and say so by throwing.
            let _ = Reflect::construct(&class, &Array::of2(&title.into(), &options));
        }
    }
}

fn restore() {
    let document = leptos::prelude::document();
    if document.hidden() {
        return;
    }
    if let Some((page_s, ours)) = TITLES.take() {
        // A title that the page has changed since is the page's.
        if document.title() == ours {
            document.set_title(&page_s);
        }
    }
}

/// Whether the person may still be asked to allow notifications.
pub(crate) fn can_ask() -> bool {
    permission().as_deref() == Some("default")
}

/// Asks the person. To be called out of a click: browsers take it only from there.
pub(crate) fn ask() {
    if let Some(class) = class() {
        browser::let_go(browser::call(&class, "requestPermission", &[]));
    }
}

fn permission() -> Option<String> {
    let class = class()?;
    browser::get(&class, "permission").as_string()
}

fn class() -> Option<Function> {
    browser::get(&browser::window(), "Notification").dyn_into().ok()
}
