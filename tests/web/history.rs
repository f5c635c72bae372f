//! A long history is read in pages, searched as a whole, and deleted as a whole.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Event, HtmlInputElement};

use crate::fixture::{Page, World, until};

#[wasm_bindgen(module = "/tests/web/browser.js")]
extern "C" {
    fn fill(gateway: &str, count: u32) -> Promise;
    fn count(gateway: &str) -> Promise;
}

const MANY: u32 = 10_000;

fn entries(page: &Page) -> u32 {
    page.root.query_selector_all(".entry").unwrap().length()
}

fn first(page: &Page) -> String {
    let first = page.root.query_selector(".entry .said").unwrap();
    first.and_then(|said| said.text_content()).unwrap_or_default().trim().to_owned()
}

/// A studio with a long history.
async fn long_history(name: &str) -> (World, Page) {
    let world = World::new(name);
    // The first studio creates the database.
    let page = Page::new(&world, &[]);
    page.read("tokens left").await;
    JsFuture::from(count(world.base())).await.unwrap();
    drop(page);
    JsFuture::from(fill(world.base(), MANY)).await.unwrap();
    let page = Page::new(&world, &[]);
    until("the newest", || (first(&page) == "piece number 9999.").then_some(())).await;
    (world, page)
}

#[wasm_bindgen_test]
async fn only_shown_pages_of_the_history_are_read() {
    let (_world, page) = long_history("pages").await;
    let before = entries(&page);
    assert!(before <= 120, "{before} entries");
    page.click(".older:not([hidden]) button").await;
    until("older ones", || (entries(&page) > before).then_some(())).await;
    assert_eq!(first(&page), "piece number 9999.", "the newest stay first");
}

#[wasm_bindgen_test]
async fn the_search_finds_records_that_were_not_loaded() {
    let (_world, page) = long_history("find").await;
    let field: HtmlInputElement = page.find(".gallery .find").await.unchecked_into();
    field.set_value("NUMBER 17.");
    field.dispatch_event(&Event::new("input").unwrap()).unwrap();
    until("it", || (first(&page) == "piece number 17.").then_some(())).await;
    assert_eq!(entries(&page), 1);
    page.click(".entry .show").await;
    page.find("audio").await;
    field.set_value("");
    field.dispatch_event(&Event::new("input").unwrap()).unwrap();
    until("all again", || (first(&page) == "piece number 9999.").then_some(())).await;
}
