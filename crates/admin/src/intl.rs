//! The browser's `Intl`: numbers, money and times as a language writes them. It must not know what
//! they are the numbers of.

use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use wasm_bindgen::prelude::*;

/// The numbers and times of one language.
pub(crate) struct Numbers {
    tag: String,
    rules: Intl::PluralRules,
    number: Function,
    percent: Function,
    moment: Function,
    day: Function,
}

impl Numbers {
    /// For a language.
    pub(crate) fn new(tag: &str) -> Self {
        let tags = Array::of1(&tag.into());
        let number =
            |options: &[(&str, &str)]| Intl::NumberFormat::new(&tags, &object(options)).format();
        let time =
            |options: &[(&str, &str)]| Intl::DateTimeFormat::new(&tags, &object(options)).format();
        Self {
            tag: tag.into(),
            rules: Intl::PluralRules::new(&tags, &Object::new()),
            number: number(&[]),
            percent: number(&[("style", "percent")]),
            moment: time(&[("dateStyle", "medium"), ("timeStyle", "medium")]),
            // Days of reports are days in UTC, wherever they are read.
            day: time(&[("dateStyle", "medium"), ("timeZone", "UTC")]),
        }
    }

    /// A whole number.
    pub(crate) fn write(&self, n: f64) -> String {
        call(&self.number, n)
    }

    /// A sum of money. Small ones keep their fractions.
    pub(crate) fn money(&self, currency: &str, amount: f64) -> String {
        let options = object(&[("style", "currency"), ("currency", currency)]);
        if amount != 0.0 && amount.abs() < 1.0 {
            // A plain object takes any property.
            let _ = Reflect::set(&options, &"maximumFractionDigits".into(), &6.into());
        }
        let tags = Array::of1(&self.tag.as_str().into());
        // A currency that is none throws: then the sum is written as it came.
        let format = Reflect::get(&js_sys::global(), &"Intl".into())
            .and_then(|intl| Reflect::get(&intl, &"NumberFormat".into()))
            .and_then(JsCast::dyn_into::<Function>)
            .and_then(|constructor| Reflect::construct(&constructor, &Array::of2(&tags, &options)))
            .and_then(|format| Reflect::get(&format, &"format".into()))
            .and_then(JsCast::dyn_into::<Function>);
        match format {
            Ok(format) => call(&format, amount),
            Err(_) => [&self.write(amount), " ", currency].concat(),
        }
    }

    /// Its plural category.
    pub(crate) fn category(&self, n: u32) -> String {
        self.rules.select(f64::from(n)).into()
    }

    /// A part from 0 to 1, in per cent.
    pub(crate) fn percent(&self, part: f64) -> String {
        call(&self.percent, part)
    }

    /// A day and time, in milliseconds since 1970, where the reader is.
    pub(crate) fn moment(&self, at_ms: f64) -> String {
        call(&self.moment, at_ms)
    }

    /// A day like `2026-01-31`. What is none is shown as it is.
    pub(crate) fn day(&self, day: &str) -> String {
        let at_ms = Date::parse(day);
        if at_ms.is_nan() { day.to_owned() } else { call(&self.day, at_ms) }
    }

    /// A duration in seconds, in its fitting unit.
    pub(crate) fn secs(&self, secs: f64) -> String {
        let (unit, n) = match secs {
            secs if secs > 0.0 && secs < 1.0 => ("millisecond", secs * 1000.0),
            secs if secs < 120.0 => ("second", secs),
            secs => ("minute", secs / 60.0),
        };
        let options = [("style", "unit"), ("unit", unit), ("unitDisplay", "short")];
        let tags = Array::of1(&self.tag.as_str().into());
        call(&Intl::NumberFormat::new(&tags, &object(&options)).format(), n.round())
    }
}

fn object(options: &[(&str, &str)]) -> Object {
    let object = Object::new();
    for (name, value) in options {
        // A plain object takes any property.
        let _ = Reflect::set(&object, &(*name).into(), &(*value).into());
    }
    object
}

fn call(format: &Function, n: f64) -> String {
    let text = format.call1(&JsValue::UNDEFINED, &n.into()).ok();
    text.and_then(|text| text.as_string()).unwrap_or_default()
}

/// The first moment of a day like `2026-01-31` in UTC, in milliseconds since 1970; `None` where it is
/// none.
pub(crate) fn start_ms(day: &str) -> Option<u64> {
    let at_ms = Date::parse(day);
    (at_ms >= 0.0).then_some(at_ms as u64)
}

/// The day of a moment in UTC, like `2026-01-31`.
pub(crate) fn day_of(at_ms: u64) -> String {
    let day = Date::new(&(at_ms as f64).into()).to_iso_string();
    String::from(day).split('T').next().unwrap_or_default().to_owned()
}

/// Now, in milliseconds since 1970.
pub(crate) fn now_ms() -> u64 {
    Date::now() as u64
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    use super::*;

    wasm_bindgen_test_configure!(run_in_browser);

    #[wasm_bindgen_test]
    fn numbers_and_times_are_written_as_the_language_does() {
        let german = Numbers::new("de");
        assert_eq!(german.write(1_234_567.0), "1.234.567");
        assert_eq!(german.day("2026-01-31"), "31.01.2026");
        assert_eq!(german.day("soon"), "soon");
        let english = Numbers::new("en");
        assert_eq!(english.percent(0.5), "50%");
        assert_eq!(english.secs(0.0), "0 sec");
        assert_eq!(english.secs(0.25), "250 ms");
        assert_eq!(english.secs(90.0), "90 sec");
        assert_eq!(english.secs(300.0), "5 min");
        assert_eq!(english.category(1), "one");
        assert_eq!(english.money("USD", 1234.5), "$1,234.50");
        assert_eq!(english.money("USD", 0.0125), "$0.0125");
        assert_eq!(english.money("no currency", 2.0), "2 no currency");
    }

    #[wasm_bindgen_test]
    fn days_are_days_in_utc() {
        let start = start_ms("2026-01-31").expect("a day");
        assert_eq!(start, 1_769_817_600_000);
        assert_eq!(day_of(start), "2026-01-31");
        assert_eq!(day_of(start - 1), "2026-01-30");
        assert_eq!(start_ms(""), None);
        assert_eq!(start_ms("soon"), None);
    }
}
