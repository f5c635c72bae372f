//! The browser's `Intl`: numbers, durations and times as a language writes them. Formatting floats in
//! Rust would weigh more than the rest of this file.

use js_sys::{Array, Date, Function, Intl, JsString, Object, Reflect};
use serde::Serialize;
use wasm_bindgen::prelude::*;

/// The options of an `Intl` formatter that are used here.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Options {
    #[serde(skip_serializing_if = "Option::is_none")]
    style: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_display: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    maximum_fraction_digits: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    month: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date_style: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_style: Option<&'static str>,
}

impl Options {
    fn object(&self) -> Object {
        // Texts and a number: there is nothing that could not be written.
        serde_wasm_bindgen::to_value(self).map_or_else(|_| Object::new(), JsCast::unchecked_into)
    }
}

/// The numbers and times of one language.
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
        self.format(&Options { style: Some("percent"), ..Options::default() }, &[part])
    }

    /// A duration in its fitting unit, or a range of two: `40 sec`, `1–3 min`.
    pub(crate) fn secs(&self, min: u32, max: u32) -> String {
        let (unit, per) = if max < 60 { ("second", 1) } else { ("minute", 60) };
        let options = Options {
            style: Some("unit"),
            unit: Some(unit),
            unit_display: Some("short"),
            maximum_fraction_digits: Some(0),
            ..Options::default()
        };
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
            Options { time_style: Some("short"), ..Options::default() }
        } else if then.get_full_year() == now.get_full_year() {
            Options { day: Some("numeric"), month: Some("short"), ..Options::default() }
        } else {
            Options { date_style: Some("medium"), ..Options::default() }
        };
        then.to_locale_string(&self.tag, &options.object()).into()
    }

    /// A day and time.
    pub(crate) fn date(&self, millis: u64) -> String {
        let options =
            Options { date_style: Some("medium"), time_style: Some("short"), ..Options::default() };
        Date::new(&(millis as f64).into()).to_locale_string(&self.tag, &options.object()).into()
    }

    /// One number, or two as a range.
    fn format(&self, options: &Options, numbers: &[f64]) -> String {
        let tags = Array::of1(&self.tag.as_str().into());
        let format = Intl::NumberFormat::new(&tags, &options.object());
        // `js-sys` knows no `formatRange`, and some browsers don't either.
        let name = if numbers.len() > 1 { "formatRange" } else { "format" };
        let method: Option<Function> =
            Reflect::get(&format, &name.into()).ok().and_then(|method| method.dyn_into().ok());
        let numbers: Array = numbers.iter().map(|n| JsValue::from(*n)).collect();
        let text = method.and_then(|method| method.apply(&format, &numbers).ok());
        text.and_then(|text| text.as_string()).unwrap_or_default()
    }
}

/// A text in small letters, as the browser knows them in every script.
pub(crate) fn lower(text: &str) -> String {
    JsString::from(text).to_lower_case().into()
}

/// A position in a piece: `1:05`.
pub(crate) fn clock(secs: u32) -> String {
    let (minutes, rest) = (secs / 60, secs % 60);
    let zero = if rest < 10 { "0" } else { "" };
    [&minutes.to_string(), ":", zero, &rest.to_string()].concat()
}
