//! The activity log: who changed what, from where, and how it was before and after.

use leptos::prelude::*;
use serde_json::Value;

use crate::answers::{ActivityEntry, ActivityPage};
use crate::components::download::Download;
use crate::components::field::Field;
use crate::components::filters::{filter_form, filters, is_looking, search_and_clear};
use crate::components::pager::Pager;
use crate::components::shown::shown;
use crate::components::table::{Table, cell, foreign};
use crate::load::{Load, load};
use crate::navigation::use_route;
use crate::route::{BEFORE, Route};
use crate::texts::{Texts, use_texts};
use crate::words as w;

/// What can be looked for, by the names of the API.
const FILTERS: [&str; 5] = ["actor", "action", "subject", "from", "to"];

/// The page.
#[component]
pub(crate) fn Activity() -> impl IntoView {
    let texts = use_texts();
    let route = use_route();
    let log: Load<ActivityPage> =
        load(move || route.with(|route| ["activity", &route.query()].concat()));
    let columns = vec![
        (w::TIME, false),
        (w::WHO, false),
        (w::FROM_WHERE, false),
        (w::WHAT, false),
        (w::TO_WHAT, false),
        (w::BEFORE_AND_AFTER, false),
    ];
    let list = shown(log, move |page: ActivityPage| {
        let rows = page.entries.into_iter().map(|entry| row(entry, texts)).collect();
        let empty = if is_looking(&FILTERS) { w::NOTHING_FOUND } else { w::NO_ACTIVITY };
        view! {
            <Table caption=w::ACTIVITY columns=columns.clone() rows=rows empty=empty />
            <Pager route=route.get_untracked() next=page.next />
        }
        .into_any()
    });
    view! {
        {looking_for(route)}
        {list}
    }
    .into_any()
}

/// What is looked for; and all of that as a file.
fn looking_for(route: RwSignal<Route>) -> AnyView {
    let values = filters(&FILTERS);
    let [actor, action, subject, from, to] = values;
    let fields = view! {
        <Field label=w::WHO value=actor kind="search" />
        <Field label=w::WHAT value=action kind="search" />
        <Field label=w::TO_WHAT value=subject kind="search" />
        <Field label=w::FROM_DAY value=from kind="date" />
        <Field label=w::TO_DAY value=to kind="date" />
    };
    let export = |format: &'static str| {
        Callback::new(move |()| {
            let route = route.get_untracked().with(BEFORE, "").with("format", format);
            ["activity/export", &route.query()].concat()
        })
    };
    let buttons = view! {
        {search_and_clear()}
        <Download label=w::DOWNLOAD_CSV name="activity.csv" path=export("csv") />
        <Download label=w::DOWNLOAD_JSON name="activity.jsonl" path=export("jsonl") />
    };
    filter_form(&FILTERS, &values, fields.into_any(), buttons.into_any())
}

fn row(entry: ActivityEntry, texts: Texts) -> Vec<AnyView> {
    vec![
        cell(texts.moment(entry.at_ms)),
        foreign(entry.actor),
        foreign(entry.source),
        cell(entry.action),
        foreign(entry.subject),
        difference(entry.before.as_ref(), entry.after.as_ref()),
    ]
}

/// What was so before, and after.
fn difference(before: Option<&Value>, after: Option<&Value>) -> AnyView {
    let written = |value: Option<&Value>| value.map(Value::to_string);
    match (written(before), written(after)) {
        (None, None) => cell("–"),
        (Some(one), None) => view! { <del><code dir="ltr">{one}</code></del> }.into_any(),
        (None, Some(one)) => view! { <code dir="ltr">{one}</code> }.into_any(),
        (Some(before), Some(after)) => view! {
            <del>
                <code dir="ltr">{before}</code>
            </del>
            " "
            <ins>
                <code dir="ltr">{after}</code>
            </ins>
        }
        .into_any(),
    }
}
