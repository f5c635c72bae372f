//! The records of what was made on this device: whether they are kept, what was deleted last, and
//! what a search finds. They may be many, so no more of them are read than are looked at.

use leptos::prelude::*;

use super::page::Page;
use super::records;
use crate::generation::Generation;

/// The records. Copies are the same ones.
#[derive(Clone, Copy)]
pub(crate) struct History {
    page: Page,
    /// Whether this browser keeps records.
    pub(crate) kept: RwSignal<bool>,
    /// What was deleted last, until something new is asked for.
    pub(crate) deleted: RwSignal<Vec<Generation>>,
    /// Whether there are older records than those that were read.
    pub(crate) more: RwSignal<bool>,
}

impl History {
    pub(super) fn new(page: Page) -> Self {
        Self {
            page,
            kept: RwSignal::new(true),
            deleted: RwSignal::new(Vec::new()),
            more: RwSignal::new(false),
        }
    }

    /// Keeps a record, and notes whether this browser does.
    pub(super) async fn save(self, generation: Generation) {
        let kept = records::save(&generation).await;
        if self.kept.try_get_untracked() == Some(!kept) {
            self.kept.set(kept);
        }
    }

    /// The records up to a moment, the newest first: a page of them.
    pub(super) async fn read_page(self, until_ms: u64, count: usize) -> Vec<Generation> {
        let records = records::newest(&self.page.gateway(), until_ms, count).await;
        self.more.try_set(records.len() == count);
        records
    }

    /// The newest that match, not more than `count`. `go_on` ends the search early.
    pub(super) async fn find(
        self,
        matches: impl Fn(&Generation) -> bool,
        go_on: impl Fn() -> bool,
        count: usize,
    ) -> Vec<Generation> {
        let mut found: Vec<Generation> = Vec::new();
        records::scan(&self.page.gateway(), |record| {
            if matches(&record) {
                let place =
                    found.iter().position(|other| other.created_at_ms < record.created_at_ms);
                found.insert(place.unwrap_or(found.len()), record);
                found.truncate(count);
            }
            go_on()
        })
        .await;
        found
    }
}
