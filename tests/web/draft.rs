//! A draft survives a restart of the studio, unless the page says otherwise.

use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Event, HtmlTextAreaElement};

use crate::fixture::{Page, World, turn, until};

/// Types as a person does.
async fn type_prompt(page: &Page, text: &str) {
    let field: HtmlTextAreaElement = page.find("textarea").await.unchecked_into();
    field.set_value(text);
    field.dispatch_event(&Event::new("input").unwrap()).unwrap();
    turn().await;
}

/// Waits until the field has this value.
async fn reads(page: &Page, text: &str) {
    let field: HtmlTextAreaElement = page.find("textarea").await.unchecked_into();
    until(text, || (field.value() == text).then_some(())).await;
}

/// Removes the studio and creates another one, as the shell does after a changed setting or a
/// fault.
fn rebuild(page: &mut Page) {
    page.studio.take();
    page.studio = Some(page.build().unwrap());
}

#[wasm_bindgen_test]
async fn a_draft_survives_changed_settings_and_faults() {
    let world = World::new("kept");
    let mut page = Page::new(&world, &[("model", "pika")]);
    page.click("input[name=model][value=run]").await;
    page.click("input[name=style][value=retro]").await;
    type_prompt(&page, "a lake at dawn").await;

    page.element.set_attribute("lang", "de").unwrap();
    rebuild(&mut page);
    reads(&page, "a lake at dawn").await;
    page.find("input[name=model][value=run]:checked").await;
    page.find("input[name=style][value=retro]:checked").await;

    page.element.set_attribute("prompt", "a sea at dusk").unwrap();
    page.studio.as_ref().unwrap().preset("prompt", "a sea at dusk".into());
    reads(&page, "a sea at dusk").await;
    rebuild(&mut page);
    reads(&page, "a sea at dusk").await;
    // The message was only about the prompt.
    page.find("input[name=model][value=run]:checked").await;
}

#[wasm_bindgen_test]
async fn presets_that_change_while_mounted_are_not_new_to_the_next_studio() {
    let world = World::new("preset");
    let mut page = Page::new(&world, &[]);
    page.element.set_attribute("prompt", "preset").unwrap();
    page.studio.as_ref().unwrap().preset("prompt", "preset".into());
    type_prompt(&page, "preset, and changed").await;
    rebuild(&mut page);
    reads(&page, "preset, and changed").await;
}

#[wasm_bindgen_test]
async fn a_model_that_only_the_gateway_has_is_chosen_once_it_is_known() {
    let world = World::new("own");
    let model = r#"{"id":"own","name":"Own","kind":"picture","price_tokens":3,
        "prompt_max_chars":100,"options":[]}"#;
    world.answer("GET /api/catalog", 200, &format!(r#"{{"models":[{model}]}}"#));
    let page = Page::new(&world, &[("model", "own"), ("prompt", "a hill")]);
    // In the meantime, the built-in models are shown.
    page.find("input[name=model]").await;
    let chosen = "input[name=model][value=own]:checked";
    until("the gateway's model", || page.has(chosen).then_some(())).await;
    reads(&page, "a hill").await;
}
