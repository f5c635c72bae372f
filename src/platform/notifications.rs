//! Notifies a user who is in another tab or window that something has ended: in the title of the
//! tab, and by a notification if the user has allowed it. It must not know what has ended.

use std::cell::RefCell;

use gloo_events::EventListener;
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Document, Notification, NotificationOptions, NotificationPermission};

use super::browser;

thread_local! {
    static TITLE: RefCell<Option<Title>> = const { RefCell::new(None) };
}

/// The original title of a page, while another replaces it.
struct Title {
    /// Whose title it is.
    document: Document,
    /// The title that the page had.
    page: String,
    /// The title in its place.
    ours: String,
    /// Restores the page's title when the page becomes visible.
    _seen: EventListener,
}

/// Notifies the user if `document` is hidden. Several tabs with the same `key` show one notification.
pub(crate) fn notify(document: &Document, title: &str, text: &str, key: &str) {
    if document.hidden() {
        restore();
        let document = titled(document);
        let page = document.title();
        document.set_title(title);
        let seen = EventListener::new(&document, "visibilitychange", {
            let document = document.clone();
            move |_| {
                if !document.hidden() {
                    restore();
                }
            }
        });
        TITLE.replace(Some(Title { document, page, ours: title.to_owned(), _seen: seen }));
    }
    if permission() == Some(NotificationPermission::Granted) {
        let options = NotificationOptions::new();
        options.set_body(text);
        options.set_tag(key);
        // Some browsers support it only in service workers, and throw.
        let _ = Notification::new_with_options(title, &options);
    }
}

/// The document that names the tab: of a frame, that is the page around it, as far as this one may know.
fn titled(document: &Document) -> Document {
    let top = document.default_view().and_then(|view| view.top().ok().flatten());
    let around = top.map(|top| browser::get(&top, "document")).filter(JsValue::is_object);
    // Not checked: the classes of another window are others.
    around.map_or_else(|| document.clone(), JsCast::unchecked_into)
}

/// Puts back the title that was there before.
fn restore() {
    if let Some(Title { document, page, ours, .. }) = TITLE.take() {
        // A title that the page has changed since is the page's.
        if document.title() == ours {
            document.set_title(&page);
        }
    }
}

/// Whether the user may still be asked to allow notifications.
pub(crate) fn can_ask() -> bool {
    permission() == Some(NotificationPermission::Default)
}

/// Asks the user. Must be called in a click handler: browsers require it.
pub(crate) fn ask() {
    if permission().is_some()
        && let Ok(answer) = Notification::request_permission()
    {
        // The answer is read when something ends.
        wasm_bindgen_futures::spawn_local(async move { drop(JsFuture::from(answer).await) });
    }
}

/// `None` if the browser has no notifications.
fn permission() -> Option<NotificationPermission> {
    let known = js_sys::Reflect::has(&window(), &JsValue::from("Notification"));
    known.unwrap_or(false).then(Notification::permission)
}
