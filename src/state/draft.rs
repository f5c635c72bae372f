//! The draft, restricted to the known catalog. It outlives the studio: the next studio in the same
//! element starts with it.

use ai_now_protocol::{GenerateRequest, Model, ModelOption, Scalar, Scalars};
use leptos::prelude::*;

use super::connection::Connection;
use super::page::Page;
use super::visitor;
use crate::config::{Config, Mode};
use crate::kept_draft::{Composed, KeptDraft};

/// The user's draft. Copies are the same one.
#[derive(Clone, Copy)]
pub(crate) struct Draft {
    page: Page,
    connection: Connection,
    /// The id of the model.
    pub(crate) model: RwSignal<String>,
    /// The value of the style; empty: none.
    pub(crate) style: RwSignal<String>,
    /// The prompt.
    pub(crate) prompt: RwSignal<String>,
    /// The options, by their ids.
    pub(crate) options: RwSignal<Scalars>,
    /// How many pictures are on their way to the gateway.
    pub(crate) uploads: RwSignal<u32>,
    /// The user's own API key, in direct mode. Stored only if it is to be remembered.
    pub(crate) api_key: RwSignal<String>,
    /// Whether the key is remembered on this device.
    pub(crate) remember_key: RwSignal<bool>,
    /// Until the gateway's catalog is known.
    wanted: StoredValue<Option<Wanted>>,
}

/// The user's choice, and what replaces it while the catalog doesn't have it.
#[derive(Clone)]
struct Wanted {
    chosen: (String, String),
    instead: (String, String),
}

impl Draft {
    pub(super) fn new(page: Page, connection: Connection, kept: Option<KeptDraft>) -> Self {
        let config = page.config();
        let direct = config.mode == Mode::Direct;
        let remembered = direct.then(|| visitor::remembered_key(&config.gateway)).flatten();
        let first = Composed::first(Composed::presets(&config), kept);
        let draft = Self {
            page,
            connection,
            model: RwSignal::new(first.model.clone()),
            style: RwSignal::new(first.style.clone()),
            prompt: RwSignal::new(first.prompt),
            options: RwSignal::new(first.options),
            uploads: RwSignal::new(0),
            remember_key: RwSignal::new(remembered.is_some()),
            api_key: RwSignal::new(remembered.unwrap_or_default()),
            wanted: StoredValue::new(None),
        };
        draft.correct();
        let instead = untrack(|| draft.chosen());
        draft.wanted.set_value(Some(Wanted { chosen: (first.model, first.style), instead }));
        draft
    }

    fn chosen(self) -> (String, String) {
        (self.model.get(), self.style.get())
    }

    /// The choice that may be in the gateway's catalog, unless the user has chosen again since.
    fn wanted(self) -> Option<(String, String)> {
        let wanted = self.wanted.try_get_value().flatten()?;
        (wanted.instead == self.chosen()).then_some(wanted.chosen)
    }

    /// What to keep of it now. Must be called where signals are tracked.
    pub(crate) fn to_keep(self) -> KeptDraft {
        let (model, style) = self.wanted().unwrap_or_else(|| self.chosen());
        let composed =
            Composed { model, style, prompt: self.prompt.get(), options: self.options.get() };
        KeptDraft { composed, presets: Composed::presets(&self.page.config()) }
    }

    /// The chosen model, in the known catalog.
    pub(crate) fn model(self) -> Option<Model> {
        self.connection.catalog.with(|catalog| self.model.with(|id| catalog.model(id).cloned()))
    }

    /// Chooses a model; a style that it doesn't have is cleared.
    pub(crate) fn choose_model(self, id: &str) {
        self.model.set(id.to_owned());
        self.correct();
    }

    /// Sets the value of an option, or clears it. A default value is not sent: the provider decides
    /// what it means.
    pub(crate) fn set_option(self, option: &ModelOption, value: Option<Scalar>) {
        let value = value.filter(|value| option.default.as_ref() != Some(value));
        self.options.update(|options| match value {
            Some(value) => _ = options.insert(option.id.clone(), value),
            None => _ = options.remove(&option.id),
        });
    }

    /// The price of the draft, in tokens.
    pub(crate) fn price_tokens(self) -> Option<u32> {
        let model = self.model()?;
        Some(self.options.with(|options| model.price_tokens(options)))
    }

    /// The request of the draft.
    pub(crate) fn request(self) -> GenerateRequest {
        let style = self.style.get();
        GenerateRequest {
            model: self.model.get(),
            prompt: self.prompt.get(),
            style: Some(style).filter(|style| !style.is_empty()),
            options: self.options.get(),
        }
    }

    /// Fills a request into the form.
    pub(crate) fn compose(self, request: GenerateRequest) {
        self.style.set(request.style.unwrap_or_default());
        self.prompt.set(request.prompt);
        self.options.set(request.options);
        self.choose_model(&request.model);
    }

    /// Applies the fields of a page's call of `generate`; the rest stays, as far as the model has it.
    pub(crate) fn take(self, model: Option<String>, prompt: Option<String>, style: Option<String>) {
        if let Some(model) = model {
            self.model.set(model);
            // The draft may have a style of another model.
            self.style.set(String::new());
            // An unknown one is refused.
            if self.model().is_some() {
                self.correct();
            }
        }
        if let Some(prompt) = prompt {
            self.prompt.set(prompt);
        }
        if let Some(style) = style {
            self.style.set(style);
        }
    }

    /// Applies the new value of an attribute.
    pub(crate) fn preset(self, name: &str, value: String) {
        let given = |value: &str| Some(value.to_owned()).filter(|value| !value.is_empty());
        let config = self.page.config();
        let catalog = self.connection.catalog.get_untracked();
        self.page.set_preset(name, &value);
        match name {
            "model" => {
                let presets =
                    Config { models: Vec::new(), model: given(&value), style: None, ..config };
                self.connection.warn_of_unknown(&presets, &catalog);
                // The page may have set a style of this model before it.
                if let Some(style) = self.page.config().style
                    && self.style.with_untracked(String::is_empty)
                {
                    self.style.set(style);
                }
                self.choose_model(&value);
            }
            "preset-style" => {
                let model = given(&self.model.get_untracked());
                let style = given(&value);
                let presets = Config { models: Vec::new(), model, style, ..config };
                self.connection.warn_of_unknown(&presets, &catalog);
                self.style.set(value);
                self.correct();
            }
            "prompt" => self.prompt.set(value),
            _ => {}
        }
    }

    /// The gateway's catalog is known: it may have the original choice.
    pub(super) fn follow_catalog(self) {
        if let Some((model, style)) = untrack(|| self.wanted()) {
            self.style.set(style);
            self.model.set(model);
        }
        self.wanted.set_value(None);
        self.correct();
    }

    /// Restricts the choice to the catalog.
    fn correct(self) {
        let catalog = self.connection.catalog.get_untracked();
        let model = self.model.with_untracked(|id| catalog.model(id).cloned());
        let Some(model) = model.or_else(|| catalog.models.first().cloned()) else { return };
        if self.style.with_untracked(|style| model.style(style).is_none()) {
            self.style.set(String::new());
        }
        let takes =
            |id: &str, value: &Scalar| model.option(id).is_some_and(|option| option.takes(value));
        if self
            .options
            .with_untracked(|options| !options.iter().all(|(id, value)| takes(id, value)))
        {
            self.options.update(|options| options.retain(|id, value| takes(id, value)));
        }
        if self.model.with_untracked(|id| *id != model.id) {
            self.model.set(model.id.into());
        }
    }

    /// Remembers the user's own API key, or forgets it, as they chose.
    pub(crate) fn keep_key(self) {
        let key = Some(self.api_key.get_untracked())
            .filter(|key| !key.is_empty() && self.remember_key.get_untracked());
        visitor::remember_key(&self.page.gateway(), key.as_deref());
    }
}
