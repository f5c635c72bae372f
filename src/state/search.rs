//! The search in the history, in loaded and unloaded records.

use std::sync::Arc;

use ai_now_protocol::Catalog;
use leptos::prelude::*;

use super::generations::{Generations, PAGE, made_by};
use crate::generation::Generation;
use crate::platform::browser::{holds, lower};

impl Generations {
    /// Searches all generations: their prompts, and the names of models and styles.
    pub(crate) fn search(self, text: &str) {
        let text = lower(text.trim());
        let search = self.searches.try_update_value(|searches| {
            *searches += 1;
            *searches
        });
        if text.is_empty() {
            return self.found.set(None);
        }
        let catalog = self.connection.catalog.get_untracked();
        let matches = {
            let text = text.clone();
            move |generation: &Generation| holds(&searched(&catalog, generation), &text)
        };
        // Loaded ones are found at once, unfinished ones among them.
        let known = self.all.get_untracked().into_iter();
        let known = known.filter(|signal| signal.with_untracked(&matches)).collect();
        self.found.set(Some(known));
        if !self.history.more.get_untracked() {
            return;
        }
        let is_last = move || self.searches.try_get_value() == search;
        self.page.spawn(async move {
            let found = self.history.find(matches, is_last, PAGE).await;
            if !is_last() {
                return;
            }
            let mut signals = self.found.get_untracked().unwrap_or_default();
            for record in found {
                if self.find(&record.key).is_none() && self.is_ended_record(&record) {
                    signals.push(self.signal(record));
                }
            }
            self.found.set(Some(signals));
        });
    }

    /// Whether a record can be shown as it is.
    fn is_ended_record(self, record: &Generation) -> bool {
        record.is_final() && record.gateway == self.page.gateway()
    }
}

/// All text that is searched, in lower case.
fn searched(catalog: &Arc<Catalog>, generation: &Generation) -> String {
    lower(&[&generation.request.prompt, " ", &made_by(catalog, generation)].concat())
}
