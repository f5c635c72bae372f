//! The state of a studio, in reactive stores, a file each: the page it is on (`page`), the
//! connection and the catalog (`connection`), the visitor's session (`visitor`), the draft
//! (`draft`), the shared event stream (`feed`), the history (`history`, `records`), and the list of
//! generations (`generations`, with `run`, `demo` for demo mode, `deletion` and `search`). A
//! component takes the stores that it uses from the context. They must not know the DOM, nor the
//! views.

pub(crate) mod connection;
mod deletion;
mod demo;
mod demo_catalog;
pub(crate) mod draft;
mod feed;
pub(crate) mod generations;
pub(crate) mod history;
pub(crate) mod loading;
pub(crate) mod page;
mod records;
mod run;
mod search;
pub(crate) mod visitor;

use std::sync::Arc;

use leptos::prelude::*;

use crate::config::{Config, Mode};
use crate::i18n::Locale;
use crate::kept_draft::KeptDraft;
use connection::Connection;
use draft::Draft;
use generations::Generations;
use history::History;
use loading::{Loading, Part};
use page::{Host, Page};
use visitor::Visitor;

/// All stores of one studio. Copies are the same one; it ends with the owner it was created in.
#[derive(Clone, Copy)]
pub(crate) struct AppState {
    pub(crate) page: Page,
    pub(crate) loading: Loading,
    pub(crate) connection: Connection,
    pub(crate) visitor: Visitor,
    pub(crate) draft: Draft,
    pub(crate) history: History,
    pub(crate) generations: Generations,
}

impl AppState {
    /// The stores of a studio in the current owner. `kept` is the element's kept draft.
    pub(crate) fn new(
        config: Config,
        locale: Arc<Locale>,
        host: Box<dyn Host>,
        kept: Option<KeptDraft>,
    ) -> Self {
        let page = Page::new(config, locale, host);
        let loading = Loading::new(page);
        let connection = Connection::new(page, loading);
        let visitor = Visitor::new(page, connection, loading);
        let draft = Draft::new(page, connection, kept);
        let history = History::new(page);
        let generations = Generations::new(page, connection, visitor, draft, history);
        Self { page, loading, connection, visitor, draft, history, generations }
    }

    /// Provides each store in the context of the current owner.
    pub(crate) fn provide(self) {
        provide_context(self.page);
        provide_context(self.page.texts());
        provide_context(self.loading);
        provide_context(self.connection);
        provide_context(self.visitor);
        provide_context(self.draft);
        provide_context(self.history);
        provide_context(self.generations);
    }

    /// Loads everything at once: the catalog, a session, the history.
    pub(crate) fn start(self) {
        if self.page.mode() == Mode::Gateway {
            self.page.spawn(async move {
                self.connection.load_catalog().await;
                self.draft.follow_catalog();
            });
            self.page.spawn(self.visitor.connect());
        } else {
            self.connection.be_ready();
            self.loading.loaded(Part::Catalog);
            self.loading.loaded(Part::Session);
        }
        self.page.with_owner(|| on_cleanup(move || self.generations.end_file_addresses()));
        self.page.spawn(async move {
            self.generations.load_history().await;
            self.loading.loaded(Part::History);
            self.generations.follow_other_pages().await;
        });
        self.loading.start_timeout();
        self.loading.announce_when_ready();
    }
}
