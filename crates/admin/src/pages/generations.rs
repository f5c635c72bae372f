//! The list of generations, and looking for some.

use std::collections::BTreeSet;

use leptos::prelude::*;

use super::generation_table::GenerationTable;
use crate::answers::{AdminGenerationList, AdminProvider, AdminProviders};
use crate::components::field::{Field, Select};
use crate::components::filters::{filter_form, filters, is_looking, search_and_clear};
use crate::components::pager::Pager;
use crate::components::shown::shown;
use crate::load::{Load, load};
use crate::navigation::use_route;
use crate::texts::use_texts;
use crate::words as w;

/// What can be looked for, by the names of the API.
const FILTERS: [&str; 7] = ["text", "key", "model", "provider", "state", "from", "to"];

/// The page.
#[component]
pub(crate) fn Generations() -> impl IntoView {
    let route = use_route();
    let list: Load<AdminGenerationList> =
        load(move || route.with(|route| ["generations", &route.query()].concat()));
    let list = shown(list, move |list: AdminGenerationList| {
        let route = route.get_untracked();
        let empty = if is_looking(&FILTERS) { w::NOTHING_FOUND } else { w::NO_GENERATIONS };
        view! {
            <GenerationTable generations=list.generations empty=empty />
            <Pager route=route next=list.next />
        }
        .into_any()
    });
    view! {
        <Filters />
        {list}
    }
    .into_any()
}

#[component]
fn Filters() -> impl IntoView {
    let texts = use_texts();
    let values = filters(&FILTERS);
    let [text, key, model, provider, state, from, to] = values;
    let providers: Load<AdminProviders> = load(|| "providers".to_owned());
    let all = move || (String::new(), texts.text(w::EVERY).to_owned());
    let provider_choices = Signal::derive(move || {
        let known = known(providers).into_iter().map(|provider| provider.name);
        choices(all(), known, provider.get())
    });
    let models = Signal::derive(move || {
        let known = known(providers).into_iter().flat_map(|provider| provider.models);
        choices(all(), known, model.get())
    });
    let states = ["queued", "running", "completed", "failed", "cancelled"];
    let states = states.map(|state| (state.to_owned(), texts.state(state)));
    let states = std::iter::once(all()).chain(states).collect::<Vec<_>>();
    let fields = view! {
        <Field label=w::PROMPT_TEXT value=text kind="search" />
        <Field label=w::KEY value=key />
        <Select label=w::MODEL value=model choices=models />
        <Select label=w::PROVIDER value=provider choices=provider_choices />
        <Select label=w::STATE value=state choices=Signal::stored(states) />
        <Field label=w::FROM_DAY value=from kind="date" />
        <Field label=w::TO_DAY value=to kind="date" />
    };
    filter_form(&FILTERS, &values, fields.into_any(), search_and_clear())
}

/// The providers, once they are there.
fn known(providers: Load<AdminProviders>) -> Vec<AdminProvider> {
    match providers.answer.get() {
        Some(Ok(known)) => known.providers,
        _ => Vec::new(),
    }
}

/// What can be chosen: anything, what there is, and what is looked for, which may be there no more.
fn choices(
    all: (String, String),
    known: impl Iterator<Item = String>,
    looked_for: String,
) -> Vec<(String, String)> {
    let looked_for = Some(looked_for).filter(|name| !name.is_empty());
    let names: BTreeSet<String> = known.chain(looked_for).collect();
    std::iter::once(all).chain(names.into_iter().map(|name| (name.clone(), name))).collect()
}
