//! Every error is shown as a sentence with an action.

use wasm_bindgen_test::wasm_bindgen_test;

use crate::fixture::{Page, World, session, until};

async fn refused(status: u16, message: &str) -> Page {
    let world = World::new("refused");
    let page = Page::new(&world, &[]);
    let body = format!(r#"{{"status":"Error","message":"{message}"}}"#);
    world.answer("POST /api/generations", status, &body);
    page.generate("x").await;
    page
}

#[wasm_bindgen_test]
async fn the_gateway_s_message_is_shown() {
    for status in [400, 413, 418, 422] {
        let page = refused(status, "Too few tokens: 10 are needed.").await;
        page.read("Too few tokens: 10 are needed.").await;
        assert!(!page.has(".watching"), "{status}: nothing is under way");
        assert!(page.has(".refusal[role=alert] p"));
    }
}

#[wasm_bindgen_test]
async fn a_page_without_permission_says_who_can_help() {
    let world = World::new("stranger");
    world.answer("POST /api/sessions", 401, r#"{"status":"Error","message":"Who?"}"#);
    let page = Page::new(&world, &[]);
    page.read("Its owner has to give the element a publishable key").await;
    let button = page.find(".bar .primary[aria-disabled]").await;
    assert_eq!(button.get_attribute("aria-disabled").as_deref(), Some("true"));
}

#[wasm_bindgen_test]
async fn no_gateway_at_all_is_tried_again() {
    let world = World::new("away");
    world.answer("POST /api/sessions", 0, "");
    let page = Page::new(&world, &[]);
    page.read("The gateway can't be reached").await;
    world.answer("POST /api/sessions", 200, &session("t2"));
    page.read("tokens left").await;
}

#[wasm_bindgen_test]
async fn an_address_without_a_gateway_is_reported() {
    let world = World::new("else");
    world.answer("POST /api/sessions", 200, "<html>");
    let page = Page::new(&world, &[]);
    page.read("not one of an AI-Now gateway").await;
}

#[wasm_bindgen_test]
async fn a_price_above_the_balance_is_shown_before_the_click() {
    let world = World::new("poor");
    let poor = session("t1").replace("1000", "20");
    world.answer("POST /api/sessions", 200, &poor);
    let page = Page::new(&world, &[("model", "luma")]);
    page.read("This costs 30 tokens, and 20 tokens are left.").await;
    page.studio.as_ref().unwrap().preset("prompt", "x".into());
    page.click(".bar .primary[aria-disabled]").await;
    assert_eq!(world.requests("POST /api/generations").len(), 0);
}

#[wasm_bindgen_test]
async fn an_empty_or_too_long_prompt_is_reported() {
    let world = World::new("prompts");
    let page = Page::new(&world, &[]);
    page.generate(" ").await;
    page.read("Describe what you would like to make.").await;
    page.generate(&"é".repeat(2001)).await;
    page.read("The prompt is 1 character too long.").await;
    assert_eq!(world.requests("POST /api/generations").len(), 0);
}

#[wasm_bindgen_test]
async fn a_failure_says_why_and_what_was_returned() {
    let world = World::new("failure");
    let page = Page::new(&world, &[]);
    page.generate("x").await;
    until("the stream", || (!world.streams().is_empty()).then_some(())).await;
    world.say(1, r#"{"status":"Error","message":"Luma <b>is</b> busy.","tokens_returned":1}"#);
    page.read("Luma <b>is</b> busy.").await;
    page.read("1 token was returned.").await;
    assert!(page.has(".failed .primary"), "a way on");
    assert!(!page.has(".failed b"), "text from outside is never markup");
}

#[wasm_bindgen_test]
async fn an_address_that_may_not_be_loaded_is_refused() {
    for url in ["javascript:alert(1)", "data:audio/mp3;base64,AA", "//evil.test/a.mp3", ""] {
        let world = World::new("evil");
        let page = Page::new(&world, &[]);
        page.generate("x").await;
        until("the stream", || (!world.streams().is_empty()).then_some(())).await;
        world.say(1, &format!(r#"{{"status":"Completed","url":"{url}"}}"#));
        page.read("The address of the result").await;
        assert!(!page.has("audio, video, .screen img, a[download]"), "{url}");
    }
}

#[wasm_bindgen_test]
async fn events_elsewhere_are_not_listened_to() {
    let world = World::new("elsewhere");
    let accepted = crate::fixture::ACCEPTED.replace("/api/gen", "https://evil.test/api/gen");
    world.answer("POST /api/generations", 201, &accepted);
    let page = Page::new(&world, &[]);
    page.generate("x").await;
    page.read("not one of an AI-Now gateway").await;
    assert!(world.streams().is_empty());
}
