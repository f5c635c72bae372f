//! Tells somebody who went to another tab or window that something has ended: in the title of the
//! tab, and as a notification where the person allowed it. It must not know what has ended.

use std::cell::RefCell;

use gloo_events::EventListener;
use leptos::prelude::{document, window};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Notification, NotificationOptions, NotificationPermission};

thread_local! {
    static TITLE: RefCell<Option<Title>> = const { RefCell::new(None) };
}

/// The title of a page, while another stands in its place.
struct Title {
    /// The title that the page had.
    page: String,
    /// The one that stands there instead.
    ours: String,
    /// Puts the page's back once somebody looks.
    _seen: EventListener,
}

/// Says it to somebody who does not look. Of several tabs with the same `key`, one notification comes.
pub(crate) fn notify(title: &str, text: &str, key: &str) {
    if document().hidden() {
        let page = TITLE.take().map_or_else(|| document().title(), |before| before.page);
        document().set_title(title);
        let seen = EventListener::new(&document(), "visibilitychange", |_| restore());
        TITLE.replace(Some(Title { page, ours: title.to_owned(), _seen: seen }));
    }
    if permission() == Some(NotificationPermission::Granted) {
        let options = NotificationOptions::new();
        options.set_body(text);
        options.set_tag(key);
        // Some browsers have it for service workers alone, and say so by throwing.
        let _ = Notification::new_with_options(title, &options);
    }
}

fn restore() {
    if document().hidden() {
        return;
    }
    if let Some(title) = TITLE.take() {
        // A title that the page has changed since is the page's.
        if document().title() == title.ours {
            document().set_title(&title.page);
        }
    }
}

/// Whether the person may still be asked to allow notifications.
pub(crate) fn can_ask() -> bool {
    permission() == Some(NotificationPermission::Default)
}

/// Asks the person. To be called out of a click: browsers take it only from there.
pub(crate) fn ask() {
    if permission().is_some()
        && let Ok(answer) = Notification::request_permission()
    {
        // What they answered is read when something ends.
        wasm_bindgen_futures::spawn_local(async move { drop(JsFuture::from(answer).await) });
    }
}

/// `None` where the browser has no notifications.
fn permission() -> Option<NotificationPermission> {
    let known = js_sys::Reflect::has(&window(), &JsValue::from("Notification"));
    known.unwrap_or(false).then(Notification::permission)
}
