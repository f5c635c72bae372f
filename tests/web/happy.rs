//! The main path: a prompt, its progress, its result.

use std::cell::RefCell;
use std::rc::Rc;

use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlMediaElement;

use crate::fixture::{Page, World, until};

#[wasm_bindgen_test]
async fn from_a_sentence_to_a_result() {
    let world = World::new("happy");
    let page = Page::new(&world, &[]);
    page.generate("An upbeat pop song").await;
    until("the stream", || (!world.streams().is_empty()).then_some(())).await;
    let (url, _) = &world.streams()[0];
    assert!(url.ends_with("/api/generations/g1/events?ticket=a&after=0"), "{url}");
    page.read("990 tokens left").await;

    world.open();
    world.say(1, r#"{"status":"Processing started"}"#);
    page.read("Being made").await;
    assert!(page.has("progress:indeterminate"), "nobody knows how far it is");
    world.say(2, r#"{"status":"Processing","progress":0.4,"step":"mixing"}"#);
    page.read("Playing the instruments").await;
    page.read("40%").await;
    assert_eq!(page.find("progress").await.get_attribute("value").as_deref(), Some("0.4"));
    world.say(3, r#"{"status":"Completed","url":"/media/song.mp3","note":"pop, 120 bpm"}"#);

    let audio: HtmlMediaElement = page.find("audio").await.unchecked_into();
    assert_eq!(audio.src(), format!("{}media/song.mp3", world.base()));
    assert_eq!(world.streams()[0].1, 2, "a stream that has ended is closed");
    let download = page.find("a[download]").await;
    assert_eq!(download.get_attribute("download").as_deref(), Some("song.mp3"));
    assert!(page.text().contains("pop, 120 bpm"));
}

#[wasm_bindgen_test]
async fn the_request_is_what_was_composed() {
    let world = World::new("request");
    let page = Page::new(&world, &[("model", "pika"), ("preset-style", "4")]);
    page.generate("  a lake <b>\"at\" dawn</b> ").await;
    let route = "POST /api/generations";
    let request = until("the request", || world.requests(route).into_iter().next()).await;
    assert_eq!(request.token.as_deref(), Some("Bearer t1"));
    assert_eq!(request.key.unwrap().len(), 36);
    assert_eq!(
        request.body,
        r#"{"model":"pika","prompt":"a lake <b>\"at\" dawn</b>","style":"4"}"#
    );
}

#[wasm_bindgen_test]
async fn each_kind_has_its_player() {
    for (file, selector) in [("a.mp3", "audio"), ("a.mp4", "video"), ("a.webp", ".screen img")] {
        let world = World::new("kinds");
        let page = Page::new(&world, &[]);
        page.generate("x").await;
        until("the stream", || (!world.streams().is_empty()).then_some(())).await;
        world.say(1, &format!(r#"{{"status":"Completed","url":"/media/{file}"}}"#));
        page.find(selector).await;
    }
}

#[wasm_bindgen_test]
async fn the_page_gets_events() {
    let world = World::new("events");
    let page = Page::new(&world, &[]);
    let heard = Rc::new(RefCell::new(Vec::new()));
    let listener = {
        let heard = heard.clone();
        Closure::<dyn FnMut(web_sys::Event)>::new(move |event: web_sys::Event| {
            assert!(event.bubbles() && event.composed());
            heard.borrow_mut().push(event.type_());
        })
    };
    for name in ["started", "progress", "completed", "failed", "balance"] {
        page.element
            .add_event_listener_with_callback(
                &format!("ai-now-{name}"),
                listener.as_ref().unchecked_ref(),
            )
            .unwrap();
    }
    page.generate("x").await;
    until("the stream", || (!world.streams().is_empty()).then_some(())).await;
    world.say(1, r#"{"status":"Processing started"}"#);
    world.say(2, r#"{"status":"Completed","url":"/media/a.mp3"}"#);
    until("the end", || heard.borrow().iter().any(|n| n == "ai-now-completed").then_some(())).await;
    let heard = heard.borrow();
    let turns: Vec<_> = heard.iter().filter(|name| *name != "ai-now-balance").collect();
    assert_eq!(turns, ["ai-now-started", "ai-now-progress", "ai-now-completed"]);
    assert!(heard.iter().any(|name| name == "ai-now-balance"));
}

#[wasm_bindgen_test]
async fn it_can_be_cancelled() {
    let world = World::new("cancel");
    let page = Page::new(&world, &[]);
    page.generate("x").await;
    until("the stream", || (!world.streams().is_empty()).then_some(())).await;
    world.say(1, r#"{"status":"Processing started"}"#);
    let stopped = crate::reconnect::LOOK.replace("running", "cancelled");
    world.answer("DELETE /api/generations/g1", 200, &stopped);
    page.click(".watching button").await;
    page.read("Cancelled").await;
    assert_eq!(world.requests("DELETE /api/generations/g1").len(), 1);
    page.read("10 tokens were returned.").await;
}

#[wasm_bindgen_test]
async fn the_cost_of_cancelling_is_shown_before_the_click() {
    let world = World::new("cancel-costs");
    let catalog = r#"{"models":[{"id":"suno","name":"Suno","kind":"audio","price_tokens":10,
        "prompt_max_chars":1000,"cancel_percent":50}]}"#;
    world.answer("GET /api/catalog", 200, catalog);
    let page = Page::new(&world, &[]);
    page.generate("x").await;
    until("the stream", || (!world.streams().is_empty()).then_some(())).await;
    world.say(1, r#"{"status":"Processing started"}"#);
    world.say(2, r#"{"status":"Processing","step":"generating"}"#);
    page.read("Cancelling now costs 5 tokens.").await;
    let stopped = crate::reconnect::LOOK.replace(
        "\"state\":\"running\"",
        r#""state":"cancelled","message":{"code":"cancelled_charged","params":{"tokens":5},"text":"x"}"#,
    );
    world.answer("DELETE /api/generations/g1", 200, &stopped);
    page.click(".watching button").await;
    page.read("5 tokens were returned.").await;
}
