//! The list of generations, newest first, with their records on this device, the same in all tabs.
//! Unfinished ones are continued. `deletion` removes them, `search` searches them, `run` and `demo`
//! run one.

use std::ops::Deref;

use ai_now_protocol::{Catalog, GenerateRequest, MediaUrl};
use leptos::prelude::*;
use serde::Serialize;

use super::connection::Connection;
use super::demo_catalog;
use super::draft::Draft;
use super::feed::Feed;
use super::history::History;
use super::page::Page;
use super::records::{self, Change};
use super::visitor::Visitor;
use crate::api::client::Gateway;
use crate::api_error::ApiError;
use crate::config::Mode;
use crate::generation::{Generation, Phase};
use crate::platform::clock::{now_millis, page_millis};
use crate::platform::downloads;
use crate::platform::json;
use crate::platform::web_locks::{self, Lock};

/// So many records are loaded and shown at once; the next when they are scrolled to.
pub(super) const PAGE: usize = 60;

/// A generation that may be changing.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct GenerationSignal(RwSignal<Generation>);

impl Deref for GenerationSignal {
    type Target = RwSignal<Generation>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl GenerationSignal {
    /// Its key in page and records.
    pub(crate) fn key(self) -> String {
        self.with_untracked(|generation| generation.key.clone())
    }

    pub(super) fn is_final(self) -> bool {
        self.try_with_untracked(Generation::is_final).unwrap_or(true)
    }
}

/// The generations. Copies are the same ones.
#[derive(Clone, Copy)]
pub(crate) struct Generations {
    pub(super) page: Page,
    pub(super) connection: Connection,
    pub(super) visitor: Visitor,
    pub(super) draft: Draft,
    pub(super) history: History,
    pub(super) feed: Feed,
    /// The loaded ones, newest first, and all unfinished ones.
    pub(crate) all: RwSignal<Vec<GenerationSignal>>,
    /// The results of the search, newest first; `None` without a search.
    pub(crate) found: RwSignal<Option<Vec<GenerationSignal>>>,
    /// The one that is shown in the result panel.
    pub(crate) shown: RwSignal<Option<GenerationSignal>>,
    /// Why the last request was not accepted.
    pub(crate) refusal: RwSignal<Option<ApiError>>,
    /// Incremented with each search: only the last one counts.
    pub(super) searches: StoredValue<u32>,
    /// The keys of those that were removed from this page: a record may have been read before.
    pub(super) gone: StoredValue<Vec<String>>,
    /// The time up to which records were loaded.
    pub(super) read_until_ms: StoredValue<u64>,
}

/// The detail of an event that reports a generation's change to the page.
#[derive(Serialize)]
struct Detail<'a> {
    key: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    model: &'a str,
    prompt: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    style: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    /// The message's code, for programs; empty if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
}

/// The detail of an event that reports a request that was not accepted.
#[derive(Serialize)]
struct Refused {
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    message: String,
    /// The message's code, for programs; empty if there is none.
    code: String,
}

impl Generations {
    pub(super) fn new(
        page: Page,
        connection: Connection,
        visitor: Visitor,
        draft: Draft,
        history: History,
    ) -> Self {
        Self {
            page,
            connection,
            visitor,
            draft,
            history,
            feed: Feed::new(page, visitor),
            all: RwSignal::new(Vec::new()),
            found: RwSignal::new(None),
            shown: RwSignal::new(None),
            refusal: RwSignal::new(None),
            searches: StoredValue::new(0),
            gone: StoredValue::new(Vec::new()),
            read_until_ms: StoredValue::new(u64::MAX),
        }
    }

    /// Starts the draft, if it is valid, and returns its key.
    pub(crate) fn generate(self) -> Option<String> {
        self.submit(untrack(|| self.draft.request()))
    }

    /// Starts the draft, with this prompt.
    pub(crate) fn generate_from(self, prompt: String) {
        let request = untrack(|| self.draft.request());
        self.submit(GenerateRequest { prompt, ..request });
    }

    /// Starts a generation, if the request is valid, and returns its key.
    pub(crate) fn submit(self, request: GenerateRequest) -> Option<String> {
        let catalog = self.connection.catalog.get_untracked();
        let order = match request.check(&catalog) {
            Ok(order) => order,
            Err(invalid) => {
                self.refuse(ApiError::Refused(invalid.message()), None);
                return None;
            }
        };
        self.refusal.set(None);
        self.history.deleted.set(Vec::new());
        let is_demo = self.page.mode() == Mode::Demo;
        let request = GenerateRequest {
            style: order.style().map(|style| style.value.to_string()),
            prompt: order.prompt,
            ..request.clone()
        };
        // Stored with the record: the same seed makes the same file again.
        let seed = if is_demo { Some(demo_catalog::seed()) } else { request.seed() };
        let request = request.with_seed(seed);
        let key = uuid::Uuid::new_v4().to_string();
        let mut generation =
            Generation::new(key.clone(), self.page.gateway(), request, now_millis());
        generation.price = order.price_tokens;
        generation.procedural = order.model.procedural;
        generation.began_at_page_ms = Some(page_millis());
        let signal = self.signal(generation);
        self.all.update(|all| all.insert(0, signal));
        self.shown.set(Some(signal));
        self.emit("started", signal);
        self.page.spawn(self.run(signal));
        Some(key)
    }

    /// Requests to stop a generation.
    pub(crate) fn cancel(self, signal: GenerationSignal) {
        signal.update(|generation| generation.stopping = !generation.is_final());
        self.page.spawn(self.stop(signal));
    }

    /// Reports why there will be no generation: `key` names one that was being sent.
    pub(super) fn refuse(self, error: ApiError, key: Option<String>) {
        let message = self.page.sentence(&error);
        let code = error.message().map_or_else(String::new, |message| message.code.to_string());
        self.refusal.set(Some(error));
        self.page.emit("failed", json::to_js(&Refused { key, message, code }));
    }

    pub(super) fn emit(self, name: &str, signal: GenerationSignal) {
        let sentence = signal.with_untracked(|generation| match &generation.phase {
            Phase::Failed { message, .. } => Some(self.page.message(message)),
            _ => None,
        });
        let step = signal.with_untracked(|generation| {
            generation.progress.step.as_ref().map(|step| self.page.message(step))
        });
        let detail = signal.with_untracked(|generation| {
            (!generation.watched).then(|| {
                let address = generation.url().map(|url| media_address(generation, url));
                json::to_js(&Detail {
                    key: &generation.key,
                    id: generation.id.as_deref(),
                    model: &generation.request.model,
                    prompt: &generation.request.prompt,
                    style: generation.request.style.as_deref(),
                    progress: generation.progress.progress,
                    step: step.as_deref(),
                    url: address.as_deref(),
                    message: sentence.as_deref(),
                    code: match &generation.phase {
                        Phase::Failed { message, .. } => Some(&message.code),
                        _ => None,
                    },
                })
            })
        });
        if let Some(detail) = detail {
            self.page.emit(name, detail);
        }
    }

    pub(super) fn signal(self, generation: Generation) -> GenerationSignal {
        GenerationSignal(self.page.with_owner(|| RwSignal::new(generation)))
    }

    pub(super) fn find(self, key: &str) -> Option<GenerationSignal> {
        self.all.with_untracked(|all| {
            all.iter().find(|signal| signal.with_untracked(|known| known.key == key)).copied()
        })
    }
}

/// The list and its records.
impl Generations {
    /// Loads the unfinished ones, and the newest of those that have ended.
    pub(super) async fn load_history(self) {
        for generation in records::unfinished(&self.page.gateway()).await {
            if !self.is_gone(&generation.key) {
                self.pick_up(generation).await;
            }
        }
        self.load_more().await;
    }

    /// Loads the next records of the list.
    pub(crate) async fn load_more(self) {
        let until_ms = self.read_until_ms.get_value();
        let records = self.history.read_page(until_ms, PAGE).await;
        if let Some(oldest) = records.last() {
            // Those of the same millisecond are read again, and skipped.
            self.read_until_ms.try_update_value(|until| *until = oldest.created_at_ms);
        }
        let mut new = Vec::new();
        for record in records.into_iter().filter(|record| !self.is_gone(&record.key)) {
            if self.page.mode() == Mode::Demo || !record.is_final() {
                self.pick_up(record).await;
            } else if !self.is_foreign(&record) {
                new.push(self.signal(record));
            }
        }
        self.insert(new);
    }

    /// Saves the records as a JSON file, the newest first.
    pub(crate) fn export(self) {
        self.page.spawn(async move {
            let known = self.all.get_untracked();
            let mut all: Vec<_> = known.iter().map(|one| one.get_untracked().record()).collect();
            if self.history.more.get_untracked() {
                all = self.history.find(|_| true, || true, usize::MAX).await;
            }
            downloads::save("ai-now-history.json", &json::stringify(&all));
        });
    }

    /// Adds a record; continues it if it is unfinished.
    pub(super) async fn pick_up(self, generation: Generation) {
        match self.page.mode() {
            Mode::Demo => return self.recall(generation).await,
            Mode::Direct if !generation.is_final() => {
                return self.page.spawn(self.await_end(generation));
            }
            _ => {}
        }
        let watched = generation.watched;
        let Some(signal) = self.take_in(generation) else { return };
        if !signal.is_final() {
            if !watched {
                self.show_first(signal);
            }
            self.page.spawn(self.run(signal));
        }
    }

    /// Shows an unfinished one, if nothing else is shown.
    pub(super) fn show_first(self, signal: GenerationSignal) {
        if self.shown.get_untracked().is_none() {
            self.shown.set(Some(signal));
        }
    }

    /// Whether a record is to be ignored: another gateway's, or known already.
    pub(super) fn is_foreign(self, generation: &Generation) -> bool {
        generation.gateway != self.page.gateway() || self.find(&generation.key).is_some()
    }

    /// Adds a record to the list, unless it is to be ignored.
    pub(super) fn take_in(self, generation: Generation) -> Option<GenerationSignal> {
        if self.is_foreign(&generation) {
            return None;
        }
        let signal = self.signal(generation);
        self.insert(vec![signal]);
        Some(signal)
    }

    /// Inserts some that are not in the list yet, newest first.
    fn insert(self, new: Vec<GenerationSignal>) {
        if new.is_empty() {
            return;
        }
        let created_at_ms = |signal: &GenerationSignal| {
            signal.with_untracked(|generation| generation.created_at_ms)
        };
        self.all.update(|all| {
            for signal in new {
                // From the end: older ones belong there.
                let ours = created_at_ms(&signal);
                let place = all.iter().rposition(|other| created_at_ms(other) >= ours);
                all.insert(place.map_or(0, |place| place + 1), signal);
            }
        });
    }

    /// Applies other pages' changes of the records, until the studio ends.
    pub(super) async fn follow_other_pages(self) {
        let changes = records::listen(move |change| self.page.spawn(self.follow(change)));
        // Held until the studio ends: then this task is dropped, and the channel with it.
        std::future::pending::<()>().await;
        drop(changes);
    }

    /// This page has newer state of what it runs itself.
    async fn follow(self, change: Change) {
        match change {
            Change::Deleted(key) => self.remove(&key),
            Change::Saved(key) => {
                if self.find(&key).is_none() {
                    let saved = records::find(&key).await;
                    // While it is being sent, it belongs to its sender; and what is older than the
                    // loaded records is loaded when it is scrolled to.
                    let until_ms = self.read_until_ms.get_value();
                    let of_use = |saved: &Generation| {
                        saved.phase != Phase::Sending
                            && !(saved.is_final()
                                && self.history.more.get_untracked()
                                && saved.created_at_ms < until_ms)
                    };
                    if let Some(saved) = saved.filter(of_use) {
                        self.pick_up(Generation { watched: true, ..saved }).await;
                    }
                }
            }
        }
    }
}

/// Only one tab runs a generation without a gateway; the others wait until it is done, or that tab
/// is closed.
pub(super) async fn lock(key: &str) -> Lock {
    web_locks::acquire(&["ai-now:", key].concat()).await
}

/// The names of the model and the style.
pub(crate) fn made_by(catalog: &Catalog, generation: &Generation) -> String {
    let request = &generation.request;
    let Some(model) = catalog.model(&request.model) else { return request.model.clone() };
    match request.style.as_deref().and_then(|style| model.style(style)) {
        Some(style) => [&*model.name, " · ", &style.name].concat(),
        None => model.name.to_string(),
    }
}

/// The absolute address of a generation's file.
pub(crate) fn media_address(generation: &Generation, url: &MediaUrl) -> String {
    let url = url.as_str();
    Gateway(&generation.gateway).address(url).unwrap_or_else(|| url.to_owned())
}
