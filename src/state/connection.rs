//! The connection to the gateway: whether it takes requests, and what it offers.

use std::sync::Arc;

use ai_now_protocol::Catalog;
use leptos::prelude::*;

use super::loading::{Loading, Part};
use super::page::{Page, wait};
use crate::api::client::Gateway;
use crate::api_error::ApiError;
use crate::config::{Config, Mode};

/// Whether generations can be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ConnectionState {
    /// Nobody knows yet.
    Connecting,
    /// Yes.
    Ready,
    /// No, and why. Passing errors are tried again by themselves.
    Failed(ApiError),
}

/// The connection. Copies are the same one.
#[derive(Clone, Copy)]
pub(crate) struct Connection {
    page: Page,
    loading: Loading,
    /// Whether generations can be asked for.
    pub(crate) state: RwSignal<ConnectionState>,
    /// What can be asked for: of the gateway's models those that the page offers. Until they are
    /// known, the built-in ones.
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

    /// Where no gateway has to be asked.
    pub(super) fn be_ready(self) {
        self.warn_of_unknown(&self.page.config(), &self.catalog.get_untracked());
        self.state.set(ConnectionState::Ready);
    }

    /// Asks for the catalog until there is one.
    pub(super) async fn load_catalog(self) {
        let base = self.page.gateway();
        let mut attempt = 0;
        loop {
            let error = match Gateway(&base).catalog().await {
                Ok(catalog) => {
                    let config = self.page.config();
                    self.warn_of_unknown(&config, &catalog);
                    let catalog = offered(self.page, catalog);
                    // The same again would have everything built anew that shows it.
                    if *self.catalog.get_untracked() != catalog {
                        self.catalog.set(Arc::new(catalog));
                    }
                    return self.loading.loaded(Part::Catalog);
                }
                Err(error) => error,
            };
            self.loading.loaded(Part::Catalog);
            if !error.is_passing() {
                // It may be another server of the documented API: the built-in table is its.
                return self.warn_of_unknown(&self.page.config(), &Catalog::BUILT_IN);
            }
            wait(&mut attempt, &error).await;
        }
    }

    /// Tells the page's owner which settings nobody knows.
    pub(super) fn warn_of_unknown(self, config: &Config, catalog: &Catalog) {
        for setting in config.unknown(catalog) {
            self.page.warn(&setting.to_string(), true);
        }
    }
}

/// The models that the page offers, in its order, by the names that it has for them; all where it
/// names none that there is.
fn offered(page: Page, catalog: Catalog) -> Catalog {
    let ids = page.config().models;
    let named: Vec<_> = ids.iter().filter_map(|id| catalog.model(id).cloned()).collect();
    let mut models = if named.is_empty() { catalog.models } else { named.into() };
    for index in 0..models.len() {
        if let Some(name) = page.model_name(&models[index].id) {
            models.to_mut()[index].name = name.into();
        }
    }
    Catalog { models }
}
