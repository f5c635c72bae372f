//! What is being composed, and what can be: the draft, held to the catalog that is known and to what
//! the page offers of it.

use std::sync::Arc;

use ai_now_protocol::{Catalog, GenerateRequest, Model, Scalars};
use leptos::prelude::*;

use super::{Job, Session, unknown};
use crate::api::client::Gateway;
use crate::config::Config;

/// What the person is composing.
#[derive(Clone, Copy)]
pub(crate) struct Draft {
    pub(crate) model: RwSignal<String>,
    /// The value of the style; empty: none.
    pub(crate) style: RwSignal<String>,
    pub(crate) prompt: RwSignal<String>,
    /// The person's own key, in direct mode. Kept nowhere else, unless it is to be remembered.
    pub(crate) api_key: RwSignal<String>,
    /// Whether the key is remembered on this device.
    pub(crate) remember_key: RwSignal<bool>,
}

impl Session {
    /// The model that is chosen, by the catalog that is known.
    pub(crate) fn model(self) -> Option<Model> {
        self.catalog.with(|catalog| self.draft.model.with(|id| catalog.model(id).cloned()))
    }

    pub(crate) fn choose_model(self, id: &str) {
        self.draft.model.set(id.to_owned());
        self.correct_draft();
    }

    /// The request that is being composed.
    pub(crate) fn request(self) -> GenerateRequest {
        let style = self.draft.style.get();
        GenerateRequest {
            model: self.draft.model.get(),
            prompt: self.draft.prompt.get(),
            style: Some(style).filter(|style| !style.is_empty()),
            options: Scalars::new(),
        }
    }

    /// Puts what was asked for back into the form.
    pub(crate) fn reuse(self, job: Job) {
        self.compose(job.0.with_untracked(|generation| generation.request.clone()));
    }

    /// Puts a request into the form.
    pub(crate) fn compose(self, request: GenerateRequest) {
        self.draft.style.set(request.style.unwrap_or_default());
        self.draft.prompt.set(request.prompt);
        self.choose_model(&request.model);
    }

    /// Keeps the choice to what the catalog has.
    pub(super) fn correct_draft(self) {
        let catalog = self.catalog.get_untracked();
        let model = self.draft.model.with_untracked(|id| catalog.model(id).cloned());
        let Some(model) = model.or_else(|| catalog.models.first().cloned()) else { return };
        if self.draft.style.with_untracked(|style| model.style(style).is_none()) {
            self.draft.style.set(String::new());
        }
        if self.draft.model.with_untracked(|id| *id != model.id) {
            self.draft.model.set(model.id.into());
        }
    }

    /// Tells the page's owner which settings nobody knows, now that the catalog is known.
    pub(super) fn check_settings(self, catalog: &Catalog) {
        let unknown = self.config.with_value(|config| config.unknown(catalog));
        for setting in unknown {
            self.host.with_value(|host| host.warn(&setting.to_string(), true));
        }
    }

    /// The same for a preset that changed just now.
    pub(crate) fn check_preset(self, model: Option<&str>, style: Option<&str>) {
        let given = |value: &str| Some(value.to_owned()).filter(|value| !value.is_empty());
        let model = model.map_or_else(|| self.draft.model.get_untracked(), str::to_owned);
        let presets = Config {
            models: Vec::new(),
            model: given(&model),
            style: style.and_then(given),
            ..self.config.with_value(Config::clone)
        };
        for setting in presets.unknown(&self.catalog.get_untracked()) {
            self.host.with_value(|host| host.warn(&setting.to_string(), true));
        }
    }

    /// Asks for the catalog until there is one. The built-in one serves meanwhile.
    pub(super) async fn learn_catalog(self) {
        let base = self.gateway();
        let mut attempt = 0;
        loop {
            let trouble = match Gateway(&base).catalog().await {
                Ok(catalog) => {
                    self.check_settings(&catalog);
                    let models = self.config.with_value(|config| config.models.clone());
                    self.catalog.set(Arc::new(offered(catalog, &models)));
                    self.correct_draft();
                    return self.learned(unknown::CATALOG);
                }
                Err(trouble) => trouble,
            };
            self.learned(unknown::CATALOG);
            if !trouble.is_passing() {
                // It may be another server of the documented API: the built-in table is its.
                return self.check_settings(&Catalog::BUILT_IN);
            }
            self.wait(&mut attempt, &trouble).await;
        }
    }
}

/// The models that the page offers, in its order; all where it names none that there is.
pub(super) fn offered(catalog: Catalog, ids: &[String]) -> Catalog {
    let models: Vec<_> = ids.iter().filter_map(|id| catalog.model(id).cloned()).collect();
    if models.is_empty() { catalog } else { Catalog { models: models.into() } }
}
