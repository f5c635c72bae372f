//! The page that a studio is on: its settings and its language, the events that it is told, and the
//! tasks that end with the studio.

use std::pin::Pin;
use std::sync::Arc;

use ai_now_protocol::Message;
use leptos::prelude::*;
use leptos::task::spawn_local_scoped_with_cancellation;
use wasm_bindgen::JsValue;

use crate::api_error::{ApiError, pause_millis};
use crate::config::{Config, Mode};
use crate::generation::HERE;
use crate::i18n::{Locale, Word};
use crate::platform::visibility::pause;
use crate::texts::Texts;

/// What the stores need of the element.
pub(crate) trait Host {
    /// Raises an event on the element.
    fn emit(&self, name: &str, detail: JsValue);
    /// Whether nobody can see the document that the element is in.
    fn is_hidden(&self) -> bool;
    /// Whether the page opens sessions itself.
    fn has_session(&self) -> bool;
    /// Tells the page's owner what to set otherwise; in place too if `shown`.
    fn warn(&self, message: &str, shown: bool);
    /// The page's own way to open sessions, if it set one: a promise of a session.
    fn get_session(&self) -> Option<js_sys::Promise>;
    /// The address of a file of the release that the script belongs to.
    fn file_url(&self, name: &str) -> String;
    /// What the page calls a model, if it has a name of its own for it.
    fn model_name(&self, id: &str) -> Option<String>;
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
            texts: Texts::new(locale.clone()),
            locale: StoredValue::new(locale),
            host: StoredValue::new_local(host),
            owner: StoredValue::new(Owner::current().unwrap_or_default()),
        }
    }

    /// The settings.
    pub(crate) fn config(self) -> Config {
        self.config.get_value()
    }

    /// Notes what an attribute says now.
    pub(super) fn set_preset(self, name: &str, value: &str) {
        let given = Some(value.to_owned()).filter(|value| !value.is_empty());
        self.config.update_value(|config| match name {
            "model" => config.model = given,
            "preset-style" => config.style = given,
            "prompt" => config.prompt = value.to_owned(),
            _ => {}
        });
    }

    /// What says things in the page's language.
    pub(crate) fn texts(self) -> Texts {
        self.texts
    }

    /// The words of the page's language.
    pub(crate) fn locale(self) -> Arc<Locale> {
        self.locale.get_value()
    }

    /// How generations are asked for.
    pub(crate) fn mode(self) -> Mode {
        self.config.with_value(|config| config.mode)
    }

    /// Who is asked: the gateway's address, or [`HERE`].
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

    /// What the page calls a model, if it has a name of its own for it.
    pub(super) fn model_name(self, id: &str) -> Option<String> {
        self.host.with_value(|host| host.model_name(id))
    }

    /// A text in the page's language.
    pub(super) fn text(self, word: Word) -> String {
        self.texts.text(word)
    }

    /// What went wrong, as a sentence.
    pub(super) fn sentence(self, error: &ApiError) -> String {
        self.texts.error(error)
    }

    /// What a message says, in the page's language.
    pub(super) fn message(self, message: &Message) -> String {
        self.texts.message(message)
    }

    /// Raises an event on the element.
    pub(super) fn emit(self, name: &str, detail: JsValue) {
        let _ = self.host.try_with_value(|host| host.emit(name, detail));
    }

    /// Tells the page's owner what to set otherwise; in place too if `shown`.
    pub(super) fn warn(self, message: &str, shown: bool) {
        let _ = self.host.try_with_value(|host| host.warn(message, shown));
    }

    /// Whether nobody can see the document that the element is in.
    pub(super) fn is_hidden(self) -> bool {
        self.host.try_with_value(|host| host.is_hidden()).unwrap_or(true)
    }

    /// Whether the page opens sessions itself.
    pub(super) fn has_session(self) -> bool {
        self.host.with_value(|host| host.has_session())
    }

    /// The page's own way to open sessions, if it set one.
    pub(super) fn get_session(self) -> Option<js_sys::Promise> {
        self.host.with_value(|host| host.get_session())
    }

    /// Runs a task that ends with the studio.
    pub(crate) fn spawn(self, task: impl Future<Output = ()> + 'static) {
        self.spawn_boxed(Box::pin(task));
    }

    /// What runs tasks, once for all of them. A studio that has ended runs none: the browser may
    /// still answer what it was asked before.
    fn spawn_boxed(self, task: Pin<Box<dyn Future<Output = ()>>>) {
        let spawn = |owner: &Owner| owner.with(|| spawn_local_scoped_with_cancellation(task));
        let _ = self.owner.try_with_value(spawn);
    }

    /// Does something in the studio's owner, whatever runs just now.
    pub(super) fn with_owner<T>(self, act: impl FnOnce() -> T) -> T {
        self.owner.with_value(|owner| owner.with(act))
    }
}

/// Waits before the next attempt, longer each time, and as long as the gateway asked for.
pub(super) async fn wait(attempt: &mut u32, error: &ApiError) {
    let asked = error.retry_after_secs().unwrap_or(0).min(600).saturating_mul(1000);
    pause(pause_millis(*attempt, js_sys::Math::random()).max(asked)).await;
    *attempt = attempt.saturating_add(1);
}
