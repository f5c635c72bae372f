//! The way from one part of a list to the next: a link each, so that the browser's back works.

use leptos::prelude::*;

use crate::route::{BEFORE, Route};
use crate::texts::use_texts;
use crate::words as w;

/// Links to the list's start and to where it goes on.
#[component]
pub(crate) fn Pager(
    /// Where the list is now.
    route: Route,
    /// Where it goes on. Nothing: nowhere.
    next: Option<String>,
) -> impl IntoView {
    let texts = use_texts();
    let is_first = route.get(BEFORE).is_empty();
    if is_first && next.is_none() {
        return ().into_any();
    }
    let first = route.clone().with(BEFORE, "").href();
    let next = next.map(|next| route.with(BEFORE, &next).href());
    view! {
        <nav class="pager" aria-label=texts.text(w::PARTS_OF_THE_LIST)>
            {(!is_first).then(|| view! { <a href=first>{texts.text(w::NEWEST)}</a> })}
            {next.map(|next| view! { <a href=next>{texts.text(w::OLDER)}</a> })}
        </nav>
    }
    .into_any()
}
