//! The history of this device: whether it is stored, the last deletion, and the search. It may be
//! long, so only what is shown is loaded.

use leptos::prelude::*;

use super::page::Page;
use super::records;
use crate::generation::Generation;

/// The records. Copies are the same ones.
#[derive(Clone, Copy)]
pub(crate) struct History {
    page: Page,
    /// Whether this browser stores records.
    pub(crate) kept: RwSignal<bool>,
    /// The last deletion, until something new is requested.
    pub(crate) deleted: RwSignal<Vec<Generation>>,
    /// Whether there are older records than the loaded ones.
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

    /// Stores a record, and notes whether that worked.
    pub(super) async fn save(self, generation: Generation) {
        let kept = records::save(&generation).await;
        if self.kept.try_get_untracked() == Some(!kept) {
            self.kept.set(kept);
        }
    }

    /// The records up to a time, the newest first: a page of them.
    pub(super) async fn read_page(self, until_ms: u64, count: usize) -> Vec<Generation> {
        let records = records::newest(&self.page.gateway(), until_ms, count).await;
        self.more.try_set(records.len() == count);
        records
    }

    /// The newest matches, at most `count`. `go_on` can stop the search.
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
