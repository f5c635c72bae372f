//! Small things that only a browser knows: the clock, chance, pauses, storage, `Intl`, JSON. It must
//! not know what they are used for.

use futures_channel::oneshot;
use futures_util::future::{Either, select};
use js_sys::{Array, Date, Function, Intl, JSON, Math, Object, Promise, Reflect, Set};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Storage, VisibilityState};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues, catch)]
    fn random_bytes(bytes: &mut [u8]) -> Result<(), JsValue>;
    #[wasm_bindgen(js_namespace = console, js_name = error)]
    pub(crate) fn console_error(message: &str);
}

/// Something of ours that the browser calls. One type for all: each has code of its own in wasm and
/// script.
pub(crate) type Callback = Closure<dyn Fn(JsValue)>;

/// What the browser calls with one value: an event, mostly.
pub(crate) fn callback(act: impl Fn(JsValue) + 'static) -> Callback {
    Closure::wrap(Box::new(act))
}

/// The same as the function that it is to the browser.
pub(crate) fn function(callback: &Callback) -> &Function {
    callback.as_ref().unchecked_ref()
}

/// A function for the browser to call once; it ends with that.
pub(crate) fn once(act: impl FnOnce(JsValue) + 'static) -> Function {
    Closure::once_into_js(act).unchecked_into()
}

/// The page's window. There is always one: the element exists only in documents.
pub(crate) fn window() -> web_sys::Window {
    leptos::prelude::window()
}

/// Milliseconds since 1970.
pub(crate) fn now_millis() -> u64 {
    Date::now() as u64
}

/// A number from 0 to 1.
pub(crate) fn random() -> f64 {
    Math::random()
}

/// A random UUID (version 4). `crypto.randomUUID` exists only on secure contexts; this everywhere.
pub(crate) fn uuid() -> String {
    let mut bytes = [0_u8; 16];
    if random_bytes(&mut bytes).is_err() {
        bytes = bytes.map(|_| (Math::random() * 256.0) as u8);
    }
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut uuid = String::with_capacity(36);
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            uuid.push('-');
        }
        for nibble in [byte >> 4, byte & 15] {
            uuid.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
    }
    uuid
}

/// Waits that long, or until the browser is online again, or somebody looks at the page again,
/// whichever is first. Dropping it leaves nothing behind.
pub(crate) async fn pause(millis: u32) {
    let mut end = None;
    let promise = Promise::new(&mut |resolve, _| end = Some(resolve));
    let Some(end) = end else { return };
    let waiting = Waiting::new(millis, end);
    let _ = JsFuture::from(promise).await;
    drop(waiting);
}

/// A timer, and what may come before it.
struct Waiting {
    timer: Option<i32>,
    /// A function of the browser's own: called late, it does nothing.
    end: Function,
    seen: Callback,
}

impl Waiting {
    fn new(millis: u32, end: Function) -> Self {
        let window = window();
        let millis = i32::try_from(millis).unwrap_or(i32::MAX);
        let seen = {
            let end = end.clone();
            callback(move |_| {
                if leptos::prelude::document().visibility_state() == VisibilityState::Visible {
                    let _ = end.call0(&JsValue::NULL);
                }
            })
        };
        // The names and listeners are ours: there is nothing to refuse.
        let _ = window.add_event_listener_with_callback("online", &end);
        let _ = leptos::prelude::document()
            .add_event_listener_with_callback("visibilitychange", function(&seen));
        let timer = window.set_timeout_with_callback_and_timeout_and_arguments_0(&end, millis);
        Self { timer: timer.ok(), end, seen }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let window = window();
        if let Some(timer) = self.timer {
            window.clear_timeout_with_handle(timer);
        }
        let _ = window.remove_event_listener_with_callback("online", &self.end);
        let _ = leptos::prelude::document()
            .remove_event_listener_with_callback("visibilitychange", function(&self.seen));
    }
}

/// What was thrown, as a text for people; empty where it says nothing. Anything can be thrown.
pub(crate) fn message(thrown: &JsValue) -> String {
    let text = thrown.as_string().or_else(|| get(thrown, "message").as_string());
    text.map(|text| text.trim().to_owned()).unwrap_or_default()
}

thread_local! {
    static HELD: Set = Set::new(&JsValue::UNDEFINED);
}

/// What has to end when a fault ends this instance, as functions of the browser's own: nothing in
/// here can be called then.
#[wasm_bindgen]
pub fn held() -> Set {
    HELD.with(Set::clone)
}

/// Something of the browser's that outlives a fault, with the function that ends it. Dropping it
/// calls that.
pub(crate) struct Hold(Function);

impl Hold {
    /// Ends with a method of the object, without arguments.
    pub(crate) fn by(object: &JsValue, method: &str) -> Option<Self> {
        let method: Function = get(object, method).dyn_into().ok()?;
        Some(Self::with(method.bind0(object)))
    }

    fn with(end: Function) -> Self {
        HELD.with(|held| _ = held.add(&end));
        Self(end)
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        HELD.with(|held| _ = held.delete(&self.0));
        // Ending a promise, a stream or a worker can't fail, and neither can doing it twice.
        let _ = self.0.call0(&JsValue::NULL);
    }
}

/// Something that only one page of the origin has at a time. Dropping it lets the next have it.
pub(crate) struct Claim(#[expect(dead_code, reason = "held for its drop")] Option<Hold>);

/// Waits until no other page has what is called so. It goes back by itself when its page closes.
///
/// Where the browser has no locks (a page that came over plain HTTP), everybody gets it at once.
pub(crate) async fn claim(name: &str) -> Claim {
    let locks = get(&window().navigator(), "locks");
    let (sender, granted) = oneshot::channel();
    let grant = Closure::once_into_js(move || {
        let mut release = None;
        let held = Promise::new(&mut |resolve, _| release = Some(resolve));
        // Nobody waits any more: the claim is dropped, and so released.
        drop(sender.send(Claim(release.map(Hold::with))));
        held
    });
    let request: Option<Function> = get(&locks, "request").dyn_into().ok();
    let asked = request.and_then(|request| request.call2(&locks, &name.into(), &grant).ok());
    let Some(promise) = asked.and_then(|asked| asked.dyn_into::<Promise>().ok()) else {
        return Claim(None);
    };
    // The promise ends only after the claim, or where there is none to be had.
    match select(granted, JsFuture::from(promise)).await {
        Either::Left((Ok(claim), _)) => claim,
        _ => Claim(None),
    }
}

/// Leaves a promise to itself. Its refusal, if it comes to that, is nobody's error.
pub(crate) fn let_go(promise: Option<impl Into<JsValue>>) {
    if let Some(promise) = promise {
        let promise = Promise::resolve(&promise.into());
        wasm_bindgen_futures::spawn_local(async move { drop(JsFuture::from(promise).await) });
    }
}

/// A number as attributes want it, in the browser's own writing.
pub(crate) fn decimal(number: f64) -> String {
    JsValue::from(number).unchecked_into::<Object>().to_string().into()
}

/// The property of an object, or `undefined`.
pub(crate) fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// Sets the property of an object.
pub(crate) fn set(object: &JsValue, name: &str, value: &JsValue) {
    // Only frozen objects refuse, and these are none.
    let _ = Reflect::set(object, &name.into(), value);
}

/// Calls a method, where the browser has it; `None` where it hasn't, or throws.
pub(crate) fn call(object: &JsValue, name: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let method: Function = get(object, name).dyn_into().ok()?;
    method.apply(object, &arguments.iter().collect()).ok()
}

/// A text in small letters, as the browser knows them in every script.
pub(crate) fn lower(text: &str) -> String {
    js_sys::JsString::from(text).to_lower_case().into()
}

/// Whether a text has another in it. For short texts: `str::contains` is fast on long ones, and 6 KB.
pub(crate) fn holds(text: &str, part: &str) -> bool {
    part.is_empty() || text.as_bytes().windows(part.len()).any(|some| some == part.as_bytes())
}

/// The colour that an element's text has, as a style sheet would write it.
pub(crate) fn color(element: &web_sys::Element) -> String {
    let style = window().get_computed_style(element).ok().flatten();
    style.and_then(|style| style.get_property_value("color").ok()).unwrap_or_default()
}

/// An object of these entries.
pub(crate) fn object(entries: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in entries {
        set(&object, name, value);
    }
    object
}

/// Reads JSON text.
pub(crate) fn parse(json: &str) -> Option<JsValue> {
    JSON::parse(json).ok()
}

/// Writes JSON text.
pub(crate) fn to_json(value: &JsValue) -> String {
    JSON::stringify(value).ok().and_then(|json| json.as_string()).unwrap_or_default()
}

/// The storage that all tabs of this origin share; `None` where the browser denies it.
pub(crate) fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// An address made absolute against `base`; `None` where it is none.
pub(crate) fn resolve(url: &str, base: &str) -> Option<String> {
    web_sys::Url::new_with_base(url, base).ok().map(|url| url.href())
}

/// The origin of an address.
pub(crate) fn origin(url: &str) -> Option<String> {
    web_sys::Url::new(url).ok().map(|url| url.origin())
}

/// The numbers and times of one language, written by the browser's `Intl`.
pub(crate) struct Numbers {
    tag: String,
    rules: Intl::PluralRules,
}

impl Numbers {
    /// For a language.
    pub(crate) fn new(tag: &str) -> Self {
        let tags = Array::of1(&tag.into());
        Self { tag: tag.into(), rules: Intl::PluralRules::new(&tags, &Object::new()) }
    }

    /// A whole number.
    pub(crate) fn write(&self, n: u32) -> String {
        js_sys::Number::from(n).to_locale_string(&self.tag).into()
    }

    /// Its plural category.
    pub(crate) fn category(&self, n: u32) -> String {
        self.rules.select(f64::from(n)).into()
    }

    /// A part from 0 to 1, in per cent.
    pub(crate) fn percent(&self, part: f64) -> String {
        let options = object(&[("style", "percent".into())]);
        self.format(&options, &[part])
    }

    /// A duration in its fitting unit, or a range of two: `40 sec`, `1–3 min`.
    pub(crate) fn secs(&self, min: u32, max: u32) -> String {
        let (unit, per) = if max < 60 { ("second", 1) } else { ("minute", 60) };
        let options = object(&[
            ("style", "unit".into()),
            ("unit", unit.into()),
            ("unitDisplay", "short".into()),
            ("maximumFractionDigits", 0.into()),
        ]);
        let part = |secs: u32| f64::from(secs.div_ceil(per));
        if part(min) == part(max) {
            self.format(&options, &[part(max)])
        } else {
            self.format(&options, &[part(min), part(max)])
        }
    }

    /// A day and time, short: today the time, this year the day, else the date.
    pub(crate) fn when(&self, millis: u64) -> String {
        let (then, now) = (Date::new(&(millis as f64).into()), Date::new_0());
        let options = if then.to_date_string() == now.to_date_string() {
            object(&[("timeStyle", "short".into())])
        } else if then.get_full_year() == now.get_full_year() {
            object(&[("day", "numeric".into()), ("month", "short".into())])
        } else {
            object(&[("dateStyle", "medium".into())])
        };
        then.to_locale_string(&self.tag, &options).into()
    }

    /// A day and time.
    pub(crate) fn date(&self, millis: u64) -> String {
        let options = object(&[("dateStyle", "medium".into()), ("timeStyle", "short".into())]);
        Date::new(&(millis as f64).into()).to_locale_string(&self.tag, &options).into()
    }

    /// One number, or two as a range.
    fn format(&self, options: &Object, numbers: &[f64]) -> String {
        let format = Intl::NumberFormat::new(&Array::of1(&self.tag.as_str().into()), options);
        let name = if numbers.len() > 1 { "formatRange" } else { "format" };
        let numbers: Vec<JsValue> = numbers.iter().map(|n| JsValue::from(*n)).collect();
        let text = call(&format, name, &numbers);
        text.and_then(|text| text.as_string()).unwrap_or_default()
    }
}

/// A position in a piece: `1:05`.
pub(crate) fn clock(secs: u32) -> String {
    let (minutes, rest) = (secs / 60, secs % 60);
    let zero = if rest < 10 { "0" } else { "" };
    [&minutes.to_string(), ":", zero, &rest.to_string()].concat()
}

/// Hands the person a JSON file.
pub(crate) fn save_file(name: &str, json: &str) {
    let options = web_sys::BlobPropertyBag::new();
    options.set_type("application/json");
    let parts = Array::of1(&json.into());
    let blob = web_sys::Blob::new_with_str_sequence_and_options(&parts, &options);
    let Some(url) = blob.ok().and_then(|b| web_sys::Url::create_object_url_with_blob(&b).ok())
    else {
        return;
    };
    if let Ok(link) = leptos::prelude::document().create_element("a") {
        let link: web_sys::HtmlAnchorElement = link.unchecked_into();
        link.set_href(&url);
        link.set_download(name);
        link.click();
    }
    // The download has taken it; the memory can go.
    let _ = web_sys::Url::revoke_object_url(&url);
}
