//! Mounting and unmounting: a studio can be removed again, and leaves nothing behind.

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::fixture::{Page, World, until};

#[wasm_bindgen(module = "/tests/web/browser.js")]
extern "C" {
    #[wasm_bindgen(js_name = nextConnection)]
    fn next_connection() -> Promise;
    fn connections() -> u32;
}

#[wasm_bindgen_test]
async fn it_shows_models_price_and_balance() {
    let world = World::new("mount");
    let page = Page::new(&world, &[]);
    page.read("1,000 tokens left").await;
    assert!(page.text().contains("Costs 10 tokens"));
    // The parts appear one after the other.
    page.find("input[name=model]").await;
    assert_eq!(page.root.query_selector_all("input[name=model]").unwrap().length(), 4);
    page.find("[part=options]").await;
    assert!(!page.has(".styles"), "Suno has no styles");
}

#[wasm_bindgen_test]
async fn a_card_says_how_its_provider_is_doing_and_never_as_markup() {
    let world = World::new("busy");
    let status = "Luma is busy, about 4 minutes <img src=x onerror=alert(1)> \u{202e}شاطئ";
    let catalog = built_in_catalog();
    for (name, value) in [("status", status), ("note", "<b>From</b> 1 to 15 minutes")] {
        let message = js_sys::Object::new();
        js_sys::Reflect::set(&message, &"text".into(), &value.into()).unwrap();
        js_sys::Reflect::set(&model(&catalog, 1), &name.into(), &message).unwrap();
    }
    let json: String = js_sys::JSON::stringify(&catalog).unwrap().into();
    world.answer("GET /api/catalog", 200, &json);
    let page = Page::new(&world, &[]);
    let line = page.find(".card .busy").await;
    assert_eq!(line.text_content().as_deref(), Some(status));
    assert_eq!(line.get_attribute("dir").as_deref(), Some("auto"), "its own direction, alone");
    assert_eq!(page.root.query_selector_all(".busy").unwrap().length(), 1, "only of who said it");
    assert!(!page.has(".card b, .card .busy img"), "text from outside is never markup");
    // A screen reader reads it with the card.
    let about = page.find("input[name=model][value=luma]").await.get_attribute("aria-describedby");
    assert!(page.find(&format!("#{}", about.unwrap())).await.contains(Some(&line)));
}

/// The built-in catalog, as a gateway sends it.
fn built_in_catalog() -> JsValue {
    use serde::Serialize;
    let plain = serde_wasm_bindgen::Serializer::json_compatible();
    ai_now_protocol::Catalog::BUILT_IN.serialize(&plain).unwrap()
}

fn model(catalog: &JsValue, index: u32) -> JsValue {
    let models = js_sys::Reflect::get(catalog, &"models".into()).unwrap();
    js_sys::Reflect::get_u32(&models, index).unwrap()
}

#[wasm_bindgen_test]
async fn presets_are_applied() {
    let world = World::new("presets");
    let attributes = [("models", "run pika"), ("model", "pika"), ("preset-style", "4")];
    let page = Page::new(&world, &attributes);
    page.find("input[name=model]").await;
    assert_eq!(page.root.query_selector_all("input[name=model]").unwrap().length(), 2);
    assert!(page.has("input[name=model][value=pika]:checked"));
    // Styles appear shortly after the models.
    page.find("input[name=style][value='4']:checked").await;
}

#[wasm_bindgen_test]
async fn a_style_belongs_to_its_model() {
    let world = World::new("styles");
    let page = Page::new(&world, &[("model", "pika"), ("preset-style", "4")]);
    page.click("input[name=model][value=run]").await;
    page.find("input[name=style][value=retro]").await;
    assert!(page.has("input[name=style][value='']:checked"), "Run has no style 4");
}

#[wasm_bindgen_test]
async fn a_stream_is_closed_when_the_element_is_removed() {
    let world = World::new("unmount");
    let mut page = Page::new(&world, &[]);
    page.generate("a song").await;
    until("the stream", || (!world.streams().is_empty()).then_some(())).await;
    page.studio.take();
    until("the stream to be closed", || (world.streams()[0].1 == 2).then_some(())).await;
    assert!(!page.has("[part=result-panel]"), "taken down");
}

#[wasm_bindgen_test]
async fn a_hundred_studios_mount_and_unmount() {
    let world = World::new("many");
    for _ in 0..100 {
        let page = Page::new(&world, &[]);
        assert!(page.has("#prompt"));
    }
    let page = Page::new(&world, &[]);
    page.read("tokens left").await;
}

#[wasm_bindgen_test]
async fn an_early_unmount_leaves_no_database_connection() {
    let world = World::new("early");
    let next = next_connection();
    let page = Page::new(&world, &[]);
    JsFuture::from(next).await.unwrap();
    assert!(connections() > 0, "it is on its way");
    drop(page);
    until("all are closed", || (connections() == 0).then_some(())).await;
}

#[wasm_bindgen_test]
async fn two_on_one_page_are_one_visitor() {
    let world = World::new("two");
    let (one, two) = (Page::new(&world, &[]), Page::new(&world, &[("model", "pika")]));
    one.read("tokens left").await;
    two.read("tokens left").await;
    assert_eq!(world.requests("POST /api/sessions").len(), 1);
    one.find("input[value=suno]:checked").await;
    two.find("input[value=pika]:checked").await;
}

#[wasm_bindgen_test]
fn wrong_attributes_are_an_error_that_says_so() {
    let page = Page::empty();
    page.element.set_attribute("mode", "magic").unwrap();
    assert!(page.build().is_err());
    assert!(page.has("#prompt"), "what was typed stays");
}
