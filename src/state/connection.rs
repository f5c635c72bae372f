//! The connection to the gateway: whether it accepts requests, and its catalog.

use std::borrow::Cow;
use std::sync::Arc;

use ai_now_protocol::{Catalog, ModelOption, OptionKind, Text};
use leptos::prelude::*;

use super::loading::{Loading, Part};
use super::page::Page;
use crate::api::client::Gateway;
use crate::api_error::ApiError;
use crate::config::{Config, Mode};
use crate::texts::Texts;

/// Whether generations can be requested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ConnectionState {
    /// Not known yet.
    Connecting,
    /// Yes.
    Ready,
    /// No, and why. Transient errors are retried automatically.
    Failed(ApiError),
}

/// The connection. Copies are the same one.
#[derive(Clone, Copy)]
pub(crate) struct Connection {
    page: Page,
    loading: Loading,
    /// Whether generations can be requested.
    pub(crate) state: RwSignal<ConnectionState>,
    /// The models that can be used: those of the gateway's catalog that the page offers. Until they
    /// are known, the built-in ones.
    pub(crate) catalog: RwSignal<Arc<Catalog>>,
}

impl Connection {
    pub(super) fn new(page: Page, loading: Loading) -> Self {
        let demo = page.mode() == Mode::Demo;
        let catalog = if demo { super::demo_catalog::catalog() } else { Catalog::BUILT_IN };
        let offered = offered(page, catalog);
        let catalog = RwSignal::new(Arc::new(offered));
        Self { page, loading, state: RwSignal::new(ConnectionState::Connecting), catalog }
    }

    /// If there is no gateway.
    pub(super) fn be_ready(self) {
        self.warn_of_unknown(&self.page.config(), &self.catalog.get_untracked());
        self.state.set(ConnectionState::Ready);
    }

    /// Loads the catalog, with retries until there is one.
    pub(super) async fn load_catalog(self) {
        let base = self.page.gateway();
        let mut attempt = 0;
        loop {
            let error = match Gateway(&base).catalog().await {
                Ok(catalog) => {
                    let config = self.page.config();
                    self.warn_of_unknown(&config, &catalog);
                    let catalog = offered(self.page, catalog);
                    // An unchanged value would rebuild all views of it.
                    if *self.catalog.get_untracked() != catalog {
                        self.catalog.set(Arc::new(catalog));
                    }
                    return self.loading.loaded(Part::Catalog);
                }
                Err(error) => error,
            };
            self.loading.loaded(Part::Catalog);
            if !error.is_transient() {
                // It may be another server of the documented API: then the built-in table applies.
                return self.warn_of_unknown(&self.page.config(), &Catalog::BUILT_IN);
            }
            self.page.wait(&mut attempt, &error).await;
        }
    }

    /// Warns the page's owner of unknown settings.
    pub(super) fn warn_of_unknown(self, config: &Config, catalog: &Catalog) {
        for setting in config.unknown(catalog) {
            self.page.warn(&setting.to_string(), true);
        }
    }
}

/// The models that the page offers, in its order and with its names; all models if the page names none that
/// exists. Their options and choices have the names of the page's language.
fn offered(page: Page, catalog: Catalog) -> Catalog {
    let ids = page.config().models;
    let named: Vec<_> = ids.iter().filter_map(|id| catalog.model(id).cloned()).collect();
    let mut models = if named.is_empty() { catalog.models } else { named.into() };
    for index in 0..models.len() {
        if let Some(name) = page.model_name(&models[index].id) {
            models.to_mut()[index].name = name.into();
        }
        name_options(page.texts(), &mut models.to_mut()[index].options);
    }
    Catalog { models }
}

/// Translates names. Options are looked up by id, choices by their English name: a site's own names stay.
fn name_options(texts: Texts, options: &mut Cow<'static, [ModelOption]>) {
    for option in options.to_mut() {
        let name = texts.name(&option.id).map(Cow::Owned).or_else(|| built_in_name(&option.id));
        if let Some(name) = name {
            option.name = name;
        }
        let OptionKind::Choice(choices) = &mut option.kind else { continue };
        for choice in choices.to_mut() {
            if let Some(name) = texts.name(&choice.name) {
                choice.name = name.into();
            }
        }
    }
}

/// The English name of an option of the documented models.
fn built_in_name(id: &str) -> Option<Text> {
    let catalog = Catalog::BUILT_IN;
    let mut options = catalog.models.iter().flat_map(|model| model.options.iter());
    options.find(|option| option.id == id).map(|option| option.name.clone())
}
