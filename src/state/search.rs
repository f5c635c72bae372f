//! The search in all that was made, in what was read and in what was not.

use std::sync::Arc;

use ai_now_protocol::Catalog;
use leptos::prelude::*;

use super::generations::{Generations, PAGE, made_by};
use crate::generation::Generation;
use crate::platform::intl::lower;

impl Generations {
    /// Looks for a text in all that was made: in the prompts, and in the names of models and styles.
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
            move |generation: &Generation| searched(&catalog, generation).contains(&text)
        };
        // What was read already is there at once, what is under way among it.
        let known = self.all.get_untracked().into_iter();
        let known = known.filter(|signal| signal.0.with_untracked(&matches)).collect();
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

/// All that the search looks at, in small letters.
fn searched(catalog: &Arc<Catalog>, generation: &Generation) -> String {
    lower(&[&generation.request.prompt, " ", &made_by(catalog, generation)].concat())
}
