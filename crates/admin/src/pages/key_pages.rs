//! The fields of what a publishable key is for: where it is made, and where it is changed.

use leptos::prelude::*;
use serde_json::{Value, json};

use crate::answers::Pages;
use crate::components::field::{Field, Lines, whole};
use crate::words as w;

/// What is in the fields.
#[derive(Clone, Copy)]
pub(crate) struct PageFields {
    origins: RwSignal<String>,
    numbers: [RwSignal<String>; 3],
}

impl PageFields {
    /// What is usual.
    pub(crate) fn usual() -> Self {
        let numbers = ["50", "4", "2000"].map(|usual| RwSignal::new(usual.to_owned()));
        Self { origins: RwSignal::new(String::new()), numbers }
    }

    /// Those of a key.
    pub(crate) fn set(self, pages: &Pages) {
        let Pages { origins, visitor_budget, visitors_per_address, tokens_per_day } = pages;
        self.origins.set(origins.join("\n"));
        let limits = [visitor_budget, visitors_per_address, tokens_per_day];
        for (field, limit) in self.numbers.into_iter().zip(limits) {
            field.set(limit.to_string());
        }
    }

    /// For the next key: the origins are another's.
    pub(crate) fn clear(self) {
        let _ = self.origins.try_set(String::new());
    }

    /// What is asked for.
    pub(crate) fn body(self) -> Value {
        let origins = self.origins.get_untracked();
        let origins: Vec<&str> = origins.split_whitespace().collect();
        let [budget, visitors, day] = self.numbers.map(whole);
        json!({
            "origins": origins,
            "visitor_budget": budget,
            "visitors_per_address": visitors,
            "tokens_per_day": day,
        })
    }

    /// The fields themselves.
    pub(crate) fn view(self) -> AnyView {
        let [budget, visitors, day] = self.numbers;
        let number = |label, value| {
            view! { <Field label=label value=value kind="number" min="0" required=true /> }
        };
        view! {
            <Lines label=w::ORIGINS value=self.origins hint=w::ORIGINS_HINT required=true />
            {number(w::VISITOR_BUDGET, budget)}
            {number(w::VISITORS_PER_ADDRESS, visitors)}
            {number(w::TOKENS_PER_DAY, day)}
        }
        .into_any()
    }
}
