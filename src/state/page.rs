//! The page that a studio is on: its settings and language, the events for it, and the tasks that
//! end with the studio.

use std::pin::Pin;
use std::sync::Arc;

use ai_now_protocol::Message;
use leptos::prelude::*;
use leptos::task::spawn_local_scoped_with_cancellation;
use wasm_bindgen::JsValue;
use web_sys::{Document, Node};

use crate::api_error::{ApiError, pause_millis};
use crate::config::{Config, Mode};
use crate::generation::HERE;
use crate::i18n::{Locale, Word};
use crate::platform::visibility::{document_of, pause};
use crate::texts::Texts;

/// What the stores need of the element.
pub(crate) trait Host {
    /// Dispatches an event on the element.
    fn emit(&self, name: &str, detail: JsValue);
    /// The root of the tree that contains the studio. A page may move it into another document.
    fn root(&self) -> Node;
    /// Whether the page opens sessions itself.
    fn has_session(&self) -> bool;
    /// Warns the page's owner of a wrong setting; also visibly if `shown`.
    fn warn(&self, message: &str, shown: bool);
    /// The page's own `getSession`, if it set one: returns a promise of a session.
    fn get_session(&self) -> Option<js_sys::Promise>;
    /// The address of a file of the release that the script belongs to.
    fn file_url(&self, name: &str) -> String;
    /// The page's own name for a model, if it has one.
    fn model_name(&self, id: &str) -> Option<String>;
    /// What options, styles and meanings are called in the page's language: an object, by id or English
    /// name.
    fn names(&self) -> JsValue;
}

/// The page that a studio is on. Copies are the same one.
#[derive(Clone, Copy)]
pub(crate) struct Page {
    config: StoredValue<Config>,
    locale: StoredValue<Arc<Locale>>,
    texts: Texts,
    host: StoredValue<Box<dyn Host>, LocalStorage>,
    owner: StoredValue<Owner>,
}

impl Page {
    /// The page of a studio in the current owner.
    pub(super) fn new(config: Config, locale: Arc<Locale>, host: Box<dyn Host>) -> Self {
        Self {
            config: StoredValue::new(config),
            texts: Texts::new(locale.clone(), host.names()),
            locale: StoredValue::new(locale),
            host: StoredValue::new_local(host),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        }
    }

    /// The settings.
    pub(crate) fn config(self) -> Config {
        self.config.get_value()
    }

    /// Applies the new value of an attribute.
    pub(super) fn set_preset(self, name: &str, value: &str) {
        let given = Some(value.to_owned()).filter(|value| !value.is_empty());
        self.config.update_value(|config| match name {
            "model" => config.model = given,
            "preset-style" => config.style = given,
            "prompt" => config.prompt = value.to_owned(),
            _ => {}
        });
    }

    /// The formatter of the page's language.
    pub(crate) fn texts(self) -> Texts {
        self.texts
    }

    /// The texts of the page's language.
    pub(crate) fn locale(self) -> Arc<Locale> {
        self.locale.get_value()
    }

    /// How generations are requested.
    pub(crate) fn mode(self) -> Mode {
        self.config.with_value(|config| config.mode)
    }

    /// The gateway's address, or [`HERE`].
    pub(crate) fn gateway(self) -> String {
        if self.mode() == Mode::Demo {
            return HERE.to_owned();
        }
        self.config.with_value(|config| config.gateway.clone())
    }

    /// The address of a file of the release that the script belongs to.
    pub(crate) fn file_url(self, name: &str) -> String {
        self.host.with_value(|host| host.file_url(name))
    }

    /// The page's own name for a model, if it has one.
    pub(super) fn model_name(self, id: &str) -> Option<String> {
        self.host.with_value(|host| host.model_name(id))
    }

    /// A text in the page's language.
    pub(super) fn text(self, word: Word) -> String {
        self.texts.text(word)
    }

    /// An error, as a sentence.
    pub(super) fn sentence(self, error: &ApiError) -> String {
        self.texts.error(error)
    }

    /// The text of a message, in the page's language.
    pub(super) fn message(self, message: &Message) -> String {
        self.texts.message(message)
    }

    /// Dispatches an event on the element.
    pub(super) fn emit(self, name: &str, detail: JsValue) {
        let _ = self.host.try_with_value(|host| host.emit(name, detail));
    }

    /// Warns the page's owner of a wrong setting; also visibly if `shown`.
    pub(super) fn warn(self, message: &str, shown: bool) {
        let _ = self.host.try_with_value(|host| host.warn(message, shown));
    }

    /// The document that the element is in now; `None` once the studio has ended.
    pub(super) fn document(self) -> Option<Document> {
        self.host.try_with_value(|host| document_of(&host.root()))
    }

    /// Waits that long, unless something is likely to have changed: see [`pause`].
    pub(crate) async fn pause(self, millis: u32) {
        if let Some(root) = self.host.try_with_value(|host| host.root()) {
            pause(&root, millis).await;
        }
    }

    /// Waits before the next attempt, longer each time, and as long as the gateway asked for.
    pub(super) async fn wait(self, attempt: &mut u32, error: &ApiError) {
        let asked = error.retry_after_secs().unwrap_or(0).min(600).saturating_mul(1000);
        self.pause(pause_millis(*attempt, js_sys::Math::random()).max(asked)).await;
        *attempt = attempt.saturating_add(1);
    }

    /// Whether the page opens sessions itself.
    pub(super) fn has_session(self) -> bool {
        self.host.with_value(|host| host.has_session())
    }

    /// The page's own `getSession`, if it set one.
    pub(super) fn get_session(self) -> Option<js_sys::Promise> {
        self.host.with_value(|host| host.get_session())
    }

    /// Runs a task that ends with the studio.
    pub(crate) fn spawn(self, task: impl Future<Output = ()> + 'static) {
        self.spawn_boxed(Box::pin(task));
    }

    /// Runs tasks. A studio that has ended runs none: the browser may still answer earlier
    /// requests.
    fn spawn_boxed(self, task: Pin<Box<dyn Future<Output = ()>>>) {
        let spawn = |owner: &Owner| owner.with(|| spawn_local_scoped_with_cancellation(task));
        let _ = self.owner.try_with_value(spawn);
    }

    /// Runs a function in the studio's owner, from any context.
    pub(super) fn with_owner<T>(self, act: impl FnOnce() -> T) -> T {
        self.owner.with_value(|owner| owner.with(act))
    }
}
