//! What a studio leaves behind when it is taken down: nothing.

use serde::Deserialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::stage::{Page, World, turn, until};

#[wasm_bindgen(module = "/tests/web/leaks.js")]
extern "C" {
    fn counts() -> String;
}

/// What the page and this instance hold.
#[derive(Deserialize, PartialEq, Debug, Default)]
struct Held {
    nodes: usize,
    listeners: usize,
    timers: usize,
    observers: usize,
    channels: usize,
    /// Objects of the browser's that Rust holds on to.
    #[serde(skip)]
    objects: u32,
}

fn held() -> Held {
    let page: Held =
        serde_wasm_bindgen::from_value(js_sys::JSON::parse(&counts()).unwrap()).unwrap();
    Held { objects: wasm_bindgen::externref_heap_live_count(), ..page }
}

fn memory_bytes() -> u32 {
    let memory: js_sys::WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
    memory.buffer().unchecked_into::<js_sys::ArrayBuffer>().byte_length()
}

/// A studio from its first prompt to a result that is played and found in the gallery, and away.
async fn come_and_go() {
    // A gateway of its own: what was made at others is not shown.
    let world = World::new("leaks");
    let page = Page::new(&world, &[("model", "pika")]);
    page.generate("a song").await;
    until("the stream", || (!world.streams().is_empty()).then_some(())).await;
    world.say(1, r#"{"status":"Processing","progress":0.4,"step":"mixing"}"#);
    page.read("40%").await;
    world.say(2, r#"{"status":"Completed","url":"/media/a.mp3"}"#);
    page.find("audio").await;
    page.find(".entry:not(.running)").await;
    drop(page);
    for _ in 0..20 {
        turn().await;
    }
}

#[wasm_bindgen_test]
async fn what_comes_and_goes_leaves_nothing_behind() {
    // What is made once for the whole page, and the memory that the instance takes for one studio.
    for _ in 0..3 {
        come_and_go().await;
    }
    let (before, memory_before) = (held(), memory_bytes());
    for _ in 0..12 {
        come_and_go().await;
    }
    // What was asked of the browser before is still answered, and of no use to anybody.
    let start = js_sys::Date::now();
    while held() != before && js_sys::Date::now() - start < 5_000.0 {
        turn().await;
    }
    assert_eq!(held(), before);
    // Signals, memos, effects and owners live here: twelve studios' worth would be many pages.
    let grown = memory_bytes() - memory_before;
    assert!(grown <= 128 * 1024, "{grown} bytes after twelve studios");
}
