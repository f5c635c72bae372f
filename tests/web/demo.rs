//! Demo mode with scripted workers: the requests to the engine, and the handling of its answers.

use js_sys::Promise;
use serde::Deserialize;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::fixture::{Page, until};

#[wasm_bindgen(module = "/tests/web/browser.js")]
extern "C" {
    fn reset(can_be_reached: bool) -> Promise;
    fn all() -> String;
    fn say(index: usize, message: &str);
    fn give(index: usize, text: &str, format: &str, note: &str);
    #[wasm_bindgen(js_name = breakDown)]
    fn break_down(index: usize);
    fn text(url: &str) -> Promise;
}

/// A worker as a test sees it.
#[derive(Deserialize)]
struct Seen {
    asked: Asked,
    ended: bool,
    r#type: String,
}

#[derive(Deserialize, PartialEq, Debug)]
struct Asked {
    model: String,
    prompt: String,
    style: Option<String>,
    seed: u32,
    width: u32,
    height: u32,
}

fn workers() -> Vec<Seen> {
    serde_wasm_bindgen::from_value(js_sys::JSON::parse(&all()).unwrap()).unwrap()
}

async fn worker(count: usize) -> Seen {
    until("the worker", || (workers().len() >= count).then(|| workers().swap_remove(count - 1)))
        .await
}

async fn clean(can_be_reached: bool) {
    JsFuture::from(reset(can_be_reached)).await.unwrap();
}

fn element(attributes: &[(&str, &str)]) -> Page {
    let mut page = Page::empty();
    for (name, value) in [("mode", "demo")].iter().chain(attributes) {
        page.element.set_attribute(name, value).unwrap();
    }
    page.studio = Some(page.build().unwrap());
    page
}

async fn generate(page: &Page, prompt: &str) {
    page.read("made in this browser").await;
    page.studio.as_ref().unwrap().preset("prompt", prompt.into());
    page.click(".bar .primary[aria-disabled]").await;
}

#[wasm_bindgen_test]
async fn a_worker_makes_a_result_and_ends() {
    clean(false).await;
    let page = element(&[("model", "pika"), ("preset-style", "4")]);
    generate(&page, "  Ein ruhiger See, 湖! ").await;
    let seen = worker(1).await;
    assert_eq!(seen.r#type, "module");
    let asked = Asked {
        model: "pika".into(),
        prompt: "Ein ruhiger See, 湖!".into(),
        style: Some("4".into()),
        seed: seen.asked.seed,
        width: 640,
        height: 360,
    };
    assert_eq!(seen.asked, asked);
    assert!(!page.text().contains("token"), "{}", page.text());
    assert!(page.has("progress:indeterminate"), "nobody knows how far it is");
    say(0, r#"{"fraction":0.4,"step":"drawing"}"#);
    page.read("Drawing the pictures").await;
    assert_eq!(page.find("progress").await.get_attribute("value").as_deref(), Some("0.4"));
    give(0, "bytes", "mp4", "Procedural sketch: lake");

    let address = page.find("video").await.get_attribute("src").unwrap();
    assert!(address.starts_with("blob:"), "{address}");
    assert_eq!(JsFuture::from(text(&address)).await.unwrap(), "bytes");
    let name = page.find("a[download]").await.get_attribute("download");
    assert_eq!(name.as_deref(), Some("ein-ruhiger-see-湖.mp4"));
    page.read("Procedural sketch: lake").await;
    assert!(workers()[0].ended);
}

#[wasm_bindgen_test]
async fn stored_results_are_shown_without_a_worker() {
    clean(false).await;
    let page = element(&[]);
    generate(&page, "a tune that stays").await;
    worker(1).await;
    give(0, "the same bytes", "mp3", "Procedural sketch: pop");
    let before = page.find("audio").await.get_attribute("src").unwrap();
    // The record is written last.
    until("the file to be kept", || page.has(".entry:not(.running)").then_some(())).await;
    drop(page);
    until("the address to end", || workers()[0].ended.then_some(())).await;
    assert!(JsFuture::from(text(&before)).await.is_err(), "an address outlived its element");

    let page = element(&[]);
    page.click(".entry .show").await;
    let address = page.find("audio").await.get_attribute("src").unwrap();
    assert_eq!(JsFuture::from(text(&address)).await.unwrap(), "the same bytes");
    page.read("Procedural sketch: pop").await;
    assert_eq!(workers().len(), 1);
}

#[wasm_bindgen_test]
async fn an_interrupted_generation_is_made_again_from_its_seed() {
    clean(false).await;
    let page = element(&[("model", "run")]);
    generate(&page, "a city").await;
    let first = worker(1).await;
    say(0, r#"{"fraction":0.5,"step":"drawing"}"#);
    page.read("50%").await;
    drop(page);
    until("the worker to end", || workers()[0].ended.then_some(())).await;

    let page = element(&[]);
    let second = worker(2).await;
    assert_eq!(first.asked, second.asked);
    give(1, "bytes", "mp4", "Procedural sketch: city");
    page.find("video").await;
}

#[wasm_bindgen_test]
async fn one_at_a_time_and_the_next_moves_up() {
    clean(false).await;
    let (one, two, three) = (element(&[]), element(&[]), element(&[]));
    generate(&one, "first").await;
    worker(1).await;
    generate(&two, "second").await;
    two.read("Next in the queue").await;
    generate(&three, "third").await;
    three.read("1 before you in the queue").await;
    assert_eq!(workers().len(), 1);

    give(0, "bytes", "mp3", "Procedural sketch");
    assert_eq!(worker(2).await.asked.prompt, "second");
    three.read("Next in the queue").await;
    two.click(".watching button").await;
    two.read("Cancelled").await;
    assert_eq!(worker(3).await.asked.prompt, "third");
    assert!(workers()[1].ended, "cancelled is ended");
    three.click(".watching button").await;
    three.read("Cancelled").await;
    assert!(workers()[2].ended);
}

#[wasm_bindgen_test]
async fn errors_are_shown_as_sentences() {
    let table = [
        (false, r#"{"fault":"unreachable"}"#, "could not make this one"),
        (false, r#"{"unloaded":"TypeError"}"#, "could not be loaded"),
        (
            true,
            r#"{"unloaded":"CompileError"}"#,
            "worker-src blob: https://script.test; script-src https://script.test",
        ),
    ];
    for (can_be_reached, message, sentence) in table {
        clean(can_be_reached).await;
        let page = element(&[]);
        generate(&page, "x").await;
        worker(1).await;
        say(0, message);
        page.read(sentence).await;
        assert!(workers()[0].ended);
        assert!(page.has(".failed .primary"), "a way on");
    }
}

#[wasm_bindgen_test]
async fn a_failed_worker_is_reported_with_its_reason() {
    for (can_be_reached, sentence) in [(false, "could not be loaded"), (true, "could not start")] {
        clean(can_be_reached).await;
        let page = element(&[]);
        generate(&page, "x").await;
        worker(1).await;
        break_down(0);
        page.read(sentence).await;
    }
}
