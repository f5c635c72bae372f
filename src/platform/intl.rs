//! The browser's `Intl`: numbers, durations and times in the style of a language. Formatting floats
//! in Rust would be larger than the rest of this file.

use js_sys::{Array, Date, Function, Intl, JsString, Object, Reflect};
use wasm_bindgen::prelude::*;

/// The options of an `Intl` formatter, by name.
type Options<'a> = &'a [(&'a str, &'a str)];

fn object(options: Options<'_>) -> Object {
    let object = Object::new();
    for (name, value) in options {
        // A new object accepts any property.
        let _ = Reflect::set(&object, &(*name).into(), &(*value).into());
    }
    object
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

    /// A fraction from 0 to 1, in percent.
    pub(crate) fn percent(&self, part: f64) -> String {
        self.format(&[("style", "percent")], &[part])
    }

    /// A duration in a suitable unit, or a range of two: `40 sec`, `1–3 min`.
    pub(crate) fn secs(&self, min: u32, max: u32) -> String {
        let (unit, per) = if max < 60 { ("second", 1) } else { ("minute", 60) };
        let options = [
            ("style", "unit"),
            ("unit", unit),
            ("unitDisplay", "short"),
            ("maximumFractionDigits", "0"),
        ];
        let part = |secs: u32| f64::from(secs.div_ceil(per));
        if part(min) == part(max) {
            self.format(&options, &[part(max)])
        } else {
            self.format(&options, &[part(min), part(max)])
        }
    }

    /// A short date and time: today only the time, this year the day, else the date.
    pub(crate) fn when(&self, millis: u64) -> String {
        let (then, now) = (Date::new(&(millis as f64).into()), Date::new_0());
        let options: Options<'_> = if then.to_date_string() == now.to_date_string() {
            &[("timeStyle", "short")]
        } else if then.get_full_year() == now.get_full_year() {
            &[("day", "numeric"), ("month", "short")]
        } else {
            &[("dateStyle", "medium")]
        };
        then.to_locale_string(&self.tag, &object(options)).into()
    }

    /// A day and time.
    pub(crate) fn date(&self, millis: u64) -> String {
        let options = object(&[("dateStyle", "medium"), ("timeStyle", "short")]);
        Date::new(&(millis as f64).into()).to_locale_string(&self.tag, &options).into()
    }

    /// One number, or two as a range.
    fn format(&self, options: Options<'_>, numbers: &[f64]) -> String {
        let tags = Array::of1(&self.tag.as_str().into());
        let format = Intl::NumberFormat::new(&tags, &object(options));
        // `js-sys` has no `formatRange`, and neither do some browsers.
        let name = if numbers.len() > 1 { "formatRange" } else { "format" };
        let method: Option<Function> =
            Reflect::get(&format, &name.into()).ok().and_then(|method| method.dyn_into().ok());
        let numbers: Array = numbers.iter().map(|n| JsValue::from(*n)).collect();
        let text = method.and_then(|method| method.apply(&format, &numbers).ok());
        text.and_then(|text| text.as_string()).unwrap_or_default()
    }
}

/// A text in lower case, by the browser's rules for every script.
pub(crate) fn lower(text: &str) -> String {
    JsString::from(text).to_lower_case().into()
}

/// A playback position: `1:05`.
pub(crate) fn clock(secs: u32) -> String {
    let (minutes, rest) = (secs / 60, secs % 60);
    let zero = if rest < 10 { "0" } else { "" };
    [&minutes.to_string(), ":", zero, &rest.to_string()].concat()
}
