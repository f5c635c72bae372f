//! Components in a real browser, with what they are given and nothing else.

use std::collections::BTreeSet;

use leptos::mount::mount_to;
use leptos::prelude::*;
use leptos::task::tick;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

use super::action::{Action, change};
use super::bar_chart::{Chart, Shape};
use super::field::Choices;
use super::pager::Pager;
use super::status::Status;
use super::table::{Table, cell};
use crate::api::Api;
use crate::route::Route;
use crate::texts::Texts;
use crate::words as w;

/// A view with what is in the context of a page.
fn in_context(view: impl FnOnce() -> AnyView) -> AnyView {
    provide_context(Api::new());
    provide_context(Texts::of_reader());
    provide_context(Status::new());
    view()
}

/// A place for a view, in no page.
fn place() -> HtmlElement {
    document().create_element("div").expect("an element").unchecked_into()
}

/// The HTML of a view. The browser of the tests speaks English.
fn html(view: impl FnOnce() -> AnyView + 'static) -> String {
    let place = place();
    let mounted = mount_to(place.clone(), move || in_context(view));
    let html = place.inner_html();
    drop(mounted);
    html
}

/// An element of a place.
fn find(place: &HtmlElement, selector: &str) -> HtmlElement {
    place.query_selector(selector).expect("a selector").expect(selector).unchecked_into()
}

#[wasm_bindgen_test]
fn a_table_names_each_cell_and_says_so_where_it_is_empty() {
    let columns = || vec![(w::KEY_NAME, false), (w::TOKENS, true)];
    let filled = html(move || {
        let rows = vec![vec![cell("<b>"), cell("7")]];
        view! { <Table caption=w::KEYS columns=columns() rows=rows empty=w::NO_KEYS /> }.into_any()
    });
    assert!(filled.contains("data-label=\"Tokens\"") && filled.contains("&lt;b&gt;"), "{filled}");
    let empty = html(move || {
        view! { <Table caption=w::KEYS columns=columns() rows=vec![] empty=w::NO_KEYS /> }
            .into_any()
    });
    assert!(empty.contains("There is no key yet.") && !empty.contains("<table"), "{empty}");
}

#[wasm_bindgen_test]
fn a_chart_says_what_it_shows_and_has_it_as_a_table() {
    let drawn = html(|| {
        let values = vec![("Monday".to_owned(), 3), ("Tuesday".to_owned(), 1_000)];
        view! {
            <Chart title=w::TOKENS_BY_DAY names=w::DAY values_are=w::TOKENS values=values shape=Shape::Bars />
        }
        .into_any()
    });
    let label = "Tokens by day: from Monday to Tuesday; together 1,003, at most 1,000";
    assert!(drawn.contains(label), "{drawn}");
    assert_eq!(drawn.matches("<rect").count(), 2);
    assert_eq!(drawn.matches("<tr").count(), 3);
}

#[wasm_bindgen_test]
fn a_list_leads_on_and_back_to_its_start() {
    let pager = |hash: &'static str, next: Option<&'static str>| {
        html(move || {
            view! { <Pager route=Route::parse(hash) next=next.map(str::to_owned) /> }.into_any()
        })
    };
    let only = pager("#/keys?search=a", None);
    assert!(!only.contains("<a"), "{only}");
    let first = pager("#/keys?search=a", Some("7"));
    assert!(first.contains("#/keys?search=a&amp;before=7") && !first.contains("Newest"), "{first}");
    let last = pager("#/keys?search=a&before=7", None);
    assert!(last.contains("href=\"#/keys?search=a\"") && !last.contains("Older"), "{last}");
}

#[wasm_bindgen_test]
fn a_chart_over_time_stays_at_each_value() {
    let drawn = html(|| {
        let values = vec![("early".to_owned(), 0), ("late".to_owned(), 10)];
        let shape = Shape::Steps { at_ms: vec![0, 1_000] };
        view! {
            <Chart title=w::BALANCE_OVER_TIME names=w::TIME values_are=w::AVAILABLE values=values shape=shape />
        }
        .into_any()
    });
    assert!(drawn.contains("points=\"0,240 666,240 666,0 1000,0 \""), "{drawn}");
    assert!(drawn.contains("from early to late; at most 10"), "{drawn}");
}

#[wasm_bindgen_test]
async fn what_is_ticked_is_chosen() {
    let chosen = RwSignal::new(BTreeSet::from(["pika".to_owned()]));
    let place = place();
    document().body().expect("a body").append_child(&place).expect("appended");
    let mounted = mount_to(place.clone(), move || {
        let names = ["pika", "suno"].map(str::to_owned).into();
        in_context(move || view! { <Choices names=names chosen=chosen /> }.into_any())
    });
    tick().await;
    find(&place, "label:last-child input").click();
    tick().await;
    assert_eq!(chosen.get_untracked(), ["pika", "suno"].map(str::to_owned).into());
    find(&place, "label input").click();
    tick().await;
    assert_eq!(chosen.get_untracked(), ["suno"].map(str::to_owned).into());
    drop(mounted);
    place.remove();
}

#[wasm_bindgen_test]
async fn the_focus_of_a_button_that_goes_is_handed_on() {
    let is_there = RwSignal::new(true);
    let place = place();
    document().body().expect("a body").append_child(&place).expect("appended");
    let mounted = mount_to(place.clone(), move || {
        in_context(move || {
            let nothing = change(|| async { Ok(()) });
            view! {
                <h1 tabindex="-1">"Page"</h1>
                <Show when=move || is_there.get()>
                    <Action label=w::GRANT change=nothing />
                </Show>
            }
            .into_any()
        })
    });
    let button = find(&place, "button");
    button.focus().expect("focused");
    assert_eq!(document().active_element().as_ref(), Some(button.as_ref()));
    is_there.set(false);
    tick().await;
    let heading = find(&place, "h1");
    assert_eq!(document().active_element().as_ref(), Some(heading.as_ref()));
    drop(mounted);
    place.remove();
}
