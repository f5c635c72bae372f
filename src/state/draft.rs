//! What is being composed, held to the catalog that is known. It outlives the studio: what was typed
//! is there again in the next one of the same element.

use ai_now_protocol::{GenerateRequest, Model, ModelOption, Scalar, Scalars};
use leptos::prelude::*;

use super::connection::Connection;
use super::page::Page;
use super::visitor;
use crate::config::{Config, Mode};
use crate::kept_draft::{Composed, KeptDraft};

/// What the person is composing. Copies are the same one.
#[derive(Clone, Copy)]
pub(crate) struct Draft {
    page: Page,
    connection: Connection,
    /// The id of the model.
    pub(crate) model: RwSignal<String>,
    /// The value of the style; empty: none.
    pub(crate) style: RwSignal<String>,
    /// The sentence.
    pub(crate) prompt: RwSignal<String>,
    /// What else the model can be told, by the options' ids.
    pub(crate) options: RwSignal<Scalars>,
    /// The person's own key, in direct mode. Kept nowhere else, unless it is to be remembered.
    pub(crate) api_key: RwSignal<String>,
    /// Whether the key is remembered on this device.
    pub(crate) remember_key: RwSignal<bool>,
    /// As long as the gateway's catalog is not known.
    wanted: StoredValue<Option<Wanted>>,
}

/// What was chosen, and what stands in its place as long as the catalog doesn't have it.
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

    /// What was chosen and may yet be in the gateway's catalog, unless somebody chose anew.
    fn wanted(self) -> Option<(String, String)> {
        let wanted = self.wanted.try_get_value().flatten()?;
        (wanted.instead == self.chosen()).then_some(wanted.chosen)
    }

    /// What is to be kept of it now. To be called where signals are read.
    pub(crate) fn to_keep(self) -> KeptDraft {
        let (model, style) = self.wanted().unwrap_or_else(|| self.chosen());
        let composed =
            Composed { model, style, prompt: self.prompt.get(), options: self.options.get() };
        KeptDraft { composed, presets: Composed::presets(&self.page.config()) }
    }

    /// The model that is chosen, by the catalog that is known.
    pub(crate) fn model(self) -> Option<Model> {
        self.connection.catalog.with(|catalog| self.model.with(|id| catalog.model(id).cloned()))
    }

    /// Chooses a model; a style that it doesn't have goes.
    pub(crate) fn choose_model(self, id: &str) {
        self.model.set(id.to_owned());
        self.correct();
    }

    /// Gives an option a value, or takes it away. A value that is meant anyway is not sent: what the
    /// maker makes of it is the maker's to say.
    pub(crate) fn set_option(self, option: &ModelOption, value: Option<Scalar>) {
        let value = value.filter(|value| option.default.as_ref() != Some(value));
        self.options.update(|options| match value {
            Some(value) => _ = options.insert(option.id.clone(), value),
            None => _ = options.remove(&option.id),
        });
    }

    /// What the generation that is being composed costs, in tokens.
    pub(crate) fn price_tokens(self) -> Option<u32> {
        let model = self.model()?;
        Some(self.options.with(|options| model.price_tokens(options)))
    }

    /// The request that is being composed.
    pub(crate) fn request(self) -> GenerateRequest {
        let style = self.style.get();
        GenerateRequest {
            model: self.model.get(),
            prompt: self.prompt.get(),
            style: Some(style).filter(|style| !style.is_empty()),
            options: self.options.get(),
        }
    }

    /// Puts a request into the form.
    pub(crate) fn compose(self, request: GenerateRequest) {
        self.style.set(request.style.unwrap_or_default());
        self.prompt.set(request.prompt);
        self.options.set(request.options);
        self.choose_model(&request.model);
    }

    /// Takes what a page's call of `generate` sets; the rest stays.
    pub(crate) fn take(self, model: Option<String>, prompt: Option<String>, style: Option<String>) {
        if let Some(model) = model {
            self.model.set(model);
            // What is composed may have a style of another model.
            self.style.set(String::new());
        }
        if let Some(prompt) = prompt {
            self.prompt.set(prompt);
        }
        if let Some(style) = style {
            self.style.set(style);
        }
    }

    /// What an attribute says now.
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
                self.choose_model(&value);
            }
            "preset-style" => {
                let model = given(&self.model.get_untracked());
                let style = given(&value);
                let presets = Config { models: Vec::new(), model, style, ..config };
                self.connection.warn_of_unknown(&presets, &catalog);
                self.style.set(value);
            }
            "prompt" => self.prompt.set(value),
            _ => {}
        }
    }

    /// The gateway's catalog is there: what was wanted may be in it.
    pub(super) fn follow_catalog(self) {
        if let Some((model, style)) = untrack(|| self.wanted()) {
            self.style.set(style);
            self.model.set(model);
        }
        self.wanted.set_value(None);
        self.correct();
    }

    /// Keeps the choice to what the catalog has.
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

    /// Remembers the person's own key, or forgets it, as they wish.
    pub(crate) fn keep_key(self) {
        let key = Some(self.api_key.get_untracked())
            .filter(|key| !key.is_empty() && self.remember_key.get_untracked());
        visitor::remember_key(&self.page.gateway(), key.as_deref());
    }
}
