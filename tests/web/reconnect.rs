//! Reconnecting: after any lost connection, the same generation continues and is charged once.

use wasm_bindgen_test::wasm_bindgen_test;

use crate::fixture::{ACCEPTED, Page, World, session, until};

pub(crate) const LOOK: &str = r#"{"id":"g1","state":"running","model":"suno","prompt":"x","options":{"seed":1},
    "procedural":true,"price":10,"created_at_ms":1,
    "events":"/api/generations/g1/events?ticket=b"}"#;

async fn streams(world: &World, count: usize) -> String {
    until("the stream", || world.streams().get(count - 1).map(|stream| stream.0.clone())).await
}

#[wasm_bindgen_test]
async fn a_short_disconnection_shows_one_calm_line() {
    let world = World::new("short");
    let page = Page::new(&world, &[]);
    page.generate("x").await;
    streams(&world, 1).await;
    world.say(1, r#"{"status":"Processing started"}"#);
    world.lose(false);
    page.read("The connection was lost").await;
    world.open();
    until("calm", || (!page.text().contains("The connection was lost")).then_some(())).await;
    assert_eq!(world.streams().len(), 1, "the browser restores it by itself");
}

#[wasm_bindgen_test]
async fn a_closed_stream_goes_on_after_the_last_event_with_a_fresh_ticket() {
    let world = World::new("closed");
    world.answer("GET /api/generations/g1", 200, LOOK);
    let page = Page::new(&world, &[]);
    page.generate("x").await;
    streams(&world, 1).await;
    world.say(7, r#"{"status":"Processing","progress":0.5}"#);
    world.lose(true);
    let url = streams(&world, 2).await;
    assert!(url.ends_with("?ticket=b&after=7"), "{url}");
    world.say(7, r#"{"status":"Processing","progress":0.9}"#);
    world.say(8, r#"{"status":"Completed","url":"/media/a.mp3"}"#);
    page.find("audio").await;
    assert_eq!(world.requests("POST /api/generations").len(), 1, "paid once");
}

#[wasm_bindgen_test]
async fn a_page_from_the_back_forward_cache_reconnects() {
    let world = World::new("back");
    world.answer("GET /api/generations/g1", 200, LOOK);
    let page = Page::new(&world, &[]);
    page.generate("x").await;
    streams(&world, 1).await;
    let event = web_sys::Event::new("pageshow").unwrap();
    js_sys::Reflect::set(&event, &"persisted".into(), &true.into()).unwrap();
    web_sys::window().unwrap().dispatch_event(&event).unwrap();
    let url = streams(&world, 2).await;
    assert!(url.ends_with("?ticket=b&after=0"), "{url}");
}

#[wasm_bindgen_test]
async fn a_submission_that_got_no_answer_is_sent_again_under_the_same_key() {
    let world = World::new("again");
    world.answer("POST /api/generations", 0, "");
    let page = Page::new(&world, &[]);
    page.generate("x").await;
    page.read("The connection was lost").await;
    world.answer_with("POST /api/generations", 503, "{}", r#"{"Retry-After":"0"}"#);
    world.answer("POST /api/generations", 201, ACCEPTED);
    streams(&world, 1).await;
    let requests = world.requests("POST /api/generations");
    assert!(requests.len() >= 3);
    assert!(requests.iter().all(|request| request.key == requests[0].key));
}

#[wasm_bindgen_test]
async fn an_expired_session_is_renewed() {
    let world = World::new("expired");
    let page = Page::new(&world, &[]);
    page.read("tokens left").await;
    world.answer("POST /api/generations", 401, "{}");
    world.answer("POST /api/generations", 201, ACCEPTED);
    world.answer("POST /api/sessions", 200, &session("t2"));
    page.generate("x").await;
    streams(&world, 1).await;
    let requests = world.requests("POST /api/generations");
    let tokens: Vec<_> = requests.iter().filter_map(|r| r.token.as_deref()).collect();
    assert_eq!(tokens, ["Bearer t1", "Bearer t2"]);
}

#[wasm_bindgen_test]
async fn running_generations_are_resumed_after_a_reload() {
    let world = World::new("reload");
    world.answer("GET /api/generations/g1", 200, LOOK);
    let page = Page::new(&world, &[]);
    page.generate("a song that survives").await;
    streams(&world, 1).await;
    page.find(".entry.running").await;
    drop(page);

    let page = Page::new(&world, &[]);
    let url = streams(&world, 2).await;
    assert!(url.ends_with("?ticket=b&after=0"), "{url}");
    page.read("a song that survives").await;
    world.say(1, r#"{"status":"Completed","url":"/media/a.mp3"}"#);
    page.find("audio").await;
    assert_eq!(world.requests("POST /api/generations").len(), 1);

    page.click(".entry .round").await;
    until("the list to be empty", || (!page.has(".entry")).then_some(())).await;
    assert!(!page.has("audio"));
}
