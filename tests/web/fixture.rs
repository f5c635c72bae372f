//! The tests' fixture: an element with a studio, and its scripted environment.

use ai_now_widget::custom_element::Studio;
use ai_now_widget::frame::Frame;
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlElement, ShadowRoot, ShadowRootInit, ShadowRootMode};

#[wasm_bindgen(module = "/tests/web/fixture.js")]
extern "C" {
    fn world(base: &str);
    fn answer(base: &str, route: &str, status: u16, body: &str, headers: Option<&str>);
    fn settle(base: &str);
    fn requests(base: &str) -> String;
    fn streams(base: &str) -> String;
    fn say(base: &str, id: &str, data: &str);
    fn open(base: &str);
    fn lose(base: &str, for_good: bool);
}

#[wasm_bindgen(module = "/www/shell/frame.js")]
extern "C" {
    /// The frame of the shell.
    #[wasm_bindgen(js_name = buildFrame)]
    fn build_frame() -> JsValue;
}

/// A gateway for one test, with scripted answers.
pub(crate) struct World(String);

pub(crate) const BALANCE: &str = r#"{"available":1000,"held":0,"spent":0,"granted":1000}"#;

impl World {
    /// A gateway that knows its visitors and accepts their requests. Every test needs its own name:
    /// sessions and history are stored by the gateway's address.
    pub(crate) fn new(name: &str) -> Self {
        let base = format!("https://{name}-{}.test/", js_sys::Math::random());
        world(&base);
        let world = Self(base);
        world.answer("GET /api/catalog", 404, "{}");
        world.answer("POST /api/sessions", 200, &session("t1"));
        world.answer("GET /api/balance", 200, BALANCE);
        world.answer("POST /api/generations", 201, ACCEPTED);
        settle(&world.0);
        world
    }

    pub(crate) fn base(&self) -> &str {
        &self.0
    }

    pub(crate) fn answer(&self, route: &str, status: u16, body: &str) {
        answer(&self.0, route, status, body, None);
    }

    pub(crate) fn answer_with(&self, route: &str, status: u16, body: &str, headers: &str) {
        answer(&self.0, route, status, body, Some(headers));
    }

    /// The requests so far, each as JSON.
    pub(crate) fn requests(&self, route: &str) -> Vec<Request> {
        let all: js_sys::Array = js_sys::JSON::parse(&requests(&self.0)).unwrap().into();
        all.iter()
            .filter(|request| get(request, "route").as_deref() == Some(route))
            .map(|request| Request {
                key: get(&request, "key"),
                token: get(&request, "token"),
                body: get(&request, "body").unwrap_or_default(),
            })
            .collect()
    }

    /// The streams that were opened, as `(url, readyState)`.
    pub(crate) fn streams(&self) -> Vec<(String, u32)> {
        let all: js_sys::Array = js_sys::JSON::parse(&streams(&self.0)).unwrap().into();
        all.iter()
            .map(|stream| {
                let state = js_sys::Reflect::get(&stream, &"readyState".into()).unwrap();
                (get(&stream, "url").unwrap(), state.as_f64().unwrap() as u32)
            })
            .collect()
    }

    pub(crate) fn say(&self, seq: u32, json: &str) {
        say(&self.0, &seq.to_string(), json);
    }

    pub(crate) fn open(&self) {
        open(&self.0);
    }

    pub(crate) fn lose(&self, for_good: bool) {
        lose(&self.0, for_good);
    }
}

pub(crate) struct Request {
    pub(crate) key: Option<String>,
    pub(crate) token: Option<String>,
    pub(crate) body: String,
}

pub(crate) const ACCEPTED: &str = r#"{"id":"g1","events":"/api/generations/g1/events?ticket=a","price":10,
    "balance":{"available":990,"held":10,"spent":0,"granted":1000}}"#;

pub(crate) fn session(token: &str) -> String {
    format!(r#"{{"token":"{token}","expires_in_secs":3600,"balance":{BALANCE}}}"#)
}

fn get(object: &JsValue, name: &str) -> Option<String> {
    js_sys::Reflect::get(object, &name.into()).ok()?.as_string()
}

/// An element in the page with a studio in its shadow root.
pub(crate) struct Page {
    pub(crate) element: HtmlElement,
    pub(crate) root: ShadowRoot,
    frame: Frame,
    pub(crate) studio: Option<Studio>,
}

impl Page {
    pub(crate) fn new(world: &World, attributes: &[(&str, &str)]) -> Self {
        let mut page = Self::empty();
        page.element.set_attribute("gateway", world.base()).unwrap();
        for (name, value) in attributes {
            page.element.set_attribute(name, value).unwrap();
            if *name == "prompt" {
                // The shell shows it at once.
                let field = page.root.query_selector("textarea").unwrap().unwrap();
                field.unchecked_into::<web_sys::HtmlTextAreaElement>().set_value(value);
            }
        }
        page.studio = Some(page.build().unwrap());
        page
    }

    pub(crate) fn empty() -> Self {
        let document = web_sys::window().unwrap().document().unwrap();
        let element: HtmlElement = document.create_element("div").unwrap().unchecked_into();
        document.body().unwrap().append_child(&element).unwrap();
        let root = element.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open)).unwrap();
        let frame = build_frame();
        let shown = js_sys::Reflect::get(&frame, &"root".into()).unwrap();
        root.append_child(shown.unchecked_ref()).unwrap();
        Self { element, root, frame: frame.unchecked_into(), studio: None }
    }

    pub(crate) fn build(&self) -> Result<Studio, JsError> {
        let release = js_sys::Object::new();
        js_sys::Reflect::set(&release, &"base".into(), &"https://script.test/".into()).unwrap();
        js_sys::Reflect::set(&release, &"language".into(), &"en".into()).unwrap();
        let url = js_sys::Function::new_with_args("name", "return `https://script.test/${name}`");
        js_sys::Reflect::set(&release, &"url".into(), &url).unwrap();
        Studio::new(self.element.clone(), self.frame.clone(), release.unchecked_ref())
    }

    /// Waits until an element matches, and returns it.
    pub(crate) async fn find(&self, selector: &str) -> Element {
        until(selector, || self.root.query_selector(selector).unwrap()).await
    }

    pub(crate) fn has(&self, selector: &str) -> bool {
        self.root.query_selector(selector).unwrap().is_some()
    }

    /// Waits until the studio shows a text.
    pub(crate) async fn read(&self, text: &str) {
        let what = || format!("{text:?} in {:?}", self.text());
        until_said(what, || self.text().contains(text).then_some(())).await;
    }

    pub(crate) fn text(&self) -> String {
        self.root.text_content().unwrap_or_default()
    }

    pub(crate) async fn click(&self, selector: &str) {
        self.find(selector).await.unchecked_into::<HtmlElement>().click();
    }

    /// Waits for the connection, writes a prompt and presses the button.
    pub(crate) async fn generate(&self, prompt: &str) {
        self.read("tokens left").await;
        self.studio.as_ref().unwrap().preset("prompt", prompt.into());
        self.click(".bar .primary[aria-disabled]").await;
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.studio.take();
        self.element.remove();
    }
}

/// Waits for a condition, frame by frame; fails after ten seconds.
pub(crate) async fn until<T>(what: &str, look: impl FnMut() -> Option<T>) -> T {
    until_said(|| what.to_owned(), look).await
}

async fn until_said<T>(what: impl Fn() -> String, mut look: impl FnMut() -> Option<T>) -> T {
    let start = js_sys::Date::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(js_sys::Date::now() - start < 10_000.0, "waited in vain for {}", what());
        turn().await;
    }
}

/// Yields to the browser's event loop.
pub(crate) async fn turn() {
    let promise = Promise::new(&mut |resolve: Function, _| {
        let window = web_sys::window().unwrap();
        window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, 5).unwrap();
    });
    JsFuture::from(promise).await.unwrap();
}
