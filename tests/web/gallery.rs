//! Results can be found again, deleted, restored, and requested again with changes.

use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Event, HtmlInputElement};

use crate::fixture::{Page, World, until};

/// Generates a song.
async fn make(world: &World, page: &Page, prompt: &str) {
    let before = world.streams().len();
    page.generate(prompt).await;
    until("the stream", || (world.streams().len() > before).then_some(())).await;
    world.say(1, r#"{"status":"Completed","url":"/media/a.mp3"}"#);
    page.find("audio").await;
}

fn shown(page: &Page) -> u32 {
    page.root.query_selector_all(".entry:not([hidden])").unwrap().length()
}

#[wasm_bindgen_test]
async fn a_deleted_result_can_be_restored() {
    let world = World::new("undo");
    let page = Page::new(&world, &[]);
    make(&world, &page, "a song that is missed").await;
    page.click(".entry .round").await;
    page.read("1 deleted.").await;
    assert_eq!(shown(&page), 0);
    assert!(!page.has("audio"), "what is gone plays no more");
    page.click(".undo button").await;
    until("the entry", || (shown(&page) == 1).then_some(())).await;
    until("the line to go", || (!page.has(".undo")).then_some(())).await;
    page.click(".entry .show").await;
    page.find("audio").await;
    assert_eq!(world.requests("POST /api/generations").len(), 1, "nothing was bought again");
}

#[wasm_bindgen_test]
async fn the_search_looks_at_words_and_models() {
    let world = World::new("search");
    let page = Page::new(&world, &[]);
    make(&world, &page, "A red BOAT").await;
    make(&world, &page, "a blue hill").await;
    until("both", || (shown(&page) == 2).then_some(())).await;
    let field: HtmlInputElement = page.find(".gallery .find").await.unchecked_into();
    for (words, count) in [("boat", 1), (" BLUE ", 1), ("suno", 2), ("whale", 0), ("", 2)] {
        field.set_value(words);
        field.dispatch_event(&Event::new("input").unwrap()).unwrap();
        until(words, || (shown(&page) == count).then_some(())).await;
    }
}

#[wasm_bindgen_test]
async fn the_same_words_go_into_the_form_for_another_style() {
    let world = World::new("elsewhere");
    let page = Page::new(&world, &[]);
    make(&world, &page, "a lake at dawn").await;
    page.studio.as_ref().unwrap().preset("prompt", "something else".into());
    let menu = page.find(".elsewhere").await;
    js_sys::Reflect::set(&menu, &"value".into(), &"pika\n4".into()).unwrap();
    menu.dispatch_event(&Event::new("change").unwrap()).unwrap();
    page.find("input[name=model][value=pika]:checked").await;
    page.find("input[name=style][value='4']:checked").await;
    let prompt: web_sys::HtmlTextAreaElement = page.find("#prompt").await.unchecked_into();
    until("the words", || (prompt.value() == "a lake at dawn").then_some(())).await;
    assert_eq!(world.requests("POST /api/generations").len(), 1, "looked at before it is paid");
}
