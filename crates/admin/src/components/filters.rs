//! What a list is looked through by: fields that follow the address, and a form that makes another
//! address of what is in them. It must not know what is looked for.

use leptos::prelude::*;

use crate::navigation::{go, use_route};
use crate::route::Route;
use crate::texts::use_texts;
use crate::words as w;

/// What is in the fields of these names, which are those of the API. It follows the address.
pub(crate) fn filters<const N: usize>(names: &'static [&'static str; N]) -> [RwSignal<String>; N] {
    let values = [(); N].map(|()| RwSignal::new(String::new()));
    follow(names, values.to_vec());
    values
}

fn follow(names: &'static [&'static str], values: Vec<RwSignal<String>>) {
    let route = use_route();
    Effect::new(move |_| {
        route.with(|route| {
            for (value, name) in values.iter().zip(names) {
                value.set(route.get(name).to_owned());
            }
        });
    });
}

/// The form: its fields, and its buttons.
pub(crate) fn filter_form(
    names: &'static [&'static str],
    values: &[RwSignal<String>],
    fields: AnyView,
    buttons: AnyView,
) -> AnyView {
    let route = use_route();
    let values = values.to_vec();
    let look = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let values = values.iter().zip(names);
        go(&values.fold(route.get_untracked(), |route, (value, name)| {
            route.with(name, value.get_untracked().trim())
        }));
    };
    view! {
        <form class="filters" role="search" on:submit=look>
            {fields}
            <div class="buttons">{buttons}</div>
        </form>
    }
    .into_any()
}

/// The buttons of most forms: to look, and to look for nothing any more.
pub(crate) fn search_and_clear() -> AnyView {
    let texts = use_texts();
    let all = Route::to(use_route().with_untracked(|route| route.page.clone())).href();
    view! {
        <button type="submit">{texts.text(w::SEARCH)}</button>
        <a class="button" href=all>
            {texts.text(w::CLEAR_FILTERS)}
        </a>
    }
    .into_any()
}

/// Whether anything is looked for.
pub(crate) fn is_looking(names: &[&str]) -> bool {
    use_route().with_untracked(|route| names.iter().any(|name| !route.get(name).is_empty()))
}
