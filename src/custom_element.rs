//! The host page: attributes in, DOM events out, mount and unmount. The only module that knows the
//! element itself; what drives it is the shell, `www/ai-now.js`.

use std::sync::Arc;

use js_sys::Reflect;
use leptos::prelude::*;
use wasm_bindgen::prelude::*;
use web_sys::{CustomEvent, CustomEventInit, HtmlElement, Node, Url};

use crate::api::{demo, early};
use crate::app;
use crate::config::Config;
use crate::fault::fault_message;
use crate::frame::Frame;
use crate::i18n::Locale;
use crate::kept_draft::KeptDraft;
use crate::platform::drop_guard::held;
use crate::platform::json;
use crate::reactive::effect;
use crate::state::AppState;
use crate::state::draft::Draft;
use crate::state::page::Host;

#[wasm_bindgen]
extern "C" {
    /// The element as the shell defines it. Tests have elements without a shell.
    #[derive(Clone)]
    #[wasm_bindgen(extends = HtmlElement)]
    type StudioElement;
    /// The draft, as [`crate::kept_draft`] has it. It is private to the widget.
    #[wasm_bindgen(method, getter = keptDraft)]
    fn kept_draft(this: &StudioElement) -> JsValue;
    #[wasm_bindgen(method, setter = keptDraft)]
    fn set_kept_draft(this: &StudioElement, kept: &JsValue);
    /// A function of the page's, or any other value.
    #[wasm_bindgen(method, getter, js_name = getSession)]
    fn get_session(this: &StudioElement) -> JsValue;
    #[wasm_bindgen(method, catch)]
    fn warn(this: &StudioElement, message: &str, shown: bool) -> Result<(), JsValue>;
}

#[wasm_bindgen]
extern "C" {
    /// What the shell knows about its release.
    #[derive(Clone)]
    pub type Release;
    /// The folder of its files, up to the last slash.
    #[wasm_bindgen(method, getter)]
    fn base(this: &Release) -> String;
    /// The tag of the language that the texts are in.
    #[wasm_bindgen(method, getter)]
    fn language(this: &Release) -> String;
    /// An object of texts by name, those of the language and over them the page's own; `models` holds
    /// what models are called, by id, and `names` what options, styles and meanings are. `undefined` for English as it is built in.
    #[wasm_bindgen(method, getter)]
    fn texts(this: &Release) -> JsValue;
    /// Returns the address of a file of the release, by its name in the source.
    #[wasm_bindgen(method)]
    fn url(this: &Release, name: &str) -> String;
    /// Starts workers under the page's policy.
    #[wasm_bindgen(method, getter, js_name = startWorker)]
    fn start_worker(this: &Release) -> JsValue;
    /// Returns answers to requests that the shell has sent already.
    #[wasm_bindgen(method, getter, js_name = takeEarly)]
    fn take_early(this: &Release) -> JsValue;
}

/// A studio in an element. Freeing it removes it with everything it holds; generations at the
/// gateway go on.
#[wasm_bindgen]
pub struct Studio {
    state: AppState,
    owner: Owner,
}

#[wasm_bindgen]
impl Studio {
    /// Mounts a studio in the frame in the shadow root of `element`, with the element's kept draft;
    /// once everything is loaded, it dispatches `ai-now-ready`.
    ///
    /// # Errors
    /// A message for people if an attribute is not valid.
    #[wasm_bindgen(constructor)]
    pub fn new(element: HtmlElement, frame: Frame, release: &Release) -> Result<Studio, JsError> {
        install_panic_hook();
        let page = element.base_uri().ok().flatten().unwrap_or_default();
        let config = Config::read(
            |name| element.get_attribute(name),
            |url| Some(Url::new_with_base(url, &page).ok()?.href()),
            &release.base(),
        )?;
        let texts = release.texts();
        let locale = if texts.is_object() {
            let text = |name: &str| Reflect::get(&texts, &name.into()).ok()?.as_string();
            Locale::new(&release.language(), text)
        } else {
            Locale::english()
        };
        early::take_with(release.take_early());
        demo::start_workers_with(release.start_worker());
        let owner = Owner::new();
        let element: StudioElement = element.unchecked_into();
        let kept = json::from_js(element.kept_draft());
        let chosen = || Some(KeptDraft::of_model(frame.previewed_model()?, &config));
        let kept = kept.or_else(chosen);
        let host = Box::new(Page(element.clone(), release.clone()));
        let state = owner.with(|| AppState::new(config, Arc::new(locale), host, kept));
        owner.with(|| app::mount(state, frame));
        owner.with(|| keep_draft(element, state.draft));
        state.start();
        Ok(Self { state, owner })
    }

    /// Starts a generation of the draft, after applying the given fields. Returns the key that the
    /// element's events name it by, or `undefined` if it isn't valid; the element shows why.
    pub fn generate(
        &self,
        model: Option<String>,
        prompt: Option<String>,
        style: Option<String>,
    ) -> Option<String> {
        let draft = self.state.draft;
        let composed = untrack(|| draft.request());
        draft.take(model, prompt, style);
        let key = self.state.generations.generate();
        if untrack(|| draft.model()).is_none() {
            // There is no such model: the form stays as it was.
            draft.compose(composed);
        }
        key
    }

    /// Stops the generation that is shown, if it is still running.
    pub fn cancel(&self) {
        let generations = self.state.generations;
        if let Some(shown) = generations.shown.get_untracked() {
            generations.cancel(shown);
        }
    }

    /// Applies the new value of an attribute that can change at any time.
    pub fn preset(&self, name: &str, value: String) {
        self.state.draft.preset(name, value);
    }
}

impl Drop for Studio {
    fn drop(&mut self) {
        // The stores hold the owner, too, to run tasks in: only this ends them.
        self.owner.cleanup();
    }
}

/// Keeps the draft on the element, where it outlives this instance.
fn keep_draft(element: StudioElement, draft: Draft) {
    effect(move || element.set_kept_draft(&json::to_js(&draft.to_keep())));
}

/// The element and its release, as the stores see them.
struct Page(StudioElement, Release);

impl Host for Page {
    fn emit(&self, name: &str, detail: JsValue) {
        let init = CustomEventInit::new();
        init.set_bubbles(true);
        init.set_composed(true);
        init.set_detail(&detail);
        let name = ["ai-now-", name].concat();
        if let Ok(event) = CustomEvent::new_with_event_init_dict(&name, &init) {
            // Errors in a page's listeners are the page's own.
            let _ = self.0.dispatch_event(&event);
        }
    }

    fn root(&self) -> Node {
        // An element without our shell around it has no shadow.
        self.0.shadow_root().map_or_else(|| self.0.clone().unchecked_into(), Node::from)
    }

    fn has_session(&self) -> bool {
        self.0.get_session().is_function()
    }

    fn warn(&self, message: &str, shown: bool) {
        if self.0.warn(message, shown).is_err() {
            // An element without our shell.
            web_sys::console::error_1(&message.into());
        }
    }

    fn file_url(&self, name: &str) -> String {
        self.1.url(name)
    }

    fn model_name(&self, id: &str) -> Option<String> {
        let names = Reflect::get(&self.1.texts(), &"models".into()).ok()?;
        Reflect::get(&names, &id.into()).ok()?.as_string()
    }

    fn names(&self) -> JsValue {
        Reflect::get(&self.1.texts(), &"names".into()).unwrap_or_default()
    }

    fn get_session(&self) -> Option<js_sys::Promise> {
        let function: js_sys::Function = self.0.get_session().dyn_into().ok()?;
        Some(match function.call0(&self.0) {
            Ok(answer) => js_sys::Promise::resolve(&answer),
            Err(thrown) => js_sys::Promise::reject(&thrown),
        })
    }
}

/// A panic ends in a trap, which reaches the guard around the wasm. Its message is left where the
/// shell can find it: after a trap, nothing in here may be called.
fn install_panic_hook() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            before(info);
            let message = fault_message(&info.to_string());
            // A `Set` accepts any property.
            let _ = Reflect::set(&held(), &"panic".into(), &message.into());
        }));
    });
}
